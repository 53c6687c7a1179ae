"""Whoever watches a run is told of it, and can do nothing to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.run import Run
from bridge.watching.observation import Observation
from emulators.ecy.faults.calls import DropConnection
from recording import EventKind
from tests.bridge.listening import Listener
from tests.bridge.looking import DAMPER, assert_as_it_was
from tests.bridge.rig import Rig, in_background, rig
from tests.waiting import eventually


class Broken(Listener):
    """A watcher that fails at its second step."""

    def step(self, seen: Observation) -> None:
        super().step(seen)
        if len(self.steps) == 2:
            raise ZeroDivisionError("a bug of the page")


def watched(both: Rig, *watchers: Listener, steps: int | None = None, **variables: str) -> Run:
    both.watchers = watchers
    return both.run(steps, **variables)


def test_each_answered_frame_is_told_with_what_controllers_hold_and_what_the_building_is_advanced_on(
    tmp_path: Path,
) -> None:
    listener = Listener()
    with rig(tmp_path) as both:
        watched(both, listener, steps=3, ECY_RAMP_STEPS="0").execute()
    assert [seen.frame.number for seen in listener.steps] == [0, 1, 2, 3]
    last = listener.steps[-1]
    by_name = {target.name: value for target, value in last.values.items()}
    assert by_name["FanSpeed"] == 60.0
    assert by_name["DischAirTemp"] == pytest.approx(last.frame.values["hvac_reaAhu_TSup_y"] - 273.15, abs=0.01)
    assert last.commands.inputs["hvac_oveAhu_yFan_u"] == 0.6
    assert last.active_groups == ("AHU", "VAV")
    assert str(last.local_time) == "2023-07-06 10:00:15"


def test_a_run_says_how_far_it_has_got_and_what_is_overridden(tmp_path: Path) -> None:
    listener = Listener()
    with rig(tmp_path) as both:
        watched(both, listener, steps=1).execute()
    phases = [words for _, words in listener.told(EventKind.PHASE)]
    assert [phase.partition(":")[0] for phase in phases] == [
        "initializing the simulation",
        "coupling",
        "running",
        "giving back",
        "ended",
    ]
    assert listener.told(EventKind.GROUP) == [("AHU", "overrides active"), ("VAV", "overrides active")]


def test_a_controller_that_goes_and_comes_back_is_told_with_the_reason(tmp_path: Path) -> None:
    listener = Listener()
    with rig(tmp_path) as both:
        run, vav = watched(both, listener), both.controllers.controller("VAV")
        address = both.controllers.addresses["VAV"]
        with in_background(run) as future:
            eventually(lambda: run.last_values.get(DAMPER) == 1.0)
            fault = DropConnection(None)
            vav.faults.add(fault)
            eventually(lambda: listener.told(EventKind.OFFLINE) != [])
            vav.faults.remove(fault)
            eventually(lambda: len(listener.told(EventKind.ONLINE)) == 3)
            run.request_stop()
            future.result()
    [(subject, why)] = listener.told(EventKind.OFFLINE)
    assert (subject, why[:9]) == (address, "offline: ")
    assert ("VAV", "left to the building's own control") in listener.told(EventKind.GROUP)


def test_a_watcher_that_fails_is_dropped_and_said_once_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = Broken(), Listener()
    with rig(tmp_path) as both:
        watched(both, broken, sound, steps=5).execute()
        assert_as_it_was(both)
    assert (len(broken.steps), len(sound.steps)) == (2, 6)
    assert caplog.text.count("Broken, which watches the run, has failed") == 1


def test_a_note_is_told_with_who_has_written_it(tmp_path: Path) -> None:
    listener = Listener()
    with rig(tmp_path) as both:
        run = watched(both, listener, steps=1)
        run.note("the damper sticks", "Ada")
        run.execute()
    [note] = [event for event in listener.events if event.kind is EventKind.NOTE]
    assert (note.words, note.who) == ("the damper sticks", "Ada")
