"""What a controller says, and shows, after something was given back: half an answer is not taken for a whole one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from clients.device_client import DeviceClient
from ledger import Patience
from ledger.entries import TakenInput, TakenObject, TakenOutput, TakenSlot
from ledger.giving_back.giver import give_back
from ledger.giving_back.verdicts import Judge, lost_fault, verified
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt
from tests.waiting import in_no_time
from utils.errors import ObjectError
from utils.values import ObjectRef, ObjectState, ObjectType, PriorityArray, Sample, Write, WriteKind, WriteResult

DEVICE = "10.0.0.1"
AV = ObjectRef(ObjectType.ANALOG_VALUE, 3)
FREE_SLOT = TakenSlot(DEVICE, AV, "OutdoorTemp", 14, None)
USED_SLOT = TakenSlot(DEVICE, AV, "OutdoorTemp", 14, 18.0)
INPUT = TakenInput(DEVICE, ObjectRef(ObjectType.ANALOG_INPUT, 1), "SpaceTemp", False, -40.0)
FORCED_INPUT = TakenInput(DEVICE, INPUT.ref, "SpaceTemp", True, 17.5)
OUTPUT = TakenOutput(DEVICE, ObjectRef(ObjectType.ANALOG_OUTPUT, 2), "Damper", False)


def slots(held: float | None) -> PriorityArray:
    return (*[None] * 13, held, None, None)


def state(value: float | None = 20.0, **more: object) -> ObjectState:
    return ObjectState(Sample(value), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "after", "outcome"),
    [
        (FREE_SLOT, state(priority_array=slots(None)), Outcome.RELEASED),
        (FREE_SLOT, state(priority_array=slots(20.0)), Outcome.FAILED),
        (FREE_SLOT, state(), Outcome.UNVERIFIED),
        (FREE_SLOT, state(priority_array=slots(None), is_partial=True), Outcome.FAILED),
        (USED_SLOT, state(priority_array=slots(18.0)), Outcome.RESTORED),
        (USED_SLOT, state(priority_array=slots(20.0)), Outcome.FAILED),
        (USED_SLOT, state(priority_array=slots(None)), Outcome.FAILED),
        (INPUT, state(out_of_service=False), Outcome.RELEASED),
        (INPUT, state(out_of_service=True), Outcome.FAILED),
        (INPUT, state(out_of_service=None), Outcome.UNVERIFIED),
        (FORCED_INPUT, state(17.5, out_of_service=True), Outcome.RESTORED),
        (FORCED_INPUT, state(22.0, out_of_service=True), Outcome.FAILED),
        (FORCED_INPUT, state(None, out_of_service=True), Outcome.FAILED),
        (OUTPUT, state(out_of_service=False), Outcome.RELEASED),
        (OUTPUT, state(out_of_service=True), Outcome.FAILED),
    ],
)
def test_what_a_look_after_the_write_says(entry: TakenObject, after: ObjectState, outcome: Outcome) -> None:
    assert verified(entry, after) is outcome


OPEN_LOOP = replace(INPUT, reliability=4)


@pytest.mark.parametrize(
    ("entry", "after", "said"),
    [
        (OPEN_LOOP, state(reliability=0, out_of_service=False), "it shows no-fault-detected now, and open-loop before"),
        (OPEN_LOOP, state(reliability=4, out_of_service=False), ""),
        (OPEN_LOOP, state(reliability=None, out_of_service=False), ""),
        (OPEN_LOOP, state(reliability=0, out_of_service=True), ""),
        (INPUT, state(reliability=0, out_of_service=False), ""),
        (FREE_SLOT, state(reliability=0, out_of_service=False), ""),
    ],
)
def test_a_fault_that_an_input_did_not_take_back_is_said(entry: TakenObject, after: ObjectState, said: str) -> None:
    assert lost_fault(entry, after) == said


@pytest.mark.parametrize(
    ("entry", "write"),
    [
        (INPUT, Write(INPUT.ref, WriteKind.OUT_OF_SERVICE, False)),
        (FORCED_INPUT, Write(INPUT.ref, WriteKind.PRESENT_VALUE, 17.5)),
    ],
)
def test_an_input_that_we_forced_is_given_back_although_it_tells_no_value(entry: TakenInput, write: Write) -> None:
    ledger = Ledger()
    ledger.take(entry)
    ledger.sent(DEVICE, entry.ref, 22.0)
    found, judge = state(None, name="SpaceTemp", out_of_service=True), Judge(DEVICE, ledger)
    assert judge.judge(entry, found, entry.ref) == write
    assert judge.doubt(entry, found, entry.ref) == "what it held could not be read: it may be ours, or somebody else's"


def test_an_input_that_tells_no_value_and_was_sent_none_is_not_touched() -> None:
    ledger = Ledger()
    ledger.take(INPUT)
    found, judge = state(None, name="SpaceTemp", out_of_service=True), Judge(DEVICE, ledger)
    assert judge.judge(INPUT, found, INPUT.ref) is Outcome.LEFT_ALONE
    assert judge.doubt(INPUT, found, INPUT.ref) == ""


@dataclass
class Client:
    """A controller with one object, which tells so much of itself and takes writes or does not."""

    shows: PriorityArray | None
    refuses: bool
    device: str = DEVICE
    rejection: None = None
    written: list[Write] = field(default_factory=list)

    def connect(self) -> None:
        """It is there."""

    def survey(self, refs: Collection[ObjectRef]) -> dict[ObjectRef, ObjectState]:
        return {ref: state(name="OutdoorTemp", priority_array=self.shows) for ref in refs}

    def write_values_from_endpoints(self, writes: Sequence[Write]) -> tuple[WriteResult, ...]:
        self.written += writes
        error = ObjectError(DEVICE, "write-access-denied") if self.refuses else None
        return tuple(WriteResult(write, error) for write in writes)

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        if self.refuses:
            raise ObjectError(DEVICE, "write-access-denied")
        return False


def given_back(client: Client) -> tuple[Receipt, Ledger]:
    ledger = Ledger()
    ledger.take(FREE_SLOT)
    ledger.sent(DEVICE, AV, 20.0)
    [receipt] = give_back(
        DEVICE, cast("DeviceClient", client), ledger, ledger.open_entries, Patience(0.0, in_no_time())
    )
    return receipt, ledger


def test_where_the_slots_cannot_be_read_an_accepted_release_is_not_verified_and_no_failure() -> None:
    receipt, ledger = given_back(client := Client(None, refuses=False))
    assert receipt.outcome is Outcome.UNVERIFIED
    assert len(client.written) == 1
    assert ledger.open_entries == ()


def test_where_the_slots_cannot_be_read_a_refused_release_has_failed_with_the_controllers_words() -> None:
    receipt, ledger = given_back(Client(None, refuses=True))
    assert (receipt.outcome, receipt.note) == (Outcome.FAILED, "write-access-denied")
    assert ledger.open_entries == (FREE_SLOT,)


def test_what_is_shown_counts_whatever_was_said() -> None:
    receipt, _ = given_back(Client(slots(None), refuses=True))
    assert receipt.outcome is Outcome.RELEASED


def test_a_release_that_was_accepted_and_does_not_show_has_failed_with_what_is_there() -> None:
    receipt, ledger = given_back(Client(slots(20.0), refuses=False))
    assert (receipt.outcome, receipt.note) == (Outcome.FAILED, "asked for empty, it is 20.0")
    assert ledger.open_entries == (FREE_SLOT,)


class KeepsNoFault(Client):
    """A controller that puts an input in service and takes no fault back."""

    def survey(self, refs: Collection[ObjectRef]) -> dict[ObjectRef, ObjectState]:
        is_forced = all(write.kind is not WriteKind.OUT_OF_SERVICE for write in self.written)
        return {ref: state(22.0, name="SpaceTemp", out_of_service=is_forced, reliability=0) for ref in refs}


def test_a_receipt_says_that_an_input_shows_no_fault_as_it_did_not_before() -> None:
    ledger = Ledger()
    ledger.take(OPEN_LOOP)
    ledger.sent(DEVICE, OPEN_LOOP.ref, 22.0)
    client = cast("DeviceClient", KeepsNoFault(None, refuses=False))
    [receipt] = give_back(DEVICE, client, ledger, ledger.open_entries, Patience(0.0, in_no_time()))
    assert receipt.outcome is Outcome.RELEASED
    assert receipt.note == "it shows no-fault-detected now, and open-loop before"


STAGE = TakenInput(DEVICE, ObjectRef(ObjectType.MULTI_STATE_INPUT, 1), "Stage", False, 1.0, 4)


class ForcedByOthers(Client):
    """A controller in which somebody else has forced what we had forced and made reliable."""

    def survey(self, refs: Collection[ObjectRef]) -> dict[ObjectRef, ObjectState]:
        return {ref: state(3.0, name="Stage", out_of_service=True, reliability=0) for ref in refs}


@pytest.mark.parametrize("refuses", [False, True])
def test_an_input_that_is_left_to_somebody_else_gets_its_fault_back(refuses: bool) -> None:
    ledger, client = Ledger(), ForcedByOthers(None, refuses)
    ledger.take(STAGE)
    ledger.sent(DEVICE, STAGE.ref, 2.0)
    [receipt] = give_back(
        DEVICE, cast("DeviceClient", client), ledger, ledger.open_entries, Patience(0.0, in_no_time())
    )
    assert receipt.outcome is Outcome.LEFT_ALONE
    assert client.written == [Write(STAGE.ref, WriteKind.RELIABILITY, 4)]
    assert ("its fault is not put back: write-access-denied" in receipt.note) is refuses
