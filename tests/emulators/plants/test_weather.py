from __future__ import annotations

from math import cos, degrees, radians

import pytest

from emulators.plants.diffuse_sun import brightening, on_wall
from emulators.plants.psychrometrics import (
    enthalpy,
    saturation_humidity_ratio,
    saturation_pressure,
    wet_bulb,
)
from emulators.plants.rooms.envelope import Envelope
from emulators.plants.rooms.outside import angle_modifier, sky_deficit, sky_loss
from emulators.plants.sun import facade_beam, sun_at
from emulators.plants.weather import YEAR_S, boptest_points, chicago_ohare

FACING = {"sou": (1.0, 0.0), "nor": (-1.0, 0.0), "wes": (0.0, 1.0), "eas": (0.0, -1.0)}
HOUR = 3600.0
DAY = 24 * HOUR

NOON_OF_DAY_0 = [
    # point, value of the BOPTEST case (boptest-api section 12), tolerance
    ("TDryBul", 269.85, 1e-9),
    ("TDewPoi", 263.75, 1e-9),
    ("TWetBul", 268.0556, 0.2),
    ("TBlaSky", 254.0330, 0.05),
    ("relHum", 0.63, 1e-9),
    ("pAtm", 101325.0, 0.0),
    ("HGloHor", 298.175, 1.0),
    ("HDirNor", 328.370, 8.0),
    ("HDifHor", 159.337, 4.0),
    ("HHorIR", 236.0, 1e-9),
    ("winDir", 3.839724, 1e-6),
    ("winSpe", 5.7, 1e-9),
    ("nTot", 0.6, 1e-9),
    ("nOpa", 0.2, 1e-9),
    ("ceiHei", 2000.0, 0.0),
    ("cloTim", 43200.0, 0.0),
    ("lat", 0.7326892199872196, 1e-12),
    ("lon", -1.5344934783534145, 1e-12),
    ("solAlt", 0.43572879319407454, 1e-9),
    ("solZen", 1.135067533600822, 1e-9),
    ("solDec", -0.40223356023909607, 1e-9),
    ("solHouAng", 0.019587744843546726, 1e-9),
    ("solTim", 43469.35082633145, 1e-6),
]

FIRST_HOUR = [
    ("TDryBul", 260.95, 1e-9),
    ("TWetBul", 260.1748, 0.2),
    ("TBlaSky", 249.1557, 0.2),
    ("ceiHei", 2740.0, 0.0),
    ("solAlt", -1.1655938977796794, 1e-9),
    ("solHouAng", -2.859309984431438, 1e-9),
    ("solTim", 3881.6653373907498, 1e-6),
]


def points_at(time_s: float) -> dict[str, float]:
    year = chicago_ohare()
    return boptest_points(year, time_s)


@pytest.mark.parametrize(("point", "value", "tolerance"), NOON_OF_DAY_0)
def test_noon_of_day_0_is_that_of_the_boptest_case(point: str, value: float, tolerance: float) -> None:
    assert points_at(43200.0)[point] == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize(("point", "value", "tolerance"), FIRST_HOUR)
def test_the_first_hour_is_that_of_the_boptest_case(point: str, value: float, tolerance: float) -> None:
    assert points_at(3600.0)[point] == pytest.approx(value, abs=tolerance)


def test_the_dry_bulb_is_linear_between_hours() -> None:
    year = chicago_ohare()
    at_ten, at_eleven = year.at(10 * HOUR).dry_bulb_c, year.at(11 * HOUR).dry_bulb_c
    assert year.at(10.25 * HOUR).dry_bulb_c == pytest.approx(0.75 * at_ten + 0.25 * at_eleven)


def test_radiation_of_an_hour_stands_in_its_middle() -> None:
    assert chicago_ohare().at(11.5 * HOUR).direct_normal == pytest.approx(521.0)


@pytest.mark.parametrize("time_s", [0.0, 1800.0, 200 * DAY + 12345.0])
def test_the_year_wraps_around(time_s: float) -> None:
    assert points_at(time_s + 2 * YEAR_S) == points_at(time_s)


def test_the_year_has_no_seam() -> None:
    before, after = points_at(YEAR_S - 1.0), points_at(YEAR_S + 1.0)
    assert after["TDryBul"] == pytest.approx(before["TDryBul"], abs=0.01)
    assert after["solAlt"] == pytest.approx(before["solAlt"], abs=0.01)


