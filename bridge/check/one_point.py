"""What is remarkable about one point: its object, what it may ask for, what its name speaks of."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from bridge.check.views import PointView, unit_in_our_words
from bridge.findings import Finding, Severity, Topic
from points import Point
from utils.bacnet import MANUAL_OPERATOR, MINIMUM_ON_OFF, NO_UNITS, reliability_words
from utils.unit_conversion import UnitConverter, to_bacnet
from utils.values import REAL32_LARGEST, ObjectState, ObjectType, PointMetadata, PointValue, Quality, Role, Sample

_FRACTION = "dimensionless"
_OUT_OF_SERVICE = {
    Role.COMMANDED: (Severity.WARNING, "it is out of service: what we command may not reach the application"),
    Role.READ: (Severity.NOTE, "it is out of service: the simulation follows it, its terminal does not"),
}

SAFETY_WORDS = {
    "freeze protection": r"fre?e?z\w*|frz\w*|frost\w*|llt|low (temp\w* )?(lim\w*|lmt|cut ?out|det\w*)|lowlim\w*",
    "smoke": r"smoke\w*|smk\w*|duct det\w*",
    "fire": r"fire|fire ?alarm|fas|fsd|sprinkler\w*|flame\w*",
    "high static": r"(hi|high) (duct )?(stat\w*|press\w*|dsp)|(stat\w*|press\w*) (hi|high)|histat\w*|highstat\w*|hsp",
    "high limit": r"(hi|high) (temp\w* )?(lim\w*|lmt|cut ?out)|overheat\w*|over ?temp\w*",
    "emergency": r"emerg\w*|e ?stop|panic|kill ?switch|epo",
    "a leak": r"(gas|co|refrig\w*) (leak\w*|det\w*|alarm)|leak\w*",
    "a safety chain": r"overload\w*|over ?current|thermal trip|safety|safeties|interlock\w*|shut ?down",
}
"""What a name may speak of, and the words that say it: patterns over the name in lower case, split into words."""

_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in SAFETY_WORDS.items()}
_BOUNDARIES = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Za-z])|[^A-Za-z0-9]+"
)


def point_findings(view: PointView) -> Iterator[Finding]:
    """Everything about one point, except whether it may be taken."""
    yield from object_findings(view)
    yield from _application_changed(view)
    yield from range_findings(view)
    yield from safety_findings(view)


def object_findings(view: PointView) -> Iterator[Finding]:
    """Everything about the object of one point, except whether it may be taken."""
    if view.found_as is not None:
        yield from _other_type(view, view.found_as)
    if view.state is None:
        return
    yield from _unreadable(view, view.state.present_value)
    yield from _no_units(view, view.state.units)
    if view.state.out_of_service and view.point.role in _OUT_OF_SERVICE:
        severity, what = _OUT_OF_SERVICE[view.point.role]
        yield _found(view, severity, Topic.SERVICE, what)
    if view.point.role is Role.FORCED:
        yield from _unreliable(view, view.state)
    if view.state.priority_array is not None:
        yield from _stronger_slots(view, view.state.priority_array)


def _other_type(view: PointView, found: ObjectType) -> Iterator[Finding]:
    if not found.endswith("Value"):
        return
    if view.point.role is Role.FORCED:
        what = (
            f"no object to force: a sensor on a bus or inside the controller has none; use the network value "
            f'("object_type": "{found}")'
        )
    else:
        what = "no object to read: outputs are read, network values are not; have the application drive an output"
    yield _found(view, Severity.NOTE, Topic.CONFIG, what)


def _unreadable(view: PointView, sample: Sample) -> Iterator[Finding]:
    if sample.quality is not Quality.GOOD:
        what = f"its present-value cannot be used: {sample.note or sample.quality.value}"
        yield _found(view, Severity.WARNING, Topic.VALUE, what)


def _application_changed(view: PointView) -> Iterator[Finding]:
    """The standard application does not do that: what is found of it holds for one that was changed."""
    name, place = view.point.ecy_point, view.point.config.in_place_of
    if place is not None:
        what = f"application changed: {view.equipment} reads {name} in the place of {place}"
        yield _found(view, Severity.NOTE, Topic.CONFIG, what)


def _unreliable(view: PointView, state: ObjectState) -> Iterator[Finding]:
    """A bench without sensors. Over REST a fault can be seen, and nothing is known to be done about it."""
    acts = "its application may act on that"
    if state.reliability:
        shows = f"it shows {reliability_words(state.reliability)}"
        what = f"{shows}: no-fault-detected is written while it is forced; where the controller refuses that, {acts}"
        yield _found(view, Severity.NOTE, Topic.VALUE, what)
    elif state.reliability is None and state.in_fault:
        what = f"its status flags say fault, which nobody can change from here: if they still do once forced, {acts}"
        yield _found(view, Severity.NOTE, Topic.VALUE, what)


def _no_units(view: PointView, units: str | None) -> Iterator[Finding]:
    """Where the units of an object cannot be compared, a temperature in the wrong one goes unnoticed."""
    ours = view.point.device_unit
    if ours is None:
        return
    theirs = unit_in_our_words(units)
    if theirs is None and units is not None:
        yield _found(view, Severity.WARNING, Topic.UNITS, f"we do not know its units {units!r}; make sure it is {ours}")
    elif theirs is None or to_bacnet(theirs) == NO_UNITS:
        yield _found(view, Severity.NOTE, Topic.UNITS, f"it has no units; make sure that it means {ours}")


def _stronger_slots(view: PointView, array: Sequence[PointValue | None]) -> Iterator[Finding]:
    occupied = [(slot, value) for slot, value in enumerate(array, start=1) if value is not None]
    if view.point.role is Role.READ:
        yield from _held_output(view, occupied)
        return
    for slot, value in occupied:
        if slot < view.point.priority and slot != MINIMUM_ON_OFF:
            what = (
                f"slot {slot} holds {value:.5g} and is stronger than ours ({view.point.priority}): "
                "what we write will have no effect"
            )
            yield _found(view, Severity.WARNING, Topic.SLOT, what)


def _held_output(view: PointView, occupied: Sequence[tuple[int, PointValue]]) -> Iterator[Finding]:
    """An output that an operator or something stronger holds. Slot 6 is the object's own minimum on and off time."""
    for slot, value in occupied:
        if slot <= MANUAL_OPERATOR and slot != MINIMUM_ON_OFF:
            what = f"slot {slot} holds {value:.5g}: the simulation gets that, whatever the application wants"
            yield _found(view, Severity.WARNING, Topic.SLOT, what)
            return


