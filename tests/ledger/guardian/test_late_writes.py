"""The guardian's second look: what is given back late, and what is left to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients.making import Credentials
from ledger.entries import TakenClock, TakenOutput, TakenSlot
from ledger.guardian.late_writes import LateWrites
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt, described
from ledger.record.journal import Journals
from tests.supervisory.beside import SETPOINT, MemoryDevice
from utils.values import PointValue

SLOT = 12
OURS = 120.0
TAKEN = TakenSlot(MemoryDevice.device, SETPOINT, "Setpoint", SLOT, None)
OTHER_PRIORITY = TakenSlot(MemoryDevice.device, SETPOINT, "Setpoint", 8, None)


class Aftermath:
    """A device, and the ledger of a runtime that has died."""

    def __init__(self, folder: Path) -> None:
        self.device = MemoryDevice()
        self.journals = Journals(folder)
        ledger = Ledger(self.journals.own({}))
        ledger.take(TAKEN)
        ledger.sent(TAKEN.device, SETPOINT, OURS)
        ledger.saw(TAKEN.device, SETPOINT, OURS)
        ledger.close()
        self.look = LateWrites(self.journals, doubt_s=0.0)
        [orphan] = self.journals.orphans()
        self.look.remember(orphan)
        orphan.ledger.give_back(TAKEN)
        orphan.close()

    def holds(self, value: PointValue | None) -> None:
        """What the slot holds when it is looked at again."""
        self.device.slots[SETPOINT][SLOT - 1] = value

    def first(self, outcome: Outcome) -> None:
        """What became of the slot at first."""
        self.look.note([Receipt(TAKEN.device, described(TAKEN), outcome)])

    def again(self) -> tuple[list[Outcome], PointValue | None]:
        """What the second look reports and leaves behind."""
        receipts = self.look.give_back(lambda address, credentials: self._client(address, credentials))
        return [receipt.outcome for receipt in receipts], self.device.slots[SETPOINT][SLOT - 1]

    def _client(self, address: str, credentials: Credentials) -> MemoryDevice:
        assert (address, credentials) == (TAKEN.device, Credentials())
        return self.device


@pytest.fixture
def subject(tmp_path: Path) -> Aftermath:
    made = Aftermath(tmp_path)
    assert not list(tmp_path.glob("*.jsonl"))
    return made


def test_a_value_of_ours_that_has_come_late_is_given_back(subject: Aftermath) -> None:
    subject.first(Outcome.RELEASED)
    subject.holds(OURS)
    assert subject.again() == ([Outcome.RELEASED], None)


def test_a_slot_that_is_still_free_is_not_reported(subject: Aftermath) -> None:
    subject.first(Outcome.RELEASED)
    assert subject.again() == ([], None)


def test_what_somebody_else_has_put_there_meanwhile_is_his(subject: Aftermath) -> None:
    subject.first(Outcome.RELEASED)
    subject.holds(55.0)
    assert subject.again() == ([], 55.0)


def test_what_somebody_else_had_taken_over_at_first_stays_his_whatever_it_holds(subject: Aftermath) -> None:
    subject.first(Outcome.LEFT_ALONE)
    subject.holds(OURS)
    assert subject.again() == ([], OURS)


def test_a_slot_that_another_runtime_has_taken_since_is_left_to_it(subject: Aftermath) -> None:
    subject.first(Outcome.RELEASED)
    theirs = Ledger(subject.journals.own({}))
    theirs.take(TAKEN)
    subject.holds(OURS)
    assert subject.again() == ([], OURS)
    theirs.give_back(TAKEN)
    theirs.close()


def test_what_another_runtime_has_taken_of_other_kinds_is_no_slot(subject: Aftermath) -> None:
    subject.first(Outcome.RELEASED)
    theirs = Ledger(subject.journals.own({}))
    theirs.take(
        TakenClock(TAKEN.device, "UTC", True), TakenOutput(TAKEN.device, SETPOINT, "Setpoint", False), OTHER_PRIORITY
    )
    subject.holds(OURS)
    assert subject.again() == ([Outcome.RELEASED], None)
    theirs.give_back(*theirs.open_entries)
    theirs.close()


def test_a_controller_that_is_away_is_not_waited_for(subject: Aftermath) -> None:
    subject.first(Outcome.RELEASED)
    subject.device.present = False
    assert subject.again()[0] == []
