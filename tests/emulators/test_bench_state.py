"""Building and controllers go on from a state together, over real sockets and to the last bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan, ScanMode, WallScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.programs.application import standard_application
from emulators.programs.objects import UnitSystem
from tests.emulators.boptest.peer import Answer, ask, select
from tests.emulators.ecy.client import OBJECTS, PASSWORD, ROOT, USER, EcyClient

CASE = "multizone_office_simple_air"
MORNING = datetime(2026, 7, 6, 5, 29, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
KELVIN = 273.15
SEEN = {
    "AHU": {
        "OutdoorAirTemp": ("weaSta_reaWeaTDryBul_y", KELVIN),
        "DischAirTemp": ("hvac_reaAhu_TSup_y", KELVIN),
        "MixedAirTemp": ("hvac_reaAhu_TMix_y", KELVIN),
        "RetAirTemp": ("hvac_reaAhu_TRet_y", KELVIN),
        "DischAirPress": ("hvac_reaAhu_dp_sup_y", 0.0),
        "SupplyAirFlow": ("hvac_reaAhu_V_flow_sup_y", 0.0),
    },
    "VAV_South": {
        "SpaceTemp": ("hvac_reaZonSou_TZon_y", KELVIN),
        "DischAirTemp": ("hvac_reaZonSou_TSup_y", KELVIN),
        "AirFlow": ("hvac_reaZonSou_V_flow_y", 0.0),
    },
}
DRIVEN = {
    "AHU": {
        "DischFanSpeed": "hvac_oveAhu_yFan",
        "HeatingValve": "hvac_oveAhu_yHea",
        "CoolingValve": "hvac_oveAhu_yCoo",
    },
    "VAV_South": {"DamperCmd": "hvac_oveZonActSou_yDam", "ReheatValve": "hvac_oveZonActSou_yReaHea"},
}


class Bench:
    """An embedded bench and a client of both of its sides that does what a bridge does, one step after the other."""

    def __init__(self, building: BoptestServer, controllers: EcyServer) -> None:
        self.building = building
        self.controllers = controllers
        self.test = select(building, CASE)
        self._clients = {name: EcyClient(controllers, name) for name in SEEN}
        for client in self._clients.values():
            client.sign_in()

    def call(self, method: str, path: str, body: object = None, query: str = "") -> Answer:
        return ask(self.building, method, f"{path}/{self.test}{query}", body)

    def start(self) -> None:
        self.call("PUT", "/step", {"step": 20})
        self.call("PUT", "/initialize", {"start_time": 186 * 86_400 + 5.48 * 3600, "warmup_period": 0})
        forced = [(name, point) for name, points in SEEN.items() for point in points]
        for name, point in [*forced, ("AHU", "DischFanStatus")]:
            self._clients[name].post(f"{OBJECTS}{self._path(name, point)}", {"out-of-service": True})
        self._clients["AHU"].post(f"{OBJECTS}{self._path('AHU', 'DuctPressSp')}/set-value-at", self._setpoint(210.0))

    def go_on(self, steps: int) -> str:
        """What the building and the controllers do in so many steps."""
        told: list[object] = []
        inputs: dict[str, float] = {}
        for _ in range(steps):
            state = self.call("POST", "/advance", inputs).json["payload"]
            inputs = {}
            for name in SEEN:
                inputs |= self._exchange(name, state)
            told.append([state, inputs])
        return json.dumps(told)

    def _exchange(self, name: str, state: dict[str, float]) -> dict[str, float]:
        writes: list[dict[str, object]] = [
            {"method": "POST", "url": OBJECTS + self._path(name, point), "body": {"present-value": state[seen] - zero}}
            for point, (seen, zero) in SEEN[name].items()
        ]
        if name == "AHU":
            running = {"present-value": state["hvac_reaAhu_V_flow_sup_y"] > 0.1}
            writes.append({"method": "POST", "url": OBJECTS + self._path(name, "DischFanStatus"), "body": running})
        reads: list[dict[str, object]] = [
            {"url": f"{OBJECTS}{self._path(name, point)}/present-value"} for point in DRIVEN[name]
        ]
        batch: list[dict[str, object]] = [{"id": str(number), **item} for number, item in enumerate([*writes, *reads])]
        answers = self._clients[name].post(f"{ROOT}/batch", {"requests": batch}).json()["responses"]
        inputs: dict[str, float] = {}
        for base, answer in zip(DRIVEN[name].values(), answers[len(writes) :], strict=True):
            inputs |= {f"{base}_u": answer["body"]["$value"] / 100.0, f"{base}_activate": 1.0}
        return inputs

    def _path(self, name: str, point: str) -> str:
        ref = self.controllers.controller(name).objects.find(point)
        return {"AnalogInput": "/analog-inputs", "BinaryInput": "/binary-inputs", "AnalogValue": "/analog-values",
                "AnalogOutput": "/analog-outputs"}[ref.object_type] + f"/{ref.instance}"  # fmt: skip

    def _setpoint(self, value: float) -> dict[str, float]:
        return {"value": value, "priority": 9}


@contextmanager
def benches(
    now: datetime, units: UnitSystem = "SI", names: tuple[str, ...] = tuple(SEEN), scan: ScanMode = ExchangeScan(20.0)  # noqa: B008
) -> Iterator[tuple[BoptestServer, EcyServer]]:  # fmt: skip
    specs = [
        ControllerSpec(name, program=standard_application(name, units), instance=number, ntp_enabled=False)
        for number, name in enumerate(names)
    ]
    controllers = EcyServer(specs, username=USER, password=PASSWORD, scan=scan, now=lambda: now)
    with BoptestServer({CASE: MultizoneOffice}, beside=controllers) as building, controllers:
        yield building, controllers


@pytest.mark.slow
def test_a_bench_goes_on_from_its_state_to_the_last_bit() -> None:
    with benches(MORNING) as servers:
        bench = Bench(*servers)
        bench.start()
        bench.go_on(15)
        state = bench.call("GET", "/bench/state").body
        there = bench.go_on(15)
        fan = bench.controllers.controller("AHU").objects.named("DischFanSpeed").present_value
        assert fan > 15.0
    with benches(LATER) as servers:
        other = Bench(*servers)
        assert other.call("PUT", "/bench/state", state, "?taken=back").status == 200
        assert other.controllers.controller("AHU").objects.named("DuctPressSp").slots[8] == 210.0
        assert other.controllers.controller("AHU").clock.now() == datetime(2026, 7, 6, 5, 34)
        assert other.go_on(15) == there


def test_what_clients_hold_now_stays_and_what_they_held_then_does_not_come_back() -> None:
    with benches(MORNING) as servers:
        bench = Bench(*servers)
        bench.start()
        bench.go_on(3)
        state = bench.call("GET", "/bench/state").body
    with benches(LATER) as servers:
        bench = Bench(*servers)
        ahu = bench.controllers.controller("AHU").objects
        ahu.command("SupplyAirTempSp", 15.0, 10)
        refused = bench.call("PUT", "/bench/state", state, "?taken=back")
        assert refused.status == 409
        assert refused.json["message"] == "AHU: SupplyAirTempSp is taken now, and would be lost; give it back first"
        assert bench.call("PUT", "/bench/state", state).status == 200
        assert ahu.named("SupplyAirTempSp").slots[9] == 15.0
        assert ahu.named("SupplyAirTempSp").slots[15] == 12.0
        assert ahu.named("DuctPressSp").slots == (None,) * 16
        assert not ahu.named("DischAirTemp").out_of_service


def test_controllers_that_are_scanned_by_the_clock_go_back_too() -> None:
    with benches(MORNING, scan=WallScan(scale=100.0)) as servers:
        bench = Bench(*servers)
        state = bench.call("GET", "/bench/state").body
        bench.controllers.controller("AHU").objects.measure("DischAirTemp", 44.0)
        assert bench.call("PUT", "/bench/state", state).status == 200
        assert bench.controllers.controller("AHU").objects.named("DischAirTemp").present_value == -40.0


@pytest.mark.parametrize(
    ("units", "names", "words"),
    [
        ("US", ("AHU", "VAV_South"), "AHU: the state is of another application than AhuProgram"),
        ("SI", ("AHU",), "the state has the controllers 'AHU, VAV_South'; here are AHU"),
    ],
)
def test_a_state_of_another_bench_is_refused_and_nothing_is_lost(
    units: UnitSystem, names: tuple[str, ...], words: str
) -> None:
    with benches(MORNING) as (building, _):
        foreign = ask(building, "GET", f"/bench/state/{select(building, CASE)}").body
    with benches(MORNING, units, names) as (building, controllers):
        test = select(building, CASE)
        before = controllers.save()
        refused = ask(building, "PUT", f"/bench/state/{test}", foreign)
        assert (refused.status, refused.json["message"][: len(words)]) == (409, words)
        assert controllers.save() == before


def test_a_state_of_a_bench_goes_back_into_a_building_alone() -> None:
    with benches(MORNING) as (building, _):
        state = ask(building, "GET", f"/bench/state/{select(building, CASE)}").body
    with BoptestServer({CASE: MultizoneOffice}) as building:
        assert ask(building, "PUT", f"/bench/state/{select(building, CASE)}", state).status == 200
