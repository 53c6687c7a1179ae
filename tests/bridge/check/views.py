"""What tests of the preflight's judgements share: points, as they would have been read, without any peer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bridge.check.views import PointView
from points import PointConfig, make_point
from utils.unit_conversion import UnitConverter
from utils.values import ObjectRef, ObjectState, PointMetadata, PointValue, Sample, Target

DEVICE = "10.0.0.1"


def point_view(config: Mapping[str, Any], **fields: Any) -> PointView:  # noqa: ANN401 - whatever fields a view has
    """A point of the equipment AHU, as nobody has looked at it yet, with changes."""
    point = make_point(PointConfig.model_validate(config), "SI", UnitConverter())
    view = PointView(
        equipment="AHU",
        group="AHU",
        file="AHU.json",
        point=point,
        target=Target(DEVICE, point.object_type, point.ecy_point),
        found_as=None,
        ref=ObjectRef(point.object_type, 1),
        state=None,
        metadata=None,
        simulated=None,
        shown=None,
    )
    return replace(view, **fields)


def state(value: PointValue = 20.0, slots: Mapping[int, PointValue] | None = None, **fields: Any) -> ObjectState:  # noqa: ANN401
    """An object that is in service, with a priority array when ``slots`` are given."""
    array = None if slots is None else tuple(slots.get(slot) for slot in range(1, 17))
    return ObjectState(Sample(value), **{"out_of_service": False, "priority_array": array, **fields})


def limits(minimum: float | None, maximum: float | None) -> PointMetadata:
    """An input of the simulation between limits."""
    return PointMetadata("1", minimum=minimum, maximum=maximum, is_input=True)
