"""Peers in processes of their own, and runs of the bridge between them as fast as possible."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.peers import PASSWORD, POINTS_PER_CONTROLLER, USER
from bridge.run import Run
from clients.making import tls_policy
from emulators.plants.multizone_office import MultizoneOffice
from emulators.process import emulator_process
from equipment.equipment_manager import EquipmentManager
from utils.settings import load_settings
from utils.state_folder import StateFolder

_FIRST_MEASUREMENT = 10


@contextmanager
def peers(count: int, latency_s: float, *way: str) -> Iterator[tuple[str, list[str]]]:
    """A building and some controllers, in two processes. Yields its URL and their addresses, by ``bacnet`` if so."""
    command = [sys.executable, "-m", "benchmarks.peers"]
    with ExitStack() as stack:
        [building] = stack.enter_context(emulator_process([*command, "0", "0"], 1))
        lines = stack.enter_context(emulator_process([*command, str(count), str(latency_s), *way], count))
        yield building.split()[-1], [line.split()[-1] for line in lines]


def prepared(
    folder: Path,
    building: str,
    controllers: Sequence[str],
    steps: int,
    timeout_s: float = 10.0,
    *,
    time_scale: float = 0.0,
    records: bool = True,
    deadband: float | None = None,
    **keys: object,
) -> Run:
    """A run of so many steps over all controllers, ready to execute. ``folder`` gets its configs and state.

    ``keys`` are further ones of every config; ``deadband`` is one of every measurement.
    """
    keys = {"timeout_s": timeout_s, **keys}
    configs = _write_configs(folder, controllers, {} if deadband is None else {"deadband": deadband}, keys)
    variables = {
        "BOP_SERVER_URL": building,
        "BOP_START_TIME": "2023-07-06 10:00:00",
        "BOP_WARMUP_PERIOD": "0",
        "BOP_STEP_TIME": "5",
        "BOP_TIME_SCALE": f"{time_scale:g}",
        "ECY2_LOGIN_USERNAME": USER,
        "ECY2_LOGIN_PWORD": PASSWORD,
        "ECY_COUPLE_TIME": "0",
        "ECY_BENCH": "isolated",
        "RECORD": "yes" if records else "no",
    }
    settings = load_settings(None, variables, folder)
    state = StateFolder(settings.state_dir)
    manager = EquipmentManager(configs, settings, tls_policy(settings, state))
    manager.load_equipments()
    return Run(settings, manager, state, steps=steps)


def _write_configs(
    folder: Path, controllers: Sequence[str], of_measurements: Mapping[str, object], keys: Mapping[str, object]
) -> Path:
    configs = folder / "configs"
    configs.mkdir(parents=True)
    for number, address in enumerate(controllers):
        points = _points(number, len(controllers), of_measurements)
        config = {"equipment_name": f"C{number:02d}", "device_ip": address, "points": points, **keys}
        (configs / f"{number:02d}.json").write_text(json.dumps(config), encoding="utf-8")
    return configs


def _points(number: int, controllers: int, of_measurements: Mapping[str, object]) -> list[dict[str, object]]:
    """The same measurements for everybody, and an override that nobody else drives as long as there are any."""
    plant = MultizoneOffice()
    overrides = [name.removesuffix("_u") for name, meta in plant.inputs.items() if meta.unit == "1"]
    outputs: list[dict[str, object]] = [
        {
            "bop_point": f"{base}_u",
            "bop_override_point": f"{base}_activate",
            "ecy_point": "Out0",
            "object_type": "AnalogOutput",
        }
        for base in overrides[number:controllers:controllers]
    ]
    last = _FIRST_MEASUREMENT + POINTS_PER_CONTROLLER - len(outputs)
    return outputs + [
        {"bop_point": name, "ecy_point": f"In{n:02d}", "object_type": "AnalogInput", **of_measurements}
        for n, name in enumerate(list(plant.measurements)[_FIRST_MEASUREMENT:last])
    ]
