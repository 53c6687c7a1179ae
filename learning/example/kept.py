"""Policies in a file: what ``--parameters`` of the example keeps, and others read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from learning.example.policy import Policy
from learning.world import FloatArray
from utils.errors import ConfigError, Problem

LEARNED, CONSTANT = "learned policy", "constant set-points"
Policies = Mapping[str, tuple[Policy, FloatArray]]
"""Policies by their names, with their parameters: a row for each seed."""
_MADE = "name another file, or one that is not there yet, for python -m learning.example to make"


def keep(file: Path, policies: Policies) -> None:
    """Write them down. Raises OSError."""
    told = {name: parameters.tolist() for name, (_, parameters) in policies.items()}
    file.write_text(json.dumps(told), encoding="utf-8")


def kept(file: Path, observation_names: Sequence[str], actions: int) -> Policies:
    """Read them, for whoever observes that. Raises :class:`ConfigError` for what :func:`keep` has not written."""
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(file), f"cannot be read as policies: {error}; {_MADE}")]) from error
    if not isinstance(told, dict) or LEARNED not in told or {*told} - {LEARNED, CONSTANT}:
        what = f"has not {LEARNED!a}, with {CONSTANT!a} beside it and nothing else; {_MADE}"
        raise ConfigError([Problem(str(file), what)])
    shapes = {name: Policy(observation_names, actions, looks=name == LEARNED) for name in told}
    return {name: (policy, _rows(told[name], policy, f"{file} {name}")) for name, policy in shapes.items()}


def _rows(told: object, policy: Policy, where: str) -> FloatArray:
    try:
        rows = np.array(told, np.float64)
    except (TypeError, ValueError):
        rows = np.empty(0)
    if rows.ndim != 2 or not len(rows) or rows.shape[1] != policy.size or not np.isfinite(rows).all():
        what = f"are not rows of {policy.size} numbers, which a policy for these observations and actions has; {_MADE}"
        raise ConfigError([Problem(where, what)])
    return rows
