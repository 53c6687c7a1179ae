"""The embedded building under its own control, over the windows and courses that BOPTEST has published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeAlias

from benchmarks.baseline.published import Trajectory, Window
from emulators.boptest.case.kpis import Kpis
from emulators.boptest.case.simulation import Simulation
from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters


@dataclass(frozen=True, slots=True)
class Simulated:
    """KPIs of a window; or the signals of a course at its times."""

    kpis: Mapping[str, float]
    signals: Mapping[str, Sequence[float]]


Job: TypeAlias = tuple[OfficeParameters, Window | Trajectory]


def simulate(jobs: Sequence[Job], processes: int) -> list[Simulated]:
    """Every job's result, in their order."""
    with get_context("spawn").Pool(processes) as pool:
        return pool.map(simulate_one, jobs, chunksize=1)


def simulate_one(job: Job) -> Simulated:
    """The KPIs of a window or the signals of a course."""
    parameters, what = job
    return simulate_window(parameters, what) if isinstance(what, Window) else simulate_course(parameters, what)


def simulate_window(parameters: OfficeParameters, window: Window) -> Simulated:
    """The KPIs of one window, with its warm-up before it."""
    plant = MultizoneOffice(parameters)
    simulation = Simulation(plant, lambda: False)
    simulation.start(window.start_s, window.warmup_s)
    kpis = Kpis(plant, simulation.history)
    kpis.restart(simulation.test_start)
    simulation.run(window.start_s + window.length_s, {})
    values = kpis.values("constant", None)
    return Simulated({key: value for key, value in values.items() if value is not None}, {})


def simulate_course(parameters: OfficeParameters, course: Trajectory) -> Simulated:
    """The signals of one course at its own times."""
    plant = MultizoneOffice(parameters, course.start_s - course.warmup_s)
    time_s = course.start_s - course.warmup_s
    signals: dict[str, list[float]] = {name: [] for name in course.signals}
    for wanted_s in course.times_s:
        state = plant.advance(wanted_s - time_s, {}) if wanted_s > time_s else plant.advance(_NO_TIME_S, {})
        time_s = max(time_s, wanted_s)
        for name, values in signals.items():
            values.append(state[name])
    return Simulated({}, signals)


_NO_TIME_S = 1e-3
"""Before the first sample a plant has told nothing yet."""
