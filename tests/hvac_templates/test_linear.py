"""The work for a zone does not grow with the zones: counted in calls, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from hvac_templates.expand import expand
from tests.hvac_templates.boxes import Model, boxes, packaged_units, thermostat, variable_air_volume, zone_names


def furnaces(zones: list[str]) -> Model:
    """A system of its own for every zone."""
    units = {
        f"Unit {zone}": {
            "zone_name": zone,
            "template_unitary_system_name": f"Furnace {zone}",
            "template_thermostat_name": "Office",
        }
        for zone in zones
    }
    systems = {
        f"Furnace {zone}": {"control_zone_or_thermostat_location_name": zone, "heating_coil_type": "Electric"}
        for zone in zones
    }
    return {**thermostat(), "HVACTemplate:Zone:Unitary": units, "HVACTemplate:System:Unitary": systems}


def calls(model: Model) -> int:
    """How many calls an expansion makes, of Python's own functions too."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        result = expand(model)
    finally:
        sys.setprofile(before)
    assert result.model is not None, result.messages
    return count


@pytest.mark.parametrize("templates", [packaged_units, variable_air_volume, furnaces])
def test_the_calls_for_a_zone_do_not_depend_on_how_many_there_are(templates: Callable[[list[str]], Model]) -> None:
    expand(boxes(zone_names(2), templates(zone_names(2))))
    counts = {zones: calls(boxes(zone_names(zones), templates(zone_names(zones)))) for zones in (5, 15, 45)}
    among_few, among_many = (counts[15] - counts[5]) / 10, (counts[45] - counts[15]) / 30
    assert among_many == pytest.approx(among_few, rel=0.02)
