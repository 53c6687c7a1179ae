"""The demo's two peers as one child process, and the configs and settings that lead the ordinary bridge to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from emulators.cases import STANDARD_CASE
from emulators.ecy.makes import Make
from emulators.plants.multizone_office import OfficeFiles
from emulators.plants.multizone_office.interface.points import points
from emulators.process import emulator_process
from emulators.programs.objects import UnitSystem
from utils.for_each import each_in

STEP_S = 5
DAY_STEPS = 14 * 3600 // STEP_S
"""From before the air handler's start until after the last one has gone home."""
PERIODS = tuple(points().meta.periods)
"""The periods of the building's scenarios: two weeks each."""
PASSWORD_VARIABLE = "ECY_EMULATOR_PASSWORD"  # noqa: S105 - a name, not a password


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How the demo's peers are, and when they are shown.

    ``start`` is model time; with ``period``, one of :data:`PERIODS`, the building begins where that does. With
    ``bacnet_port`` the controllers speak BACnet/IP too (0: on free ports), on this computer only; ``over_bacnet``
    leads the bridge to that, with controllers of some ``make``. ``cases`` are served, the first of them is run;
    ``office`` is what the user gives of the building.
    """

    start: datetime = datetime(2023, 7, 6, 5, 30)
    period: str | None = None
    unit_system: UnitSystem = "SI"
    time_scale: float = 0.0
    legacy: bool = False
    bacnet_port: int | None = None
    step_s: float = STEP_S
    cases: tuple[str, ...] = (STANDARD_CASE,)
    over_bacnet: bool = False
    make: Make = "ecy"
    office: OfficeFiles = field(default_factory=OfficeFiles)


@dataclass(frozen=True, slots=True)
class DemoPeers:
    """Where the bridge finds the demo's peers: its settings as variables, and its configs.

    ``bacnet`` are the lines that say where the controllers speak BACnet/IP, if they were asked to.
    """

    variables: Mapping[str, str]
    configs: Path
    bacnet: tuple[str, ...] = ()


@contextmanager
def demo_peers(program: Sequence[str], shipped: Path, folder: Path, plan: DemoPlan) -> Iterator[DemoPeers]:
    """Run both emulators until the block ends. ``folder`` takes the configs, the log and the state.

    They are one process, so that a state of the building has the controllers in it.
    """
    building = ["--boptest-port", "0", *(["--legacy"] if plan.legacy else [])]
    building += ["--cases", ",".join(plan.cases), *plan.office.options]
    with _emulated(program, building, shipped, folder, plan) as ([server, *_], controllers):
        yield replace(controllers, variables={**controllers.variables, **_variables(server.split()[-1], plan)})


@contextmanager
def demo_controllers(program: Sequence[str], shipped: Path, folder: Path, plan: DemoPlan) -> Iterator[DemoPeers]:
    """The controllers of these configs alone; what :func:`demo_peers` says of the building is left out."""
    with _emulated(program, ["--no-boptest"], shipped, folder, plan) as (_, controllers):
        yield controllers


@contextmanager
def _emulated(
    program: Sequence[str], building: Sequence[str], shipped: Path, folder: Path, plan: DemoPlan
) -> Iterator[tuple[list[str], DemoPeers]]:
    """The lines of all servers, and what leads to the controllers."""
    password = token_urlsafe(12)
    command = [*program, "emulate", "--until-stdin-closes", *building, "--configs", str(shipped)]
    # Their programs scan with the simulation, so that they hold, step and change their pace with it.
    command += ["--ecy-port", "0", "--time-scale", "0", "--step", f"{plan.step_s:g}"]
    command += ["--unit-system", plan.unit_system]
    port = 0 if plan.over_bacnet and plan.bacnet_port is None else plan.bacnet_port
    command += [] if port is None else ["--bacnet", str(port)]
    command += ["--exchange-over", "bacnet", "--controllers", plan.make] if plan.over_bacnet else []
    controllers = sum(len(each_in(file)) for file in shipped.glob("*.json"))
    servers = controllers if port is None else 2 * controllers + 1
    servers += ("--no-boptest" not in building) + (plan.make == "trunk")
    with emulator_process(command, servers, {PASSWORD_VARIABLE: password}) as lines:
        configs = folder / "configs"
        _write_configs(shipped, lines, configs, plan.over_bacnet)
        told = tuple(line for line in lines if line.startswith("BACnet "))
        variables = {**_controllers_variables(password, plan), **_way_to_trunks(told)}
        yield lines, DemoPeers(variables, configs, told)


def _write_configs(shipped: Path, lines: Sequence[str], folder: Path, over_bacnet: bool) -> None:
    """The shipped configs, with the addresses that the emulators have got."""
    folder.mkdir()
    words = [line.split() for line in lines if line.startswith("BACnet " if over_bacnet else "ECY ")]
    addresses = {name: address.removeprefix("https://") for _, name, address, *_ in words}
    for config in (one for file in shipped.glob("*.json") for one in each_in(file)):
        name = config["equipment_name"]
        config |= {"device_ip": addresses[name], **({"protocol": "bacnet"} if over_bacnet else {})}
        (folder / f"{name}.json").write_text(json.dumps(config), encoding="utf-8")


def _way_to_trunks(told: Sequence[str]) -> dict[str, str]:
    """There are no broadcasts on this computer: routers, if there are any, are found through the BBMD."""
    has_routers = any(line.startswith("BACnet router ") for line in told)
    bbmd = next((line.split()[-1] for line in told if line.startswith("BACnet BBMD ")), "")
    return {"BACNET_INTERFACE": f"127.0.0.1 via {bbmd}"} if has_routers else {}


def _variables(server: str, plan: DemoPlan) -> dict[str, str]:
    begin = {"BOP_TIME_PERIOD": plan.period} if plan.period else {"BOP_START_TIME": str(plan.start)}
    return {
        **begin,
        **({} if plan.cases == (STANDARD_CASE,) else {"TESTCASE_NAME": plan.cases[0]}),
        "BOP_SERVER_URL": server,
        "BOP_WARMUP_PERIOD": "86400",
        "BOP_STEP_TIME": f"{plan.step_s:g}",
        "BOP_TIME_SCALE": str(plan.time_scale),
    }


def _controllers_variables(password: str, plan: DemoPlan) -> dict[str, str]:
    return {
        "UNIT_SYSTEM": plan.unit_system,
        "ECY2_LOGIN_USERNAME": "bench",
        "ECY2_LOGIN_PWORD": password,
        "ECY_COUPLE_TIME": "2" if plan.time_scale else "0",
        "ECY_FUTURE": "yes",
        "DESIRED_TIMEZONE": "America/Chicago",
        "ECY_BENCH": "isolated",
        "LOG_FILE": "demo.log",
        "BRIDGE_STATE_DIR": "state",
    }
