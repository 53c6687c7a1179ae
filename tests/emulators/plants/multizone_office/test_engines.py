"""The building as it is read, woven together, and compiled: one physics."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FunctionType

import pytest

from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.building import run
from emulators.plants.multizone_office.engine import GOING_ON, OfficeEngine, advance_all, fast, plain
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUT_NAMES, INPUTS
from emulators.plants.multizone_office.layout import BOUNDARY_UNTIL_S, FREEZING_UNTIL_S, OPERATION, TIME_S
from emulators.plants.weather import chicago_ohare
from emulators.plants.weaving.woven import woven
from emulators.states import ForeignStateError
from tests.emulators.plants.multizone_office.both import ENGINES, needs_numba
from tests.emulators.plants.multizone_office.driver import (
    COLD_DAY,
    DAY_S,
    MILD_DAY,
    SUMMER_DAY,
    office,
    take,
    zone_temperatures,
)

YEAR = chicago_ohare()
MANY = int(os.environ.get("STATES", "1000"))
"""States that both ways are held against each other in; by hand 10 000 (docs/fast.md)."""
OF_THE_BUILDING = 2 * 5 + 13 + 5 * 4
"""Two loops, the air handler, five zones."""


def states_met(count: int, seed: int) -> Iterator[list[float]]:
    """Cells from runs on days of all seasons, under inputs that somebody changes at random."""
    draw = random.Random(seed)  # noqa: S311 - not a secret
    plant = MultizoneOffice(engine=plain())
    for number in range(count):
        if number % 100 == 0:
            plant.initialize(draw.uniform(0.0, 365.0) * DAY_S)
        names = draw.sample(INPUT_NAMES, 3)
        plant.advance(draw.choice([5.0, 30.0]), {name: draw.uniform(*INPUTS[name][2:]) for name in names})
        yield plant.cells()


def shaken(cells: list[float], draw: random.Random) -> list[float]:
    """The same building a little elsewhere: what no run has met."""
    fixed = {TIME_S, BOUNDARY_UNTIL_S, FREEZING_UNTIL_S, OPERATION}
    return [
        cell if place in fixed or cell in (0.0, 1.0) else cell * draw.uniform(0.999, 1.001)
        for place, cell in enumerate(cells)
    ]


def stepped(engine: OfficeEngine, cells: list[float]) -> list[float]:
    """The cells after one internal step."""
    rows, out = engine.rows([cells]), engine.rows([[0.0] * len(TOLD)])
    engine.advance_all(rows, engine.table(YEAR), GOING_ON, 5.0, engine.rows([[]]), out)
    return [float(cell) for cell in rows[0]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_in_parts_is_so_many_steps_and_the_building_is_told_of_each(engine: Callable[[], OfficeEngine]) -> None:
    way, parts = engine(), 3
    first, second = (way.rows(list(states_met(2, seed=4))) for _ in range(2))
    table, none = way.table(YEAR), way.rows([[], []])
    told, each = way.rows([[math.nan] * len(TOLD)] * 2 * parts), way.rows([[0.0] * len(TOLD)] * 2)
    way.advance_all(first, table, GOING_ON, 90.0, none, told)
    for part in range(parts):
        way.advance_all(second, table, GOING_ON, 30.0, none, each)
        for number, row in enumerate(each):
            pairs = [pair for pair in zip(told[2 * part + number], row, strict=True) if not math.isnan(pair[0])]
            assert all(one == other for one, other in pairs)
            assert len(pairs) == (len(TOLD) if part == parts - 1 else OF_THE_BUILDING)
    assert [list(row) for row in first] == [list(row) for row in second]


@pytest.mark.parametrize("held", [False, True])
def test_what_is_woven_does_the_same_to_the_bit(held: bool) -> None:
    assert isinstance(advance_all, FunctionType)
    engine = replace(plain(), advance_all=woven(advance_all, unrolled=True, held=held))
    for cells in states_met(100, seed=1):
        as_read = list(cells)
        run(as_read, YEAR.table, 5.0)
        assert stepped(engine, cells) == as_read


def test_it_is_woven_once_that_pays_and_nobody_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[bool] = []

    def counted(function: FunctionType, *, unrolled: bool, held: bool) -> FunctionType:
        times.append(held)
        return woven(function, unrolled, held)

    monkeypatch.setattr("emulators.plants.multizone_office.engine.woven", counted)
    fresh, as_read = plain.__wrapped__(), replace(plain(), advance_all=advance_all)
    one, other = (MultizoneOffice(start_time_s=SUMMER_DAY * DAY_S, engine=engine) for engine in (fresh, as_read))
    for hours, woven_times in ((9, 0), (2, 1), (7, 1)):
        assert one.advance(hours * 3600.0, {}) == other.advance(hours * 3600.0, {})
        assert len(times) == woven_times


@needs_numba
@pytest.mark.parametrize("count", [300, pytest.param(MANY, marks=pytest.mark.slow)])
def test_one_internal_step_is_the_same_compiled(count: int) -> None:
    draw = random.Random(count)  # noqa: S311 - not a secret
    for number, cells in enumerate(states_met(count, seed=count)):
        before = cells if number % 2 else shaken(cells, draw)
        assert stepped(fast(), before) == pytest.approx(stepped(plain(), before), rel=1e-9, abs=1e-12)


@needs_numba
@pytest.mark.parametrize("day", [COLD_DAY, MILD_DAY, SUMMER_DAY])
def test_over_a_day_modes_and_pumps_switch_in_the_same_step(day: int) -> None:
    one, other = (MultizoneOffice(start_time_s=day * DAY_S, engine=engine()) for engine in (plain, fast))
    for _ in range(24 * 12):
        told, same = one.advance(300.0, {}), other.advance(300.0, {})
        assert one.cells()[OPERATION] == other.cells()[OPERATION]
        for pump in ("hvac_oveAhu_yPumHea_u", "hvac_oveAhu_yPumCoo_u"):
            assert told[pump] == same[pump]
        assert zone_temperatures(told) == pytest.approx(zone_temperatures(same), abs=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_within_one_engine_the_same_calls_give_the_same_bits(engine: Callable[[], OfficeEngine]) -> None:
    first, second = (MultizoneOffice(start_time_s=SUMMER_DAY * DAY_S, engine=engine()) for _ in range(2))
    for _ in range(3):
        assert first.advance(900.0, take(yCoo=0.3)) == second.advance(900.0, take(yCoo=0.3))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_without_names_is_the_step_with_them(engine: Callable[[], OfficeEngine]) -> None:
    named, unnamed = (MultizoneOffice(start_time_s=SUMMER_DAY * DAY_S, engine=engine()) for _ in range(2))
    body = take(yFan=0.6, TSupSet=288.15)
    inputs = [body.get(name, INPUTS[name].low) for name in INPUT_NAMES]
    out = [0.0] * len(TOLD)
    for _ in range(2):
        told = named.advance(900.0, body)
        unnamed.advance_into(900.0, inputs, out)
        assert dict(zip(TOLD, out, strict=True)) == told


def test_a_wrong_input_without_a_name_is_named_and_nothing_is_simulated() -> None:
    plant = office(SUMMER_DAY)
    before = plant.snapshot()
    inputs = [each.low for each in INPUTS.values()]
    inputs[INPUT_NAMES.index("hvac_oveAhu_yFan_u")] = float("nan")
    with pytest.raises(ValueError, match="hvac_oveAhu_yFan: nan is not within 0 to 1"):
        plant.advance_into(900.0, inputs, [0.0] * len(TOLD))
    with pytest.raises(ValueError, match="cannot be simulated"):
        plant.advance(float("inf"), {})
    assert plant.snapshot() == before


@pytest.mark.parametrize("engine", ENGINES)
def test_a_building_goes_back_to_a_snapshot_to_the_bit(engine: Callable[[], OfficeEngine]) -> None:
    plant = MultizoneOffice(start_time_s=SUMMER_DAY * DAY_S + 36_000.0, engine=engine())
    plant.advance(300.0, take(yCoo=0.4))
    snapshot = plant.snapshot()
    told = [plant.advance(300.0, {}) for _ in range(3)]
    plant.restore(snapshot)
    assert [plant.advance(300.0, {}) for _ in range(3)] == told
    twin = MultizoneOffice(engine=engine())
    twin.restore(snapshot)
    assert [twin.advance(300.0, {}) for _ in range(3)] == told


def test_a_snapshot_of_another_building_is_refused() -> None:
    plant, other = office(SUMMER_DAY), office(SUMMER_DAY, parameters=OfficeParameters(start="as_boptest"))
    before = plant.snapshot()
    with pytest.raises(ForeignStateError, match="the snapshot is of"):
        plant.restore(other.snapshot())
    assert plant.snapshot() == before
