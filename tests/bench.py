"""What tests of the whole chain share: settings, configs in a folder, and equipments made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from clients.making import tls_policy
from equipment.equipment_manager import EquipmentManager
from utils.settings import Settings, load_settings
from utils.state_folder import StateFolder

Config = Mapping[str, Any]

VARIABLES = {
    "BOP_SERVER_IP": "127.0.0.1",
    "BOP_SERVER_PORT": "5000",
    "BOP_START_TIME": "2023-07-06 10:00:00",
    "BOP_WARMUP_PERIOD": "0",
    "BOP_STEP_TIME": "5",
    "BOP_TIME_SCALE": "0",
    "BOP_CONNECT_TIMEOUT": "2",
    "ECY2_LOGIN_USERNAME": "bench",
    "ECY2_LOGIN_PWORD": "correct horse",
    "ECY_COUPLE_TIME": "0",
}


def settings(folder: Path, **variables: str) -> Settings:
    """Settings of a run as fast as possible, with changes."""
    return load_settings(None, {**VARIABLES, **variables}, folder)


def equipment(name: str, device_ip: str, points: Sequence[Config], **keys: object) -> dict[str, object]:
    """One equipment config."""
    return {"equipment_name": name, "device_ip": device_ip, "points": list(points), **keys}


def write_configs(folder: Path, *configs: Config) -> Path:
    """Put configs into a folder of their own."""
    configs_folder = folder / "configs"
    configs_folder.mkdir(exist_ok=True)
    for config in configs:
        (configs_folder / f"{config['equipment_name']}.json").write_text(json.dumps(config), encoding="utf-8")
    return configs_folder


def manager(folder: Path, settings: Settings, *configs: Config, keeps_pins: bool = True) -> EquipmentManager:
    """The loaded equipments of some configs."""
    state = StateFolder(settings.state_dir)
    policy = replace(tls_policy(settings, state), keeps_pins=keeps_pins)
    loaded = EquipmentManager(write_configs(folder, *configs), settings, policy)
    loaded.load_equipments()
    return loaded


def analog_input(bop_point: str, ecy_point: str, **keys: object) -> dict[str, object]:
    """A temperature that is forced."""
    return {
        "bop_point": bop_point,
        "ecy_point": ecy_point,
        "object_type": "AnalogInput",
        "unit": "K",
        "si_unit": "degC",
        "us_unit": "degF",
        **keys,
    }


def output(base: str, ecy_point: str, object_type: str = "AnalogOutput", **keys: object) -> dict[str, object]:
    """An output that drives an override."""
    return {
        "bop_point": f"{base}_u",
        "bop_override_point": f"{base}_activate",
        "ecy_point": ecy_point,
        "object_type": object_type,
        **keys,
    }
