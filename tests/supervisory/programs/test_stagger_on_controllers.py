"""The stagger with its shipped configs: in the simulation and on emulated heat pumps, and nothing of it is left."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clients.bacnet.stack import BACnetStack
from commands.verbs.emulate import object_specs
from emulators.bench import BenchPlan, serve
from emulators.cases import CASES
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.programs.application import standard_application
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from tests import bench
from tests.command_line import MAIN, environment
from tests.ports import free_port
from tests.waiting import eventually
from utils.home import SHIPPED
from utils.state_folder import StateFolder

CASE, PROGRAM = "heat_pump_office", "heat_pump_stagger"
PASSWORD = "correct horse"
COMMANDED = ("UnitEnable", "WarmUpCmd", "BackupLockout")
PRIORITY = 12


def shipped(transport: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((SHIPPED / "supervisory" / f"{PROGRAM}.{transport}.json").read_text("utf-8"))
    return config


def dry_run(config: Mapping[str, Any], folder: Path, **variables: str) -> list[str]:
    """What one step would write."""
    file = folder / "site.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    plan, told = plan_run([PROGRAM], file, folder), list[str]()
    supervision = Supervision(
        plan,
        settings_for(plan.config, None, variables, folder),
        StateFolder(folder / "state"),
        steps=1,
        dry_run=True,
        tell=lambda _, line: told.append(line),
    )
    assert supervision.execute().failures == {}
    return told


def test_in_the_simulation_a_cold_morning_is_held_whole(tmp_path: Path) -> None:
    with serve(BenchPlan(boptest_port=0, ecy_port=None, cases=(CASE,))) as lines:
        begin = {"BOP_START_TIME": "2018-01-15 04:00:00", "BOP_WARMUP_PERIOD": "0", "BOP_TIME_SCALE": "0"}
        told = dry_run(shipped("simulation"), tmp_path, BOP_SERVER_URL=lines[0].split()[-1], **begin)
    assert written(told, "yEna") == ["0"] * 8
    assert written(told, "yAuxLoc") == ["1"] * 8


def written(told: list[str], name: str) -> list[str]:
    """The values that would be written to objects of this name."""
    return [line.split()[2] for line in told if line.startswith("would write") and name in line]


@contextmanager
def heat_pumps(power_kw: float) -> Iterator[EcyServer]:
    """The controllers as ``emulate`` serves them, and what their meter shows."""
    specs = [
        ControllerSpec(name, objects=objects, program=standard_application(name, "SI"), instance=number)
        for number, (name, objects) in enumerate(object_specs(SHIPPED / CASES[CASE].configs, "SI").items(), start=1)
    ]
    with EcyServer(specs, username="bench", password=PASSWORD, bacnet_port=0) as server:
        server.controller("SITE").objects.command("SitePower", power_kw, 14)
        yield server


def placed(config: Mapping[str, Any], addresses: Mapping[str, str]) -> dict[str, Any]:
    """The config with the addresses that the controllers have got."""
    return {**config, "devices": {name.lower(): address for name, address in addresses.items()}}


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["ecy", "bacnet"])
def test_on_controllers_a_power_cut_holds_all_units_at_any_hour(transport: str, tmp_path: Path) -> None:
    with heat_pumps(power_kw=0.0) as server:
        addresses = server.addresses if transport == "ecy" else server.bacnet_addresses
        config = placed(shipped(transport), addresses) | {"interface": "127.0.0.1:0"}
        account = {"ECY2_LOGIN_USERNAME": "bench", "ECY2_LOGIN_PWORD": PASSWORD, "ECY_TLS": "off"}
        told = dry_run(config, tmp_path, **account)
    assert written(told, "UnitEnable") == ["False"] * 8
    assert written(told, "BackupLockout") == ["True"] * 8


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
def test_over_bacnet_the_switch_and_after_a_kill_the_guardian_leave_nothing(tmp_path: Path) -> None:
    with heat_pumps(power_kw=0.0) as server, BACnetStack("127.0.0.1:0") as operator:
        port, process = _supervise(server, tmp_path)
        with process:
            try:
                eventually(lambda: len(_owned(server)) == 16 or process.poll() is not None, 40.0)
                assert _owned(server) == {f"{name} {index}" for name in _units(server) for index in (0, 2)}
                operator.ask(lambda client: client.write(f"127.0.0.1:{port}", "binary-value,1", False, 8))
                eventually(lambda: _owned(server) == set())
                operator.ask(lambda client: client.write(f"127.0.0.1:{port}", "binary-value,1", True, 8))
                eventually(lambda: len(_owned(server)) == 16)
            finally:
                process.kill()
        eventually(lambda: _owned(server) == set())
        eventually(lambda: not list((tmp_path / "state" / "ledgers").glob("*.jsonl")))


def _supervise(server: EcyServer, folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    """``python main.py supervise``, every half second."""
    port = free_port()
    config = placed(shipped("bacnet"), server.bacnet_addresses)
    config |= {"interface": f"127.0.0.1:{port}", "enabled_at_start": True}
    config["programs"][PROGRAM]["period_s"] = 0.5
    (folder / "site.json").write_text(json.dumps(config), encoding="utf-8")
    folders = {"BRIDGE_STATE_DIR": str(folder / "state"), "LOG_FILE": str(folder / "app.log")}
    return port, subprocess.Popen(  # noqa: S603
        [*MAIN, "supervise", PROGRAM, "--config", str(folder / "site.json"), "--env", "absent"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(**bench.VARIABLES, **folders),
    )


def _units(server: EcyServer) -> list[str]:
    return [name for name in server.addresses if name.startswith("HP_")]


def _owned(server: EcyServer) -> set[str]:
    """The slots of ours that hold something, by controller and place in ``COMMANDED``."""
    return {
        f"{name} {index}"
        for name in _units(server)
        for index, point in enumerate(COMMANDED)
        if server.controller(name).objects.named(point).slots[PRIORITY - 1] is not None
    }
