"""Drives one test of the office on, and tells every bit that it answers: here, or in a process of its own.

``python -m tests.emulators.boptest.going_on FILE STEPS`` goes on from a state in a process that has seen nothing else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

from emulators.boptest.case.testcase import CaseEngine, CaseOptions, perform
from emulators.boptest.replies import Json
from emulators.plants.multizone_office import MultizoneOffice
from emulators.states import StateFile

JULY_MORNING_S = 186 * 86_400.0 + 5.7 * 3600.0
_WINDOW = {"start_time": 0, "final_time": 1e9}
_FORECAST = {"point_names": ["TDryBul", "HGloHor"], "horizon": 7200, "interval": 3600}


def new_case() -> CaseEngine:
    """A test of the office on a clock that stands still."""
    return CaseEngine(MultizoneOffice(), CaseOptions(clock=lambda: 0.0))


def started(step_s: float = 30.0, **initialize: float) -> CaseEngine:
    """A test that stands before its first step, on a July morning in the middle of an hour."""
    case = new_case()
    ask(case, "set_step", {"step": step_s})
    ask(case, "initialize", {"start_time": JULY_MORNING_S, "warmup_period": 600, **initialize})
    return case


def ask(case: CaseEngine, method: str, params: Json = None) -> Json:
    """The payload of an answer."""
    reply = perform(case, method, params)
    assert reply.status == 200, reply.message
    return reply.payload


def go_on(case: CaseEngine, steps: int) -> str:
    """Steps with overrides that come, change and go; measurements, KPIs, forecasts and results, to the last bit."""
    random = Random(steps)  # noqa: S311 - whatever comes to mind
    names = [name for name in case.plant.inputs if name.endswith("_u")]
    told: list[object] = []
    for step in range(steps):
        name = random.choice(names)
        meta = case.plant.inputs[name]
        body = {
            name: random.uniform(meta.minimum or 0.0, meta.maximum or 1.0),
            name.replace("_u", "_activate"): random.choice([0, 1, 1]),
        }
        told.append(ask(case, "advance", body))
        if step % 50 == 0:
            told += [ask(case, "get_kpis"), ask(case, "get_forecast", _FORECAST), case.get_own_control().payload]
    told += [ask(case, method) for method in ("get_kpis", "get_scenario", "get_step")]
    told.append(ask(case, "get_results", {"point_names": [*case.plant.measurements, *names], **_WINDOW}))
    return json.dumps(told, default=list)


def gone_on(packed: bytes, steps: int) -> str:
    """Go on from a state in a new test."""
    case = new_case()
    case.prepare(StateFile.unpacked(packed))()
    return go_on(case, steps)


if __name__ == "__main__":
    sys.stdout.write(gone_on(Path(sys.argv[1]).read_bytes(), int(sys.argv[2])))
