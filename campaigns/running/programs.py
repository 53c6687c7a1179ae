"""A cell with supervisory programs: rehearsed on the embedded building, or run as ``supervise`` does on a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from campaigns.cell import Task
from campaigns.running.memory import CellMemory
from campaigns.running.programs_config import hashes_of, planned
from campaigns.running.ran import CellFailed, Ran
from campaigns.running.settings import for_cell, settings_for
from campaigns.running.simulations import CellSimulation, begun, opened
from campaigns.running.stopping import StopSign
from campaigns.running.times import start_of, steps_of
from clients.simulation import SimulationDevice
from supervisory.rehearsal import Rehearsal
from supervisory.runtime.runtime import RuntimeSummary
from supervisory.setup.plan import RunPlan
from supervisory.supervision import Supervision
from utils.clocks import ModelSeconds, model_datetime
from utils.settings import LocalSettings
from utils.state_folder import StateFolder
from utils.values import SimulationState


def run_programs(task: Task, stop: StopSign) -> Ran:
    """Run a cell's programs. Raises :class:`CellFailed` where one of them fails."""
    folder = Path(task.folder)
    with planned(task.parameters, folder) as plan:
        if hashes_of(plan, task.parameters, folder) != task.hashes:
            raise CellFailed("its config or a program was changed since the campaign began, or differs where it ran")
        return _rehearsed(task, plan, stop) if task.parameters.is_embedded else _supervised(task, plan, stop)


def _rehearsed(task: Task, plan: RunPlan, stop: StopSign) -> Ran:
    parameters, step_s = task.parameters, plan.config.shortest_step_s
    local_time = _calendar(task)
    with opened(task) as simulation, CellMemory(task, simulation, step_s) as memory:
        state = begun(simulation, parameters, step_s)
        memory.begun(state)
        device = SimulationDevice(simulation, state, local_time, _advancing(simulation, memory))
        rehearsal = Rehearsal(plan, device, local_time, steps_of(parameters, step_s))
        with stop.calling(rehearsal.request_stop):
            summary = rehearsal.execute()
        _refuse_failures(summary)
        kpis = simulation.get_kpis()
        memory.kpis(kpis)
    return Ran(kpis, simulation.server_version, memory.file, tuple(rehearsal.alarms))


def _supervised(task: Task, plan: RunPlan, stop: StopSign) -> Ran:
    """On a server, with a guardian: its test outlives this process. The runtime keeps a recording of its own."""
    parameters, step_s = task.parameters, plan.config.shortest_step_s
    changes = {"BOP_STEP_TIME": f"{step_s:g}", "BOP_TIME_SCALE": "0", "RECORD": "no"}
    source = for_cell(settings_for(parameters.building, Path(task.env)), parameters, changes)
    alarms: list[str] = []
    supervision = Supervision(
        plan,
        source,
        StateFolder(source.part(LocalSettings).state_dir),
        steps=steps_of(parameters, step_s) + 1,  # the last round only looks
        tell=lambda program, line: alarms.append(f"{program}: {line}") if program != "switch" else None,
    )
    with stop.calling(supervision.request_stop):
        summary = supervision.execute()
    _refuse_failures(summary)
    if not summary.kpis:
        raise CellFailed("the server has told no KPIs")
    return Ran(summary.kpis, parameters.building, "", tuple(dict.fromkeys(alarms)))


def _refuse_failures(summary: RuntimeSummary) -> None:
    failures = [f"{program}: {why}" for program, told in summary.failures.items() for why in told]
    if failures or summary.exit_code:
        raise CellFailed("; ".join((*failures, *summary.troubles)) or "its programs have never run")


def _calendar(task: Task) -> Callable[[float], datetime]:
    year = start_of(task.parameters.day).year
    return lambda time_s: model_datetime(ModelSeconds(time_s), year)


def _advancing(simulation: CellSimulation, memory: CellMemory) -> Callable[[Mapping[str, float]], SimulationState]:
    def advance(inputs: Mapping[str, float]) -> SimulationState:
        state = simulation.advance_simulation(inputs)
        memory.step(state)
        return state

    return advance
