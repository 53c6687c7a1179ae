"""What units and points measure, in words."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.check.views import quantity, quantity_of
from tests import bench
from tests.bridge.check.views import point_view

INPUT = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp")
OUTPUT = bench.output("hvac_oveAhu_yFan", "FanSpeed")


class TestQuantities:
    @pytest.mark.parametrize(
        ("unit", "expected"),
        [
            ("degF", "temperature"),
            ("percent", "fraction"),
            ("inH2O", "pressure"),
            ("cfm", "volume flow"),
            ("kWh", "energy"),
            ("rad", "angle"),
            ("ampere", "[current]"),
        ],
    )
    def test_units_are_told_by_what_they_measure(self, unit: str, expected: str) -> None:
        assert quantity_of(unit) == expected

    @pytest.mark.parametrize(
        ("config", "expected"),
        [
            (INPUT, "temperature"),
            (OUTPUT, "fraction"),
            ({"bop_point": "x_y", "ecy_point": "X", "object_type": "BinaryInput"}, "on or off"),
            ({"bop_point": "x_y", "ecy_point": "X", "object_type": "MultiStateValue"}, "state"),
            ({"bop_point": "x_y", "ecy_point": "X", "object_type": "AnalogValue"}, None),
        ],
    )
    def test_points_are_told_by_what_they_carry(self, config: dict[str, Any], expected: str | None) -> None:
        assert quantity(point_view(config).point) == expected
