"""The two cases that one building stands behind: the standard one, and the bench's with what programs need beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulators.plants.multizone_office.bench.layout import BENCH_SIZE
from emulators.plants.multizone_office.interface.measurements import BENCH_TOLD, TOLD
from emulators.plants.multizone_office.interface.overrides import (
    BENCH_INPUTS,
    BENCH_OVERRIDES,
    INPUTS,
    OVERRIDES,
    Input,
)
from emulators.plants.multizone_office.interface.points import Points, bench_points, points
from emulators.plants.multizone_office.layout import SIZE


@dataclass(frozen=True, slots=True, eq=False)
class OfficeKind:
    """What tells the building of one case from that of the other.

    ``version`` is raised with every change of the equations: it tells results of different versions apart. ``size`` is
    in cells; ``told`` are the names of all that is told, ``inputs`` and ``overrides`` where what is commanded stands.
    """

    version: str
    points: Points
    size: int
    told: tuple[str, ...]
    inputs: Mapping[str, Input]
    overrides: Mapping[str, int]
    is_bench: bool = False


STANDARD = OfficeKind("3", points(), SIZE, TOLD, INPUTS, OVERRIDES)
BENCH = OfficeKind("3 bench 2", bench_points(), BENCH_SIZE, BENCH_TOLD, BENCH_INPUTS, BENCH_OVERRIDES, is_bench=True)
