"""The application's side of the heartbeat: outputs to safe when it stops, and only then."""

from __future__ import annotations

from datetime import datetime

import pytest

from emulators.programs.heartbeat import IDLE, GuardedProgram, HeartbeatWatch
from tests.emulators.programs.bench import Objects
from tests.emulators.programs.fan import FanProgram

NOON = datetime(2023, 7, 6, 12)
TIMEOUT_S = 10.0


class Bench:
    """A guarded fan, and somebody who may beat."""

    def __init__(self) -> None:
        self.application = FanProgram()
        self.program = GuardedProgram(self.application, {"FanSpeed": 0.0, "FanStart": 0.0}, timeout_s=TIMEOUT_S)
        self.objects = Objects(self.program)

    def outputs(self, *beats: float) -> list[tuple[float, float]]:
        """What the outputs show after each scan of 1 s, one per beat."""
        shown = []
        for beat in beats:
            self.objects.hold(BenchHeartbeat=beat)
            self.program.scan(self.objects, NOON, 1.0)
            shown.append((self.objects.read("FanSpeed"), self.objects.read("FanStart")))
        return shown


RUNNING, SAFE = (80.0, 1.0), (0.0, 0.0)


def test_the_application_runs_while_the_heartbeat_moves() -> None:
    assert set(Bench().outputs(*[float(count % 100) for count in range(250)])) == {RUNNING}


def test_outputs_go_to_safe_when_the_heartbeat_has_stopped_for_long_enough() -> None:
    bench = Bench()
    bench.outputs(5.0, 6.0)
    assert bench.outputs(*[6.0] * 12) == [RUNNING] * 9 + [SAFE] * 3


def test_the_application_is_not_scanned_on_frozen_sensors() -> None:
    bench = Bench()
    bench.outputs(*[6.0] * 50)
    assert bench.application.scans == 10


def test_the_application_goes_on_as_soon_as_the_heartbeat_moves_again() -> None:
    bench = Bench()
    assert bench.outputs(*[6.0] * 20)[-1] == SAFE
    assert bench.outputs(7.0) == [RUNNING]


@pytest.mark.parametrize("before", [[], [6.0] * 20], ids=["never driven", "given back after a crash"])
def test_an_idle_heartbeat_lets_the_application_run_as_on_site(before: list[float]) -> None:
    bench = Bench()
    bench.outputs(*before)
    assert set(bench.outputs(*[IDLE] * 100)) == {RUNNING}


def test_the_heartbeat_is_an_object_of_the_program_and_idle_when_nobody_commands_it() -> None:
    bench = Bench()
    assert bench.objects.read("BenchHeartbeat") == IDLE
    assert bench.objects.specs["BenchHeartbeat"].object_type == "AnalogValue"


def test_a_slow_scan_counts_in_controller_time() -> None:
    watch = HeartbeatWatch(TIMEOUT_S)
    assert [watch.step(3.0, dt_s=6.0) for _ in range(4)] == [False, False, True, True]
