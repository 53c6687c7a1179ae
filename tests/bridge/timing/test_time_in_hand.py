"""Pause, go on, single step, pace and stop, in whole runs between both peers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bridge.display.status import Phase
from bridge.link import LinkState
from bridge.timing.time_in_hand import TimeRefused
from emulators.boptest.faults import NullValues
from emulators.ecy.faults.calls import DropConnection
from recording import Event, EventKind, open_run
from tests.bridge.listening import Listener
from tests.bridge.looking import activations, assert_as_it_was, state_of, written
from tests.bridge.paused import Peers, going, peers
from tests.bridge.rig import in_background
from tests.waiting import DEADLINE_S, eventually
from utils.pacing import HostSlept

ZONE = {"DESIRED_TIMEZONE": "US/Mountain"}
FAN = "hvac_oveAhu_yFan_u"
HALF_HOUR_S = 1800.0


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Peers]:
    with peers(tmp_path) as running:
        yield running


class TestPause:
    @pytest.mark.slow
    @pytest.mark.parametrize("variables", [{}, {"BOP_TIME_SCALE": "5", "BOP_WHEN_LATE": "stop"}])
    def test_half_an_hour_holds_the_time_and_keeps_the_test(self, both: Peers, variables: dict[str, str]) -> None:
        """The server ends a test that is idle for a quarter of an hour; nothing is late afterwards."""
        with going(both, **ZONE, **variables) as subject:
            held_at, moment, advances = subject.paused(), subject.run.status().local_time, subject.advances
            late, clock = subject.run.status().late_steps, subject.subject.controllers.controller("AHU").clock
            subject.passes(HALF_HOUR_S)
            assert (subject.step, subject.run.status().local_time) == (held_at, moment)
            assert subject.advances == advances
            assert moment is not None
            assert clock.now() - moment > timedelta(seconds=60)
            subject.run.time.go_on("test")
            subject.steps(3)
            assert subject.advances - advances == subject.step - held_at
            assert subject.run.status().late_steps - late <= subject.step - held_at
            now = subject.run.status().local_time
            assert now is not None
            assert abs(clock.now() - now) < timedelta(seconds=60)
        assert subject.run.summary().slipped_s < HALF_HOUR_S / 2
        assert subject.told(EventKind.PAUSED) == ["time is held"]
        assert subject.told(EventKind.RESUMED) == ["time goes on"]
        assert_as_it_was(both.rig)

    def test_the_clocks_are_left_alone_meanwhile_and_set_once_when_time_goes_on(
        self, both: Peers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with going(both, **ZONE) as subject:
            clock, sets = subject.subject.controllers.controller("AHU").clock, list[object]()
            set_it = clock.set

            def noted(moment: datetime | None, zone: str | None, *, under_ntp: str) -> None:
                sets.append(moment)
                set_it(moment, zone, under_ntp=under_ntp)

            monkeypatch.setattr(clock, "set", noted)
            subject.paused()
            subject.passes(300.0)
            assert sets == []
            subject.run.time.go_on("test")
            subject.steps(20)
            assert len(sets) == 1

    def test_the_step_that_follows_is_made_on_what_controllers_say_then(self, both: Peers) -> None:
        with going(both, ECY_RAMP_STEPS="0") as subject:
            ahu = subject.subject.controllers.controller("AHU")
            held_at = subject.paused()
            ahu.objects.command("FanSpeed", 80.0, 16)
            subject.run.time.step_once("test")
            eventually(lambda: subject.step == held_at + 1)
            assert subject.run.last_values[FAN] == pytest.approx(0.8)

    def test_slots_and_forced_inputs_are_watched(self, both: Peers) -> None:
        objects = both.rig.controllers.controller("AHU").objects
        with going(both) as subject:
            subject.paused()
            before = len(written(both.rig, "AHU", "DischAirTemp"))
            subject.passes(120.0)
            assert len(written(both.rig, "AHU", "DischAirTemp")) > before

            def is_left_to_whoever_insists() -> bool:
                objects.command("OutdoorAirTemp", 99.0, 14)  # on this host a refresh may come before the look
                return bool(subject.run.summary().yielded)

            eventually(is_left_to_whoever_insists)
            eventually(lambda: len(subject.told(EventKind.YIELDED)) == 1)
            assert objects.named("OutdoorAirTemp").slots[13] == 99.0
            objects.command("OutdoorAirTemp", None, 14)

    def test_a_heartbeat_goes_on(self, both: Peers) -> None:
        both.rig.keys = {"heartbeat": "OutdoorAirTemp"}
        both.rig.ahu_points = [p for p in both.rig.ahu_points if p["ecy_point"] != "OutdoorAirTemp"]
        with going(both) as subject:
            subject.paused()
            before = len(written(both.rig, "AHU", "OutdoorAirTemp"))
            eventually(lambda: len(written(both.rig, "AHU", "OutdoorAirTemp")) > before + 2)

    def test_a_controller_may_be_lost_and_return(self, both: Peers) -> None:
        with going(both) as subject:
            held_at, vav = subject.paused(), subject.subject.controllers.controller("VAV")
            lost = DropConnection(None)
            vav.faults.add(lost)
            eventually(lambda: state_of(both.rig, subject.run, "VAV") is LinkState.OFFLINE)
            eventually(lambda: len(subject.told(EventKind.OFFLINE)) == 1)
            vav.faults.remove(lost)
            eventually(lambda: state_of(both.rig, subject.run, "VAV") is LinkState.ONLINE)
            eventually(lambda: len(subject.told(EventKind.ONLINE)) == 3)
            assert (subject.step, activations(subject.run)) == (held_at, (1.0, 1.0))
            subject.run.time.go_on("test")
            subject.steps(3)
            assert activations(subject.run) == (1.0, 1.0)

    def test_one_right_after_another_holds_as_well(self, both: Peers) -> None:
        with going(both) as subject:
            subject.paused()
            subject.run.time.go_on("test")
            held_at = subject.paused()
            subject.exchanges()
            assert subject.step <= held_at + 1
            steps = subject.step
            subject.exchanges()
            assert subject.step == steps

    def test_one_that_is_asked_for_while_controllers_couple_holds_the_first_frame(self, both: Peers) -> None:
        def pause(event: Event) -> None:
            if event.words == Phase.COUPLING.value:
                run.time.pause("test")

        both.rig.watchers = (Listener(pause),)
        run = both.rig.run(ECY_COUPLE_TIME="2")
        with in_background(run) as future:
            eventually(lambda: run.time.state.held_since_s is not None)
            assert run.status().step == 0
            assert both.rig.building.faults.calls["advance"] == 0
            run.time.go_on("test")
            eventually(lambda: run.status().step > 3)
            run.request_stop()
            future.result(DEADLINE_S)
        assert_as_it_was(both.rig)

    def test_a_stop_ends_it_at_once_and_gives_everything_back(self, both: Peers) -> None:
        with going(both, **ZONE) as subject:
            held_at = subject.paused()
            subject.run.time.stop("test")
        assert subject.run.summary().steps == held_at
        assert subject.run.summary().is_clean
        assert_as_it_was(both.rig)
        with pytest.raises(TimeRefused, match="the run is ending"):
            subject.run.time.pause("test")

    def test_after_its_longest_time_the_run_ends_and_gives_everything_back(self, both: Peers) -> None:
        run = both.rig.run(PAUSE_MAX="60")
        with in_background(run) as future:
            eventually(lambda: run.status().step > 3)
            run.time.pause("test")
            assert future.result(DEADLINE_S).is_clean
        assert_as_it_was(both.rig)
        assert run.recording is not None
        with open_run(run.recording) as kept:
            assert re.fullmatch(r"time was held for \d+ s \(PAUSE_MAX\)", kept.ending or "")
            assert f"{kept.ending}: the run ends" in [event.words for event in kept.events()]

    def test_a_host_that_sleeps_meanwhile_is_noticed(self, both: Peers) -> None:
        run = both.rig.run()
        with in_background(run) as future:
            eventually(lambda: run.status().step > 3)
            run.time.pause("test")
            eventually(lambda: run.time.state.held_since_s is not None)
            both.host.wall_ahead_s += 3600
            assert isinstance(future.exception(DEADLINE_S), HostSlept)
        assert_as_it_was(both.rig)

    def test_a_measurement_that_is_missing_in_the_frame_is_missed_once(self, both: Peers) -> None:
        """However often the frame is shown: after three misses the input would be put back in service."""
        with going(both) as subject:
            held_at = subject.paused()
            both.rig.building.faults.add(NullValues(["hvac_reaZonSou_TZon_y"]), "advance")
            subject.run.time.step_once("test")
            eventually(lambda: subject.step == held_at + 1)
            subject.exchanges(10)
            assert both.rig.controllers.controller("VAV").objects.named("SpaceTemp").out_of_service


class TestSteps:
    def test_each_is_one_step_and_time_is_held_again(self, both: Peers) -> None:
        with going(both) as subject:
            held_at, advances = subject.paused(), subject.advances
            for count in range(1, 4):
                subject.run.time.step_once("test")
                eventually(lambda count=count: subject.step == held_at + count)  # type: ignore[misc]
            subject.exchanges()
            assert subject.advances - advances == 3

    def test_several_that_are_asked_for_at_once_are_all_made(self, both: Peers) -> None:
        with going(both) as subject:
            held_at = subject.paused()
            for _ in range(3):
                subject.run.time.step_once("test")
            eventually(lambda: subject.step == held_at + 3)
            subject.exchanges()
            assert subject.step == held_at + 3

    def test_one_of_a_run_that_is_going_holds_it_behind_the_next_step(self, both: Peers) -> None:
        with going(both) as subject:
            subject.run.time.step_once("test")
            eventually(lambda: subject.run.time.state.held_since_s is not None and not subject.run.time.state.asked)
            steps = subject.step
            subject.exchanges()
            assert subject.step <= steps + 1


class TestPace:
    def test_another_one_is_in_force_at_once(self, both: Peers) -> None:
        """A step takes five hundred seconds at first: nobody waits for its end."""
        run = both.rig.run(BOP_TIME_SCALE="0.01")
        with in_background(run) as future:
            eventually(lambda: run.status().phase is Phase.RUNNING)
            run.time.set_pace(0, "test")
            eventually(lambda: run.status().step > 5)
            assert run.time.state.scale == 0
            run.time.set_pace(0.01, "test")
            eventually(lambda: run.time.state.asked == "")
            run.request_stop()
            future.result(DEADLINE_S)

    @pytest.mark.parametrize("scale", [-1.0, math.nan, math.inf])
    def test_what_is_none_is_refused_in_words(self, both: Peers, scale: float) -> None:
        run = both.rig.run()
        with pytest.raises(TimeRefused, match="a pace is a number from 0 on"):
            run.time.set_pace(scale, "test")
        assert run.time.state.scale == 0
