"""The door of the emulators: whoever starts them comes this way."""

from __future__ import annotations

from emulators.bench import BACNET_PORT, BenchPlan, serve
from emulators.demo import DAY_STEPS, PASSWORD_VARIABLE, STEP_S, DemoPeers, demo_peers
from emulators.program import ObjectSpec

__all__ = [
    "BACNET_PORT",
    "DAY_STEPS",
    "PASSWORD_VARIABLE",
    "STEP_S",
    "BenchPlan",
    "DemoPeers",
    "ObjectSpec",
    "demo_peers",
    "serve",
]
