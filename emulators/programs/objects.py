"""The objects of an application, described once in SI and created in the units of either system.

Sequences compute in degrees Celsius, pascals, cubic metres per second and fractions 0..1; this module is the only one
that knows what the controller shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import isclose
from typing import Literal, TypeAlias

from emulators.program import ObjectSpec, ProgramIO

UnitSystem: TypeAlias = Literal["SI", "US"]

_ROUNDED = 1e-6
OPEN_CIRCUIT_C = -40.0
"""What a thermistor input shows with nothing wired to it (the same figure in Fahrenheit)."""


class Quantity(Enum):
    """What an object measures or sets."""

    TEMPERATURE = auto()
    PRESSURE = auto()
    AIR_FLOW = auto()
    WATER_FLOW = auto()
    FRACTION = auto()
    CONCENTRATION = auto()
    POWER = auto()
    ENERGY_DENSITY = auto()
    POWER_DENSITY = auto()
    HOURS = auto()
    MINUTES = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Unit:
    """A BACnet unit: ``SI value = shown * scale + offset``."""

    bacnet: str
    scale: float = 1.0
    offset: float = 0.0

    def to_si(self, shown: float) -> float:
        """From what the object shows."""
        return shown * self.scale + self.offset

    def from_si(self, value: float) -> float:
        """To what the object shows."""
        return (value - self.offset) / self.scale


_COMMON = {
    Quantity.FRACTION: Unit("percent", 0.01),
    Quantity.CONCENTRATION: Unit("parts-per-million"),
    Quantity.HOURS: Unit("hours"),
    Quantity.MINUTES: Unit("minutes"),
    Quantity.NUMBER: Unit("no-units"),
    Quantity.POWER: Unit("kilowatts", 1000.0),
    Quantity.ENERGY_DENSITY: Unit("kilowatt-hours-per-square-meter", 3.6e6),
    Quantity.POWER_DENSITY: Unit("watts-per-square-meter"),
}

UNITS: Mapping[UnitSystem, Mapping[Quantity, Unit]] = {
    "SI": {
        **_COMMON,
        Quantity.TEMPERATURE: Unit("degrees-celsius"),
        Quantity.PRESSURE: Unit("pascals"),
        Quantity.AIR_FLOW: Unit("cubic-meters-per-second"),
        Quantity.WATER_FLOW: Unit("liters-per-second", 0.001),
    },
    "US": {
        **_COMMON,
        Quantity.TEMPERATURE: Unit("degrees-fahrenheit", 5.0 / 9.0, -160.0 / 9.0),
        Quantity.PRESSURE: Unit("inches-of-water", 249.0889),
        Quantity.AIR_FLOW: Unit("cubic-feet-per-minute", 0.3048**3 / 60.0),
        Quantity.WATER_FLOW: Unit("us-gallons-per-minute", 0.003785411784 / 60.0),
    },
}


@dataclass(frozen=True, slots=True)
class ProgramObject:
    """One object in SI. ``quantity`` is None for binary and multi-state objects; see :class:`ObjectSpec`."""

    object_type: str
    name: str
    quantity: Quantity | None = None
    initial: float = 0.0
    description: str = ""
    states: Sequence[str] = ()


class ObjectTable:
    """Points in one unit system: the specs to create them from, and their values in SI."""

    def __init__(self, points: Sequence[ProgramObject], unit_system: UnitSystem) -> None:
        units = UNITS[unit_system]
        self._units = {point.name: units[point.quantity] for point in points if point.quantity is not None}
        self.specs = tuple(self._spec(point) for point in points)

    def read(self, io: ProgramIO, name: str) -> float:
        """Present-value in SI (percent as a fraction). Raises KeyError for an unknown name."""
        return self._units[name].to_si(io.read(name))

    def write(self, io: ProgramIO, name: str, value: float) -> None:
        """Command a value given in SI."""
        io.write(name, self._units[name].from_si(value))

    def lead(self, io: ProgramIO, name: str, own: float) -> float:
        """Command our own value (SI), and tell what is in force: whatever somebody commands above it, else our own.

        A controller stores fewer digits than we compute with; what is only rounded is still our own.
        """
        self.write(io, name, own)
        in_force = self.read(io, name)
        return own if isclose(in_force, own, rel_tol=_ROUNDED, abs_tol=_ROUNDED) else in_force

    def _spec(self, point: ProgramObject) -> ObjectSpec:
        unit = self._units.get(point.name)
        return ObjectSpec(
            object_type=point.object_type,
            name=point.name,
            units=unit.bacnet if unit else None,
            initial=unit.from_si(point.initial) if unit else point.initial,
            description=point.description,
            states=tuple(point.states),
        )