def range_findings(view: PointView) -> Iterator[Finding]:
    """What an output may ask for that BOPTEST would cut to the limits of the input it drives, without an error."""
    if view.point.role is not Role.READ or view.metadata is None:
        return
    if view.commanded is not None and _is_cut(view.metadata, view.commanded, view.commanded):
        what = f"it asks for {view.commanded:.5g} now, but {_accepted(view)}: it is cut without an error"
        yield _found(view, Severity.WARNING, Topic.RANGE, what)
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
        return _found(view, Severity.WARNING, Topic.RANGE, what)
    what = (
        f"nothing limits it, but {_accepted(view)}; set minimum and maximum, or what is beyond is cut without an error"
    )
    return _found(view, Severity.NOTE, Topic.RANGE, what)


def _accepted(view: PointView) -> str:
    low = view.metadata.minimum if view.metadata is not None else None
    high = view.metadata.maximum if view.metadata is not None else None
    words = (f"no less than {low:g}" if low is not None else "", f"no more than {high:g}" if high is not None else "")
    return f"{view.point.bop_point} accepts {' and '.join(word for word in words if word)}"


def smell_of(name: str) -> str | None:
    """What kind of protection an object's name speaks of, or None."""
    words = " ".join(part for part in _BOUNDARIES.split(name) if part).lower()
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(words)), None)


def safety_findings(view: PointView) -> Iterator[Finding]:
    """A point that we write and that sounds like protection: what we force there disables it (field notes 1)."""
    kind = smell_of(view.point.ecy_point)
    if kind is None or view.point.role is Role.READ:
        return
    verb = "forcing" if view.point.role is Role.FORCED else "commanding"
    what = f"its name speaks of {kind}: {verb} it disables real protection; leave it out unless nothing real is wired"
    yield _found(view, Severity.WARNING, Topic.SAFETY, what)


def _found(view: PointView, severity: Severity, topic: Topic, what: str) -> Finding:
    return Finding(severity, topic, view.where, what)
