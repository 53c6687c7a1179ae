"""The test cases that can be emulated, by name. One more is a row in ``CASES``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from emulators.boptest.hub import PlantFactory
from emulators.plant import RestorablePlant
from emulators.plants.heat_pump_office import HeatPumpOffice
from emulators.plants.multizone_office import BenchOffice, OfficeVariant

STANDARD_CASE = "multizone_office_simple_air"
BENCH_CASE = "multizone_office_bench"


@dataclass(frozen=True, slots=True)
class EmulatedCase:
    """A test case: what makes one plant of it after the other, of what a user gives of the building.

    ``configs`` is the folder, below those that ship, with the configs of its controllers. A case that is not
    ``parametric`` takes the user's weather and prices, but none of the office's parameters; one that is ``peopled`` has
    people of a seed.
    """

    plant: Callable[[OfficeVariant], RestorablePlant]
    configs: str
    parametric: bool = True
    peopled: bool = False
    begins: datetime | None = None
    """When a demo of it has something to show; None for any time."""


def _bench_office(office: OfficeVariant) -> BenchOffice:
    return BenchOffice(office.parameters, year=office.year, hourly=office.hourly, people_seed=office.people_seed)


def _heat_pump_office(office: OfficeVariant) -> HeatPumpOffice:
    return HeatPumpOffice(year=office.year, hourly=office.hourly)


_COLD_MONDAY = datetime(2018, 1, 15, 4, 30)
CASES: Mapping[str, EmulatedCase] = {
    STANDARD_CASE: EmulatedCase(OfficeVariant.__call__, "demo"),
    BENCH_CASE: EmulatedCase(_bench_office, "bench", peopled=True),
    "heat_pump_office": EmulatedCase(_heat_pump_office, "heat_pump_office", parametric=False, begins=_COLD_MONDAY),
}


def plants_of(names: Sequence[str], office: OfficeVariant) -> dict[str, PlantFactory]:
    """What makes the plants of these cases. Raises KeyError for an unknown name."""
    return {name: partial(CASES[name].plant, office) for name in names}


def building_identity(name: str, office: OfficeVariant) -> str:
    """Its name, version and a digest of all that is given of it. Raises KeyError for an unknown name."""
    return CASES[name].plant(office).identity
