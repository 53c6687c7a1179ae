"""What an environment costs beside the building in it, by this process's time, whatever else the computer does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.plant import quarters
from benchmarks.rows import Measured
from emulators.plants.multizone_office.engine import best
from learning.environment import BuildingBatch, BuildingEnv
from learning.identities import OFFICES
from learning.making import office_batch, office_env

START = "07-06 12:00"
MANY = 64
STEPS, TRIES = 120, 5
RESETS = 100
PUBLISHED_STEP_S = 0.0103
"""Published for a step of BOPTEST over HTTP, of a smaller building; 5.8 ms of it are transport."""


def rows() -> Iterator[Measured]:
    """Steps of 900 s of one building and of a batch beside the plant's own, and a reset."""
    alone_s, batch_s = plant_s(1), plant_s(MANY)
    env, many = office_env(OFFICES[-1]), office_batch(OFFICES[-1], MANY)
    yield beside("environment, one building", single_s(env), alone_s, ">= 70 %")
    yield beside(f"environment, {MANY} buildings", many_s(many), batch_s, ">= 90 %")
    reset_s = timed(lambda: env.reset(options={"start": START}), RESETS)
    yield Measured("reset from a snapshot", f"{reset_s * 1e3:.2f} ms", "<= 5 ms")
    env.close()
    many.close()


def beside(what: str, own_s: float, plant_alone_s: float, aim: str) -> Measured:
    """Its speed as a share of the plant's own."""
    detail = f"{1 / own_s:,.0f} /s of {1 / plant_alone_s:,.0f} /s; BOPTEST's published step / ours: "
    return Measured(what, f"{100 * plant_alone_s / own_s:.0f} %", aim, f"{detail}{PUBLISHED_STEP_S / own_s:.0f}")


def plant_s(count: int) -> float:
    """The plant's own time for a step of 900 s of one building, by the fastest engine."""
    return min(1.0 / quarters(best(), count, STEPS // count + 1) for _ in range(TRIES))


def single_s(env: BuildingEnv) -> float:
    """Of a step with random actions, from the noon on that the plant is measured at."""
    actions = iter(np.random.default_rng(0).uniform(-1.0, 1.0, (TRIES * STEPS + 1, 4)).astype(np.float32))
    env.reset(options={"start": START})
    return timed(lambda: env.step(next(actions)), STEPS)


def many_s(many: BuildingBatch) -> float:
    """The same of one building of a batch."""
    rounds = STEPS // MANY + 1
    actions = iter(np.random.default_rng(0).uniform(-1.0, 1.0, (TRIES * rounds + 1, MANY, 4)).astype(np.float32))
    many.reset(options={"start": START})
    return timed(lambda: many.step(next(actions)), rounds) / MANY


def timed(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the processor per round, of the fastest of several tries; before them comes what is made once."""
    work()
    taken = []
    for _ in range(TRIES):
        began = time.process_time()
        for _ in range(rounds):
            work()
        taken.append((time.process_time() - began) / rounds)
    return min(taken)
