"""A status contact of the simulated building, made from a number and a threshold."""

from __future__ import annotations

from points.base_point import WRITTEN_KEYS, BinaryPoint
from utils.values import ObjectType, Role


class BinaryInputPoint(BinaryPoint):
    """A binary input: forced, out of service and then present-value."""

    object_type = ObjectType.BINARY_INPUT
    role = Role.FORCED
    keys = WRITTEN_KEYS | {"threshold", "hysteresis"}
