"""Points: what ties one object of a controller to the simulation, one class per BACnet object type."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import points.own_utils  # noqa: F401 - before the others
from points.activation_point import ActivationPoint
from points.analog_input_point import AnalogInputPoint
from points.analog_output_point import AnalogOutputPoint
from points.analog_value_point import AnalogValuePoint
from points.base_point import BadValue, KeyProblem, Point
from points.binary_input_point import BinaryInputPoint
from points.binary_output_point import BinaryOutputPoint
from points.binary_value_point import BinaryValuePoint
from points.config import PointConfig, UnitSystem
from points.multi_state_point import MultiStateInputPoint, MultiStateOutputPoint, MultiStateValuePoint
from utils.unit_conversion import UnitConverter
from utils.values import ObjectType

__all__ = [
    "POINT_CLASSES",
    "ActivationPoint",
    "BadValue",
    "Point",
    "PointConfig",
    "UnitSystem",
    "make_point",
    "point_problems",
]

POINT_CLASSES: Mapping[ObjectType, type[Point]] = MappingProxyType(
    {
        point_class.object_type: point_class
        for point_class in (
            AnalogInputPoint,
            AnalogOutputPoint,
            AnalogValuePoint,
            BinaryInputPoint,
            BinaryOutputPoint,
            BinaryValuePoint,
            MultiStateInputPoint,
            MultiStateOutputPoint,
            MultiStateValuePoint,
        )
    }
)


def make_point(config: PointConfig, unit_system: UnitSystem, converter: UnitConverter) -> Point:
    """Make the point of a config that has no :func:`point_problems`.

    ``unit_system`` is the controller's. Raises :class:`utils.unit_conversion.UnitError` for units that do not fit.
    """
    return POINT_CLASSES[config.object_type](config, unit_system, converter)


def point_problems(config: PointConfig, converter: UnitConverter) -> tuple[KeyProblem, ...]:
    """Return every key of a config that cannot work, with what is wrong with it."""
    return tuple(POINT_CLASSES[config.object_type].problems(config, converter))
