"""``run(task, stop) -> result``: the one seam between cells and whatever runs them."""

from __future__ import annotations

import math
import os
import random
import socket
from collections.abc import Callable, Mapping
from contextlib import nullcontext

from campaigns.cell import CellResult, Task
from campaigns.running.memory import CellMemory
from campaigns.running.ran import Ran
from campaigns.running.simulations import USUAL_STEP_S, CellSimulation, begun, opened
from campaigns.running.stopping import StopSign
from campaigns.running.times import steps_of
from recording.what_runs import versions
from utils.clocks import HOST, Clocks

_OF_THE_WALL_CLOCK = "time_rat"
"""The one KPI that says how fast the client was: it differs from run to run."""


def run(task: Task, stop: StopSign, clocks: Clocks = HOST) -> CellResult:
    """Run a cell to its end.

    Raises :class:`utils.errors.BridgeError` for one that failed, and
    :class:`campaigns.running.stopping.Stopped` for one that was stopped; all that it had taken is given back then.
    """
    began_s, started = clocks.wall(), clocks.monotonic()
    random.seed(task.parameters.seed)
    ran = _kind_of(task)(task, stop)
    kpis = {name: _finite(value) for name, value in ran.kpis.items() if name != _OF_THE_WALL_CLOCK}
    return CellResult(
        task.number,
        kpis,
        ran.building,
        versions(),
        f"{socket.gethostname()}:{os.getpid()}",
        began_s,
        clocks.monotonic() - started,
        ran.recording,
        ran.alarms,
    )


def _kind_of(task: Task) -> Callable[[Task, StopSign], Ran]:
    """What acts on the building. Each kind is imported by whoever runs one: own control needs no other peer."""
    if task.parameters.controllers is not None:
        from campaigns.running.controllers import run_controllers

        return run_controllers
    if task.parameters.policy is not None:
        from campaigns.running.policies import run_policy

        return run_policy
    if task.parameters.supervise is not None:
        from campaigns.running.programs import run_programs

        return run_programs
    return _run_alone


def _run_alone(task: Task, stop: StopSign) -> Ran:
    """The building's own control, with inputs held where the cell says so."""
    parameters = task.parameters
    step_s = float(parameters.step_s or USUAL_STEP_S)
    # Nobody waits at an embedded building; a server's test has to be given back.
    listening = nullcontext() if parameters.is_embedded else stop.calling(lambda: None)
    with listening, opened(task) as simulation, CellMemory(task, simulation, step_s) as memory:
        stop.refuse()
        memory.begun(begun(simulation, parameters, step_s))
        _advance(simulation, memory, held_inputs(parameters.hold), steps_of(parameters, step_s), stop)
        kpis = simulation.get_kpis()
        memory.kpis(kpis)
    return Ran(kpis, simulation.server_version, memory.file)


def held_inputs(hold: Mapping[str, float]) -> dict[str, float]:
    """The inputs of an advance that holds these."""
    return {f"{base}_u": float(value) for base, value in hold.items()} | {f"{base}_activate": 1.0 for base in hold}


def _advance(
    simulation: CellSimulation, memory: CellMemory, inputs: Mapping[str, float], steps: int, stop: StopSign
) -> None:
    for _ in range(steps):
        stop.refuse()
        state = simulation.advance_simulation(inputs)
        if state.ended:
            return
        memory.step(state)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
