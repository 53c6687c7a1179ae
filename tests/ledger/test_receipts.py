"""Receipts in words, on the console and in their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.receipt_file import KEPT_FILES, keep_receipts
from ledger.receipts import Outcome, Receipt
from utils.state_folder import StateFolder

WHAT = "AnalogValue 3 OutdoorTemp slot 14"


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
