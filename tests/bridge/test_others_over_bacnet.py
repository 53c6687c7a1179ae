"""Others at a controller on BACnet/IP, and what becomes of it in mid-run: as over REST."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.datagrams import Mute
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from ledger import Outcome
from tests.bridge.looking import DAMPER, FAN, activations, written
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually

FORGETFUL = Profile(out_of_service_survives_reboot=False, slots_survive_reboot=False, reboot_s=0.5)
OBJECTS = (*AHU_OBJECTS, ObjectSpec("BinaryValue", "MayRun"), ObjectSpec("AnalogValue", "Beat"))
BOTH, NEITHER = (1.0, 1.0), (0.0, 0.0)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, profile=FORGETFUL, ahu_objects=OBJECTS, over_bacnet=True) as running:
        yield running


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


def slot(subject: Rig, name: str, priority: int = 14) -> float | None:
    return ahu(subject).objects.named(name).slots[priority - 1]


def test_a_slot_that_somebody_takes_in_mid_run_is_left_to_him(both: Rig, caplog: pytest.LogCaptureFixture) -> None:
    both.ahu_points = [AHU_POINTS[0], {**AHU_POINTS[1], "deadband": 100.0}, *AHU_POINTS[2:]]
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == BOTH)
        ahu(both).objects.command("OutdoorAirTemp", 99.0, 14)
        eventually(lambda: "somebody else has written 99.0 into slot 14, which was ours" in caplog.text)
        asked = len(written(both, "AHU", "OutdoorAirTemp"))
        run.request_stop()
        summary = future.result(DEADLINE_S)
    assert len(written(both, "AHU", "OutdoorAirTemp")) == asked
    assert slot(both, "OutdoorAirTemp") == 99.0
    assert Outcome.LEFT_ALONE in {receipt.outcome for receipt in summary.receipts}


def test_a_stronger_command_is_told_as_what_ours_is_beaten_by(both: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="bridge.link.slot_watch")
    run = both.run(ECY_REFRESH_TIME="0.1")
    with in_background(run) as future:
        eventually(lambda: activations(run) == BOTH)
        ahu(both).objects.command("OutdoorAirTemp", 55.0, 8)
        eventually(lambda: "written but not effective: slot 8 holds 55" in caplog.text)
        ahu(both).objects.command("OutdoorAirTemp", None, 8)
        eventually(lambda: "effective again" in caplog.text)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    assert slot(both, "OutdoorAirTemp") is None


def test_overrides_are_in_force_while_the_controllers_permit_says_so(both: Rig) -> None:
    both.keys = {"activate_when": "MayRun"}
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (0.0, 1.0))
        ahu(both).objects.command("MayRun", 1.0, 8)
        eventually(lambda: activations(run) == BOTH)
        ahu(both).objects.command("MayRun", None, 8)
        eventually(lambda: activations(run) == (0.0, 1.0))
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean


def test_a_heartbeat_beats_with_every_step_and_is_given_back(both: Rig) -> None:
    both.keys = {"heartbeat": "Beat", "heartbeat_priority": 9}
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: len(written(both, "AHU", "Beat")) > 2)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    beats = written(both, "AHU", "Beat")
    assert all(one != after for one, after in pairwise(beats))
    assert slot(both, "Beat", 9) is None


def test_a_group_loses_its_overrides_together_and_gets_them_back_together(both: Rig) -> None:
    both.keys = {"group": "VAV"}
    silence, both.timeout_s = Mute(), 0.5
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == BOTH)
        ahu(both).faults.add(silence)
        eventually(lambda: activations(run) == NEITHER)
        ahu(both).faults.remove(silence)
        eventually(lambda: activations(run) == BOTH)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean


def test_one_that_restarts_empty_is_taken_again_and_given_back(both: Rig) -> None:
    run = both.run(ECY_REFRESH_TIME="0.2")
    with in_background(run) as future:
        eventually(lambda: slot(both, "OutdoorAirTemp") is not None and activations(run) == BOTH)
        ahu(both).reboot()
        assert slot(both, "OutdoorAirTemp") is None
        assert not ahu(both).objects.named("DischAirTemp").out_of_service
        eventually(lambda: slot(both, "OutdoorAirTemp") is not None)
        eventually(lambda: ahu(both).objects.named("DischAirTemp").out_of_service)
        eventually(lambda: activations(run) == BOTH)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    for name in ahu(both).objects.names():
        found = ahu(both).objects.named(name)
        assert (found.out_of_service, set(found.slots) <= {None}) == (False, True), name


def test_where_another_device_answers_after_a_silence_nothing_is_written_to_it(
    both: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """A device that has moved: its address is somebody else's by now."""
    silence, both.timeout_s = Mute(), 0.5
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == BOTH)
        ahu(both).faults.add(silence)
        eventually(lambda: run.last_values.get(FAN) == 0.0)
        ahu(both).spec = replace(ahu(both).spec, instance=99)
        asked = len(ahu(both).journal)
        ahu(both).faults.remove(silence)
        eventually(lambda: "device 99 answers where device 1 was expected" in caplog.text)
        assert run.last_values.get(DAMPER) == 1.0
        assert len(ahu(both).journal) == asked
        ahu(both).spec = replace(ahu(both).spec, instance=1)
        run.request_stop()
        future.result(DEADLINE_S)
    assert slot(both, "OutdoorAirTemp") is None
