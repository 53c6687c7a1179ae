"""A measurement of the simulation that takes a sensor's place."""

from __future__ import annotations

from points.base_point import ANALOG_KEYS, WRITTEN_KEYS, AnalogPoint
from utils.values import ObjectType, Role


class AnalogInputPoint(AnalogPoint):
    """An analog input: forced, out of service and then present-value."""

    object_type = ObjectType.ANALOG_INPUT
    role = Role.FORCED
    keys = WRITTEN_KEYS | ANALOG_KEYS | {"deadband"}
