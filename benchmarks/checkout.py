"""How many seeded errors a checkout names rightly, and how long the controllers' side of 100 points takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Measured
from benchmarks.runs import equipped, peers, variables_of, write_configs
from bridge.checkout import Checkout, CheckoutParts, CheckoutResult
from bridge.checkout.report import csv_report
from tests.bridge.checkout.seeded import Named, named_in, seeded_bench, wrongly_named
from tests.bridge.checkout.seeds import Seed, seeds

CONTROLLERS = 5
"""Of 20 points each."""
STEP_S = 1.0
"""What a controller takes for an answer, so that nothing is shown in less."""


def rows(folder: Path) -> Iterator[Measured]:
    """Each of the ten errors, a bench in which nothing is wrong, and the time."""
    for fault in dict.fromkeys(seed.fault for seed in seeds()):
        own = [seed for seed in seeds() if seed.fault is fault]
        said = [wrongly_named(seed, _checked_out(_folder_in(folder), seed)[0]) for seed in own]
        right = f"{said.count([])} of {len(own)}"
        yield Measured(f"checkout: {fault.value}", right, "all", "; ".join(line for lines in said for line in lines))
    named, result = _checked_out(_folder_in(folder), None)
    took = f"{_took_s(result):.0f} s for {len(result.points)} points, responses too"
    yield Measured("checkout: failures where nothing is wrong", f"{len(named)}", "0", took)
    with peers(CONTROLLERS, STEP_S) as (building, controllers):
        hundred = _hundred(folder / "hundred", building, controllers)
    detail = f"{len(hundred.points)} points, {CONTROLLERS} controllers that take {STEP_S:g} s for an answer"
    yield Measured("checkout: the controllers' side", f"{_took_s(hundred):.0f} s", "<= 180 s", detail)


def _checked_out(folder: Path, seed: Seed | None) -> tuple[frozenset[Named], CheckoutResult]:
    with seeded_bench(folder, seed) as bench:
        result = Checkout(*equipped(folder, bench.variables)).execute()
    return named_in(csv_report(result)), result


def _hundred(folder: Path, building: str, controllers: list[str]) -> CheckoutResult:
    write_configs(folder, controllers, {"timeout_s": 20.0})
    return Checkout(*equipped(folder, variables_of(building)), parts=CheckoutParts(response=False)).execute()


def _took_s(result: CheckoutResult) -> float:
    return (result.ended - result.began).total_seconds()


def _folder_in(folder: Path) -> Path:
    made = folder / f"bench-{sum(1 for _ in folder.iterdir())}"
    made.mkdir()
    return made
