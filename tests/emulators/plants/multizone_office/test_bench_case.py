"""What the case multizone_office_bench has beyond the standard one, and that it is the same building but for that."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from emulators.boptest.case.testcase import CaseEngine, perform
from emulators.plant import RestorablePlant
from emulators.plants.multizone_office import BenchOffice, MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office import plant as plant_module
from emulators.plants.multizone_office.bench import layout
from emulators.plants.multizone_office.bench.control import OWN_OUTDOOR_AIR
from emulators.plants.multizone_office.bench.people import SLOTS, PeopledYear
from emulators.plants.multizone_office.engine import OfficeEngine, fast, plain
from emulators.plants.multizone_office.layout import FREEZING_UNTIL_S, SIZE
from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.multizone_office.use.boundary import gain_share
from emulators.plants.weather import TABLE_SIZE, chicago_ohare
from emulators.states import ForeignStateError, Memory
from tests.emulators.plants.multizone_office.both import ENGINES, needs_numba
from tests.emulators.plants.multizone_office.driver import DAY_S, SUMMER_DAY, WINTER_DAY, taken

FLOW_STATION, OUTDOOR_SET = "hvac_reaAhu_V_flow_out_y", "hvac_oveAhu_VOutMinSet"
WEST, WEST_MINIMUM = "hvac_reaZonWes_", "hvac_oveZonSupWes_VMinSet"
COLD = 10
FROST = 36
MIXED, SUPPLY_FLOW, DAMPER = "hvac_reaAhu_TMix_y", "hvac_reaAhu_V_flow_sup_y", "hvac_oveAhu_yOA"


def bench(day: float, hour: float, engine: OfficeEngine | None = None) -> BenchOffice:
    return BenchOffice(start_time_s=day * DAY_S + hour * 3600.0, engine=engine)


def test_the_case_has_all_points_of_the_standard_one_as_they_are_and_some_beyond() -> None:
    plant, standard = BenchOffice(), MultizoneOffice()
    assert plant.meta.name == "multizone_office_bench"
    assert plant.meta.kpi_sources == standard.meta.kpi_sources
    assert dict(plant.inputs) | dict(standard.inputs) == dict(plant.inputs)
    assert dict(plant.measurements) | dict(standard.measurements) == dict(plant.measurements)
    assert plant.forecast_points == standard.forecast_points
    assert (len(plant.inputs), len(plant.measurements)) == (58 + 12, 66 + 12)
    assert set(plant.initialize(0.0)) == set(plant.inputs) | set(plant.measurements)


def test_a_box_may_be_led_as_far_as_its_design_flow() -> None:
    for zone in ZONES:
        highest = BenchOffice().inputs[f"hvac_oveZonSup{zone.name.capitalize()}_VMinSet_u"].maximum
        assert highest == pytest.approx(zone.design_flow_m3_s, rel=2e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_with_the_people_of_the_standard_case_it_is_the_standard_building(
    engine: Callable[[], OfficeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By night, when no outdoor air is asked for, which is taken in by other rules."""
    share, year = gain_share(0.0), PeopledYear(chicago_ohare(), 1)
    for number, zone in enumerate(ZONES):
        first = TABLE_SIZE + number * SLOTS
        year.table[first : first + SLOTS] = [share * OfficeParameters().gains.people_per_m2 * zone.area_m2] * SLOTS
    monkeypatch.setattr(plant_module, "peopled", lambda *_: year)
    standard, plant = MultizoneOffice(start_time_s=COLD * DAY_S, engine=engine()), bench(COLD, 0.0, engine())
    plant.prepare(json.loads(json.dumps(_with_cells(plant, standard))))()
    expected, told = standard.advance(4 * 3600.0, {}), plant.advance(4 * 3600.0, {})
    assert {name: told[name] for name in expected} == pytest.approx(expected, rel=1e-9, abs=1e-9)


def _with_cells(plant: BenchOffice, standard: MultizoneOffice) -> Memory:
    """The memory of a bench that stands where a standard building does."""
    cells = plant.remember()["cells"], standard.remember()["cells"]
    assert isinstance(cells[0], list)
    assert isinstance(cells[1], list)
    return {"cells": [*cells[1], *cells[0][SIZE:]]}


