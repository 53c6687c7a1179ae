"""The seeds themselves: a bench is as broken as its seed says, and passes its check otherwise."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bridge.checkout.results import MappingFault
from tests.bridge.checkout.seeded import seeded_bench
from tests.bridge.checkout.seeds import Seed, seeds
from tests.command_line import Call

TEN = frozenset(MappingFault) - {MappingFault.NOT_WRITTEN}


def test_each_of_the_ten_errors_is_seeded_on_several_points() -> None:
    counts = Counter(seed.fault for seed in seeds())
    assert counts.keys() == TEN
    assert min(counts.values()) >= 2
    points = {fault: {point for seed in seeds() if seed.fault is fault for point in seed.failing} for fault in TEN}
    assert min(map(len, points.values())) >= 2


def test_no_seed_is_there_twice() -> None:
    names = [seed.name for seed in seeds()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_each_seed_is_somewhere(seed: Seed) -> None:
    assert seed.failing
    assert any((seed.keys, seed.units, seed.held, seed.broken))


@pytest.mark.slow
def test_the_bench_without_a_seed_passes_its_check(call: Call, tmp_path: Path) -> None:
    with seeded_bench(tmp_path) as bench:
        code, output = call("check", *bench.options, **bench.variables)
    assert code == 0, output
