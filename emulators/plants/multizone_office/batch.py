"""Many offices at once, without names: rows of numbers in, rows of numbers out."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from emulators.plants.multizone_office.engine import GOING_ON, OfficeEngine, best
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUT_COUNT, refusal
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.plant import check_step, started
from emulators.plants.weather import WeatherYear, chicago_ohare


class OfficeBatch:
    """Buildings side by side in one weather, each with its own parameters; to be closed, or used in a ``with``.

    A row of inputs is in the order of ``INPUT_NAMES``, one of what is told in that of ``TOLD``. Machine code runs on
    ``threads`` threads; without it one does the same.
    """

    def __init__(
        self,
        parameters: Sequence[OfficeParameters],
        year: WeatherYear | None = None,
        engine: OfficeEngine | None = None,
        threads: int = 1,
    ) -> None:
        self._parameters = list(parameters)
        self._year = year or chicago_ohare()
        self._engine = engine or best()
        self._table = self._engine.table(self._year)
        count, rows = len(self._parameters), self._engine.rows
        self._buildings: Any = None
        self._inputs, self._out = rows([[0.0] * INPUT_COUNT] * count), rows([[0.0] * len(TOLD)] * count)
        ends = [count * number // threads for number in range(threads + 1)]
        self._shares = [slice(*pair) for pair in pairwise(ends)]
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="buildings")

    def __enter__(self) -> OfficeBatch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()

    def start(self, times_s: Sequence[float]) -> None:
        """Forget everything; each building is then as it starts at its time."""
        pairs = zip(self._parameters, times_s, strict=True)
        self._buildings = self._engine.rows(
            [started(parameters, self._year, self._engine, float(time_s)) for parameters, time_s in pairs]
        )

    def advance_into(
        self, step_s: float, inputs: Sequence[Sequence[float]], out: Sequence[MutableSequence[float]]
    ) -> None:
        """Simulate ``step_s`` (> 0) with all inputs of all buildings, ``(n, k)``, and write what they tell.

        Raises ValueError for an input outside its limits; nothing is simulated then.
        """
        check_step(step_s)
        for own, given in zip(self._inputs, inputs, strict=True):
            own[:] = given
        self._refuse_wrong()
        for done in [self._pool.submit(self._run, share, float(step_s)) for share in self._shares]:
            done.result()
        for told, own in zip(out, self._out, strict=True):
            told[:] = own

    def _refuse_wrong(self) -> None:
        for number, row in enumerate(self._inputs):
            wrong = self._engine.first_wrong(row)
            if wrong >= 0:
                raise ValueError(f"building {number}: {refusal(wrong, row[wrong])}")

    def _run(self, share: slice, step_s: float) -> None:
        buildings, inputs, out = self._buildings[share], self._inputs[share], self._out[share]
        self._engine.advance_all(buildings, self._table, GOING_ON, step_s, inputs, out)
