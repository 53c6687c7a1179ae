"""Random steps over all seasons and all actions: no number is missing. ``STEPS=10000`` by hand (docs/learning.md)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from emulators.door import MultizoneOffice
from learning.identities import OFFICES
from learning.making import office_batch
from tests.learning.rooms import SMALL, Said, spaces_file

STEPS = int(os.environ.get("STEPS", "360"))
SEASONS = ("01-26", "03-26", "05-25", "07-19", "09-18", "11-20")


def everything() -> list[Said]:
    """An action for each input of the building, over the whole of its range."""
    inputs = MultizoneOffice().inputs
    return [
        {
            "name": name,
            "points": [name.removesuffix("_u")],
            "low": float(meta.minimum or 0.0),
            "high": float(meta.maximum or 0.0),
        }
        for name, meta in inputs.items()
        if name.endswith("_u")
    ]


def test_whatever_is_done_in_whichever_season_no_number_is_missing(tmp_path: Path) -> None:
    file = spaces_file(tmp_path, actions=everything(), days=365, forecasts={**SMALL["forecasts"], "horizon_s": 0})
    many = office_batch(OFFICES[-1], len(SEASONS), file)
    many.reset(options={"start": list(SEASONS)})
    random = np.random.default_rng(0)
    buildings = many.buildings
    for _ in range(STEPS // len(SEASONS)):
        seen, rewards, *_ = many.step(random.uniform(-1.0, 1.0, many.action_space.shape or ()).astype(np.float32))
        told = buildings.told(buildings.told_names)
        assert np.isfinite(told).all()
        assert np.isfinite(seen).all()
        assert np.isfinite(rewards).all()
        assert np.isfinite(buildings.kpis).all()
    assert len(many.action_names) == 29
    many.close()
