"""What processes that have died left: found with all that is needed to get at it, and closed whatever happens."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.journal import Journal, Journals
from bridge.ledger import Ledger, TakenClock, TakenSlot
from bridge.recovery import recover, undo
from bridge.release import Outcome, give_back
from clients.device_client import DeviceClient
from equipment.ended_simulation import SIMULATION, EndedSimulation
from equipment.equipment_manager import Credentials
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
    client = EndedSimulation(NOBODY, StateFolder(tmp_path).tests)
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
    [receipt] = undo(orphan, lambda device, credentials: simulation)
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

    receipts = {receipt.device: receipt for receipt in recover(journals, client)}
    assert receipts[SIMULATION].outcome is Outcome.RELEASED
    assert receipts["10.0.0.1"].outcome is Outcome.FAILED
    assert "VAV_PWORD: is not set" in str(receipts["10.0.0.1"])
    assert file.exists()


def test_a_clock_is_put_back_over_rest_only(simulation: EndedSimulation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.release._PAUSES_S", (0.0,))
    ledger, clock = Ledger(), TakenClock(SIMULATION, "UTC", ntp_enabled=True)
    ledger.take(clock)
    [receipt] = give_back(SIMULATION, simulation, ledger, [clock])
    assert receipt.outcome is Outcome.FAILED
    assert "REST" in receipt.note
