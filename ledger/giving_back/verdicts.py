"""What to do about one object that is found in a controller, and whether it was done.

Compare before release: what we find has to be something that we sent, as the controller stores it, or may be. A slot
or an input that somebody else has taken over in the meantime is left alone.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.entries import TakenInput, TakenObject, TakenOutput, TakenSlot
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from ledger.watched import Judgement
from utils.bacnet import NO_FAULT, reliability_words, slot_of
from utils.values import ObjectRef, ObjectState, PointValue, Quality, Write, WriteKind, same_as_stored

_UNREAD = "what it held could not be read: it may be ours, or somebody else's"


class Judge:
    """Judges what is found in one controller by what the ledger knows."""

    def __init__(self, device: str, ledger: Ledger) -> None:
        self._device = device
        self._ledger = ledger
        self._left: dict[tuple[TakenObject, str | None], PointValue | None] = {}

    def note(self, entry: TakenObject, state: ObjectState) -> None:
        """How an object was found right after it was given back: if that did not take, it is still our doing."""
        self._left[entry, state.name] = _ours_in(entry, state)

    def doubt(self, entry: TakenObject, state: ObjectState, ref: ObjectRef) -> str:
        """The value that is given back at ``ref`` although it may be somebody else's; empty where it is ours."""
        found = _ours_in(entry, state)
        if isinstance(entry, TakenInput) and state.out_of_service and found is None and self._has_sent(entry, ref):
            return _UNREAD
        if found is None or isinstance(entry, TakenOutput) or _same(found, entry.before):
            return ""
        return in_doubt(found) if self._whose(entry, ref, found) is Judgement.IN_DOUBT else ""

    def judge(self, entry: TakenObject, state: ObjectState, ref: ObjectRef) -> Write | Outcome:
        """What to write to ``ref``, where the object stands now, or why to write nothing.

        Reads right after writes may be stale (ecy-rest-api §16), so what looks free is given back all the same once
        we have sent anything: it costs a write that changes nothing.
        """
        if state.is_partial:
            return Outcome.FAILED
        if state.is_missing:
            return Outcome.GONE
        if _is_untold(state):
            return Outcome.FAILED
        if is_stranger(entry, state):
            return self._judge_stranger(entry, state, ref)
        if isinstance(entry, TakenOutput):
            return _judge_output(entry, state)
        if not self._has_sent(entry, ref) and not _is_forced_by_us(entry, state):
            return Outcome.FREE_ALREADY
        if isinstance(entry, TakenSlot):
            return self._judge_slot(entry, state, ref)
        found = state.present_value.value
        is_in_service = state.out_of_service is False
        if not (is_in_service or self._may_be_ours(entry, state, ref, found)):
            return Outcome.LEFT_ALONE
        if not entry.was_out_of_service:
            return Write(entry.ref, WriteKind.OUT_OF_SERVICE, False)
        return Outcome.LEFT_ALONE if is_in_service else Write(entry.ref, WriteKind.PRESENT_VALUE, self._to_send(entry))

    def whose(self, entry: TakenObject, ref: ObjectRef, found: PointValue) -> Judgement:
        """Whose value stands at ``ref``, by what was sent there."""
        return self._whose(entry, ref, found)

    def reliability(self, entry: TakenObject, state: ObjectState, ref: ObjectRef) -> Write | None:
        """What an input showed before us, where what we wrote over it stands there still; before it is in service.

        It takes that only while it is out of service (ASHRAE 135, clause 12.2).
        """
        if not isinstance(entry, TakenInput) or entry.reliability is None or is_stranger(entry, state):
            return None
        is_ours = state.out_of_service and state.reliability == NO_FAULT
        return Write(ref, WriteKind.RELIABILITY, entry.reliability) if is_ours else None

    def _judge_stranger(self, entry: TakenObject, state: ObjectState, ref: ObjectRef) -> Write | Outcome:
        """Another name stands at this instance: only a value of ours is taken away, and nothing is put in its place."""
        if isinstance(entry, TakenSlot):
            is_ours = self._sent(entry, ref, _held(entry, state))
            return Write(entry.ref, WriteKind.COMMAND, None, entry.priority) if is_ours else Outcome.GONE
        value = state.present_value.value
        is_forced = state.out_of_service and (isinstance(entry, TakenOutput) or self._sent(entry, ref, value))
        return Write(entry.ref, WriteKind.OUT_OF_SERVICE, False) if is_forced else Outcome.GONE

    def _sent(self, entry: TakenObject, ref: ObjectRef, found: PointValue | None) -> bool:
        return found is not None and self._whose(entry, ref, found) is Judgement.OURS

    def _has_sent(self, entry: TakenObject, ref: ObjectRef) -> bool:
        return any(self._ledger.has_sent(self._device, one) for one in (entry.ref, ref))

    def _whose(self, entry: TakenObject, ref: ObjectRef, found: PointValue) -> Judgement:
        """An object of ours that bears another's number, or name, now may hold what was sent to either."""
        judged = {self._ledger.judge(self._device, one, found) for one in (entry.ref, ref)}
        return next(one for one in Judgement if one in judged)

    def _judge_slot(self, entry: TakenSlot, state: ObjectState, ref: ObjectRef) -> Write | Outcome:
        held = _held(entry, state)
        if held is not None and not self._may_be_ours(entry, state, ref, held):
            return Outcome.LEFT_ALONE
        return Write(entry.ref, WriteKind.COMMAND, self._to_send(entry), entry.priority)

    def _may_be_ours(
        self, entry: TakenSlot | TakenInput, state: ObjectState, ref: ObjectRef, found: PointValue | None
    ) -> bool:
        """What is in doubt is given back too, as it would stay for ever otherwise; so is what tells no value."""
        if found is None:
            return self._has_sent(entry, ref)
        if _same(found, entry.before) or _same(found, self._left.get((entry, state.name))):
            return True
        return self._whose(entry, ref, found) is not Judgement.THEIRS

    def _to_send(self, entry: TakenSlot | TakenInput) -> PointValue | None:
        return None if entry.before is None else self._ledger.to_send(self._device, entry.ref, entry.before)


