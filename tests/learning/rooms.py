"""What tests of environments share: small spaces in files, environments over them, and a server beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from learning.environment import BuildingEnv
from learning.identities import OFFICES
from learning.making import OFFICE_CASE, office_env, server_env

ZONES = ("Cor", "Sou", "Eas", "Nor", "Wes")
Said: TypeAlias = Any
Action: TypeAlias = NDArray[np.float32]
SMALL: dict[str, Said] = {
    "step_s": 900,
    "days": 0.125,
    "start_days": [[180, 190]],
    "actions": [
        {"name": "supply air", "points": ["hvac_oveAhu_TSupSet"], "low": 285.15, "high": 293.15, "hours": [6, 19]},
        {"name": "cooling", "points": [f"hvac_oveZonSup{zone}_TZonCooSet" for zone in ZONES], "low": 295, "high": 300},
    ],
    "observations": [
        {"point": "hvac_reaZonCor_TZon_y", "low": 280.0, "high": 310.0},
        {"point": "hvac_reaAhu_TSup_y", "low": 280.0, "high": 310.0},
    ],
    "forecasts": {
        "horizon_s": 7200,
        "interval_s": 1800,
        "points": [
            {"point": "TDryBul", "low": 250.0, "high": 310.0},
            {"point": "Occupancy[cor]", "low": 0.0, "high": 100.0},
        ],
    },
    "reward": {"cost_tot": 1000.0, "pele_tot": 100.0},
    "cost": {"tdis_tot": 1.0},
}


def spaces_file(folder: Path, **changes: Said) -> Path:
    """The small spaces with changes; a key that is None is left out."""
    content = {key: value for key, value in {**SMALL, **changes}.items() if value is not None}
    file = folder / "spaces.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def embedded(folder: Path, **changes: Said) -> BuildingEnv:
    """An environment over the embedded office."""
    return office_env(OFFICES[-1], spaces_file(folder, **changes))


@contextmanager
def served(folder: Path, **changes: Said) -> Iterator[BuildingEnv]:
    """The same over a server's test of the same building."""
    with BoptestServer({OFFICE_CASE: MultizoneOffice}) as server:
        env = server_env(server.url, spaces_file(folder, **changes), OFFICE_CASE)
        try:
            yield env
        finally:
            env.close()


def random_actions(env: BuildingEnv, count: int, seed: int = 1) -> list[Action]:
    """Actions that somebody may take."""
    random = np.random.default_rng(seed)
    return [random.uniform(-1.0, 1.0, env.action_space.shape).astype(np.float32) for _ in range(count)]
