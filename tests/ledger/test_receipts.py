"""Receipts in words, on the console and in their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.entries import Entry, TakenClock, TakenInput, TakenObject, TakenOutput, TakenSlot
from ledger.receipt_file import KEPT_FILES, keep_receipts
from ledger.receipts import Outcome, Receipt, described, shown, state_before
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectState, ObjectType, Sample

DEVICE = "10.0.0.1"
WHAT = "AnalogValue 3 OutdoorTemp slot 14"
SLOT = TakenSlot(DEVICE, ObjectRef(ObjectType.ANALOG_VALUE, 3), "OutdoorTemp", 14, None)
INPUT = TakenInput(DEVICE, ObjectRef(ObjectType.ANALOG_INPUT, 1), "SpaceTemp", True, 18.5)
OUTPUT = TakenOutput(DEVICE, ObjectRef(ObjectType.BINARY_OUTPUT, 2), "Pump", False)


@pytest.mark.parametrize(
    ("outcome", "states", "words"),
    [
        (Outcome.RELEASED, ("empty", "20.0", "empty"), "released"),
        (Outcome.RESTORED, ("18.0", "20.0", "18.0"), "restored (as it was found: 18.0)"),
        (Outcome.RESTORED, ("", "", ""), "restored"),
        (Outcome.LEFT_ALONE, ("empty", "33.0", "33.0"), f"{Outcome.LEFT_ALONE.value} (it holds 33.0)"),
        (Outcome.FREE_ALREADY, ("empty", "empty", "empty"), "was free already"),
    ],
)
def test_a_receipt_tells_what_it_is_about_and_what_became_of_it(
    outcome: Outcome, states: tuple[str, str, str], words: str
) -> None:
    before, found, after = states
    receipt = Receipt("10.0.0.1", WHAT, outcome, "", before, found, after)
    assert str(receipt) == f"10.0.0.1 {WHAT}: {words}"


def test_a_note_takes_the_place_of_what_was_found() -> None:
    receipt = Receipt("10.0.0.1", WHAT, Outcome.LEFT_ALONE, "it is named otherwise now", "empty", "33.0", "33.0")
    assert str(receipt).endswith("(it is named otherwise now)")


def test_the_file_has_a_line_for_each_with_all_three_states(tmp_path: Path) -> None:
    receipts = [
        Receipt("10.0.0.1", WHAT, Outcome.RELEASED, "", "empty", "20.0", "empty"),
        Receipt("10.0.0.1", "clock, zone and NTP", Outcome.RESTORED, "", "UTC, NTP on"),
        Receipt("10.0.0.2", "going\nwrong", Outcome.FAILED, "why"),
    ]
    file = keep_receipts(StateFolder(tmp_path), receipts, 1_700_000_000.0)
    assert file is not None
    first, second, third = file.read_text(encoding="utf-8").splitlines()
    assert first == f"10.0.0.1 {WHAT}: released; before empty, found 20.0, after empty"
    assert second == "10.0.0.1 clock, zone and NTP: restored; before UTC, NTP on"
    assert third.endswith("NOT released (why)")


def test_nothing_to_keep_is_no_file(tmp_path: Path) -> None:
    assert keep_receipts(StateFolder(tmp_path), [], 1_700_000_000.0) is None
    assert not (tmp_path / "receipts").exists()


def test_the_oldest_file_goes(tmp_path: Path) -> None:
    receipt = Receipt("10.0.0.1", WHAT, Outcome.RELEASED)
    files = [keep_receipts(StateFolder(tmp_path), [receipt], 3600.0 * n) for n in range(KEPT_FILES + 1)]
    assert [file.exists() for file in files if file is not None] == [False, *[True] * KEPT_FILES]


@pytest.mark.parametrize(
    ("entry", "what", "before"),
    [
        (SLOT, WHAT, "empty"),
        (TakenSlot(DEVICE, SLOT.ref, "OutdoorTemp", 14, 20.0), WHAT, "20.0"),
        (INPUT, "AnalogInput 1 SpaceTemp out-of-service", "out of service, 18.5"),
        (OUTPUT, "BinaryOutput 2 Pump out-of-service", "in service"),
        (TakenClock(DEVICE, "UTC", True), "clock, zone and NTP", "UTC, NTP on"),
        (TakenClock(DEVICE, "UTC", False), "clock, zone and NTP", "UTC, NTP off"),
    ],
)
def test_what_was_taken_and_what_there_was_before_in_words(entry: Entry, what: str, before: str) -> None:
    assert (described(entry), state_before(entry)) == (what, before)


@pytest.mark.parametrize(
    ("entry", "state", "words"),
    [
        (SLOT, ObjectState(Sample(21.0), priority_array=(*[None] * 13, 33.0, None, None)), "33.0"),
        (SLOT, ObjectState(Sample(21.0), priority_array=(*[None] * 12, 9.0, None, 8.0, None)), "empty"),
        (SLOT, ObjectState(Sample(21.0)), "present-value 21.0"),
        (INPUT, ObjectState(Sample(21.0), out_of_service=True), "out of service, 21.0"),
        (OUTPUT, ObjectState(Sample(1.0), out_of_service=False), "in service, 1.0"),
    ],
)
def test_what_of_a_state_is_ours_in_words(entry: TakenObject, state: ObjectState, words: str) -> None:
    assert shown(entry, state) == words
