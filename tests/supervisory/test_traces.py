"""The same program, the same samples: the same commands over BACnet/IP, over REST and directly, to the last bit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, TypeAlias

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
from supervisory.blocks.price_window import PriceWindow
from supervisory.blocks.working_days import WorkingDays
from supervisory.programs.air_quality_flush import AirQualityFlush, FlushSettings
from supervisory.programs.duct_static_reset import DuctStaticReset, DuctStaticSettings
from supervisory.programs.load_shift import LoadShift, LoadShiftSettings
from supervisory.programs.night_purge import NightPurge, NightPurgeSettings
from supervisory.setup.loading import ProgramClass
from tests.supervisory.beside import Beside
from tests.supervisory.recorded import RecordedPlant
from utils.clocks import ModelSeconds, model_datetime
from utils.values import PointValue, as_real32

STEPS = 30
ZONES = ("core", "north", "south")
_KINDS = {
    "Flow": ("AnalogInput", "cubic-meters-per-second"),
    "Temp": ("AnalogInput", "degrees-kelvin"),
}
SETPOINTS = {
    "Setpoint": ("pascals", "Pa"),
    "CoolingSetpoint": ("degrees-kelvin", "K"),
    "SupplySetpoint": ("degrees-kelvin", "K"),
    "ShareSetpoint": ("percent", "percent"),
}
"""What programs command, in the units of controllers and of a simulation."""


def _recording() -> list[dict[str, float]]:
    """What a controller can hold: single precision."""
    draw = random.Random(4)  # noqa: S311 - nothing secret
    rows = []
    for number in range(STEPS):
        wanted = {f"FlowWanted{zone}": draw.uniform(0.5, 1.0) for zone in ZONES}
        flows = {f"Flow{zone}": draw.uniform(0.2, 1.1) for zone in ZONES}
        night = {"TempZone": 297.0 + number % 3, "TempOutdoor": draw.uniform(284.0, 298.0), "TempDew": 281.0}
        rows.append(
            {**wanted, **flows, **night, "TempOwn": 297.0, "FlowSupply": 2.0, "Temp": draw.uniform(285.0, 300.0)}
        )
    return [{name: as_real32(value) for name, value in row.items()} for row in rows]


SAMPLES = _recording()
EVERY_DAY = WorkingDays(weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
UNITS = {name: unit for name, (_, unit) in SETPOINTS.items()}

Slots: TypeAlias = tuple[PointValue | None, ...]
"""What the slots of a program hold."""


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
    "night purge": (
        NightPurge,
        NightPurgeSettings(from_h=0.0, to_h=24.0, minimum_off_min=2.0),
        {
            "zone_cooling_setpoint__core": "CoolingSetpoint",
            "supply_air_setpoint__ahu": "SupplySetpoint",
            "fan_speed__ahu": "ShareSetpoint",
            "zone_temperature__core": "TempZone",
            "outdoor_air_temperature": "TempOutdoor",
            "outdoor_dew_point": "TempDew",
        },
    ),
    "flush before occupancy": (
        AirQualityFlush,
        FlushSettings(volume_m3=300.0, occupied_from_h=10.35, hours=1.0, days=EVERY_DAY, fan_speed_percent=45.0),
        {
            "fan_speed__ahu": "ShareSetpoint",
            "outdoor_airflow": "FlowSupply",
        },
    ),
    "load shift": (
        LoadShift,
        LoadShiftSettings(
            windows=(PriceWindow(from_h=10.1, to_h=10.3),),
            precool_h=0.1,
            step_every_min=2.0,
            spread_min=2.0,
            days=EVERY_DAY,
        ),
        {
            "zone_setpoint__core": "CoolingSetpoint",
            "zone_setpoint__north": "SupplySetpoint",
            **{f"zone_setpoint_in_force__{zone}": "TempOwn" for zone in ("core", "north")},
            **{f"zone_temperature__{zone}": "TempOwn" for zone in ("core", "north")},
            "outdoor_air_temperature": "TempZone",
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
    inputs = [ObjectSpec(*_named(name), initial=SAMPLES[0][name]) for name in SAMPLES[0]]
    outputs = [ObjectSpec("AnalogValue", name, unit, 250.0) for name, (unit, _) in SETPOINTS.items()]
    spec = ControllerSpec("AHU", objects=[*inputs, *outputs])
    with EcyServer([spec], username="bench", password="correct horse", bacnet_port=0) as server:
        yield server


def _named(name: str) -> tuple[str, str, str | None]:
    """An input's type, name and unit."""
    object_type, unit = _KINDS[name[:4]]
    return object_type, name, unit


def _trace(
    case: str, reader: DeviceClient, writer: DeviceClient, play: Callable[[int], None], suffix: str = ""
) -> list[Slots]:
    """What stood in the program's slots after each step."""
    kind, settings, roles = CASES[case]
    named = {role: target if target in SETPOINTS else target + suffix for role, target in roles.items()}
    commanded = [target for target in roles.values() if target in SETPOINTS]
    beside = Beside(reader=reader, writer=writer, settings=settings)
    slots: list[Slots] = []

    def script(number: int) -> None:
        slots.append(_slots(writer, commanded, kind.priority))
        play(number)

    beside.script = script
    summary = beside.run(kind, steps=STEPS, **named)
    assert summary.exit_code == 0
    return slots


def _slots(client: DeviceClient, names: Sequence[str], priority: int) -> Slots:
    refs = {endpoint.name: endpoint.ref for endpoint in client.get_existing_endpoints()}
    states = client.survey([refs[name] for name in names])
    arrays = [states[refs[name]].priority_array for name in names]
    return tuple(array[priority - 1] for array in arrays if array is not None)


def _over_rest(case: str, controllers: EcyServer) -> list[Slots]:
    def client() -> ECYDeviceClient:
        address = controllers.addresses["AHU"]
        return ECYDeviceClient(address, "bench", "correct horse", tls=TlsPolicy(TlsMode.OFF))

    with client() as reader, client() as writer:
        return _trace(case, reader, writer, lambda number: _play(controllers, number))


def _over_bacnet(case: str, controllers: EcyServer) -> list[Slots]:
    address = controllers.bacnet_addresses["AHU"]
    with BACnetStack("127.0.0.1/24:0") as stack:
        reader, writer = BACnetDeviceClient(stack, address), BACnetDeviceClient(stack, address)
        return _trace(case, reader, writer, lambda number: _play(controllers, number))


def _directly(case: str) -> list[Slots]:
    with (
        BoptestServer({"recorded": lambda: RecordedPlant(SAMPLES, UNITS)}) as server,
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
    assert len(set(directly)) > 1
    assert over_rest == directly
    assert over_bacnet == directly
