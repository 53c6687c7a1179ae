"""What the controller wants of the building: a damper, a valve, a fan speed."""

from __future__ import annotations

from points.base_point import ANALOG_KEYS, FRACTION, READ_KEYS, AnalogPoint
from utils.values import ObjectType, Role


class AnalogOutputPoint(AnalogPoint):
    """An analog output: read. Without units it is percent in the controller and a fraction in the simulation."""

    object_type = ObjectType.ANALOG_OUTPUT
    role = Role.READ
    keys = READ_KEYS | ANALOG_KEYS
    default_unit = FRACTION
    default_device_unit = "percent"
