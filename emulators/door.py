"""The door of the emulators: whoever starts them comes this way."""

from __future__ import annotations

from emulators.bench import BACNET_PORT, BenchPlan, serve
from emulators.boptest.hub import Limits
from emulators.demo import (
    DAY_STEPS,
    PASSWORD_VARIABLE,
    PERIODS,
    STEP_S,
    DemoPeers,
    DemoPlan,
    demo_controllers,
    demo_peers,
)
from emulators.embedded import EmbeddedTest, office_with, parameter_problems
from emulators.plant import PointMeta
from emulators.plants.multizone_office import OfficeFiles, read_variant
from emulators.program import ObjectSpec

__all__ = [
    "BACNET_PORT",
    "DAY_STEPS",
    "PASSWORD_VARIABLE",
    "PERIODS",
    "STEP_S",
    "BenchPlan",
    "DemoPeers",
    "DemoPlan",
    "EmbeddedTest",
    "Limits",
    "ObjectSpec",
    "OfficeFiles",
    "PointMeta",
    "demo_controllers",
    "demo_peers",
    "office_with",
    "parameter_problems",
    "read_variant",
    "serve",
]
