from __future__ import annotations

import pytest

from emulators.plants.multizone_office import MultizoneOffice
from emulators.plants.weather import YEAR_S
from tests.emulators.plants.multizone_office.driver import DAY_S, KELVIN

HOUR = 3600.0


@pytest.fixture(scope="module")
def plant() -> MultizoneOffice:
    return MultizoneOffice()


def forecast_one(plant: MultizoneOffice, name: str, *hours: float) -> list[float]:
    return list(plant.forecast([name], [hour * HOUR for hour in hours])[name])


def test_every_forecast_point_is_answered_at_every_time(plant: MultizoneOffice) -> None:
    answer = plant.forecast(list(plant.forecast_points), [0.0, HOUR, 30.5 * HOUR])
    assert set(answer) == set(plant.forecast_points)
    assert {len(series) for series in answer.values()} == {3}


def test_only_what_is_asked_for_is_answered(plant: MultizoneOffice) -> None:
    assert list(plant.forecast(["TDryBul", "LowerSetp[cor]"], [0.0])) == ["TDryBul", "LowerSetp[cor]"]
    assert plant.forecast([], [0.0]) == {}


def test_an_unknown_point_is_refused(plant: MultizoneOffice) -> None:
    with pytest.raises(KeyError):
        plant.forecast(["nosuch"], [0.0])


def test_the_weather_forecast_comes_true(plant: MultizoneOffice) -> None:
    plant.initialize(50 * DAY_S)
    promised = plant.forecast(["TDryBul", "HGloHor", "solAlt"], [50 * DAY_S + 12.3 * HOUR])
    state = plant.advance(12.3 * HOUR, {})
    assert state["weaSta_reaWeaTDryBul_y"] == promised["TDryBul"][0]
    assert state["weaSta_reaWeaHGloHor_y"] == promised["HGloHor"][0]
    assert state["weaSta_reaWeaSolAlt_y"] == promised["solAlt"][0]


def test_forecasts_wrap_at_the_end_of_the_year(plant: MultizoneOffice) -> None:
    names = list(plant.forecast_points)
    assert plant.forecast(names, [YEAR_S + 1800.0]) == plant.forecast(names, [1800.0])


def test_set_points_follow_the_schedule_every_day(plant: MultizoneOffice) -> None:
    hours = (0.0, 5.99, 6.0, 18.99, 19.0, 24.0 + 6.0, 5 * 24.0 + 12.0, 6 * 24.0 + 12.0)
    occupied = (False, False, True, True, False, True, True, True)
    assert forecast_one(plant, "LowerSetp[nor]", *hours) == [(20.0 if on else 12.0) + KELVIN for on in occupied]
    assert forecast_one(plant, "UpperSetp[nor]", *hours) == [(24.0 if on else 30.0) + KELVIN for on in occupied]


def test_gains_are_a_step_function_of_the_quarter_hour(plant: MultizoneOffice) -> None:
    first, same, next_one = forecast_one(plant, "InternalGainsRad[cor]", 8.5, 8.74, 8.75)
    assert first == same
    assert next_one > first


def test_full_gains_are_20_watts_per_square_metre(plant: MultizoneOffice) -> None:
    at_three = plant.forecast([f"InternalGains{kind}[sou]" for kind in ("Rad", "Con", "Lat")], [15 * HOUR])
    assert sum(series[0] for series in at_three.values()) == pytest.approx(20.0 * 207.58)
    assert forecast_one(plant, "Occupancy[sou]", 8.0, 15.0) == [0.0, 10.0]


@pytest.mark.parametrize(
    ("name", "night", "evening"),
    [
        ("PriceElectricPowerConstant", 0.094, 0.094),
        ("PriceElectricPowerDynamic", 0.05871, 0.1599),
        ("EmissionsElectricPower", 0.341, 0.341),
        ("UpperCO2[wes]", 894.0, 894.0),
    ],
)
def test_tariffs_and_limits_are_known_in_advance(
    plant: MultizoneOffice, name: str, night: float, evening: float
) -> None:
    assert forecast_one(plant, name, 3.5, 18.5) == [night, evening]