def in_doubt(found: PointValue) -> str:
    """What is said of a value that is taken away, and may be somebody else's."""
    return f"it held {found}, which may be ours as the controller stored it, or somebody else's"


def is_stranger(entry: TakenObject, state: ObjectState) -> bool:
    """Whether another object stands where we took one."""
    return state.name is not None and state.name != entry.name


def as_found(entry: TakenObject, state: ObjectState) -> TakenObject:
    """The entry; without what there was before us, where another object stands now."""
    if not is_stranger(entry, state):
        return entry
    return replace(entry, before=None) if isinstance(entry, TakenSlot) else replace(entry, was_out_of_service=False)


def _is_untold(state: ObjectState) -> bool:
    """Whether the controller tells nothing of an object that it does not call missing: it denies every answer."""
    is_valueless = state.present_value.quality is Quality.MISSING
    return is_valueless and state.priority_array is None and state.out_of_service is None


def _held(entry: TakenSlot, state: ObjectState) -> PointValue | None:
    return slot_of(state.priority_array, entry.priority)


def _ours_in(entry: TakenObject, state: ObjectState) -> PointValue | None:
    """The value that stands in what we took, as long as it is taken."""
    if isinstance(entry, TakenSlot):
        return _held(entry, state)
    return state.present_value.value if state.out_of_service else None


def _is_forced_by_us(entry: TakenObject, state: ObjectState) -> bool:
    """Whether an input is out of service although its first value has never been sent."""
    return isinstance(entry, TakenInput) and not entry.was_out_of_service and bool(state.out_of_service)


def _judge_output(entry: TakenOutput, state: ObjectState) -> Write | Outcome:
    if not entry.was_out_of_service:
        return Write(entry.ref, WriteKind.OUT_OF_SERVICE, False)
    return Outcome.LEFT_ALONE if state.out_of_service is False else Outcome.RESTORED


def _same(found: PointValue | None, before: PointValue | None) -> bool:
    return found is not None and before is not None and same_as_stored(found, before)


def _is_as_reliable(entry: TakenInput, state: ObjectState) -> bool:
    return None in (entry.reliability, state.reliability) or state.reliability == entry.reliability


def lost_fault(entry: TakenObject, state: ObjectState) -> str:
    """What is said of an input in service again whose fault is gone: it is well now, or did not take its fault back."""
    if not isinstance(entry, TakenInput) or entry.reliability is None or state.out_of_service is not False:
        return ""
    if state.reliability != NO_FAULT:
        return ""
    return f"it shows {reliability_words(NO_FAULT)} now, and {reliability_words(entry.reliability)} before"


def verified(entry: TakenObject, state: ObjectState) -> Outcome:
    """What a look after the write says of it."""
    if state.is_partial:
        return Outcome.FAILED
    if isinstance(entry, TakenInput) and entry.was_out_of_service:
        is_as_before = _same(state.present_value.value, entry.before) and _is_as_reliable(entry, state)
        return Outcome.RESTORED if is_as_before else Outcome.FAILED
    if not isinstance(entry, TakenSlot):
        if state.out_of_service is None:
            return Outcome.UNVERIFIED
        return Outcome.FAILED if state.out_of_service else Outcome.RELEASED
    if state.priority_array is None:
        return Outcome.UNVERIFIED
    held = state.priority_array[entry.priority - 1]
    if entry.before is None:
        return Outcome.RELEASED if held is None else Outcome.FAILED
    return Outcome.RESTORED if _same(held, entry.before) else Outcome.FAILED
