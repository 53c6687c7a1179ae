"""Controllers that are not there, go away, come back or reboot in the middle of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.link.link import LinkState
from emulators.boptest.faults import HoldCall
from emulators.ecy.faults.calls import DropConnection
from ledger.receipts import Outcome
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched, state_of
from tests.bridge.rig import Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.errors import DeviceUnreachable


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@pytest.mark.slow
def test_when_no_controller_answers_the_run_does_not_start(both: Rig) -> None:
    for name in ("AHU", "VAV"):
        both.controllers.controller(name).faults.add(DropConnection(None))
    with pytest.raises(DeviceUnreachable):
        both.execute()


@pytest.mark.slow
def test_a_controller_that_is_absent_at_the_start_is_taken_when_it_appears(both: Rig) -> None:
    absent = DropConnection(None)
    faults = both.controllers.controller("VAV").faults
    faults.add(absent)
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 0.0))
        faults.remove(absent)
        eventually(lambda: activations(run) == (1.0, 1.0))
        run.request_stop()
        assert not future.result(DEADLINE_S).not_released
    assert_as_it_was(both)


@pytest.mark.slow
def test_a_controller_that_falls_silent_is_held_and_its_group_released_and_the_others_go_on(both: Rig) -> None:
    silence = DropConnection(None)
    faults = both.controllers.controller("VAV").faults
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        faults.add(silence)
        eventually(lambda: activations(run) == (1.0, 0.0))
        assert state_of(both, run, "VAV") is LinkState.OFFLINE
        assert state_of(both, run, "AHU") is LinkState.ONLINE
        faults.remove(silence)
        eventually(lambda: activations(run) == (1.0, 1.0))
        run.request_stop()
        assert not future.result(DEADLINE_S).not_released
    assert_as_it_was(both)


def test_a_controller_that_stays_away_does_not_keep_the_others_from_being_released(both: Rig) -> None:
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        both.controllers.controller("VAV").faults.add(DropConnection(None))
        run.request_stop()
        summary = future.result(DEADLINE_S)
    assert [receipt.device for receipt in summary.not_released] == [both.controllers.addresses["VAV"]]
    assert [entry.device for entry in run.ledger.open_entries] == [both.controllers.addresses["VAV"]]
    assert_as_it_was(both, "AHU")


def test_an_input_that_a_reboot_puts_back_in_service_is_taken_again(both: Rig) -> None:
    objects = both.controllers.controller("VAV").objects
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        objects.restart(keep_out_of_service=False, keep_slots=False)
        eventually(lambda: objects.named("SpaceTemp").out_of_service)
        run.request_stop()
        assert {receipt.outcome for receipt in future.result(DEADLINE_S).receipts} == {Outcome.RELEASED}


def test_a_lost_session_is_opened_again_without_a_missed_step(both: Rig) -> None:
    controller = both.controllers.controller("VAV")
    run = both.run()
    with in_background(run):
        eventually(lambda: activations(run) == (1.0, 1.0))
        before = controller.counters.basic_sign_ins
        controller.sessions.clear()
        eventually(lambda: controller.counters.basic_sign_ins == before + 1)
        assert state_of(both, run, "VAV") is LinkState.ONLINE


def test_a_stop_does_not_wait_for_a_controller_that_is_being_tried_again(both: Rig) -> None:
    both.controllers.controller("VAV").faults.add(DropConnection(None))
    hold = both.building.faults.add(HoldCall(), "advance")
    run = both.run()
    with in_background(run) as future:
        assert hold.reached.wait(DEADLINE_S)
        run.request_stop()
        future.result(2 + 2 * 2.0)
    assert both.controllers.controller("VAV").journal == []
    assert_as_it_was(both, "AHU")


def test_a_stop_while_connecting_writes_nothing(both: Rig) -> None:
    both.building.stop()
    run = both.run(BOP_CONNECT_TIMEOUT="600")
    with in_background(run) as future:
        run.request_stop()
        future.exception(DEADLINE_S)
    assert_untouched(both)
