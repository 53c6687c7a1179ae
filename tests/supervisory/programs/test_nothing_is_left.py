"""Programs as they ship, over BACnet: what they own is given back by the switch, and by the guardian after kill -9."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clients.bacnet.stack import BACnetStack
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory.program import Command, Program, Read
from supervisory.setup.loading import load_program
from tests import bench
from tests.command_line import MAIN, environment
from tests.ports import free_port
from tests.waiting import DEADLINE_S, eventually
from utils.home import HOME

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")]

CONFIGS = HOME / "configs" / "supervisory"
_UNITS = {
    "m**3/s": "cubic-meters-per-second",
    "degC": "degrees-celsius",
    "ppm": "parts-per-million",
    "kW": "kilowatts",
    "Pa": "pascals",
    "percent": "percent",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What is read by role, parameters beyond the shipped ones, and how many slots are taken then."""

    reads: Mapping[str, float]
    parameters: Mapping[str, object]
    slots: int


_ASLEEP = {"run": 0.0, "interlock": 0.0, "outdoor_humidity": 50.0, "zone_heating_setpoint": 12.0}
_ALL_DAY = {"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
CASES = {
    "demand_controlled_ventilation": Case({"zone_co2": 800.0, "zone_airflow": 0.5, "zone_occupancy": 1.0}, {}, 6),
    "occupied_standby": Case({"zone_occupancy": 0.0}, {"empty_after_min": 0.0}, 15),
    "night_purge": Case(
        {"zone_temperature": 25.0, "outdoor_air_temperature": 15.0, "occupied": 0.0, **_ASLEEP},
        {"from_h": 0.0, "to_h": 24.0},
        9,
    ),
    "air_quality_flush": Case(
        {"occupied": 0.0, **_ASLEEP}, {"occupied_from_h": 24.0, "hours": 24.0, "days": _ALL_DAY}, 1
    ),
    "load_shift": Case(
        {}, {"windows": [{"from_h": 0.0, "to_h": 24.0}], "precool_k": 0.0, "occupied_to_h": 24.0, "days": _ALL_DAY}, 5
    ),
}
_COMMON = {
    "zone_temperature": 22.0,
    "zone_heating_setpoint_in_force": 20.0,
    "zone_cooling_setpoint_in_force": 24.0,
    "zone_setpoint_in_force": 24.0,
    "zone_setpoint": 24.0,
    "occupied": 1.0,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """One point of a shipped config."""

    role: str
    wanted: Read | Command
    device: str
    object_type: str
    name: str


@dataclass
class Running:
    """A program in a process of its own, beside controllers that have what its config names."""

    server: EcyServer
    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    commanded: Sequence[Bound]
    priority: int

    def owned(self) -> int:
        """How many slots of the program are not empty."""
        return sum(slots[self.priority - 1] is not None for slots in self._arrays())

    def left(self) -> int:
        """How many slots of any priority are not empty."""
        return sum(value is not None for slots in self._arrays() for value in slots)

    def _arrays(self) -> Iterator[Sequence[float | None]]:
        for point in self.commanded:
            yield self.server.controller(point.device).objects.named(point.name).slots

    def switch(self, operator: BACnetStack, on: bool) -> None:
        """Turn the switch for everything, as an operator at priority 8."""
        operator.ask(lambda client: client.write(f"127.0.0.1:{self.port}", "binary-value,1", on, 8))

    def is_clean(self) -> bool:
        """Whether no journal has anything open."""
        return not list((self.folder / "state" / "ledgers").glob("*.jsonl"))


def bound_points(points: Mapping[str, Any], kind: type[Program]) -> Iterator[Bound]:
    """All points that a config binds for a program."""
    for role, bound in points.items():
        wanted = kind.points[role]
        for point in bound.values() if wanted.many else [bound]:
            yield Bound(role, wanted, point["device"], *point["object"].split(" ", 1))


def controllers_of(bound: Sequence[Bound], case: Case) -> list[ControllerSpec]:
    """Controllers with the objects of all points, and with what they read as."""
    found: dict[str, dict[str, ObjectSpec]] = {}
    for point in bound:
        initial = {**_COMMON, **case.reads}.get(point.role, 21.0)
        spec = ObjectSpec(point.object_type, point.name, _UNITS.get(point.wanted.unit or ""), initial)
        found.setdefault(point.device, {})[point.name] = spec
    return [
        ControllerSpec(device, objects=list(specs.values()), instance=number)
        for number, (device, specs) in enumerate(found.items(), start=1)
    ]


@contextmanager
def running(name: str, case: Case, folder: Path) -> Iterator[Running]:
    """The program as its BACnet config has it, until it owns what it should."""
    config = json.loads((CONFIGS / f"{name}.bacnet.json").read_text(encoding="utf-8"))
    kind = load_program(name, HOME).kind
    assert issubclass(kind, Program)
    bound = list(bound_points(config["programs"][name]["points"], kind))
    specs = controllers_of(bound, case)
    with EcyServer(specs, username="bench", password="correct horse", bacnet_port=0) as server, ExitStack() as cleanup:
        port = free_port()
        config |= {"interface": f"127.0.0.1:{port}", "enabled_at_start": True, "devices": dict(server.bacnet_addresses)}
        config["programs"][name]["period_s"] = 0.5
        config["programs"][name]["parameters"] |= case.parameters
        (folder / "site.json").write_text(json.dumps(config), encoding="utf-8")
        process = supervise(name, folder)
        cleanup.callback(process.wait, DEADLINE_S)
        cleanup.callback(process.kill)
        priority = config["programs"][name]["priority"]
        commanded = [point for point in bound if isinstance(point.wanted, Command)]
        subject = Running(server, process, folder, port, commanded, priority)
        eventually(lambda: subject.owned() == case.slots or process.poll() is not None, 40.0)
        assert process.poll() is None, (folder / "app.log").read_text(encoding="utf-8")
        yield subject


def supervise(name: str, folder: Path) -> subprocess.Popen[bytes]:
    """``python main.py supervise`` with the config in the folder."""
    folders = {"BRIDGE_STATE_DIR": str(folder / "state"), "LOG_FILE": str(folder / "app.log")}
    return subprocess.Popen(  # noqa: S603
        [*MAIN, "supervise", name, "--config", str(folder / "site.json"), "--env", "absent"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(**bench.VARIABLES, **folders),
    )


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_the_switch_and_after_a_kill_the_guardian_leave_nothing(name: str, case: Case, tmp_path: Path) -> None:
    with running(name, case, tmp_path) as subject, BACnetStack("127.0.0.1:0") as operator:
        subject.switch(operator, False)
        eventually(lambda: subject.left() == 0)
        subject.switch(operator, True)
        eventually(lambda: subject.owned() == case.slots)
        subject.process.kill()
        subject.process.wait(DEADLINE_S)
        eventually(lambda: subject.left() == 0)
        eventually(subject.is_clean)
