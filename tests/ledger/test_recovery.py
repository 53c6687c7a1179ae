"""What processes that have died left: found with all that is needed to get at it, and closed whatever happens."""

from __future__ import annotations

import errno
import os
import threading
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from clients.boptest_client import BOPTestClient
from clients.device_client import DeviceClient
from clients.making import Credentials
from clients.simulation import SIMULATION, EndedSimulation
from commands.verbs import release
from ledger import Patience, Patiences
from ledger.entries import TakenClock, TakenSlot
from ledger.giving_back.giver import give_back
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from ledger.record import journal
from ledger.record.journal import Journal, Journals
from ledger.recovery import recover, undo
from tests.waiting import DEADLINE_S, in_no_time
from utils.errors import ConfigError, Problem
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

AV = ObjectRef(ObjectType.ANALOG_VALUE, 3)
SLOT = TakenSlot(SIMULATION, AV, "hvac_oveAhu_dpSet", 12, None)
BACNET = "bacnet://192.168.0.122"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals(tmp_path / "ledgers")


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[EndedSimulation]:
    """No test was left, so nobody is asked."""
    client = EndedSimulation(BOPTestClient(NOBODY, test_ids=StateFolder(tmp_path).tests))
    yield client
    client.close()


def left_behind(journals: Journals, *entries: TakenSlot, **credentials: Credentials) -> Path:
    """The journal of a process that has taken slots and died."""
    journal: Journal = journals.own(credentials)
    ledger = Ledger(journal)
    ledger.take(*entries)
    ledger.sent(SIMULATION, AV, 200.0)
    ledger.close()
    return journal.file


def test_how_to_reach_a_controller_that_came_later_is_kept_before_anything_of_it_is_taken(journals: Journals) -> None:
    first, second = Credentials(interface="192.168.0.5/24"), Credentials(interface="10.0.0.5/24")
    journal = journals.own({})
    journal.reach(BACNET, first)
    Ledger(journal).take(SLOT)
    journal.reach("bacnet://10.0.0.1", second)
    journal.close()
    [orphan] = journals.orphans()
    assert orphan.credentials == {BACNET: first, "bacnet://10.0.0.1": second}
    orphan.close()


def test_how_to_reach_a_controller_on_bacnet_is_kept(journals: Journals) -> None:
    known = {BACNET: Credentials(interface="192.168.0.5/24:47808")}
    Ledger(journal := journals.own(known)).take(SLOT)
    journal.close()
    [orphan] = journals.orphans()
    assert orphan.credentials == known
    orphan.close()


def test_one_journal_can_be_had_alone_as_soon_as_its_process_has_gone(journals: Journals) -> None:
    living = journals.own({})
    Ledger(living).take(SLOT)
    assert journals.orphan(living.file) is None
    living.close()
    orphan = journals.orphan(living.file)
    assert orphan is not None
    assert orphan.ledger.open_entries == (SLOT,)
    orphan.ledger.give_back(SLOT)
    orphan.close()
    assert journals.orphan(living.file) is None


