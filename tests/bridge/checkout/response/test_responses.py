"""A run of the response side on an emulated BOPTEST server: what it asks, tells, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from itertools import combinations

import pytest

from bridge.checkout.response import Progress, Responses, ResponseSettings
from bridge.checkout.response.expecting.plan import ResponsePlan
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.points import findings
from bridge.checkout.results import PointVerdict, Proof
from clients.boptest_client import BenchOffer, BOPTestClient
from emulators.boptest.server import BoptestServer
from emulators.cases import STANDARD_CASE, plants_of
from emulators.plants.multizone_office import OfficeVariant
from points import Point
from tests.bridge.checkout.response.mapped import (
    QUICK,
    Mapped,
    building,
    by_point,
    failed,
    found,
    seeded,
    shipped,
    swapped,
    watched,
)
from utils.errors import SimulationRefused
from utils.values import PointMetadata, SimulationState

SOUTH = seeded({}, only=("VAV_South",))


class CountingClient(BOPTestClient):
    """Counts what is asked of the server, and can be one that offers nothing beyond BOPTEST."""

    offers_states = True
    after_advance: Callable[[int], object] = staticmethod(lambda count: None)

    def __init__(self, server: str) -> None:
        super().__init__(server)
        self.initialized = self.advanced = self.restored = 0
        self.sent: list[Mapping[str, float]] = []

    def offers(self, what: BenchOffer) -> bool:
        return self.offers_states and super().offers(what)

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        self.initialized += 1
        return super().initialize_system(start_time_s, warmup_period_s)

    def restore_state(self, state: bytes, *, take_back: bool = False) -> SimulationState:
        self.restored += 1
        return super().restore_state(state, take_back=take_back)

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        self.advanced += 1
        self.sent.append(control_inputs)
        state = super().advance_simulation(control_inputs)
        self.after_advance(self.advanced)
        return state


@pytest.fixture
def server() -> BoptestServer:
    return BoptestServer(plants_of([STANDARD_CASE], OfficeVariant()))


def test_from_a_saved_state_one_actuator_is_moved_at_a_time(server: BoptestServer) -> None:
    with server, CountingClient(server.url) as client:
        assert {one.verdict for one in found(client, SOUTH).values()} == {PointVerdict.PASS}
    assert (client.initialized, client.restored) == (1, 5)  # without any, and two actuators at both ends
    damper, valve = (point.bop_point for point in SOUTH[0].points if point.activation is not None)
    held = client.sent[0]
    otherwise = [{name for name in held if body[name] != held[name]} for body in client.sent]
    assert [names for names in otherwise if names] == [{damper}] * 120 + [{valve}] * 120


def test_a_server_without_states_is_initialized_for_each_run_and_tells_the_same(server: BoptestServer) -> None:
    with server, CountingClient(server.url) as client:
        with_states = found(client, SOUTH)
        client.initialized, client.restored, client.offers_states = 0, 0, False
        assert found(client, SOUTH) == with_states
    assert (client.initialized, client.restored) == (5, 0)


def test_a_legacy_server_serves() -> None:
    with (
        BoptestServer(plants_of([STANDARD_CASE], OfficeVariant()), legacy=True) as server,
        BOPTestClient(server.url) as client,
    ):
        assert {one.verdict for one in found(client, SOUTH).values()} == {PointVerdict.PASS}


def test_how_far_it_is_and_how_long_it_takes_is_told_before_and_between() -> None:
    told: list[Progress] = []
    with building(STANDARD_CASE) as client:
        found(client, SOUTH, tell=told.append)
    assert [(one.done, one.of) for one in told] == [(0, 2), (1, 2), (2, 2)]
    left = [one.left_s for one in told]
    assert left[0] > left[1] > left[2] == 0.0


def test_a_stop_is_heard_within_a_step_and_nothing_is_made_up(server: BoptestServer) -> None:
    stop = threading.Event()
    with server, CountingClient(server.url) as client:
        client.connect(STANDARD_CASE)
        client.after_advance = lambda count: stop.set() if count == 90 else None
        mapped = seeded({}, only=("VAV_South", "AHU"))
        told = by_point(Responses(client, client.get_metadata(), mapped, stop, QUICK).findings())
    assert client.advanced == 90
    assert {one.verdict for one in told.values()} == {PointVerdict.NOT_TESTED}
    assert len(told) == sum(len(one.points) for one in mapped)


def test_a_stop_before_the_start_asks_nothing(server: BoptestServer) -> None:
    stop = threading.Event()
    stop.set()
    with server, CountingClient(server.url) as client:
        client.connect(STANDARD_CASE)
        told = by_point(Responses(client, client.get_metadata(), SOUTH, stop, QUICK).findings())
    assert (client.initialized, client.advanced) == (0, 0)
    assert {one.verdict for one in told.values()} == {PointVerdict.NOT_TESTED}


def test_who_was_tried_before_a_stop_is_judged(server: BoptestServer) -> None:
    stop = threading.Event()
    with server, CountingClient(server.url) as client:
        client.connect(STANDARD_CASE)
        mapped = (*SOUTH, *seeded({}, only=("VAV_West",)))
        tell = lambda progress: stop.set() if progress.done == 2 else None  # noqa: E731
        told = by_point(Responses(client, client.get_metadata(), mapped, stop, QUICK, tell).findings())
    verdicts = {name: one.verdict for name, one in told.items()}
    assert verdicts["VAV_South/AirFlow"] is PointVerdict.PASS
    assert verdicts["VAV_West/AirFlow"] is PointVerdict.NOT_TESTED


def test_what_the_simulation_refuses_is_raised() -> None:
    impossible = ResponseSettings(starts_s=QUICK.starts_s, warmup_s=QUICK.warmup_s, step_s=1e9)
    with building(STANDARD_CASE) as client, pytest.raises(SimulationRefused):
        found(client, SOUTH, impossible)


def test_without_actuators_nothing_is_moved_and_nothing_passes_by_response(server: BoptestServer) -> None:
    sensors = Mapped("SENSORS", tuple(point for point in SOUTH[0].points if point.activation is None))
    with server, CountingClient(server.url) as client:
        told = found(client, (sensors,))
    assert client.advanced == 0
    assert {(one.proof, one.verdict) for one in told.values()} == {(Proof.LEVEL, PointVerdict.NOT_PROVABLE)}


def test_a_point_that_the_simulation_has_not_is_not_tested() -> None:
    mapped = seeded({"VAV_South/SpaceTemp": {"bop_point": "nowhere_y"}}, only=("VAV_South",))
    with building(STANDARD_CASE) as client:
        told = found(client, mapped)
    assert told["VAV_South/SpaceTemp"].verdict is PointVerdict.NOT_TESTED
    assert told["VAV_South/AirFlow"].verdict is PointVerdict.PASS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "folder", "least"),
    [
        (STANDARD_CASE, "demo", 61),
        ("multizone_office_bench", "bench", 62),
        ("heat_pump_office", "heat_pump_office", 57),
    ],
)
def test_no_mapping_that_ships_fails_and_most_points_pass(case: str, folder: str, least: int) -> None:
    with building(case) as client:
        told = found(client, seeded({}, folder), ResponseSettings())
    assert failed(told) == {}
    assert sum(one.verdict is PointVerdict.PASS for one in told.values()) >= least


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AHU/CoolingValve", "AHU/HeatingValve"),
        ("AHU/OutdoorAirDamper", "AHU/ReturnAirDamper"),
        ("AHU/MixedAirTemp", "AHU/RetAirTemp"),
        ("AHU/OutdoorAirTemp", "VAV_North/SpaceTemp"),
        ("PLANT/ChillerPower", "PLANT/HeatPumpPower"),
    ],
)
def test_what_is_swapped_in_the_air_handler_and_the_plant_is_named_on_both_sides(one: str, other: str) -> None:
    with building(STANDARD_CASE) as client:
        wrong = failed(found(client, seeded(swapped(one, other)), ResponseSettings()))
    assert {name: finding.other for name, finding in wrong.items()} == {one: other, other: one}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other"), [("CompCmd", "FanCmd"), ("CompStatus", "DefrostStatus"), ("SpaceTemp", "DischAirTemp")]
)
def test_names_that_no_table_knows_are_told_apart_by_their_words(one: str, other: str) -> None:
    one, other = f"HP_Archive/{one}", f"HP_Archive/{other}"
    with building("heat_pump_office") as client:
        wrong = failed(found(client, seeded(swapped(one, other, "heat_pump_office"), "heat_pump_office")))
    assert {name: finding.other for name, finding in wrong.items()} == {one: other, other: one}


@pytest.mark.slow
def test_no_two_points_that_are_exchanged_pass_and_nobody_else_is_blamed() -> None:
    """All pairs of a mapping that ships, by the courses of one run. Two have no actuator and no name that is known."""
    missed: list[tuple[str, str]] = []
    with building(STANDARD_CASE) as client:
        metadata, seen = client.get_metadata(), watched(client, seeded({}))
    for one, other in exchangeable(metadata, "demo"):
        plan = ResponsePlan(metadata, seeded(swapped(one, other)))
        told = by_point(findings(Evidence(plan, [seen])))
        assert PointVerdict.PASS not in {told[one].verdict, told[other].verdict}
        wrong = set(failed(told))
        assert wrong <= {one, other}
        if not wrong:
            missed.append((one, other))
    assert missed == [("AHU/OutdoorAirTemp", "AHU/RetAirTemp"), ("ENERGY/CoolingPower", "ENERGY/HeatingPower")]


def exchangeable(metadata: Mapping[str, PointMetadata], folder: str) -> list[tuple[str, str]]:
    """The pairs of points that a config may have the wrong way round: in one unit, and both to or from the building."""
    points = [(f"{one.name}/{point.ecy_point}", point) for one in shipped(folder) for point in one.points]
    pairs = combinations([(where, point) for where, point in points if not point.is_kpi], 2)
    return [(one, other) for (one, first), (other, second) in pairs if are_alike(first, second, metadata)]


def are_alike(one: Point, other: Point, metadata: Mapping[str, PointMetadata]) -> bool:
    is_same_way = (one.activation is None) == (other.activation is None)
    is_same_form = one.object_type.is_binary == other.object_type.is_binary
    is_same_unit = metadata[one.bop_point].unit == metadata[other.bop_point].unit
    return one.bop_point != other.bop_point and is_same_way and is_same_form and is_same_unit
