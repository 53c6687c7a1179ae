"""A reset: another day or period on the same session, the controllers staying taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bridge.display.status import Phase
from bridge.link import LinkState
from bridge.timing.time_in_hand import TimeRefused
from emulators.boptest.faults import AnswerWith, HoldCall
from recording import EventKind, open_run
from recording.columns import read_run
from tests.bridge.looking import activations, assert_as_it_was, state_of
from tests.bridge.paused import PausedRun, Peers, going, peers
from tests.bridge.rig import in_background
from tests.waiting import DEADLINE_S, eventually
from utils.errors import SimulationRefused

ZONE = {"DESIRED_TIMEZONE": "US/Mountain"}
JANUARY = datetime(2023, 1, 10, 5, 30)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Peers]:
    with peers(tmp_path) as running:
        yield running


def begun_anew(subject: PausedRun, episode: int = 1) -> None:
    eventually(lambda: (subject.run.status().episode, subject.run.status().phase) == (episode, Phase.RUNNING))


class TestAnotherDay:
    def test_is_another_episode_on_controllers_that_stay_taken(self, both: Peers) -> None:
        with going(both, **ZONE, ECY_COUPLE_TIME="1") as subject:
            entries, before = subject.run.ledger.open_entries, subject.run.status().step
            subject.run.time.reset(JANUARY, "test")
            begun_anew(subject)
            subject.steps(3)
            assert subject.run.ledger.open_entries == entries
            status = subject.run.status()
            assert status.local_time is not None
            assert timedelta() < status.local_time - JANUARY < timedelta(hours=3)
            assert status.step == (status.local_time - JANUARY) / timedelta(seconds=5)
            clock = subject.subject.controllers.controller("AHU").clock
            assert abs(clock.now() - status.local_time) < timedelta(hours=3)
            eventually(lambda: activations(subject.run) == (1.0, 1.0))
        phases = subject.told(EventKind.PHASE)
        assert f"reset to {JANUARY}" in phases
        assert phases.count(Phase.COUPLING.value) == 2
        assert subject.run.summary().steps > before
        assert_as_it_was(both.rig)

    def test_what_the_server_counted_of_the_old_day_is_kept_with_the_recording(self, both: Peers) -> None:
        with going(both) as subject:
            subject.steps(3)
            subject.run.time.reset(JANUARY, "test")
            begun_anew(subject)
            subject.steps(3)
            subject.paused()  # who is stopped in an advance abandons it, and asks for nothing more
        assert subject.run.recording is not None
        with open_run(subject.run.recording) as kept:
            run = read_run(kept)
        before, newest = run.indicators(0), run.indicators(1)
        assert before.keys() == newest.keys() >= {"ener_tot", "tdis_tot"}
        assert before["ener_tot"] != newest["ener_tot"]
        assert run.indicators() == newest

    def test_overrides_start_inactive_while_the_controllers_couple_again(self, both: Peers) -> None:
        with going(both) as subject:
            subject.paused()
            hold = both.rig.building.faults.add(HoldCall(), "initialize")
            subject.run.time.reset(JANUARY, "test")
            assert hold.reached.wait(DEADLINE_S)
            subject.exchanges()  # the building that is left is still shown
            assert state_of(both.rig, subject.run, "AHU") is LinkState.ONLINE
            hold.release.set()
            begun_anew(subject)
            assert subject.run.status().step == 0
            assert subject.run.time.state.is_paused
            assert activations(subject.run) == (0.0, 0.0)
            subject.run.time.step_once("test")
            eventually(lambda: subject.run.status().step == 1)
            assert activations(subject.run) == (1.0, 1.0)

    def test_the_indicators_begin_anew(self, both: Peers) -> None:
        with going(both) as subject:
            subject.steps(30)
            subject.run.time.reset(JANUARY, "test")
            begun_anew(subject)
            subject.paused()
            steps = subject.step
        kpis = subject.run.summary().kpis
        short = both.rig.run(steps=max(steps, 1), BOP_START_TIME=str(JANUARY))
        short.execute()
        assert kpis["tdis_tot"] == pytest.approx(short.summary().kpis["tdis_tot"], abs=0.01)

    def test_several_in_a_row_count_on(self, both: Peers) -> None:
        with going(both) as subject:
            for episode in (1, 2, 3):
                subject.run.time.reset(JANUARY + timedelta(days=episode), "test")
                begun_anew(subject, episode)
            subject.steps(3)
        assert subject.run.summary().episodes == 4

    @pytest.mark.slow
    def test_a_period_begins_where_the_server_says(self, both: Peers) -> None:
        with going(both) as subject:
            subject.run.time.reset_to_period("peak_heat_day", "test")
            begun_anew(subject)
            subject.steps(3)
            subject.run.time.reset(JANUARY, "test")
            begun_anew(subject, 2)
            subject.steps(3)


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("start", "words"),
        [
            (datetime(2024, 2, 29), "29 February does not exist"),
            (datetime(1850, 1, 1), "a year is from 1970"),
            (datetime(2999, 1, 1), "is in the future"),
        ],
    )
    def test_a_date_is_refused_at_once(self, both: Peers, start: datetime, words: str) -> None:
        with going(both, **ZONE) as subject:
            with pytest.raises(TimeRefused, match=words):
                subject.run.time.reset(start, "test")
            subject.steps(3)
            assert subject.run.status().episode == 0

    @pytest.mark.parametrize("is_paused", [True, False])
    def test_a_period_that_there_is_not_leaves_the_run_where_it_was(
        self, both: Peers, is_paused: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        with going(both) as subject:
            if is_paused:
                subject.paused()
            subject.run.time.reset_to_period("harvest_day", "test")
            eventually(lambda: any("no reset to the period harvest_day" in text for text in caplog.messages))
            if is_paused:
                subject.exchanges()
                assert subject.run.time.state.is_paused
                subject.run.time.go_on("test")
            subject.steps(3)
            assert subject.run.status().episode == 0
            assert activations(subject.run) == (1.0, 1.0)
        assert_as_it_was(both.rig)

    def test_a_server_that_refuses_ends_the_run_and_everything_is_given_back(self, both: Peers) -> None:
        run = both.rig.run()
        with in_background(run) as future:
            eventually(lambda: activations(run) == (1.0, 1.0))
            both.rig.building.faults.add(AnswerWith(500, '{"status":500,"message":"out of order"}'), "initialize")
            run.time.reset(JANUARY, "test")
            assert isinstance(future.exception(DEADLINE_S), SimulationRefused)
        assert not run.summary().not_released
        assert_as_it_was(both.rig)

    def test_a_stop_does_not_wait_for_the_warm_up(self, both: Peers) -> None:
        with going(both) as subject:
            hold = both.rig.building.faults.add(HoldCall(), "initialize")
            subject.run.time.reset(JANUARY, "test")
            assert hold.reached.wait(DEADLINE_S)
        assert_as_it_was(both.rig)
