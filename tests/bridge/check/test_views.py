"""What units and points measure, in words."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.check.views import quantity
from tests import bench
from tests.bridge.check.views import point_view

INPUT = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp")
OUTPUT = bench.output("hvac_oveAhu_yFan", "FanSpeed")


class TestQuantities:
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
