"""What was taken, and how our own values are recognised."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ledger.entries import Entry, TakenClock, TakenInput, TakenSlot
from ledger.ledger import Ledger, MemoryStore
from ledger.watched import Judgement
from utils.errors import BridgeError
from utils.values import ObjectRef, ObjectType, PointValue, as_real32

DEVICE = "10.0.0.1"
AV = ObjectRef(ObjectType.ANALOG_VALUE, 3)
BV = ObjectRef(ObjectType.BINARY_VALUE, 3)
SLOT = TakenSlot(DEVICE, AV, "OutdoorAirTemp", 14, None)
CLOCK = TakenClock(DEVICE, "America/Denver", True)


def test_an_entry_is_open_until_it_is_given_back() -> None:
    ledger = Ledger()
    ledger.take(SLOT)
    ledger.take(CLOCK)
    ledger.give_back(SLOT)
    assert ledger.open_entries == (CLOCK,)


def test_the_ledger_knows_which_objects_and_clocks_it_holds() -> None:
    ledger = Ledger()
    ledger.take(SLOT)
    assert ledger.holds(DEVICE, AV)
    assert not ledger.holds("10.0.0.2", AV)
    assert not ledger.holds_clock(DEVICE)
    ledger.take(CLOCK)
    assert ledger.holds_clock(DEVICE)


def test_a_value_is_ours_as_real32() -> None:
    ledger = Ledger()
    sent = 294.15 - 273.15 + 1e-9
    ledger.sent(DEVICE, AV, sent)
    assert ledger.judge(DEVICE, AV, as_real32(sent)) is Judgement.OURS
    assert as_real32(sent) != sent


@pytest.mark.parametrize("found", [20.0, 22.0])
def test_nothing_is_ours_of_what_was_never_sent(found: PointValue) -> None:
    assert Ledger().judge(DEVICE, AV, found) is Judgement.THEIRS


def test_an_older_value_is_still_ours_because_reads_may_be_stale() -> None:
    ledger = Ledger()
    for value in (1.0, 2.0, 3.0):
        ledger.sent(DEVICE, AV, value)
    assert all(ledger.judge(DEVICE, AV, value) is Judgement.OURS for value in (1.0, 2.0, 3.0))


def test_a_binary_found_as_a_boolean_matches_one_that_was_sent_as_a_number() -> None:
    ledger = Ledger()
    ledger.sent(DEVICE, BV, 1)
    assert [ledger.judge(DEVICE, BV, found) for found in (True, False)] == [Judgement.OURS, Judgement.THEIRS]


def test_after_a_power_cut_everything_is_in_doubt() -> None:
    ledger = Ledger(knows_values=False)
    assert ledger.judge(DEVICE, AV, 99.0) is Judgement.IN_DOUBT


def test_nothing_is_entered_that_the_store_could_not_keep() -> None:
    class FullDisk(MemoryStore):
        def take(self, entries: Sequence[Entry]) -> None:
            raise BridgeError("no space left")

    ledger = Ledger(FullDisk())
    with pytest.raises(BridgeError, match="no space left"):
        ledger.take(TakenInput(DEVICE, AV, "SpaceTemp", False, 20.0))
    assert ledger.open_entries == ()
