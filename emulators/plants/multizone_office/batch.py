"""Many offices at once, without names: rows of numbers in, rows of numbers out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from emulators.plants.cells import Rows
from emulators.plants.multizone_office.engine import GOING_ON, OfficeEngine, best
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUT_COUNT, refusal
from emulators.plants.multizone_office.layout import TIME_S
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.plant import check_step
from emulators.plants.multizone_office.starting import (
    OfficeIdentity,
    Snapshot,
    identity_of,
    put_back,
    snapshot_of,
    started,
)
from emulators.plants.prices import HourlyPrices, our_own_hourly
from emulators.plants.weather import WeatherYear, chicago_ohare
from emulators.states import ForeignStateError


class OfficeBatch:
    """Buildings side by side in one weather, each with its own parameters; to be closed, or used in a ``with``.

    A row of inputs is in the order of ``INPUT_NAMES``, one of what is told in that of ``TOLD``.
    Arrays of numpy's in C order and float64 are read and written by machine code where they are, other rows are copied.
    It runs on ``threads`` threads; without machine code one does the same. Not thread-safe: one caller at a time.
    """

    def __init__(
        self,
        parameters: Sequence[OfficeParameters],
        year: WeatherYear | None = None,
        engine: OfficeEngine | None = None,
        threads: int = 1,
        hourly: HourlyPrices | None = None,
    ) -> None:
        self._year, self._hourly = year or chicago_ohare(), hourly or our_own_hourly()
        self._identities = [identity_of(each, self._year, self._hourly) for each in parameters]
        self._engine = engine or best()
        self._table = self._engine.table(self._year)
        count, rows = len(self._identities), self._engine.rows
        self._inputs, self._out = rows([[0.0] * INPUT_COUNT] * count), rows([[0.0] * len(TOLD)] * count)
        self._no_inputs = rows([[]] * count)
        ends = [count * number // threads for number in range(threads + 1)]
        self._shares = [slice(*pair) for pair in pairwise(ends)]
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="buildings") if threads > 1 else None
        self._started_buildings: Rows | None = None

    def __enter__(self) -> OfficeBatch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._identities)

    def close(self) -> None:
        """End its threads."""
        if self._pool is not None:
            self._pool.shutdown()

    @property
    def times_s(self) -> list[float]:
        """Where each building stands, in s from 1 January 00:00."""
        return [float(b[TIME_S]) for b in self._buildings]

    def start(self, times_s: Sequence[float]) -> None:
        """Forget everything; each building is then as it starts at its time."""
        pairs = zip(self._identities, times_s, strict=True)
        self._started_buildings = self._engine.rows([self._started(each, time_s) for each, time_s in pairs])

    def start_one(self, number: int, time_s: float, parameters: OfficeParameters | None = None) -> None:
        """Forget everything of one building: it starts at its time, with other ``parameters`` where they are given."""
        if parameters is not None:
            self._identities[number] = identity_of(parameters, self._year, self._hourly)
        self._buildings[number][:] = self._started(self._identities[number], time_s)

    def snapshot(self, number: int) -> Snapshot:
        """All of the state of one building, to the bit; :class:`MultizoneOffice` takes it, too."""
        return snapshot_of(self._buildings[number], self._identities[number])

    def restore(self, number: int, snapshot: Snapshot) -> None:
        """Make one building what the snapshot is of, its parameters included.

        Raises ForeignStateError where that is of another version, weather or hourly prices.
        """
        here = self._identities[number]
        if not snapshot.identity.is_beside(here):
            raise ForeignStateError(f"building {number}: the snapshot is of {str(snapshot.identity)!a}; this is {here}")
        put_back(self._buildings[number], snapshot)
        self._identities[number] = snapshot.identity

    def tell_into(self, out: Rows) -> None:
        """Write what all buildings tell as they are."""
        self._run_all(0.0, self._no_inputs, out)

    def advance_into(self, step_s: float, inputs: Rows, out: Rows) -> None:
        """Simulate ``step_s`` (> 0) with all inputs of all buildings, ``(n, k)``, and write what they tell.

        Raises ValueError for an input outside its limits, or rows of another shape; nothing is simulated then.
        """
        check_step(step_s)
        if not self._engine.reads(inputs, self._inputs):
            _refuse_other_shape(inputs, self._inputs)
            _copy(inputs, self._inputs)
            inputs = self._inputs
        self._run_all(float(step_s), inputs, out)

    @property
    def _buildings(self) -> Rows:
        if self._started_buildings is None:
            raise ValueError("the batch has not been started")
        return self._started_buildings

    def _started(self, identity: OfficeIdentity, time_s: float) -> tuple[float, ...]:
        return started(identity.parameters, self._year, self._engine, float(time_s))

    def _run_all(self, step_s: float, inputs: Rows, out: Rows) -> None:
        told = out
        if not self._engine.reads(out, self._out):
            _refuse_other_shape(out, self._out)
            told = self._out
        wrong = self._run_at_once(step_s, inputs, told)
        if wrong >= 0:
            number, place = divmod(wrong, INPUT_COUNT)
            raise ValueError(f"building {number}: {refusal(place, inputs[number][place])}")
        if told is not out:
            _copy(told, out)

    def _run_at_once(self, step_s: float, inputs: Rows, told: Rows) -> int:
        buildings, advance_all = self._buildings, self._engine.advance_all
        if self._pool is None:
            return advance_all(buildings, self._table, GOING_ON, step_s, inputs, told)
        wrong = self._engine.first_wrong(inputs)
        if wrong < 0:
            parts = [(buildings[share], inputs[share], told[share]) for share in self._shares]
            for done in [
                self._pool.submit(advance_all, some, self._table, GOING_ON, step_s, given, told_of_them)
                for some, given, told_of_them in parts
            ]:
                done.result()
        return wrong


def _refuse_other_shape(rows: Rows, own: Rows) -> None:
    if len(rows) != len(own):
        raise ValueError(f"there have to be {len(own)} rows, not {len(rows)}")
    for number, (row, own_row) in enumerate(zip(rows, own, strict=True)):
        if len(row) != len(own_row):
            raise ValueError(f"building {number}: a row has to have {len(own_row)} numbers, not {len(row)}")


def _copy(rows: Rows, to: Rows) -> None:
    for row, own in zip(rows, to, strict=True):
        own[:] = row
