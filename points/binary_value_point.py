"""A yes or no of the simulation in a network value of the controller."""

from __future__ import annotations

from points.base_point import VALUE_KEYS, BinaryPoint
from utils.values import ObjectType, Role


class BinaryValuePoint(BinaryPoint):
    """A binary value: commanded at a priority."""

    object_type = ObjectType.BINARY_VALUE
    role = Role.COMMANDED
    keys = VALUE_KEYS | {"threshold", "hysteresis"}
