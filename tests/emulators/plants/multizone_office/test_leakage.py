from __future__ import annotations

import pytest

from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.rooms.envelope import AIR_DENSITY, Leakage
from emulators.plants.weather import Weather, chicago_ohare
from tests.emulators.plants.multizone_office.parts import infiltration


def windy(direction_deg: float, speed: float) -> Weather:
    return chicago_ohare().at(0.0)._replace(wind_direction_deg=direction_deg, wind_speed=speed)


@pytest.mark.parametrize(("direction_deg", "windward"), [(0.0, "nor"), (90.0, "eas"), (180.0, "sou"), (270.0, "wes")])
def test_the_wind_comes_in_where_it_blows_from(direction_deg: float, windward: str) -> None:
    flows = infiltration(Leakage(), windy(direction_deg, 6.0), 0.0)
    assert max(flows, key=lambda name: flows[name]) == windward
    assert sum(flow > 0.0 for flow in flows.values()) < 4
    assert "cor" not in flows


def test_twice_the_wind_is_twice_the_air_and_calm_is_none() -> None:
    calm, light, strong = (infiltration(Leakage(), windy(200.0, speed), 0.0) for speed in (0.0, 3.0, 6.0))
    assert set(calm.values()) <= {0.0}
    assert strong["sou"] == pytest.approx(2.0 * light["sou"], rel=0.01)


def test_what_comes_in_is_an_air_change_an_hour_at_50_pascal() -> None:
    volume_m3 = next(zone.volume_m3 for zone in ZONES if zone.name == "sou")
    wind = windy(180.0, 20.0)
    facing_pa = 0.6 * 1.0058 * 0.5 * AIR_DENSITY * 20.0**2
    flows = infiltration(Leakage(), wind, facing_pa - 50.0)
    assert flows["sou"] == pytest.approx(AIR_DENSITY * volume_m3 / 3600.0, rel=0.02)


def test_a_running_fan_keeps_the_wind_out() -> None:
    assert set(infiltration(Leakage(), windy(180.0, 4.0), 12.0).values()) <= {0.0}
    assert infiltration(Leakage(), windy(180.0, 12.0), 12.0)["sou"] > 0.0
