"""A value of the simulation in a network value of the controller."""

from __future__ import annotations

from points.base_point import ANALOG_KEYS, VALUE_KEYS, AnalogPoint
from utils.values import ObjectType, Role


class AnalogValuePoint(AnalogPoint):
    """An analog value: commanded at a priority."""

    object_type = ObjectType.ANALOG_VALUE
    role = Role.COMMANDED
    keys = VALUE_KEYS | ANALOG_KEYS | {"deadband"}