def test_on_a_full_disk_what_was_given_back_is_done_with_all_the_same(
    journals: Journals, simulation: EndedSimulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = left_behind(journals, SLOT)
    monkeypatch.setattr(os, "fsync", full)
    [orphan] = journals.orphans()
    [receipt] = undo(orphan, lambda device, credentials: simulation, Patiences.none())
    orphan.close()
    assert receipt.outcome is Outcome.RELEASED
    assert not file.exists()


def test_a_controller_for_which_there_can_be_no_client_stays_in_the_ledger_with_the_reason(
    journals: Journals, simulation: EndedSimulation
) -> None:
    other = TakenSlot("10.0.0.1", AV, "OutdoorAirTemp", 14, None)
    file = left_behind(journals, SLOT, other)

    def client(device: str, _credentials: Credentials) -> DeviceClient:
        if device != SIMULATION:
            raise ConfigError([Problem("VAV_PWORD", "is not set")])
        return simulation

    receipts = {receipt.device: receipt for receipt in recover(journals, client, Patiences.none())}
    assert receipts[SIMULATION].outcome is Outcome.RELEASED
    assert receipts["10.0.0.1"].outcome is Outcome.FAILED
    assert "VAV_PWORD: is not set" in str(receipts["10.0.0.1"])
    assert file.exists()


def test_a_clock_is_put_back_over_rest_only(simulation: EndedSimulation) -> None:
    ledger, clock = Ledger(), TakenClock(SIMULATION, "UTC", ntp_enabled=True)
    ledger.take(clock)
    [receipt] = give_back(SIMULATION, simulation, ledger, [clock], Patience(0.0, in_no_time()))
    assert receipt.outcome is Outcome.FAILED
    assert "REST" in receipt.note


class TestSomebodyElseIsAtIt:
    """A guardian, or another ``release``, has the journal in hand."""

    def test_what_he_leaves_is_given_back_when_he_lets_go(
        self, journals: Journals, simulation: EndedSimulation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        left_behind(journals, SLOT)
        [orphan] = journals.orphans()
        seen = threading.Event()
        given_back = journal._is_given_back

        def noticed(file: Path) -> bool:
            try:
                return given_back(file)
            finally:
                seen.set()

        monkeypatch.setattr(journal, "_is_given_back", noticed)
        with ThreadPoolExecutor(1) as pool:
            others = Journals(journals.folder)
            told = pool.submit(
                recover, others, lambda address, account: simulation, Patiences.none(), others_s=DEADLINE_S
            )
            assert seen.wait(DEADLINE_S)
            orphan.close()
            assert [receipt.outcome for receipt in told.result(DEADLINE_S)] == [Outcome.RELEASED]

    def test_release_does_not_say_that_nothing_is_left_while_he_is_at_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state = StateFolder(tmp_path / "state")
        left_behind(Journals.of(state), SLOT)
        [orphan] = Journals.of(state).orphans()
        monkeypatch.setattr(release, "_OTHERS_S", 0.05)
        monkeypatch.setenv("BRIDGE_STATE_DIR", str(state.path))
        monkeypatch.setattr(release, "start_logging", lambda *_: None)
        told = StringIO()
        options = Namespace(env=tmp_path / "absent", discard=None, json=False, loudness="usual")
        assert release.run(options, Console(file=told, width=200)) == 1
        assert "somebody else is still giving back AnalogValue 3 hvac_oveAhu_dpSet slot 12" in told.getvalue()
        assert "nothing to release" not in told.getvalue()
        orphan.close()


def test_a_journal_where_an_earlier_version_kept_it_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative state folder in another folder's ``.env`` was looked for beside main.py."""
    program, site = tmp_path / "program", tmp_path / "site"
    left = left_behind(Journals(program / "state" / "ledgers"), SLOT)
    site.mkdir()
    file = site / ".env"
    file.write_text(f"BRIDGE_STATE_DIR=state\nBOP_SERVER_URL={NOBODY}\n", encoding="utf-8")
    monkeypatch.setattr(release, "HOME", program)
    monkeypatch.setattr(release, "start_logging", lambda *_: None)
    told = StringIO()
    assert (
        release.run(Namespace(env=file, discard=None, json=False, loudness="usual"), Console(file=told, width=200)) == 0
    )
    assert not left.exists()
    assert "1 released" in told.getvalue()


def test_a_living_process_of_the_earlier_folder_keeps_what_it_has_taken(tmp_path: Path) -> None:
    old = Journals(tmp_path / "old")
    living = old.own({})
    Ledger(living).take(SLOT)
    both = Journals(tmp_path / "new", tmp_path / "old")
    assert both.orphans() == []
    with pytest.raises(ConfigError, match=f"process {os.getpid()} "):
        both.own({}).refuse_claimed([SLOT])
    living.close()


@pytest.mark.parametrize("name", ["typo.env", "."])
def test_a_file_that_is_named_and_cannot_be_read_is_no_reason_to_have_nothing_to_release(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRIDGE_STATE_DIR", raising=False)
    with pytest.raises(ConfigError, match="may say where the records of what is taken are kept"):
        release.run(
            Namespace(env=tmp_path / name, discard=None, json=False, loudness="usual"), Console(file=StringIO())
        )
