"""The guardian's second look: what is given back late, and what is left to others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.making import Credentials, DeviceClients
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from ledger.entries import TakenClock, TakenInput, TakenOutput, TakenSlot
from ledger.guardian.late_writes import LateWrites
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt, described
from ledger.record.journal import Journals
from tests import bench
from tests.bridge.looking import force
from tests.bridge.rig import AHU_OBJECTS, PASSWORD
from tests.supervisory.beside import SETPOINT, MemoryDevice
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType, PointValue

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


class TestAnInput:
    """Whose out-of-service is given back, and which a controller takes out of service once more."""

    @pytest.fixture
    def server(self) -> Iterator[EcyServer]:
        with EcyServer([ControllerSpec("AHU", objects=AHU_OBJECTS)], username="bench", password=PASSWORD) as serving:
            yield serving

    def look(self, server: EcyServer, folder: Path) -> list[Outcome]:
        """What the second look reports of an input that the first has put back in service."""
        settings = bench.settings(folder, BOP_SERVER_URL="http://127.0.0.1:1")
        journals, device = Journals(folder / "ledgers"), server.addresses["AHU"]
        taken = TakenInput(device, ObjectRef(ObjectType.ANALOG_INPUT, 1), "DischAirTemp", False, -40.0)
        ledger = Ledger(journals.own({}))
        ledger.take(taken)
        ledger.sent(device, taken.ref, OURS)
        ledger.saw(device, taken.ref, OURS)
        ledger.close()
        look = LateWrites(journals, doubt_s=0.0)
        [orphan] = journals.orphans()
        look.remember(orphan)
        orphan.close()
        look.note([Receipt(device, described(taken), Outcome.RELEASED)])
        with DeviceClients(settings, StateFolder(settings.state_dir)) as clients:
            return [one.outcome for one in look.give_back(clients.client_for)]

    def test_that_was_forced_late_is_put_back_in_service(self, server: EcyServer, tmp_path: Path) -> None:
        force(server.controller("AHU"), "DischAirTemp", OURS)
        assert self.look(server, tmp_path) == [Outcome.RELEASED]
        assert not server.controller("AHU").objects.named("DischAirTemp").out_of_service

    def test_that_somebody_else_forces_is_his(self, server: EcyServer, tmp_path: Path) -> None:
        force(server.controller("AHU"), "DischAirTemp", 55.0)
        assert self.look(server, tmp_path) == []
        assert server.controller("AHU").objects.named("DischAirTemp").out_of_service

    def test_that_is_in_service_is_not_reported(self, server: EcyServer, tmp_path: Path) -> None:
        assert self.look(server, tmp_path) == []
