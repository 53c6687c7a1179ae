"""The door of the emulators: whoever starts them comes this way."""

from __future__ import annotations

from emulators.bench import BACNET_PORT, BenchPlan, BrokenObject, serve
from emulators.boptest.case.forecast_errors import ForecastErrors
from emulators.boptest.hub import Limits
from emulators.cases import CASES, STANDARD_CASE, EmulatedCase, building_identity
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
from emulators.ecy.faults.breakages import BREAKAGES
from emulators.ecy.makes import MAKES, Make
from emulators.embedded import EmbeddedTest, office_with, parameter_problems, varied
from emulators.office_model import DISTURBANCES, Disturbance, OfficeModel, StatePart
from emulators.offices import Offices
from emulators.plant import PointMeta
from emulators.plants.multizone_office import (
    MultizoneOffice,
    OfficeFiles,
    OfficeParameters,
    OfficeVariant,
    read_variant,
)
from emulators.plants.weaving.compiled import can_compile, compiled
from emulators.program import ObjectSpec

__all__ = [
    "BACNET_PORT",
    "BREAKAGES",
    "CASES",
    "DAY_STEPS",
    "DISTURBANCES",
    "MAKES",
    "PASSWORD_VARIABLE",
    "PERIODS",
    "STANDARD_CASE",
    "STEP_S",
    "BenchPlan",
    "BrokenObject",
    "DemoPeers",
    "DemoPlan",
    "Disturbance",
    "EmbeddedTest",
    "EmulatedCase",
    "ForecastErrors",
    "Limits",
    "Make",
    "MultizoneOffice",
    "ObjectSpec",
    "OfficeFiles",
    "OfficeModel",
    "OfficeParameters",
    "OfficeVariant",
    "Offices",
    "PointMeta",
    "StatePart",
    "building_identity",
    "can_compile",
    "compiled",
    "demo_controllers",
    "demo_peers",
    "office_with",
    "parameter_problems",
    "read_variant",
    "serve",
    "varied",
]
