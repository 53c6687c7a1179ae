"""An embedded bench that goes back to a state under a bridge: what the bridge has taken is given back all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import requests

from bridge.display.status import Summary
from bridge.run import Run
from emulators.ecy.faults.calls import Hold
from emulators.program import ObjectSpec, ProgramIO
from tests.bridge.looking import assert_as_it_was
from tests.bridge.rig import AHU_OBJECTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.errors import SimulationError

MEMORY = ObjectSpec("AnalogValue", "Memory")


class Counter:
    """A program that remembers how often it was scanned, and commands accordingly."""

    def __init__(self) -> None:
        self.scans = 0.0
        self.objects: Sequence[ObjectSpec] = (*AHU_OBJECTS, MEMORY)

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        self.scans += 1.0
        io.write("Memory", self.scans)
        io.write("FanSpeed", 60.0 + self.scans % 10)


class Running:
    """A run of the bridge whose AHU keeps an answer to itself: the building stands between two steps."""

    def __init__(self, subject: Rig, program: Counter, run: Run, outcome: Future[Summary]) -> None:
        self.subject = subject
        self.program = program
        self.outcome = outcome
        self._run = run
        self.ahu = subject.controllers.controller("AHU")
        self._hold = Hold()

    def halt(self, scans: float) -> None:
        """Wait until the program has been scanned so often, and hold."""
        eventually(lambda: self.program.scans >= scans)
        self._hold = Hold()
        self.ahu.faults.add(self._hold)
        assert self._hold.holding.wait(DEADLINE_S)

    def go_on(self) -> None:
        self._hold.release()

    def end(self) -> Summary:
        self._run.request_stop()
        self.go_on()
        return self.outcome.result(DEADLINE_S)

    def state(self) -> str:
        [test] = requests.get(self.subject.building.url, timeout=DEADLINE_S).json()["tests"]
        return f"{self.subject.building.url}/bench/state/{test['testid']}"

    def save(self) -> bytes:
        return requests.get(self.state(), timeout=DEADLINE_S).content

    def restore(self, state: bytes, taken: str = "stay") -> requests.Response:
        return requests.put(f"{self.state()}?taken={taken}", data=state, timeout=DEADLINE_S)

    def taken(self) -> dict[str, object]:
        """What clients hold in the air handler: forced values, and slots that are not the program's."""
        objects = self.ahu.objects.all()
        return {one.name: (one.held, one.slots[:-1]) for one in objects if one.out_of_service or any(one.slots[:-1])}


@pytest.fixture
def program() -> Counter:
    return Counter()


@pytest.fixture
def subject(tmp_path: Path, program: Counter) -> Iterator[Rig]:
    with rig(tmp_path, ahu_program=program) as running:
        running.timeout_s = DEADLINE_S
        yield running


@contextmanager
def running(subject: Rig, program: Counter) -> Iterator[Running]:
    run = subject.run()
    with in_background(run) as outcome:
        bench = Running(subject, program, run, outcome)
        try:
            yield bench
        finally:
            bench.go_on()


def assert_nothing_is_left(subject: Rig) -> None:
    """Once the program has let go of what is its own."""
    ahu = subject.controllers.controller("AHU")
    for name in ("Memory", "FanSpeed"):
        ahu.objects.command(name, None, ahu.profile.program_priority)
    assert_as_it_was(subject)


def test_a_restore_between_two_steps_is_no_end_and_the_end_gives_everything_back(
    subject: Rig, program: Counter
) -> None:
    with running(subject, program) as bench:
        bench.halt(scans=30)
        state, scans, taken = bench.save(), program.scans, bench.taken()
        assert {"DischAirTemp", "OutdoorAirTemp"} <= taken.keys()
        program.scans = 1e6
        assert bench.restore(state).status_code == 200
        assert (program.scans, bench.taken()) == (scans, taken)
        assert bench.restore(state, taken="back").status_code == 409
        bench.go_on()
        eventually(lambda: program.scans >= scans + 20)
        assert bench.end().steps > 0
    assert program.scans < 1e6
    assert_nothing_is_left(subject)


def test_a_restore_to_an_earlier_time_ends_the_run_and_everything_is_given_back(subject: Rig, program: Counter) -> None:
    with pytest.raises(SimulationError, match="drives"), running(subject, program) as bench:  # noqa: PT012
        bench.halt(scans=10)
        state = bench.save()
        bench.go_on()
        bench.halt(scans=40)
        taken = bench.taken()
        assert bench.restore(state).status_code == 200
        assert bench.taken() == taken
        bench.go_on()
        bench.outcome.result(DEADLINE_S)
    assert_nothing_is_left(subject)


def test_a_state_of_a_run_takes_nothing_again_when_the_run_is_over(subject: Rig, program: Counter) -> None:
    with running(subject, program) as bench:
        bench.halt(scans=30)
        state = bench.save()
        assert bench.taken()
        bench.end()
    requests.post(f"{subject.building.url}/testcases/multizone_office_simple_air/select", timeout=DEADLINE_S)
    assert bench.restore(state).json()["payload"]["is_over"] is False
    assert bench.taken() == {}
    assert_nothing_is_left(subject)