def test_an_empty_zone_breathes_nothing_and_a_meeting_breathes_for_all_who_are_there() -> None:
    plant = bench(COLD, 13.5)
    rises: dict[float, list[float]] = {}
    before = plant.advance(300.0, {})
    for _ in range(48):
        after = plant.advance(300.0, {})
        rises.setdefault(before[f"{WEST}nPeo_y"], []).append(after[f"{WEST}CO2Zon_y"] - before[f"{WEST}CO2Zon_y"])
        before = after
    assert min(rises) == 0.0
    assert max(rises) >= 20.0
    assert max(rises[max(rises)]) > 20.0
    assert min(rises[0.0]) < -10.0


def test_the_sensor_says_whether_anybody_is_there_and_nothing_else() -> None:
    plant = bench(COLD, 6.0)
    seen = set()
    for _ in range(100):
        state = plant.advance(600.0, {})
        for zone in ("Cor", "Sou", "Eas", "Nor", "Wes"):
            people, sensor = state[f"hvac_reaZon{zone}_nPeo_y"], state[f"hvac_reaZon{zone}_uOcc_y"]
            assert sensor == (1.0 if people > 0 else 0.0)
            seen.add((zone, sensor))
    assert len(seen) == 10


@pytest.mark.parametrize("day", [WINTER_DAY, SUMMER_DAY])
def test_a_minimum_flow_leads_the_box_from_the_next_scan_on_and_what_is_given_back_is_the_own(day: int) -> None:
    plant = bench(day, 7.0)
    plant.advance(1800.0, {})
    more = taken({WEST_MINIMUM: 0.6})
    led = plant.advance(1800.0, more)
    assert led[f"{WEST}V_flow_y"] >= 0.59
    assert led[f"{WEST_MINIMUM}_u"] == 0.6
    back = plant.advance(3600.0, {f"{WEST_MINIMUM}_activate": 0.0})
    assert back[f"{WEST}V_flow_y"] < 0.55
    assert back[f"{WEST_MINIMUM}_u"] == pytest.approx(0.105, rel=0.01)


def test_a_box_without_a_minimum_passes_only_what_leaks_and_one_that_heats_its_heating_flow() -> None:
    plant = bench(SUMMER_DAY, 10.0)
    shut = plant.advance(1800.0, taken({WEST_MINIMUM: 0.0, "hvac_oveZonSupWes_TZonCooSet": 303.15}))
    assert shut[f"{WEST}V_flow_y"] < 0.06
    design = ZONES[-1].design_flow_m3_s
    heated = plant.advance(1800.0, taken({"hvac_oveZonSupWes_TZonHeaSet": 302.15}))
    assert heated[f"{WEST}V_flow_y"] == pytest.approx(0.3 * design, rel=0.1)
    heated = plant.advance(1800.0, taken({WEST_MINIMUM: 0.5}))
    assert heated[f"{WEST}V_flow_y"] == pytest.approx(0.5, rel=0.1)


def test_the_station_measures_what_the_mixing_box_takes_in() -> None:
    state = bench(COLD, 9.0).advance(600.0, {})
    outdoor, returned, mixed = (
        state[name] for name in ("weaSta_reaWeaTDryBul_y", "hvac_reaAhu_TRet_y", "hvac_reaAhu_TMix_y")
    )
    share = (mixed - returned) / (outdoor - returned)
    assert state[FLOW_STATION] == pytest.approx(share * state["hvac_reaAhu_V_flow_sup_y"], rel=0.01)


@pytest.mark.parametrize("wanted", [0.4, 0.883, 1.4])
def test_the_outdoor_air_is_held_at_its_set_point_where_nothing_else_wants_more(wanted: float) -> None:
    plant = bench(SUMMER_DAY, 14.0)
    state = plant.advance(1200.0, taken({OUTDOOR_SET: wanted}))
    assert state[FLOW_STATION] == pytest.approx(wanted, rel=0.02)


def test_left_alone_it_is_held_at_what_the_case_is_designed_for_but_in_use_only() -> None:
    plant = bench(WINTER_DAY, 9.0)
    day = plant.advance(600.0, {})
    assert day[FLOW_STATION] == pytest.approx(OWN_OUTDOOR_AIR, rel=0.01)
    assert day[f"{OUTDOOR_SET}_u"] == pytest.approx(0.883, abs=1e-3)
    night = bench(WINTER_DAY, 1.0).advance(600.0, taken({OUTDOOR_SET: 1.4}))
    assert night[FLOW_STATION] < 0.05


