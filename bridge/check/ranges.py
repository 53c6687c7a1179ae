"""What BOPTEST would cut without an error: an output's possible commands against the limits of the input it drives."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bridge.check.views import PointView
from bridge.findings import Finding, Severity, Topic
from points import Point
from utils.unit_conversion import UnitConverter
from utils.values import REAL32_LARGEST, PointMetadata, PointValue, Role

_FRACTION = "dimensionless"


def range_findings(view: PointView) -> Iterator[Finding]:
    """What an output of the controller may ask for that the simulation does not accept."""
    if view.point.role is not Role.READ or view.metadata is None:
        return
    if view.commanded is not None and _is_cut(view.metadata, view.commanded, view.commanded):
        what = f"it asks for {view.commanded:.5g} now, but {_accepted(view)}: it is cut without an error"
        yield Finding(Severity.WARNING, Topic.RANGE, view.where, what)
        return
    low, high = possible_range(view.point)
    if _is_cut(view.metadata, low, high):
        yield _may_be_cut(view, low, high)


def possible_range(point: Point) -> tuple[float, float]:
    """What an output may ask for at all, shaped, in the simulation's unit.

    An output in percent is taken to stay within 0 and 100; one in other units may hold any number. What the config
    does not call valid is not passed on.
    """
    ends = [point.reach_of(raw) for raw in _extremes(point)]
    low, high = point.config.valid_min, point.config.valid_max
    lowest, highest = min(ends), max(ends)
    return lowest if low is None else max(lowest, low), highest if high is None else min(highest, high)


def _extremes(point: Point) -> tuple[PointValue, ...]:
    if point.object_type.is_binary:
        return (False, True)
    if point.object_type.is_multi_state:
        return tuple(int(state) for state in point.config.states or {}) or (1, REAL32_LARGEST)
    converter, unit = UnitConverter(), point.device_unit
    if unit is not None and converter.compatible(unit, _FRACTION):
        return tuple(converter.convert(end, _FRACTION, unit) for end in (0.0, 1.0))
    return (-REAL32_LARGEST, REAL32_LARGEST)


def _is_cut(limits: PointMetadata, low: float, high: float) -> bool:
    below = limits.minimum is not None and low < limits.minimum and not _is_close(low, limits.minimum)
    above = limits.maximum is not None and high > limits.maximum and not _is_close(high, limits.maximum)
    return below or above


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def _may_be_cut(view: PointView, low: float, high: float) -> Finding:
    if max(abs(low), abs(high)) < REAL32_LARGEST / 1e6:
        what = f"it may ask for {low:.5g} to {high:.5g}, but {_accepted(view)}: what is beyond is cut without an error"
        return Finding(Severity.WARNING, Topic.RANGE, view.where, what)
    what = (
        f"nothing limits it, but {_accepted(view)}; set minimum and maximum, or what is beyond is cut without an error"
    )
    return Finding(Severity.NOTE, Topic.RANGE, view.where, what)


def _accepted(view: PointView) -> str:
    low = view.metadata.minimum if view.metadata is not None else None
    high = view.metadata.maximum if view.metadata is not None else None
    words = (f"no less than {low:g}" if low is not None else "", f"no more than {high:g}" if high is not None else "")
    return f"{view.point.bop_point} accepts {' and '.join(word for word in words if word)}"
