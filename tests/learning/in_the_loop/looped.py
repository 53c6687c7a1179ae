"""An environment over controllers in the loop: those of the bench whose fan follows a set-point, and files for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from learning.environment import BuildingEnv
from learning.in_the_loop import LoopWorld
from learning.making import controllers_env
from tests import bench
from tests.bridge.acting.rigged import SUPPLY
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig
from tests.learning.rooms import Action, Said
from tests.waiting import DEADLINE_S

PATIENT_S = 60.0
LOW_K, HIGH_K = 285.15, 291.15
SPACES: dict[str, Said] = {
    "step_s": 30,
    "days": 30 * 8 / 86_400,
    "start_days": [[186, 186]],
    "price": "constant",
    "actions": [{"name": "supply air", "points": [SUPPLY], "low": LOW_K, "high": HIGH_K, "unit": "K"}],
    "observations": [
        {"point": "hvac_reaZonSou_TZon_y", "low": 280.0, "high": 310.0},
        {"point": "AHU.FanSpeed", "low": 0.0, "high": 1.0},
        {"point": "AHU age", "low": 0.0, "high": 2 * DEADLINE_S},
    ],
    "reward": {"ener_tot": 1000.0},
}


def files(both: Rig, variables: Mapping[str, str], **changes: Said) -> tuple[Path, Path, Path]:
    """The folder of configs, the file of spaces, and that of settings."""
    addresses = both.controllers.addresses
    configs = bench.write_configs(
        both.folder,
        bench.equipment("AHU", addresses["AHU"], AHU_POINTS, timeout_s=2.0),
        bench.equipment("VAV", addresses["VAV"], VAV_POINTS, timeout_s=2.0),
    )
    spaces = both.folder / "spaces.json"
    content = {key: value for key, value in {**SPACES, **changes}.items() if value is not None}
    spaces.write_text(json.dumps(content), encoding="utf-8")
    folders = {"BRIDGE_RUNS_DIR": "runs", "BRIDGE_STATE_DIR": "state"}
    told = {**bench.VARIABLES, **folders, "BOP_SERVER_URL": both.building.url, **variables}
    lines = [f"{name}={value}" for name, value in told.items() if name not in ("BOP_SERVER_IP", "BOP_SERVER_PORT")]
    env_file = both.folder / "bench.env"
    env_file.write_text("\n".join(lines), encoding="utf-8")
    return configs, spaces, env_file


@contextmanager
def looped(
    both: Rig, changes: dict[str, Said] | None = None, variables: Mapping[str, str] | None = None, **keys: Said
) -> Iterator[BuildingEnv]:
    """The environment, closed behind the block."""
    configs, spaces, env_file = files(both, variables or {}, **(changes or {}))
    settled = {"patience_s": PATIENT_S, "agreed": True, "scan_with_simulation": True, **keys}
    env = controllers_env(configs, spaces, env_file, **settled)
    try:
        yield env
    finally:
        env.close()


def world_of(env: BuildingEnv) -> LoopWorld:
    assert isinstance(env.world, LoopWorld)
    return env.world


def wanting(kelvin: float) -> Action:
    """The action that is a supply air temperature."""
    return np.array([2.0 * (kelvin - LOW_K) / (HIGH_K - LOW_K) - 1.0], np.float32)
