"""When many objects in other units than a config says have one cause."""

from __future__ import annotations

import pytest

from equipment.unit_match import of_other_system
from points import Point, PointConfig, make_point
from tests import bench
from utils.unit_conversion import UnitConverter

CELSIUS, FAHRENHEIT = "degrees-celsius", "degrees-fahrenheit"


def points(*units: str | None, **keys: object) -> list[tuple[Point, str | None]]:
    """Temperatures in degC, in a bench that is set to SI, with the units that their objects have."""
    configs = (PointConfig.model_validate(bench.analog_input(f"t{n}_y", f"T{n}", **keys)) for n in range(len(units)))
    return [(make_point(one, "SI", UnitConverter()), told) for one, told in zip(configs, units, strict=True)]


@pytest.mark.parametrize(
    ("units", "misled"),
    [
        ((FAHRENHEIT, FAHRENHEIT), ["T0", "T1"]),
        ((FAHRENHEIT, FAHRENHEIT, "no-units", None, "percent"), ["T0", "T1"]),
        ((FAHRENHEIT,), []),
        ((FAHRENHEIT, FAHRENHEIT, CELSIUS), []),
        ((CELSIUS, CELSIUS), []),
    ],
)
def test_two_objects_in_the_other_system_tell_unless_one_speaks_for_ours(
    units: tuple[str | None, ...], misled: list[str]
) -> None:
    assert [point.ecy_point for point in of_other_system(points(*units))] == misled


def test_points_without_another_unit_tell_nothing() -> None:
    assert of_other_system(points(FAHRENHEIT, FAHRENHEIT, us_unit="degC")) == []
    same = points(CELSIUS, us_unit="degC")
    assert len(of_other_system([*points(FAHRENHEIT, FAHRENHEIT), *same])) == 2
