"""What runs buildings: the functions of ``building`` woven together, and compiled where numba is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import inf
from types import FunctionType
from typing import Any, TypeAlias

from emulators.plants.cells import Cells, Rows, Table, row_of
from emulators.plants.multizone_office.building import RUN_IN_S, run, settle
from emulators.plants.multizone_office.interface.measurements import tell, tell_beyond, tell_building
from emulators.plants.multizone_office.interface.overrides import (
    BENCH_INPUT_COUNT,
    INPUT_COUNT,
    first_wrong,
    give_all,
)
from emulators.plants.weather import WeatherYear
from emulators.plants.weaving.compiled import can_compile, compiled
from emulators.plants.weaving.woven import woven

GOING_ON = -inf
"""No start."""
_WEAVING_PAYS_S = 12 * 3600.0
"""Simulated seconds, of all buildings together. To weave takes as long as to run these as they are read."""
_HOLDING_PAYS_S = 30.0
"""In a step of so long and longer, cells are worth to be held in variables."""


Advance: TypeAlias = Callable[[Sequence[Cells], Sequence[Table], float, float, Sequence[Table], Sequence[Cells]], int]
"""What :func:`advance_all` takes and answers."""


@dataclass(frozen=True, slots=True)
class OfficeEngine:
    """One way to run buildings.

    ``rows`` makes what it keeps them in, a row of numbers per building, and ``table`` what it reads the weather from.
    ``reads`` tells whether it can work on rows of others where they are, as on its own. ``advance_bench`` is for the
    buildings of the bench's case, whose rows are longer.
    """

    name: str
    rows: Callable[[Sequence[Sequence[float]]], Rows]
    table: Callable[[WeatherYear], Any]
    advance_all: Advance
    advance_bench: Advance
    first_wrong: Callable[[Sequence[Table]], int]
    reads: Callable[[Rows, Rows], bool]


class _WovenInTime:
    """A function as it is read, and woven once that pays: who asks for a minute does not wait for it."""

    def __init__(self, advance: Advance) -> None:
        assert isinstance(advance, FunctionType)  # noqa: S101 - what mypy calls a Callable
        self._function = advance
        self._woven: dict[bool, Callable[..., int]] = {}
        self._left_s = dict.fromkeys((False, True), _WEAVING_PAYS_S)

    def __call__(
        self,
        buildings: Sequence[Cells],
        years: Sequence[Table],
        start_s: float,
        step_s: float,
        inputs: Sequence[Table],
        out: Sequence[Cells],
    ) -> int:
        simulated_s, count = step_s if start_s == GOING_ON else RUN_IN_S, len(buildings)
        advance = self._form(simulated_s * count >= _HOLDING_PAYS_S * len(out), simulated_s * count)
        return advance(buildings, years, start_s, step_s, inputs, out)

    def _form(self, held: bool, simulated_s: float) -> Callable[..., int]:
        if held not in self._woven:
            self._left_s[held] -= simulated_s
            if self._left_s[held] > 0:
                return self._function
            self._woven[held] = woven(self._function, unrolled=True, held=held)
        return self._woven[held]


@cache
def plain() -> OfficeEngine:
    """Python alone, on lists."""
    return OfficeEngine(
        "plain",
        rows=lambda rows: [list(row) for row in rows],
        table=lambda year: [year.table],
        advance_all=_WovenInTime(advance_all),
        advance_bench=_WovenInTime(advance_bench),
        first_wrong=first_wrong,
        reads=lambda _, __: False,
    )


@cache
def fast() -> OfficeEngine:
    """Machine code, on arrays of numpy's. Raises ModuleNotFoundError where numba is not installed."""
    numpy = import_module("numpy")
    rows = "float64[:,::1]"
    signature = f"int64({rows},{rows},float64,float64,{rows},{rows},boolean)"
    advance, wrong = compiled("the building", {_advance: signature, first_wrong: f"int64({rows})"})

    def reads(others: Rows, own: Rows) -> bool:
        is_array = isinstance(others, numpy.ndarray) and others.dtype == numpy.float64
        return bool(is_array and others.flags.carray and others.shape == own.shape)

    return OfficeEngine(
        "compiled",
        rows=lambda rows: numpy.array(rows, numpy.float64, ndmin=2),
        table=cache(lambda year: numpy.array([year.table])),
        # Machine code of both cases in one takes half of the time of two.
        advance_all=lambda *arguments: advance(*arguments, False),
        advance_bench=lambda *arguments: advance(*arguments, True),
        first_wrong=wrong,
        reads=reads,
    )


def best() -> OfficeEngine:
    """The fastest that is installed."""
    return fast() if can_compile() else plain()


def advance_all(
    buildings: Sequence[Cells],
    years: Sequence[Table],
    start_s: float,
    step_s: float,
    inputs: Sequence[Table],
    out: Sequence[Cells],
) -> int:
    """One step of several buildings: take over their inputs, run, and tell.

    ``out`` has a row for each building, or several times as many: the step is then run in so many equal parts, the
    first of all buildings first, and at the end of each but the last only the building itself is told.

    New ones are started at ``start_s``; it is ``GOING_ON`` for others. A step of 0 s only tells, and empty rows of
    inputs change nothing. Inputs that are not within their limits are refused before anything is done: the answer is
    then the place of the first among all, else -1.
    """
    return _advance(buildings, years, start_s, step_s, inputs, out, False)


def advance_bench(
    buildings: Sequence[Cells],
    years: Sequence[Table],
    start_s: float,
    step_s: float,
    inputs: Sequence[Table],
    out: Sequence[Cells],
) -> int:
    """:func:`advance_all` of the bench's case: years have people, and rows what that case has beyond."""
    return _advance(buildings, years, start_s, step_s, inputs, out, True)


def _advance(
    buildings: Sequence[Cells],
    years: Sequence[Table],
    start_s: float,
    step_s: float,
    inputs: Sequence[Table],
    out: Sequence[Cells],
    bench: bool,
) -> int:
    wrong = first_wrong(inputs)
    if wrong >= 0:
        return wrong
    year, count = row_of(years, 0), len(buildings)
    parts = len(out) // max(count, 1)
    for number in range(count):
        b = row_of(buildings, number)
        if len(inputs[number]) > 0:
            give_all(b, row_of(inputs, number), BENCH_INPUT_COUNT if bench else INPUT_COUNT)
        duration_s = step_s
        if start_s > GOING_ON:
            settle(b, year, start_s - RUN_IN_S, bench)
            duration_s = RUN_IN_S
        for part in range(parts):
            if duration_s > 0.0:
                run(b, year, duration_s / parts, bench)
            if part < parts - 1:
                tell_building(b, row_of(out, part * count + number))
        told = row_of(out, (parts - 1) * count + number)
        tell(b, year, told)
        if bench:
            tell_beyond(b, year, told)
    return -1
