"""Outputs: whether an object follows what is commanded in a slot that beats all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.checkout.judging.shapes import Misfit, follows, listed, misfit, rounding, switched
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof, ShownValue
from points import Point
from utils.bacnet import slot_of
from utils.values import ObjectState, PointValue

_FIRST_OF_OURS = 7
"""1 to 6 are those of life safety, critical equipment and minimum times (ASHRAE 135, 19.2.1): never commanded here."""
_USUAL = 8


@dataclass(frozen=True, slots=True)
class OutputTry:
    """One output. ``commanded`` and ``seen`` have an entry for each round that was made, ``arrived`` likewise.

    ``obstacle`` is why it was not commanded, ``refusal`` what the controller said to it, ``deferred`` why it was not
    gone through with.
    """

    equipment: str
    point: Point
    slot: int = _USUAL
    before: PointValue | None = None
    """What it showed before."""
    commanded: tuple[PointValue, ...] = ()
    seen: tuple[ObjectState | None, ...] = ()
    obstacle: str = ""
    refusal: str = ""
    deferred: str = ""

    @property
    def name(self) -> str:
        """The object's."""
        return self.point.ecy_point

    @property
    def found(self) -> tuple[PointValue | None, ...]:
        """Its present-values."""
        return tuple(None if one is None else one.present_value.value for one in self.seen)


def free_slot(state: ObjectState | None) -> int | str:
    """A slot that is free and beats every occupied one, or why there is none."""
    if state is None or state.present_value.value is None:
        return "the controller does not tell how it stands"
    if state.priority_array is None:
        return "its slots cannot be read, so nobody knows whether one is free"
    held = {number: value for number in range(1, 17) if (value := slot_of(state.priority_array, number)) is not None}
    strongest = min(held, default=17)
    if strongest <= _FIRST_OF_OURS:
        return f"slot {strongest} holds it at {held[strongest]:g}, and 1 to 6 are not the bench's"
    return _USUAL if strongest > _USUAL else _FIRST_OF_OURS


def judge_command(one: OutputTry) -> PointFinding:
    """Whether present-value follows."""
    if one.deferred and not one.commanded:
        return _finding(one, PointVerdict.DEFERRED, one.deferred)
    if one.obstacle:
        return _finding(one, PointVerdict.NOT_TESTED, one.obstacle)
    if one.refusal:
        says = f"slot {one.slot} was commanded; the controller refuses it: {one.refusal}"
        return _finding(one, PointVerdict.FAIL, says, MappingFault.NOT_WRITTEN)
    says = f"{listed(one.commanded)} were commanded in slot {one.slot}; {one.name} shows {listed(one.found)}"
    found = [value for value in one.found if value is not None]
    if len(found) < len(one.found):
        return _finding(one, PointVerdict.NOT_TESTED, f"{says}: the controller did not always tell")
    if _is_following(one, found):
        return _finding(one, PointVerdict.PASS, says)
    wrong = _wrong(one, found)
    return _finding(one, PointVerdict.FAIL, f"{says}: {wrong.says}", wrong.fault)


def _finding(one: OutputTry, verdict: PointVerdict, says: str, fault: MappingFault | None = None) -> PointFinding:
    pairs = zip(one.commanded, one.found, strict=True)
    samples = tuple(ShownValue(float(value), value, found) for value, found in pairs)
    return PointFinding(one.equipment, one.name, Proof.COMMAND, verdict, says, fault, samples=samples)


def _is_following(one: OutputTry, found: Sequence[PointValue]) -> bool:
    if not one.point.object_type.is_analog:
        return list(found) == list(one.commanded)
    commanded, told = [float(value) for value in one.commanded], [float(value) for value in found]
    return follows(commanded, told) or rounding(commanded, told) is not None


def _wrong(one: OutputTry, found: Sequence[PointValue]) -> Misfit:
    for state in one.seen:
        for number in range(1, one.slot):
            held = slot_of(state.priority_array, number) if state is not None and state.priority_array else None
            if held is not None:
                return Misfit(MappingFault.WRONG_SLOT, f"slot {number} holds {held:g}")
    if one.point.object_type.is_analog:
        commanded, told = [float(value) for value in one.commanded], [float(value) for value in found]
        return misfit(commanded, told, None, one.before)
    return switched(one.commanded, found)
