"""Policies in a file: what ``--parameters`` of the example keeps, and others read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from learning.example.policy import Policy
from learning.world import FloatArray

LEARNED, CONSTANT = "learned policy", "constant set-points"
Policies = Mapping[str, tuple[Policy, FloatArray]]
"""Policies by their names, with their parameters: a row for each seed."""


def keep(file: Path, policies: Policies) -> None:
    """Write them down. Raises OSError."""
    told = {name: parameters.tolist() for name, (_, parameters) in policies.items()}
    file.write_text(json.dumps(told), encoding="utf-8")


def kept(file: Path, observation_names: Sequence[str], actions: int) -> Policies:
    """Read them, for whoever observes that. Raises OSError."""
    return {
        name: (Policy(observation_names, actions, looks=name == LEARNED), np.array(rows))
        for name, rows in json.loads(file.read_text("utf-8")).items()
    }
