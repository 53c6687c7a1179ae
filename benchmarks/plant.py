"""How fast the embedded building is, in simulated seconds per second."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.rows import Measured
from emulators.plants.multizone_office import MultizoneOffice

SUMMER_NOON_S = 186 * 86_400 + 12 * 3600.0
SIMULATED_S = 36_000


def rows() -> Iterator[Measured]:
    """The speed for a caller that asks for every step of 5 s, and for one that asks for half-minutes."""
    for step_s in (5, 30):
        yield Measured(f"plant, steps of {step_s} s", f"{speed(step_s):,.0f} sim-s/s", ">= 20,000")


def speed(step_s: int) -> float:
    """Simulated seconds per second on a July noon."""
    plant = MultizoneOffice()
    plant.initialize(SUMMER_NOON_S)
    began = time.perf_counter()
    for _ in range(SIMULATED_S // step_s):
        plant.advance(step_s, {})
    return SIMULATED_S / (time.perf_counter() - began)
