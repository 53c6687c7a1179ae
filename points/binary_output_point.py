"""A start or stop that the controller wants."""

from __future__ import annotations

from points.base_point import READ_KEYS, BinaryPoint
from utils.values import ObjectType, Role


class BinaryOutputPoint(BinaryPoint):
    """A binary output: read, 0 or 1 in the simulation."""

    object_type = ObjectType.BINARY_OUTPUT
    role = Role.READ
    keys = READ_KEYS
