"""What earlier runs have left, before a run takes anything: given back, and said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import Leftovers
from ledger.entries import TakenSlot
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from ledger.record.journal import Journals
from tests.waiting import in_no_time
from utils.settings import SettingsSource
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

OUT_OF_REACH = TakenSlot("10.0.0.1", ObjectRef(ObjectType.ANALOG_VALUE, 3), "OutdoorTemp", 14, None)
"""There are no settings, so no account for it."""


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path)


def leftovers(state: StateFolder, *, is_over: bool = False) -> Leftovers:
    return Leftovers(SettingsSource({}, state.path), state, in_no_time(), lambda: is_over)


def left_behind(state: StateFolder) -> Path:
    journal = Journals.of(state).own({})
    ledger = Ledger(journal)
    ledger.take(OUT_OF_REACH)
    ledger.close()
    return journal.file


def test_what_stays_is_returned_every_time_and_said_once(state: StateFolder, caplog: pytest.LogCaptureFixture) -> None:
    file = left_behind(state)
    subject = leftovers(state)
    for _ in range(2):
        [receipt] = subject.give_back()
        assert receipt.outcome is Outcome.FAILED
    assert file.exists()
    assert caplog.text.count("left by an earlier run: 10.0.0.1 AnalogValue 3 OutdoorTemp slot 14: NOT released") == 1


def test_only_the_controllers_that_are_asked_for_are_given_back(state: StateFolder) -> None:
    left_behind(state)
    assert leftovers(state).give_back(["10.0.0.2"]) == []
    assert len(leftovers(state).give_back(["10.0.0.1"])) == 1


def test_a_journal_that_is_kept_is_said_once(state: StateFolder, caplog: pytest.LogCaptureFixture) -> None:
    left_behind(state).rename(aside := Journals.of(state).folder / "somebody.damaged")
    subject = leftovers(state)
    for _ in range(2):
        assert subject.give_back() == []
    assert caplog.text.count(f"kept: {aside}") == 1


def test_a_run_that_gives_back_already_asks_nobody(state: StateFolder) -> None:
    left_behind(state)
    assert leftovers(state, is_over=True).give_back() == []
