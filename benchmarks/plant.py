"""How fast the embedded building is, in simulated seconds per second."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.rows import Measured
from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.batch import OfficeBatch
from emulators.plants.multizone_office.engine import OfficeEngine, fast, plain
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUTS
from emulators.plants.weaving.compiled import can_compile

SUMMER_NOON_S = 186 * 86_400 + 12 * 3600.0
SIMULATED_S = 36_000
QUARTER_S = 900.0
ROUNDS = 1000


def rows() -> Iterator[Measured]:
    """The speed for a caller that asks for every step of 5 s, and for one that asks for half-minutes."""
    if can_compile():
        began = time.process_time()
        fast()
        yield Measured("the building compiled, or read", f"{time.process_time() - began:.1f} s", "< 5 s")
    for step_s in (5, 30):
        yield Measured(f"plant, steps of {step_s} s", f"{speed(step_s):,.0f} sim-s/s", ">= 20,000")
    yield Measured("quarters of an hour, Python alone", f"{quarters(plain(), 1, 50):,.0f} /s", ">= 150")
    if not can_compile():
        return
    compiled = fast()
    for count, threads, aim in ((1, 1, ">= 2,000"), (64, 1, ">= 2,000"), (64, 2, "0.8 linear")):
        what = f"quarters of an hour, compiled, {count} buildings, {threads} threads"
        yield Measured(what, f"{quarters(compiled, count, ROUNDS // count + 1, threads):,.0f} /s", aim)
    plant = MultizoneOffice(start_time_s=SUMMER_NOON_S)
    began = time.perf_counter()
    for _ in range(ROUNDS):
        plant.restore(plant.snapshot())
    yield Measured("snapshot and restore", f"{(time.perf_counter() - began) / ROUNDS * 1e3:.3f} ms", "< 5 ms")


def quarters(engine: OfficeEngine, count: int, rounds: int, threads: int = 1) -> float:
    """Steps of 900 s per second, all buildings together, without names; of one core's time with one thread."""
    inputs = [[each.low for each in INPUTS.values()] for _ in range(count)]
    out = [[0.0] * len(TOLD) for _ in range(count)]
    with OfficeBatch([OfficeParameters()] * count, engine=engine, threads=threads) as batch:
        batch.start([SUMMER_NOON_S] * count)
        clock = time.process_time if threads == 1 else time.perf_counter
        began = clock()
        for _ in range(rounds):
            batch.advance_into(QUARTER_S, inputs, out)
        return count * rounds / (clock() - began)


def speed(step_s: int) -> float:
    """Simulated seconds per second on a July noon."""
    plant = MultizoneOffice()
    plant.initialize(SUMMER_NOON_S)
    began = time.perf_counter()
    for _ in range(SIMULATED_S // step_s):
        plant.advance(step_s, {})
    return SIMULATED_S / (time.perf_counter() - began)
