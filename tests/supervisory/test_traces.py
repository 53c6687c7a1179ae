"""The same program, the same samples: the same commands and words over BACnet/IP, REST and directly, to the bit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from clients.boptest_client import BOPTestClient
from clients.device_client import DeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from clients.simulation import SimulationDevice
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory import Command, Context, Parameters, Program, Read
from supervisory.programs.duct_static_reset import DuctStaticReset, DuctStaticSettings
from supervisory.programs.rogue_zones import RogueSettings, RogueZones
from supervisory.setup.loading import ProgramClass
from tests.supervisory.beside import Beside
from tests.supervisory.recorded import RecordedPlant
from utils.clocks import ModelSeconds, model_datetime
from utils.values import PointValue, as_real32

STEPS = 30
PRIORITY = 12
Trace = tuple[list[PointValue | None], list[str]]
"""What stood in the slot after each step, and what the program said in each."""
ZONES = ("core", "north", "south")
_UNITS = {"Flow": "cubic-meters-per-second", "Temp": "degrees-kelvin"}


def _recording() -> list[dict[str, float]]:
    """What a controller can hold: single precision."""
    draw = random.Random(4)  # noqa: S311 - nothing secret
    rows = []
    for _ in range(STEPS):
        wanted = {f"FlowWanted{zone}": draw.uniform(0.5, 1.0) for zone in ZONES}
        flows = {f"Flow{zone}": draw.uniform(0.2, 1.1) for zone in ZONES}
        rows.append({**wanted, **flows, "FlowSupply": 2.0, "Temp": draw.uniform(285.0, 300.0)})
    return [{name: as_real32(value) for name, value in row.items()} for row in rows]


SAMPLES = _recording()


class Converting(Program):
    """Computes in units of its own, so that every value and every command is converted."""

    period_s = 30.0
    points: ClassVar = {"temperature": Read("degF"), "flow": Read("ft**3/min"), "setpoint": Command("inH2O")}

    def on_step(self, ctx: Context) -> None:
        ctx.command("setpoint", 0.3 + ctx.value("flow") / 3000 + (ctx.value("temperature") - 60) / 100)


CASES: dict[str, tuple[ProgramClass, Parameters, dict[str, str]]] = {
    "trim and respond": (
        DuctStaticReset,
        DuctStaticSettings(maximum_pa=250.0, delay_min=1.0, step_min=1.0, ignored_requests=1),
        {
            "duct_static_setpoint": "Setpoint",
            "supply_airflow": "FlowSupply",
            **{f"zone_airflow__{zone}": f"Flow{zone}" for zone in ZONES},
            **{f"zone_airflow_setpoint__{zone}": f"FlowWanted{zone}" for zone in ZONES},
        },
    ),
    "rogue zones": (
        RogueZones,
        RogueSettings(count_every_min=0.5, judged_after_h=0.05, rogue_above_pct=120.0, occupied_from_h=0.0),
        {
            "supply_airflow": "FlowSupply",
            **{f"zone_airflow__{zone}": f"Flow{zone}" for zone in ZONES},
            **{f"zone_airflow_setpoint__{zone}": f"FlowWanted{zone}" for zone in ZONES},
        },
    ),
    "conversions": (
        Converting,
        Parameters(),
        {"temperature": "Temp", "flow": "FlowSupply", "setpoint": "Setpoint"},
    ),
}


@pytest.fixture(scope="module")
def controllers() -> Iterator[EcyServer]:
    inputs = [ObjectSpec("AnalogInput", name, _UNITS[name[:4]], SAMPLES[0][name]) for name in SAMPLES[0]]
    spec = ControllerSpec("AHU", objects=[*inputs, ObjectSpec("AnalogValue", "Setpoint", "pascals", 250.0)])
    with EcyServer([spec], username="bench", password="correct horse", bacnet_port=0) as server:
        yield server


def _trace(
    case: str, reader: DeviceClient, writer: DeviceClient, play: Callable[[int], None], suffix: str = ""
) -> Trace:
    kind, settings, roles = CASES[case]
    named = {role: target + suffix if target != "Setpoint" else target for role, target in roles.items()}
    beside = Beside(reader=reader, writer=writer, settings=settings)
    slots: list[PointValue | None] = []

    def script(number: int) -> None:
        slots.append(_slot(writer))
        play(number)

    beside.script = script
    summary = beside.run(kind, steps=STEPS, **named)
    assert summary.exit_code == 0
    told = [f"{dict(record.facts)} {record.alarms}" for record in beside.records]
    return slots, told


def _slot(client: DeviceClient) -> PointValue | None:
    setpoint = next(endpoint.ref for endpoint in client.get_existing_endpoints() if endpoint.name == "Setpoint")
    array = client.survey([setpoint])[setpoint].priority_array
    assert array is not None
    return array[PRIORITY - 1]


def _over_rest(case: str, controllers: EcyServer) -> Trace:
    def client() -> ECYDeviceClient:
        address = controllers.addresses["AHU"]
        return ECYDeviceClient(address, "bench", "correct horse", tls=TlsPolicy(TlsMode.OFF))

    with client() as reader, client() as writer:
        return _trace(case, reader, writer, lambda number: _play(controllers, number))


def _over_bacnet(case: str, controllers: EcyServer) -> Trace:
    address = controllers.bacnet_addresses["AHU"]
    with BACnetStack("127.0.0.1/24:0") as stack:
        reader, writer = BACnetDeviceClient(stack, address), BACnetDeviceClient(stack, address)
        return _trace(case, reader, writer, lambda number: _play(controllers, number))


def _directly(case: str) -> Trace:
    with (
        BoptestServer({"recorded": lambda: RecordedPlant(SAMPLES)}) as server,
        BOPTestClient(server.url) as client,
    ):
        client.connect()
        first = client.initialize_system(0, 0)
        client.set_step_time(30)
        device = SimulationDevice(client, first, lambda time_s: model_datetime(ModelSeconds(time_s), 2023))

        def play(_: int) -> None:
            device.advance()

        trace = _trace(case, device, device, play, "_y")
        client.stop()
        return trace


def _play(controllers: EcyServer, number: int) -> None:
    objects = controllers.controller("AHU").objects
    for name, value in SAMPLES[min(number, STEPS - 1)].items():
        objects.measure(name, value)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_commands_are_the_same_over_every_transport(controllers: EcyServer, case: str) -> None:
    _play(controllers, 0)
    over_rest = _over_rest(case, controllers)
    _play(controllers, 0)
    over_bacnet = _over_bacnet(case, controllers)
    directly = _directly(case)
    assert max(len(set(one)) for one in directly) > 5
    assert over_rest == directly
    assert over_bacnet == directly
