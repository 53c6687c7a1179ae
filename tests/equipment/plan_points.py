"""Points of which write plans are made."""

from __future__ import annotations

from equipment.write_plan import BoundPoint
from points import PointConfig, make_point
from utils.unit_conversion import UnitConverter
from utils.values import ObjectRef, ObjectType, Target

INPUT = Target("10.0.0.1", ObjectType.ANALOG_INPUT, "SpaceTemp")


VALUE = Target("10.0.0.1", ObjectType.ANALOG_VALUE, "OutdoorAirTemp")


def bound(target: Target, instance: int, **keys: object) -> BoundPoint:
    config = PointConfig.model_validate(
        {"bop_point": "x_y", "ecy_point": target.name, "object_type": str(target.object_type), **keys}
    )
    return BoundPoint(make_point(config, "SI", UnitConverter()), target, ObjectRef(target.object_type, instance))
