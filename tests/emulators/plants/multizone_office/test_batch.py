"""Many buildings at once: rows in, rows out, and each goes its own way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.batch import OfficeBatch
from emulators.plants.multizone_office.engine import OfficeEngine, fast
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUT_NAMES, INPUTS
from emulators.plants.prices import HourlyPrices
from emulators.plants.rooms.envelope import Envelope
from emulators.states import ForeignStateError
from tests.emulators.plants.multizone_office.both import ENGINES, needs_numba
from tests.emulators.plants.multizone_office.driver import COLD_DAY, DAY_S, MILD_DAY, SUMMER_DAY

OTHER = OfficeParameters(envelope=Envelope(window_w_m2k=2.5), start="as_boptest")


def lowest(count: int) -> list[list[float]]:
    """Rows of inputs that override nothing."""
    return [[each.low for each in INPUTS.values()] for _ in range(count)]


def empty(count: int) -> list[list[float]]:
    """Rows to be told to."""
    return [[0.0] * len(TOLD) for _ in range(count)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_is_so_many_single_buildings(engine: Callable[[], OfficeEngine]) -> None:
    variants = [OfficeParameters(), OfficeParameters(start="as_boptest"), OfficeParameters()]
    times = [SUMMER_DAY * DAY_S, COLD_DAY * DAY_S, MILD_DAY * DAY_S]
    inputs = [[each.low for each in INPUTS.values()] for _ in variants]
    out = [[0.0] * len(TOLD) for _ in variants]
    with OfficeBatch(variants, engine=engine(), threads=2) as batch:
        batch.start(times)
        for _ in range(2):
            batch.advance_into(900.0, inputs, out)
        inputs[1][0] = 2.0
        with pytest.raises(ValueError, match="building 1: "):
            batch.advance_into(900.0, inputs, out)
    for variant, time_s, row in zip(variants, times, out, strict=True):
        single = MultizoneOffice(variant, time_s, engine=engine())
        single.advance(900.0, {})
        assert list(single.advance(900.0, {}).values()) == row


@needs_numba
@pytest.mark.parametrize("threads", [1, 2])
def test_arrays_of_numpy_are_read_and_written_where_they_are(threads: int) -> None:
    numpy = pytest.importorskip("numpy")
    inputs, out, told = numpy.array(lowest(3)), numpy.zeros((3, len(TOLD))), empty(3)
    kept = out[1]
    with OfficeBatch([OfficeParameters()] * 3, engine=fast(), threads=threads) as batch:
        for rows_in, rows_out in ((inputs, out), (lowest(3), told)):
            batch.start([SUMMER_DAY * DAY_S] * 3)
            batch.advance_into(900.0, rows_in, rows_out)
        assert out.tolist() == told
        assert kept.tolist() == told[1]
        inputs[2, INPUT_NAMES.index("hvac_oveAhu_yFan_u")] = float("nan")
        times_s = batch.times_s
        with pytest.raises(ValueError, match="building 2: hvac_oveAhu_yFan: nan is not within 0 to 1"):
            batch.advance_into(900.0, inputs, out)
        assert batch.times_s == times_s


@needs_numba
def test_arrays_that_machine_code_would_misread_are_copied() -> None:
    numpy = pytest.importorskip("numpy")
    own = fast().rows(lowest(2))
    assert fast().reads(numpy.array(lowest(2)), own)
    behind = numpy.frombuffer(bytes(own.nbytes), numpy.float64).reshape(own.shape)
    for other in (own.astype("float32"), own.astype(">f8"), numpy.asfortranarray(own), own[:1], behind, lowest(2)):
        assert not fast().reads(other, own)


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_of_another_shape_are_refused_and_nothing_is_simulated(engine: Callable[[], OfficeEngine]) -> None:
    with OfficeBatch([OfficeParameters()] * 2, engine=engine()) as batch:
        with pytest.raises(ValueError, match="the batch has not been started"):
            batch.advance_into(5.0, lowest(2), empty(2))
        batch.start([0.0, DAY_S])
        with pytest.raises(ValueError, match="there have to be 2 rows, not 3"):
            batch.advance_into(5.0, lowest(3), empty(2))
        with pytest.raises(ValueError, match="building 1: a row has to have 124 numbers, not 1"):
            batch.advance_into(5.0, lowest(2), [*empty(1), [0.0]])
        assert batch.times_s == [0.0, DAY_S]


@pytest.mark.parametrize("engine", ENGINES)
def test_one_building_starts_anew_with_parameters_of_its_own(engine: Callable[[], OfficeEngine]) -> None:
    out = empty(2)
    with OfficeBatch([OfficeParameters(start="as_boptest")] * 2, engine=engine()) as batch:
        batch.start([0.0, 0.0])
        batch.advance_into(300.0, lowest(2), out)
        batch.start_one(1, COLD_DAY * DAY_S, OTHER)
        batch.tell_into(out)
        single = MultizoneOffice(OTHER, COLD_DAY * DAY_S, engine=engine())
        assert out[1] == list(single.initialize(COLD_DAY * DAY_S).values())
        batch.advance_into(300.0, lowest(2), out)
        assert batch.times_s == [600.0, COLD_DAY * DAY_S + 300.0]
        assert out[1] == list(single.advance(300.0, {}).values())


@pytest.mark.parametrize("engine", ENGINES)
def test_one_building_becomes_what_a_snapshot_is_of(engine: Callable[[], OfficeEngine]) -> None:
    single = MultizoneOffice(OTHER, COLD_DAY * DAY_S, engine=engine())
    single.advance(300.0, {})
    out = empty(2)
    with OfficeBatch([OfficeParameters(start="as_boptest")] * 2, engine=engine()) as batch:
        batch.start([0.0, 0.0])
        batch.restore(1, single.snapshot())
        batch.advance_into(300.0, lowest(2), out)
        assert out[1] == list(single.advance(300.0, {}).values())
        single.advance(5.0, {})
        single.restore(batch.snapshot(1))
        assert single.time_s == COLD_DAY * DAY_S + 600.0
        batch.start_one(1, COLD_DAY * DAY_S)
        batch.tell_into(out)
        assert out[1] == list(single.initialize(COLD_DAY * DAY_S).values())


def test_a_snapshot_beside_other_prices_is_refused() -> None:
    prices = HourlyPrices((0.1,) * 8760)
    snapshot = MultizoneOffice(OTHER, hourly=prices).snapshot()
    with OfficeBatch([OTHER]) as batch:
        batch.start([0.0])
        before = batch.snapshot(0)
        with pytest.raises(ForeignStateError, match="building 0: the snapshot is of"):
            batch.restore(0, snapshot)
        assert batch.snapshot(0) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_told_without_names_is_what_is_told_with_them(engine: Callable[[], OfficeEngine]) -> None:
    plant, out = MultizoneOffice(OTHER, engine=engine()), [0.0] * len(TOLD)
    plant.tell_into(out)
    assert out == list(plant.initialize(0.0).values())
    with pytest.raises(ValueError, match="all 58 inputs have to be given, not 1"):
        plant.advance_into(5.0, [0.0], out)