def test_the_economizer_opens_beyond_and_nothing_is_added_to_it() -> None:
    alone, led = bench(100, 8.0), bench(100, 8.0)
    inputs: Mapping[str, float] = taken({OUTDOOR_SET: 0.4})
    free, still_free = alone.advance(1800.0, {}), led.advance(1800.0, inputs)
    assert free[FLOW_STATION] > 1.2 * OWN_OUTDOOR_AIR
    assert still_free[FLOW_STATION] == pytest.approx(free[FLOW_STATION], rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("day", [6, 7, 26, 36, 37, 353, 362])
def test_the_coldest_days_trip_no_freeze_stat_and_have_their_outdoor_air(day: int) -> None:
    plant = bench(day, 4.0)
    states, trips = [], {plant.cells()[FREEZING_UNTIL_S]}
    for _ in range(15 * 12):
        states.append(plant.advance(300.0, {}))
        trips.add(plant.cells()[FREEZING_UNTIL_S])
    assert len(trips) == 1
    assert min(state[MIXED] for state in states) > 273.15 + 4.0
    late = [state[FLOW_STATION] for state in states[4 * 12 : -1]]
    assert min(late) == pytest.approx(OWN_OUTDOOR_AIR, rel=0.05)


def test_the_day_begins_at_the_position_of_the_standard_case_and_goes_on_from_there() -> None:
    plant = bench(FROST, 5.9)
    plant.advance(360.0 + 40.0, {})
    positions = [plant.advance(5.0, {})[f"{DAMPER}_u"] for _ in range(12)]
    assert positions[0] == pytest.approx(0.47)
    assert positions == pytest.approx([0.47] * 12, abs=0.01)


def test_frost_comes_before_fresh_air() -> None:
    plant = bench(FROST, 8.0)
    states = [plant.advance(60.0, taken({OUTDOOR_SET: 3.0})) for _ in range(40)]
    assert min(state[MIXED] for state in states) > 273.15 + 4.0
    assert states[-1][MIXED] == pytest.approx(273.15 + 5.0, abs=0.3)
    assert OWN_OUTDOOR_AIR < states[-1][FLOW_STATION] < 2.0


@pytest.mark.parametrize("wanted", [0.883, 3.0])
def test_the_loop_does_not_hunt_with_all_boxes_open(wanted: float) -> None:
    plant = bench(SUMMER_DAY, 10.0)
    minima = {f"hvac_oveZonSup{zone.name.capitalize()}_VMinSet": 0.98 * zone.design_flow_m3_s for zone in ZONES}
    plant.advance(1800.0, taken({OUTDOOR_SET: wanted, **minima}))
    states = [plant.advance(5.0, {}) for _ in range(60)]
    assert min(state[SUPPLY_FLOW] for state in states) > 5.4
    assert [state[FLOW_STATION] for state in states] == pytest.approx([wanted] * 60, rel=0.01)


@pytest.mark.parametrize(("held", "least", "most"), [(1.0, 0.9, 10.0), (0.0, 0.0, 1.1)], ids=["open", "shut"])
def test_a_damper_that_was_held_comes_back_to_the_set_point(held: float, least: float, most: float) -> None:
    """The loop has not wound down or up meanwhile; the economizer is locked on such a day."""
    plant = bench(SUMMER_DAY, 14.0)
    plant.advance(1800.0, taken({DAMPER: held}))
    shares = [plant.advance(10.0, {f"{DAMPER}_activate": 0.0})[FLOW_STATION] / OWN_OUTDOOR_AIR for _ in range(60)]
    assert least < min(shares)
    assert max(shares) < most
    assert shares[-1] == pytest.approx(1.0, rel=0.03)


def test_the_tariff_is_that_of_the_forecast_at_every_hour() -> None:
    plant = bench(SUMMER_DAY, 0.0)
    told = [plant.advance(1800.0, {})["ele_reaPriEle_y"] for _ in range(48)]
    times = [SUMMER_DAY * DAY_S + 1800.0 * (number + 1) for number in range(48)]
    assert told == plant.forecast(["PriceElectricPowerDynamic"], times)["PriceElectricPowerDynamic"]
    assert len(set(told)) == 3


def test_the_forecast_knows_who_comes_and_what_they_give_off() -> None:
    plant = bench(COLD, 13.5)
    times = [COLD * DAY_S + 13.5 * 3600.0 + 900.0 * (number + 1) for number in range(12)]
    told = plant.forecast(["Occupancy[wes]", "InternalGainsLat[wes]", "InternalGainsRad[wes]"], times)
    seen = [plant.advance(900.0, {})[f"{WEST}nPeo_y"] for _ in times]
    assert told["Occupancy[wes]"] == seen
    assert told["InternalGainsLat[wes]"] == pytest.approx([80.0 * people for people in seen])
    by_clock = MultizoneOffice().forecast(["InternalGainsRad[wes]", "InternalGainsRad[sou]"], times)
    radiant = zip(told["InternalGainsRad[wes]"], by_clock["InternalGainsRad[wes]"], seen, strict=True)
    assert all((told_w > usual_w) == (people > 6.6) for told_w, usual_w, people in radiant)


@needs_numba
def test_both_engines_run_the_same_building() -> None:
    one, other = bench(SUMMER_DAY, 5.5, plain()), bench(SUMMER_DAY, 5.5, fast())
    for number in range(12):
        inputs = taken({WEST_MINIMUM: 0.3, OUTDOOR_SET: 0.5}) if number == 4 else {}
        first, second = one.advance(1800.0, inputs), other.advance(1800.0, inputs)
        assert first == pytest.approx(second, rel=1e-9, abs=1e-9)
    assert one.own_control() == pytest.approx(other.own_control())


@pytest.mark.parametrize("engine", ENGINES)
def test_it_goes_on_from_what_it_remembers_to_the_bit(engine: Callable[[], OfficeEngine]) -> None:
    plant, other = bench(SUMMER_DAY, 9.0, engine()), bench(WINTER_DAY, 1.0, engine())
    plant.advance(600.0, taken({WEST_MINIMUM: 0.3, OUTDOOR_SET: 0.5}))
    other.prepare(json.loads(json.dumps(plant.remember())))()
    assert other.advance(300.0, {}) == plant.advance(300.0, {})
    assert other.own_control() == plant.own_control()


def test_the_state_of_one_case_is_none_of_the_other() -> None:
    plant, standard = BenchOffice(), MultizoneOffice()
    assert plant.identity != standard.identity != BenchOffice(people_seed=2).identity != plant.identity
    assert BenchOffice().identity == plant.identity
    with pytest.raises(ForeignStateError, match=f"{layout.BENCH_SIZE} cells, not {SIZE}"):
        standard.prepare(plant.remember())
    with pytest.raises(ForeignStateError):
        plant.restore(standard.snapshot())


def test_its_own_control_is_told_for_what_is_led() -> None:
    plant: RestorablePlant = bench(SUMMER_DAY, 10.0)
    plant.advance(600.0, taken({WEST_MINIMUM: 0.7, OUTDOOR_SET: 2.0, "hvac_oveZonActWes_yDam": 1.0}))
    own = plant.own_control()
    assert own[f"{WEST_MINIMUM}_u"] == pytest.approx(0.105, rel=0.01)
    assert own[f"{OUTDOOR_SET}_u"] == pytest.approx(OWN_OUTDOOR_AIR)
    assert 0.0 <= own["hvac_oveZonActWes_yDam_u"] <= 1.0


@pytest.mark.parametrize(("name", "value"), [(WEST_MINIMUM, 0.71), (WEST_MINIMUM, -0.1), (OUTDOOR_SET, float("nan"))])
def test_a_set_point_outside_its_limits_is_refused_by_name(name: str, value: float) -> None:
    plant = BenchOffice()
    with pytest.raises(ValueError, match=name):
        plant.advance(60.0, taken({name: value}))
    rows = [0.5 * ((meta.minimum or 0.0) + (meta.maximum or 0.0)) for meta in plant.inputs.values()]
    rows[list(plant.inputs).index(f"{name}_u")] = value
    with pytest.raises(ValueError, match=name):
        plant.advance_into(60.0, rows, [0.0] * (len(plant.inputs) + len(plant.measurements)))


def test_kpis_are_counted_of_it_and_minimum_flows_move_them() -> None:
    """One shut air handler's worth of outdoor air is paid in CO2."""
    figures = []
    for inputs in ({}, taken({OUTDOOR_SET: 0.0})):
        case = CaseEngine(bench(0, 0.0))
        perform(case, "initialize", {"start_time": SUMMER_DAY * DAY_S + 9 * 3600.0, "warmup_period": 0.0})
        perform(case, "set_step", {"step": 3600.0})
        for _ in range(6):
            perform(case, "advance", dict(inputs))
        payload = perform(case, "get_kpis", {}).payload
        assert isinstance(payload, dict)
        figures.append(payload)
    own, without = figures
    assert without["idis_tot"] > own["idis_tot"]
    assert without["ener_tot"] < own["ener_tot"]
