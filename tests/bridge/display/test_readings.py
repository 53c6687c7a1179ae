"""Readings as people know them, in either unit system."""

from __future__ import annotations

import pytest

from bridge.display.readings import written
from points import PointConfig, make_point
from utils.unit_conversion import UnitConverter


@pytest.mark.parametrize(
    ("unit", "us_unit", "value", "words"),
    [
        ("Pa", "inH2O", 1.514, "1.51 in wc"),
        ("Pa", "inH2O", 0.0, "0.00 in wc"),
        ("m**3/s", None, 2.318, "2.32 m³/s"),
        ("m3/s", "cfm", 4805.2, "4805.2 cfm"),
        ("m3/s", "gal/min", 9.34, "9.3 gpm"),
        ("K", "degF", 72.46, "72.5 °F"),
        ("W", "kW", 0.0312, "0.0312 kW"),
    ],
)
def test_a_number_has_the_digits_that_its_unit_needs(unit: str, us_unit: str | None, value: float, words: str) -> None:
    told = {"bop_point": "rea_y", "ecy_point": "Value", "object_type": "AnalogInput", "unit": unit, "us_unit": us_unit}
    point = make_point(PointConfig.model_validate(told), "US", UnitConverter())
    assert written(value, point) == words
