"""Several offices in this process as a test of a server has one: advanced in samples of 30 s, on bare numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeAlias

from emulators.boptest.case.simulation import SAMPLE_S
from emulators.plants.cells import Cells
from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters, OfficeVariant
from emulators.plants.multizone_office.engine import GOING_ON, best
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUT_COUNT, INPUT_NAMES, refusal
from emulators.plants.multizone_office.starting import started
from emulators.plants.weather import chicago_ohare

_Share: TypeAlias = tuple[Any, Any, Any, Sequence[Any]]
"""What one thread works on: its buildings, their inputs, no inputs, and where each sample is written."""


class Offices:
    """``count`` offices of one variant, which may differ in parameters and time. To be closed, or used in a ``with``.

    ``samples`` is written anew by each advance: rows of what is told (``told_names``, SI), those of the first 30 s of
    all offices, then of the next, ``(samples * count, k)``; weather and inputs stand in the last only, with one thread.
    Rows are arrays of numpy's where the offices are machine code, else lists; machine code runs on ``threads`` threads.
    """

    input_names = INPUT_NAMES
    told_names = TOLD

    def __init__(self, count: int, step_s: float, office: OfficeVariant | None = None, threads: int = 1) -> None:
        office = office or OfficeVariant()
        self.plant: MultizoneOffice = office()
        self.count, self.step_s = count, float(step_s)
        self.parts = max(int(step_s / SAMPLE_S), 1)
        self._parameters = office.parameters or OfficeParameters()
        self._year = office.year or chicago_ohare()
        self._engine = best()
        self._table = self._engine.table(self._year)
        rows = self._engine.rows
        self.cells = rows([self.begun(0.0)] * count)
        self.samples = rows([[0.0] * len(TOLD)] * (self.parts * count))
        self._inputs, self._none = rows([[0.0] * INPUT_COUNT] * count), rows([[]] * count)
        ends = [count * number // threads for number in range(threads + 1)]
        self._shares = [self._share(slice(*ends)) for ends in pairwise(ends)]
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="offices") if threads > 1 else None

    @property
    def is_compiled(self) -> bool:
        """Whether rows are arrays of numpy's."""
        return self._engine.name == "compiled"

    def begun(self, start_s: float, warmup_s: float = 0.0, parameters: OfficeParameters | None = None) -> list[float]:
        """The cells of an office as ``initialize`` leaves it, after a warm-up by its own control."""
        first_s = max(start_s - warmup_s, 0.0)
        cells = started(parameters or self._parameters, self._year, self._engine, first_s)
        if start_s == first_s:
            return list(cells)
        rows = self._engine.rows
        row, out, none = rows([cells]), rows([[0.0] * len(TOLD)]), rows([[]])
        parts = max(int((start_s - first_s) / SAMPLE_S), 1)
        for _ in range(parts):
            self._engine.advance_all(row, self._table, GOING_ON, (start_s - first_s) / parts, none, out)
        return [float(cell) for cell in row[0]]

    def put(self, number: int, cells: Sequence[float], told: Cells) -> None:
        """Make one office what these cells say, to the bit, and write what it tells then."""
        self.cells[number][:] = cells
        rows = self._engine.rows
        out = rows([[0.0] * len(TOLD)])
        self._engine.advance_all(rows([cells]), self._table, GOING_ON, 0.0, rows([[]]), out)
        told[:] = out[0]

    def advance(self, inputs: Any) -> None:  # noqa: ANN401 - rows of numbers of any kind
        """Simulate a step of all offices with all of their inputs held, ``(count, len(input_names))``.

        Raises ValueError for an input outside its limits, or NaN.
        """
        if self.is_compiled:
            self._inputs[:] = inputs
        else:
            for own, given in zip(self._inputs, inputs, strict=True):
                own[:] = map(float, given)
        wrong = self._run_all()
        if wrong is not None:
            number, place = wrong
            raise ValueError(f"office {number}: {refusal(place, self._inputs[number][place])}")

    def close(self) -> None:
        """End its threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _share(self, own: slice) -> _Share:
        count = self.count
        parts = [self.samples[part * count : (part + 1) * count][own] for part in range(self.parts)]
        views = [self.samples] if own == slice(0, count) else parts
        return self.cells[own], self._inputs[own], self._none[own], views

    def _run_all(self) -> tuple[int, int] | None:
        if self._pool is None:
            answers = [self._run(share) for share in self._shares]
        else:
            answers = [each.result() for each in [self._pool.submit(self._run, share) for share in self._shares]]
        return next(self._wrong(answers), None)

    def _run(self, share: _Share) -> int:
        cells, inputs, none, views = share
        advance, table, part_s = self._engine.advance_all, self._table, self.step_s / len(views)
        wrong = advance(cells, table, GOING_ON, part_s, inputs, views[0])
        if wrong < 0:
            for view in views[1:]:
                advance(cells, table, GOING_ON, part_s, none, view)
        return wrong

    def _wrong(self, answers: Sequence[int]) -> Iterator[tuple[int, int]]:
        first = 0
        for answer, share in zip(answers, self._shares, strict=True):
            if answer >= 0:
                number, place = divmod(answer, INPUT_COUNT)
                yield first + number, place
            first += len(share[0])
