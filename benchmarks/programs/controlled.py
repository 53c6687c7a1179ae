"""The embedded building run by the emulated controllers, with the bridge in between and a program beside them.

As on a bench: the building behind its BOPTEST server, the controllers in a process of their own, the bridge as fast as
they allow, and ``supervise`` talking to the controllers only.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.programs.days import CONFIGS, ROOT, YEAR, Hours, PlantFactory, State, WatchedPlant
from bridge.run import Run
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from clients.making import tls_policy
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.process import emulator_process
from equipment.equipment_manager import EquipmentManager
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from utils.for_each import each_in
from utils.settings import load_settings
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType, Write, WriteKind

STEP_S = 5.0
_DEMO = ROOT / "configs" / "demo"
_ACCOUNT = {"ECY2_LOGIN_USERNAME": "bench", "ECY2_LOGIN_PWORD": "bench"}
_BY_HAND = 8
_ALONE_STEPS = 360
_LOOK_S = 0.05
_PROGRAM_PERIOD_S = 1.0
"""Wall time: the building is some hundred times as fast, and an outdoor sensor is slow."""

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: the day and hours, changes to the controllers' configs by name, and the program beside them, if any.

    ``by_hand`` is what somebody has commanded at priority 8 before, by controller and output.
    """

    day: int
    hours: Hours
    changes: Mapping[str, Callable[[Config], None]] = field(default_factory=dict)
    program: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    by_hand: Mapping[tuple[str, str], float] = field(default_factory=dict)
    plant: PlantFactory = MultizoneOffice
    time_scale: float | None = None
    """About how fast the building is, for a program that counts time; it then has its shipped period."""


def run(bench: Bench) -> Sequence[State]:
    """The building's states, one every five seconds."""
    office = WatchedPlant(bench.plant())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="study-")))
        server = stack.enter_context(BoptestServer({office.meta.name: lambda: office}))
        configs = _write_configs(folder, bench.changes)
        lines = stack.enter_context(emulator_process(_emulators(configs), 2 * len(list(configs.glob("*.json"))) + 1))
        addresses = _addresses(lines)
        _point_to(configs, addresses["ECY"])
        _command_by_hand(bench.by_hand, addresses["ECY"])
        bridge = _bridge(folder, configs, server.url, bench)
        if bench.program is None:
            bridge.execute()
        else:
            _beside(bridge, _supervision(folder, bench, bench.program, addresses["BACnet"]), office)
    return tuple(office.states)


def _write_configs(folder: Path, changes: Mapping[str, Callable[[Config], None]]) -> Path:
    configs = folder / "configs"
    configs.mkdir()
    for config in (one for file in _DEMO.glob("*.json") for one in each_in(file)):
        name = config["equipment_name"]
        if name != "ENERGY":
            if (change := changes.get(name)) is not None:
                change(config)
            (configs / f"{name}.json").write_text(json.dumps(config), encoding="utf-8")
    return configs


def _emulators(configs: Path) -> list[str]:
    what = ["--no-boptest", "--ecy-port", "0", "--bacnet", "0", "--time-scale", "0", "--step", f"{STEP_S}"]
    return [sys.executable, str(ROOT / "main.py"), "emulate", *what, "--configs", str(configs), "--until-stdin-closes"]


def _addresses(lines: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for kind, name, address, *_ in (line.split() for line in lines):
        found.setdefault(kind, {})[name] = address.removeprefix("https://")
    return found


def _point_to(configs: Path, addresses: Mapping[str, str]) -> None:
    for file in configs.glob("*.json"):
        config = json.loads(file.read_text(encoding="utf-8"))
        config["device_ip"] = addresses[config["equipment_name"]]
        file.write_text(json.dumps(config), encoding="utf-8")


def _command_by_hand(commands: Mapping[tuple[str, str], float], addresses: Mapping[str, str]) -> None:
    for (controller, output), value in commands.items():
        user, password = _ACCOUNT.values()
        with ECYDeviceClient(addresses[controller], user, password, tls=TlsPolicy(TlsMode.OFF)) as client:
            ref = ObjectRef(ObjectType.ANALOG_OUTPUT, client.get_instance_number(output, ObjectType.ANALOG_OUTPUT))
            client.write_values_from_endpoints([Write(ref, WriteKind.COMMAND, value, _BY_HAND)])


def _beside(bridge: Run, supervision: Supervision, office: WatchedPlant) -> None:
    """Run the bridge, and from half an hour of its building on the program beside it."""
    ended = threading.Event()

    def supervise() -> None:
        while len(office.states) < _ALONE_STEPS and not ended.wait(_LOOK_S):
            pass
        summary = supervision.execute()
        if summary.exit_code:
            raise RuntimeError(f"the program has failed: {summary}")

    with ThreadPoolExecutor(1, thread_name_prefix="study") as pool:
        running = pool.submit(supervise)
        try:
            bridge.execute()
        finally:
            ended.set()
            supervision.request_stop()
        running.result()


def _supervision(folder: Path, bench: Bench, program: str, addresses: Mapping[str, str]) -> Supervision:
    config = json.loads((CONFIGS / f"{program}.bacnet.json").read_text(encoding="utf-8"))
    by_alias = {name.lower(): address for name, address in addresses.items()}
    config["devices"] = {alias: by_alias[alias] for alias in config["devices"]}
    config |= {"interface": "127.0.0.1:0", "enabled_at_start": True}
    if bench.time_scale is None:
        config["programs"][program]["period_s"] = _PROGRAM_PERIOD_S
    else:
        config["time_scale"] = bench.time_scale
    config["programs"][program]["parameters"] |= bench.parameters
    config["programs"][program]["points"].pop("occupied", None)  # a study is about a working day
    file = folder / "site.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    plan = plan_run([program], file, ROOT)
    settings, state = settings_for(plan.config, None, {}, folder), StateFolder(folder / "supervisory")
    return Supervision(plan, settings, state)


def _bridge(folder: Path, configs: Path, url: str, bench: Bench) -> Run:
    start = datetime(YEAR, 1, 1) + timedelta(days=bench.day, hours=bench.hours[0])
    variables = {
        "BOP_SERVER_URL": url,
        "BOP_START_TIME": f"{start:%Y-%m-%d %H:%M:%S}",
        "BOP_WARMUP_PERIOD": "0",
        "BOP_STEP_TIME": f"{STEP_S}",
        "BOP_TIME_SCALE": "0",
        "ECY_COUPLE_TIME": "0",
        "ECY_BENCH": "isolated",
        "DESIRED_TIMEZONE": "America/Chicago",
        **_ACCOUNT,
    }
    settings = load_settings(None, variables, folder)
    state = StateFolder(settings.state_dir)
    manager = EquipmentManager(configs, settings, tls_policy(settings, state))
    manager.load_equipments()
    steps = round((bench.hours[1] - bench.hours[0]) * 3600.0 / STEP_S)
    return Run(settings, manager, state, steps=steps, scan_with_simulation=True)
