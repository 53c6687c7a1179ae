"""A run goes back to a state that was saved in it: a new episode, from the very bits of the old one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bridge.display.status import Phase
from bridge.purpose import Purpose
from bridge.timing.saved_states import SavedStates
from bridge.timing.time_in_hand import TimeRefused
from clients.boptest_client import BOPTestClient
from emulators.boptest.faults import HoldCall
from recording import BRIDGE, EventKind, open_run
from tests.bridge.listening import Listener
from tests.bridge.looking import assert_as_it_was
from tests.bridge.rig import Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.errors import ConfigError


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as subject:
        yield subject


def test_an_episode_begins_in_a_saved_state_and_the_building_is_where_it_was(both: Rig) -> None:
    listener = Listener()
    both.watchers = (listener,)
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: run.status().step > 3)
        run.time.pause("test")
        run.time.save("morning", "test")
        eventually(lambda: listener.told(EventKind.STATE) == [("", "state morning saved")])
        eventually(lambda: run.time.state.held_since_s is not None)
        saved_at, values = run.status().local_time, dict(run.last_values)
        run.time.go_on("test")
        eventually(lambda: run.status().local_time != saved_at)
        run.time.pause("test")
        run.time.restore("morning", "test")
        eventually(lambda: run.status().episode == 1 and run.time.state.held_since_s is not None)
        assert (run.status().local_time, run.status().step) == (saved_at, 0)
        assert dict(run.last_values) == values
        run.time.go_on("test")
        eventually(lambda: run.status().step > 2)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    assert_as_it_was(both)
    assert run.recording is not None
    with open_run(run.recording) as recorded:
        assert {step.episode for step in recorded.streams[BRIDGE].steps()} == {0, 1}


def state_saved_by_a_run(both: Rig) -> tuple[datetime | None, dict[str, float]]:
    """Where it was, and with which values."""
    listener = Listener()
    both.watchers = (listener,)
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: run.status().step > 3)
        run.time.pause("test")
        run.time.save("morning", "test")
        eventually(lambda: bool(listener.told(EventKind.STATE)) and run.time.state.held_since_s is not None)
        saved = run.status().local_time, dict(run.last_values)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    return saved


def test_another_run_branches_off_from_a_state_that_an_earlier_one_has_saved(both: Rig) -> None:
    saved_at, values = state_saved_by_a_run(both)
    both.watchers, both.purpose = (listener := Listener(),), Purpose(state="morning")
    run = both.run(steps=3)
    assert run.execute().is_clean
    first = listener.steps[0]
    assert (first.local_time, dict(first.frame.values)) == (saved_at, values)
    assert_as_it_was(both)
    assert run.recording is not None
    with open_run(run.recording) as recorded:
        assert recorded.facts["from_state"] == "morning"


def test_a_run_does_not_begin_in_a_state_that_is_not_there_or_none(both: Rig) -> None:
    state_saved_by_a_run(both)
    (both.settings().runs_dir / "states" / "torn.state").write_bytes(b"nothing of ours")
    refusals = {
        "mornin": "there is no state 'mornin', did you mean 'morning'",
        "torn": "--from-state: the state torn: .*this is not a state file",
    }
    for name, words in refusals.items():
        both.purpose = Purpose(state=name)
        with pytest.raises(ConfigError, match=words):
            both.run(steps=3).execute()
        assert_as_it_was(both)


def test_a_simulation_without_states_is_told_to_be_one(both: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BOPTestClient, "offers", lambda self, what: False)
    both.purpose = Purpose(state="morning")
    with pytest.raises(ConfigError, match="--from-state: this simulation cannot save its state"):
        both.run(steps=3).execute()
    assert_as_it_was(both)


def test_what_is_no_state_is_refused_at_once_and_the_run_goes_on(both: Rig) -> None:
    run = both.run()
    with in_background(run):
        eventually(lambda: run.status().step > 1)
        for name, words in {"noon": "there is no state 'noon'", "../x": "there is no state '../x'"}.items():
            with pytest.raises(TimeRefused, match=words):
                run.time.restore(name, "test")
        with pytest.raises(TimeRefused, match="a state is called with letters"):
            run.time.save("../x", "test")
        step = run.status().step
        eventually(lambda: run.status().step > step)


def test_a_state_that_is_torn_or_of_something_else_leaves_the_run_where_it_was(both: Rig) -> None:
    listener = Listener()
    both.watchers = (listener,)
    run = both.run()
    folder = both.settings().runs_dir / "states"
    folder.mkdir(parents=True)
    (folder / "torn.state").write_bytes(b"nothing of ours")
    with in_background(run) as future:
        eventually(lambda: run.status().step > 1)
        run.time.restore("torn", "test")
        eventually(lambda: bool(listener.told(EventKind.FAULT)))
        [(_, words)] = listener.told(EventKind.FAULT)
        assert words.startswith("no reset: ")
        step = run.status().step
        eventually(lambda: run.status().step > step)
        assert run.status().episode == 0
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
    assert_as_it_was(both)


def test_a_disk_that_takes_nothing_is_told_and_the_run_goes_on(both: Rig) -> None:
    listener = Listener()
    both.watchers = (listener,)
    both.settings().runs_dir.mkdir(parents=True)
    (both.settings().runs_dir / "states").write_text("in the way")
    run = both.run()
    with in_background(run):
        eventually(lambda: run.status().step > 1)
        run.time.save("morning", "test")
        eventually(lambda: bool(listener.told(EventKind.FAULT)))
        [(_, words)] = listener.told(EventKind.FAULT)
        assert words.startswith("the state morning was not saved: ")
        step = run.status().step
        eventually(lambda: run.status().step > step)


def test_what_could_not_be_kept_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "noon.state").mkdir()
    with pytest.raises(OSError, match=r"noon"):
        SavedStates(tmp_path).write("noon", b"something")
    assert [file.name for file in tmp_path.iterdir()] == ["noon.state"]


def test_what_is_too_long_for_a_state_does_not_fill_the_memory(both: Rig) -> None:
    listener = Listener()
    both.watchers = (listener,)
    run = both.run()
    folder = both.settings().runs_dir / "states"
    folder.mkdir(parents=True)
    with (folder / "long.state").open("wb") as file:
        file.truncate(1 << 40)
    with in_background(run):
        eventually(lambda: run.status().step > 1)
        run.time.restore("long", "test")
        eventually(lambda: bool(listener.told(EventKind.FAULT)))
        assert listener.told(EventKind.FAULT) == [
            ("", "no reset: the state long cannot be read: it is too long for a state")
        ]
        step = run.status().step
        eventually(lambda: run.status().step > step)


def test_an_input_that_was_held_in_a_state_and_that_nobody_holds_any_more_is_let_go(both: Rig) -> None:
    coil, switch = "hvac_oveAhu_yCoo_u", "hvac_oveAhu_yCoo_activate"
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: run.status().step > 1)
        run.hand.hold_input(coil, 0.5, "Ann")
        eventually(lambda: run.last_values[switch] == 1.0)
        run.time.save("held", "test")
        eventually(lambda: "held" in run.time.states)
        run.hand.release_input(coil, "Ann")
        eventually(lambda: run.last_values[switch] == 0.0)
        run.time.pause("test")
        run.time.restore("held", "test")
        eventually(lambda: run.status().episode == 1 and run.time.state.held_since_s is not None)
        assert (run.last_values[coil], run.last_values[switch]) == (0.5, 1.0)
        run.time.go_on("test")
        eventually(lambda: run.last_values[switch] == 0.0)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean


def test_what_is_asked_for_while_the_building_begins_anew_is_done_there(both: Rig) -> None:
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: run.status().step > 1)
        hold = both.building.faults.add(HoldCall(), "initialize")
        run.time.step_once("test")
        run.time.reset(datetime(2023, 1, 10, 5, 30), "test")
        assert hold.reached.wait(DEADLINE_S)
        run.time.save("", "test")
        run.time.step_once("test")
        hold.release.set()
        eventually(lambda: run.time.states == ("0110-053000",))
        eventually(lambda: (run.status().episode, run.status().phase) == (1, Phase.RUNNING))
        eventually(lambda: run.status().step == 1)
        run.request_stop()
        assert future.result(DEADLINE_S).is_clean
