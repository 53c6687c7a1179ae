"""Other people's slots on emulated controllers: found, compared, released, and put down for undoing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.ecy_device_client import ECYDeviceClient
from emulators.ecy.faults.calls import DropConnection
from emulators.ecy.server import EcyServer
from supervisory.site_access import Audit, OccupiedSlot
from supervisory.site_survey import DeviceSite
from supervisory.undo_file import UndoFile
from tests.supervisory.gate_rig import AHU, NAMES, STATIC, SUPPLY, VAV, as_new, client_of, controllers


@pytest.fixture(scope="module")
def serving() -> Iterator[EcyServer]:
    with controllers() as server:
        yield server


@pytest.fixture
def server(serving: EcyServer) -> EcyServer:
    as_new(serving)
    command(serving, 180.0, priority=8)
    command(serving, 14.0, name=NAMES[SUPPLY], priority=9)
    command(serving, 18.0, at=VAV, name=NAMES[SUPPLY], priority=8)
    return serving


class Rig:
    """A site of two controllers; ``allowed`` counts down to the moment when the program is switched off."""

    def __init__(self, server: EcyServer, undo: Path, ours: frozenset[str] = frozenset(), allowed: int = 99) -> None:
        self.undo = UndoFile(undo)
        self._left = allowed
        self.site = DeviceSite(
            (AHU, VAV),
            lambda name: client_of(server, name, timeout_s=2.0),
            self.undo,
            lambda slot: slot.key in ours,
            self._allowed,
        )

    def _allowed(self) -> bool:
        self._left -= 1
        return self._left >= 0


def command(server: EcyServer, value: float | None, *, at: str = AHU, name: str = NAMES[STATIC], priority: int) -> None:
    server.controller(at).objects.command(name, value, priority)


def held(server: EcyServer, slot: OccupiedSlot) -> float | None:
    return server.controller(slot.device).objects.get(slot.ref).slots[slot.priority - 1]


def found(audit: Audit) -> list[str]:
    return [f"{slot} = {slot.value:g}" for slot in audit.slots]


def test_an_audit_finds_every_occupied_slot(server: EcyServer, tmp_path: Path) -> None:
    assert found(Rig(server, tmp_path / "undo").site.occupied_slots()) == [
        "AHU AnalogValue StaticSetpoint at 8 = 180",
        "AHU AnalogValue SupplySetpoint at 9 = 14",
        "VAV AnalogValue SupplySetpoint at 8 = 18",
    ]


def test_an_audit_leaves_out_what_our_own_programs_hold(server: EcyServer, tmp_path: Path) -> None:
    audit = Rig(server, tmp_path / "undo", ours=frozenset({"AHU AnalogValue 1 at 8"})).site.occupied_slots()
    assert "AHU AnalogValue StaticSetpoint at 8 = 180" not in found(audit)
    assert len(audit.slots) == 2


def test_a_controller_that_is_silent_is_told_and_the_others_are_audited(server: EcyServer, tmp_path: Path) -> None:
    server.controller(AHU).faults.add(DropConnection(None))
    audit = Rig(server, tmp_path / "undo").site.occupied_slots()
    assert list(audit.unread) == [AHU]
    assert found(audit) == ["VAV AnalogValue SupplySetpoint at 8 = 18"]


def test_a_release_empties_the_slots_and_can_be_undone_from_the_file(server: EcyServer, tmp_path: Path) -> None:
    rig = Rig(server, tmp_path / "undo")
    slots = rig.site.occupied_slots().slots
    results = rig.site.release(slots)
    assert [(result.slot, result.released, result.note) for result in results] == [(slot, True, "") for slot in slots]
    assert [held(server, slot) for slot in slots] == [None] * 3
    assert rig.undo.slots() == slots


def test_a_release_that_cannot_be_seen_afterwards_is_none(
    server: EcyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(server, tmp_path / "undo")
    slot = rig.site.occupied_slots().slots[0]
    monkeypatch.setattr(ECYDeviceClient, "relinquish", lambda *_: False)
    (result,) = rig.site.release([slot])
    assert not result.released
    assert result.note == "acknowledged, but the controller does not show its slots any more"


def test_a_slot_that_somebody_has_just_used_is_left_alone(server: EcyServer, tmp_path: Path) -> None:
    rig = Rig(server, tmp_path / "undo")
    slot = rig.site.occupied_slots().slots[0]
    command(server, 200.0, priority=8)
    (result,) = rig.site.release([slot])
    assert not result.released
    assert result.note == "it holds 200 now: somebody has just used it"
    assert held(server, slot) == 200.0
    assert not rig.undo.path.exists()


def test_a_slot_that_is_free_already_is_no_release(server: EcyServer, tmp_path: Path) -> None:
    rig = Rig(server, tmp_path / "undo")
    slot = rig.site.occupied_slots().slots[0]
    command(server, None, priority=8)
    (result,) = rig.site.release([slot])
    assert (result.released, result.note) == (False, "it is free already")


def test_a_switch_that_goes_off_stops_the_releases_at_once(server: EcyServer, tmp_path: Path) -> None:
    rig = Rig(server, tmp_path / "undo", allowed=1)
    slots = rig.site.occupied_slots().slots
    results = rig.site.release(slots)
    assert [result.released for result in results] == [True, False, False]
    assert results[1].note == "the program has been disabled"
    assert [held(server, slot) is None for slot in slots] == [True, False, False]


def test_nothing_is_released_that_could_not_be_noted(server: EcyServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    rig = Rig(server, tmp_path / "file" / "undo")
    slot = rig.site.occupied_slots().slots[0]
    (result,) = rig.site.release([slot])
    assert not result.released
    assert "cannot write the undo file" in result.note
    assert held(server, slot) == 180.0


def test_a_silent_controller_does_not_keep_the_others_from_being_released(server: EcyServer, tmp_path: Path) -> None:
    rig = Rig(server, tmp_path / "undo")
    slots = rig.site.occupied_slots().slots
    server.controller(AHU).faults.add(DropConnection(None))
    assert [result.released for result in rig.site.release(slots)] == [False, False, True]