def test_the_noon_sun_stands_as_high_as_the_season_allows() -> None:
    year = chicago_ohare()
    summer, winter = year.at(171.5 * DAY).sun, year.at(354.5 * DAY).sun
    assert degrees(summer.altitude) == pytest.approx(90.0 - 41.98 + 23.45, abs=0.5)
    assert degrees(winter.altitude) == pytest.approx(90.0 - 41.98 - 23.45, abs=0.5)


@pytest.mark.parametrize(("hour", "lit", "dark"), [(8.0, "eas", "wes"), (12.0, "sou", "nor"), (16.0, "wes", "eas")])
def test_the_sun_goes_round_the_building(hour: float, lit: str, dark: str) -> None:
    sun = sun_at(chicago_ohare().location, 80 * DAY + hour * HOUR)
    assert facade_beam(sun, 500.0, *FACING[lit])[0] > 100.0
    assert facade_beam(sun, 500.0, *FACING[dark]) == (0.0, 0.0)


def test_no_beam_comes_from_below_the_horizon() -> None:
    sun = sun_at(chicago_ohare().location, 0.0)
    assert {facade_beam(sun, 500.0, *facing)[0] for facing in FACING.values()} == {0.0}


@pytest.mark.parametrize(
    ("temperature_c", "pressure_pa"), [(-20.0, 103.3), (0.0, 611.2), (20.0, 2339.0), (40.0, 7384.0)]
)
def test_saturation_pressure_meets_the_steam_tables(temperature_c: float, pressure_pa: float) -> None:
    assert saturation_pressure(temperature_c) == pytest.approx(pressure_pa, rel=0.005)


def test_saturated_air_at_20_degrees_holds_14_7_grams() -> None:
    assert saturation_humidity_ratio(20.0) == pytest.approx(0.0147, abs=1e-4)
    assert enthalpy(20.0, 0.0147) == pytest.approx(57.4e3, rel=0.01)


@pytest.mark.parametrize(
    ("dry_bulb", "humidity", "expected"), [(30.0, 0.5, 22.0), (20.0, 1.0, 20.0), (35.0, 0.2, 18.9)]
)
def test_the_wet_bulb_meets_the_chart(dry_bulb: float, humidity: float, expected: float) -> None:
    assert wet_bulb(dry_bulb, humidity) == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize(("degrees_off", "share"), [(0, 1.0), (40, 0.98), (60, 0.87), (80, 0.4), (90, 0.0)])
def test_glass_lets_less_sun_in_the_more_it_grazes(degrees_off: float, share: float) -> None:
    assert angle_modifier(cos(radians(degrees_off))) == pytest.approx(share, abs=0.02)


def test_a_clear_night_cools_a_facade_below_the_air_and_a_clouded_one_hardly() -> None:
    weather = chicago_ohare().at(3600.0)
    clear = sky_loss(Envelope()) * sky_deficit(weather._replace(horizontal_infrared=200.0))
    clouded = sky_loss(Envelope()) * sky_deficit(weather._replace(horizontal_infrared=260.0))
    assert clear > 1.2
    assert clouded < 0.5


def test_the_sky_is_brighter_around_the_sun_than_behind_it() -> None:
    weather = chicago_ohare().at(12 * HOUR)
    shares = brightening(weather.sun, weather.time_s, weather.direct_normal, weather.diffuse_horizontal)
    south, north = (
        on_wall(weather.sun, *shares, cosine, weather.diffuse_horizontal)
        for _, cosine in (facade_beam(weather.sun, weather.direct_normal, *FACING[name]) for name in ("sou", "nor"))
    )
    assert south > 0.8 * weather.diffuse_horizontal
    assert north < 0.5 * weather.diffuse_horizontal


def test_an_overcast_sky_is_about_even_and_a_night_has_none() -> None:
    weather = chicago_ohare().at(12 * HOUR)
    shares = brightening(weather.sun, weather.time_s, 0.0, 100.0)
    assert on_wall(weather.sun, *shares, 0.9, 100.0) == pytest.approx(50.0, abs=30.0)
    night = chicago_ohare().at(HOUR)
    assert on_wall(night.sun, *brightening(night.sun, HOUR, 0.0, 0.0), 0.0, 0.0) == 0.0
