"""What runs buildings: the functions of ``building`` woven together, and compiled where numba is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import inf
from types import FunctionType
from typing import Any

from emulators.plants.cells import Cells, Rows, Table
from emulators.plants.multizone_office.building import RUN_IN_S, run, settle
from emulators.plants.multizone_office.interface.measurements import tell
from emulators.plants.multizone_office.interface.overrides import first_wrong, give_all
from emulators.plants.weather import WeatherYear
from emulators.plants.weaving.compiled import can_compile, compiled
from emulators.plants.weaving.woven import woven

GOING_ON = -inf
"""No start."""
_WEAVING_PAYS_S = 6 * 3600.0
"""Simulated seconds, of all buildings together. To weave takes 0.4 s, and saves a third of each step."""


@dataclass(frozen=True, slots=True)
class OfficeEngine:
    """One way to run buildings.

    ``rows`` makes what it keeps them in, a row of numbers per building, and ``table`` what it reads the weather from.
    ``reads`` tells whether it can work on rows of others where they are, as on its own.
    """

    name: str
    rows: Callable[[Sequence[Sequence[float]]], Rows]
    table: Callable[[WeatherYear], Any]
    advance_all: Callable[[Sequence[Cells], Table, float, float, Sequence[Table], Sequence[Cells]], int]
    first_wrong: Callable[[Sequence[Table]], int]
    reads: Callable[[Rows, Rows], bool]


class _WovenInTime:
    """``advance_all`` as it is read, and woven once that pays: who asks for a minute does not wait for it."""

    def __init__(self) -> None:
        self._advance = advance_all
        self._left_s = _WEAVING_PAYS_S

    def __call__(
        self,
        buildings: Sequence[Cells],
        year: Table,
        start_s: float,
        step_s: float,
        inputs: Sequence[Table],
        out: Sequence[Cells],
    ) -> int:
        if self._left_s > 0:
            self._left_s -= step_s * len(buildings)
            if self._left_s <= 0:
                assert isinstance(advance_all, FunctionType)  # noqa: S101 - what mypy calls a Callable
                self._advance = woven(advance_all, unrolled=True)
        return self._advance(buildings, year, start_s, step_s, inputs, out)


@cache
def plain() -> OfficeEngine:
    """Python alone, on lists."""
    return OfficeEngine(
        "plain",
        rows=lambda rows: [list(row) for row in rows],
        table=lambda year: year.table,
        advance_all=_WovenInTime(),
        first_wrong=first_wrong,
        reads=lambda _, __: False,
    )


@cache
def fast() -> OfficeEngine:
    """Machine code, on arrays of numpy's. Raises ModuleNotFoundError where numba is not installed."""
    numpy = import_module("numpy")
    row, rows = "float64[::1]", "float64[:,::1]"
    signature = f"int64({rows},{row},float64,float64,{rows},{rows})"
    advance, wrong = compiled("the building", {advance_all: signature, first_wrong: f"int64({rows})"})

    def reads(others: Rows, own: Rows) -> bool:
        is_array = isinstance(others, numpy.ndarray) and others.dtype == numpy.float64
        return bool(is_array and others.flags.carray and others.shape == own.shape)

    return OfficeEngine(
        "compiled",
        rows=lambda rows: numpy.array(rows, numpy.float64, ndmin=2),
        table=cache(lambda year: numpy.array(year.table)),
        advance_all=advance,
        first_wrong=wrong,
        reads=reads,
    )


def best() -> OfficeEngine:
    """The fastest that is installed."""
    return fast() if can_compile() else plain()


def advance_all(
    buildings: Sequence[Cells],
    year: Table,
    start_s: float,
    step_s: float,
    inputs: Sequence[Table],
    out: Sequence[Cells],
) -> int:
    """One step of several buildings: take over their inputs, run, and tell.

    New ones are started at ``start_s``; it is ``GOING_ON`` for others. A step of 0 s only tells, and empty rows of
    inputs change nothing. Inputs that are not within their limits are refused before anything is done: the answer is
    then the place of the first among all, else -1.
    """
    wrong = first_wrong(inputs)
    if wrong >= 0:
        return wrong
    for number in range(len(buildings)):
        b = buildings[number]
        if len(inputs[number]) > 0:
            give_all(b, inputs[number])
        duration_s = step_s
        if start_s > GOING_ON:
            settle(b, year, start_s - RUN_IN_S)
            duration_s = RUN_IN_S
        if duration_s > 0.0:
            run(b, year, duration_s)
        tell(b, year, out[number])
    return -1
