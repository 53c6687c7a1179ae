"""The states behind the kill switch."""

from __future__ import annotations

import pytest

from supervisory.guard.enabling import Enabling, State


@pytest.fixture
def enabling() -> Enabling:
    return Enabling(["one", "two"])


@pytest.fixture
def running(enabling: Enabling) -> Enabling:
    enabling.switch(True)
    return enabling


def test_as_long_as_nobody_has_told_how_the_switch_stands_nothing_runs(enabling: Enabling) -> None:
    assert enabling.state() is State.DISABLED
    assert enabling.generation("one") is None


def test_the_switch_for_everything_lets_all_run(running: Enabling) -> None:
    assert [running.state(name) for name in running.programs] == [State.RUN, State.RUN]


def test_a_program_that_is_switched_off_itself_stays_off(enabling: Enabling) -> None:
    enabling.switch(False, "one")
    enabling.switch(True)
    assert (enabling.state("one"), enabling.state("two")) == (State.DISABLED, State.RUN)


def test_off_is_releasing_until_all_is_given_back(running: Enabling) -> None:
    running.switch(False)
    assert running.state() is State.RELEASING
    assert running.releasing() == ("one", "two")
    running.released("one")
    assert (running.state("one"), running.state("two")) == (State.DISABLED, State.RELEASING)


def test_on_again_while_releasing_runs_only_when_all_is_given_back(running: Enabling) -> None:
    running.switch(False)
    running.switch(True)
    assert running.generation("one") is None
    running.released("one")
    assert running.state("one") is State.RUN


def test_every_loss_of_leave_begins_a_new_generation(running: Enabling) -> None:
    before = running.generation("one")
    running.switch(False, "one")
    running.released("one")
    running.switch(True, "one")
    after = running.generation("one")
    assert before is not None
    assert after is not None
    assert after > before


def test_a_fault_stays_until_somebody_switches_the_program_off_and_on(running: Enabling) -> None:
    running.fault("one", "it raised")
    running.released("one")
    running.switch(True, "one")
    assert running.state("one") is State.FAULT
    running.switch(False, "one")
    assert running.state("one") is State.FAULT
    running.switch(True, "one")
    assert running.state("one") is State.RUN


def test_the_switch_for_everything_clears_faults_too(running: Enabling) -> None:
    running.fault("one", "it raised")
    running.released("one")
    running.switch(False)
    running.switch(True)
    assert running.state("one") is State.RUN


def test_a_fault_of_one_leaves_the_other_running(running: Enabling) -> None:
    running.fault("one", "it raised")
    assert running.state("two") is State.RUN
    assert running.reason("one") == "it raised"
    assert running.reason("two") == ""
    assert running.reason() == "one: it raised"


def test_after_an_interruption_a_program_runs_again(running: Enabling) -> None:
    running.interrupt("its inputs are stale", "one")
    assert (running.state("one"), running.state("two")) == (State.RELEASING, State.RUN)
    running.released("one")
    assert running.state("one") is State.RUN
    assert running.reason("one") == "its inputs are stale"


def test_after_the_end_no_switch_lets_anything_run(running: Enabling) -> None:
    running.end("the runtime ends")
    running.released("one")
    running.switch(False)
    running.switch(True)
    assert running.state("one") is State.DISABLED


def test_a_program_that_does_not_release_is_not_disturbed_by_a_late_release(running: Enabling) -> None:
    running.released("one")
    assert running.state("one") is State.RUN


def test_whoever_listens_is_told_of_each_change_once(running: Enabling) -> None:
    told: list[tuple[str, State]] = []
    running.subscribe(lambda name: told.append((name, running.state(name))))
    running.switch(False, "one")
    running.switch(False, "one")
    running.released("one")
    assert told == [("one", State.RELEASING), ("one", State.DISABLED)]
