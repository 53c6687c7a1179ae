"""What is remarkable about single objects of a controller: stronger slots, service, values, units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.check.quantities import unit_in_our_words
from bridge.check.views import PointView
from bridge.findings import Finding, Severity, Topic
from utils.bacnet import MANUAL_OPERATOR, MINIMUM_ON_OFF, NO_UNITS
from utils.unit_conversion import to_bacnet
from utils.values import ObjectType, PointValue, Quality, Role, Sample


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
    if view.state.priority_array is not None:
        yield from _stronger_slots(view, view.state.priority_array)


_OUT_OF_SERVICE = {
    Role.COMMANDED: (Severity.WARNING, "it is out of service: what we command may not reach the application"),
    Role.READ: (Severity.NOTE, "it is out of service: the simulation follows it, its terminal does not"),
}


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
        if slot < view.point.priority:
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


def _found(view: PointView, severity: Severity, topic: Topic, what: str) -> Finding:
    return Finding(severity, topic, view.where, what)
