"""How a building begins, and how it goes back to what it was: as a copy of its cells."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from emulators.plants.cells import Cells
from emulators.plants.multizone_office.building import built, update_boundary
from emulators.plants.multizone_office.engine import OfficeEngine
from emulators.plants.multizone_office.kinds import STANDARD, OfficeKind
from emulators.plants.multizone_office.layout import TIME_S
from emulators.plants.multizone_office.parameters import AirHandlerFaults, OfficeParameters
from emulators.plants.prices import HourlyPrices
from emulators.plants.weather import WeatherYear

_STARTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class OfficeIdentity:
    """What tells buildings apart: the equations, the parameters, and what surrounds them (weather, hourly prices)."""

    version: str
    parameters: OfficeParameters
    surroundings: str

    def __str__(self) -> str:
        told = f"{self.parameters!r} {self.surroundings}"
        if self.parameters.faults != AirHandlerFaults():
            told = f"{told} {self.parameters.faults!r}"
        return f"multizone_office grey box {self.version} {sha256(told.encode()).hexdigest()[:12]}"

    def is_beside(self, other: OfficeIdentity) -> bool:
        """Whether nothing but parameters tells them apart."""
        return (self.version, self.surroundings) == (other.version, other.surroundings)


def identity_of(
    parameters: OfficeParameters, year: WeatherYear, hourly: HourlyPrices, kind: OfficeKind = STANDARD
) -> OfficeIdentity:
    """The identity of a building."""
    return OfficeIdentity(kind.version, parameters, f"{year.fingerprint} {hourly.fingerprint}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a building was at a moment, its parameters too; plain data, to be kept or sent elsewhere."""

    identity: OfficeIdentity
    cells: bytes


def snapshot_of(b: Iterable[float], identity: OfficeIdentity) -> Snapshot:
    """A copy of the cells, to the bit."""
    return Snapshot(identity, array("d", b).tobytes())


def put_back(b: Cells, snapshot: Snapshot) -> None:
    """Write the cells of a snapshot to those of a building of the same version."""
    cells = array("d")
    cells.frombytes(snapshot.cells)
    b[:] = cells


@lru_cache(maxsize=_STARTS_KEPT)
def started(
    parameters: OfficeParameters,
    year: WeatherYear,
    engine: OfficeEngine,
    start_time_s: float,
    kind: OfficeKind = STANDARD,
) -> tuple[float, ...]:
    """A building as it starts: a start takes a hundred times as long as a copy of it."""
    b = built(parameters, kind.is_bench)
    b[TIME_S] = start_time_s
    if parameters.start == "as_boptest":
        update_boundary(b, year.table, kind.is_bench)
        return tuple(b)
    rows = engine.rows([b])
    nothing, out = engine.rows([[]]), engine.rows([[0.0] * len(kind.told)])
    advance = engine.advance_bench if kind.is_bench else engine.advance_all
    advance(rows, engine.table(year), start_time_s, 0.0, nothing, out)
    return tuple(map(float, rows[0]))
