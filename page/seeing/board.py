"""What the page shows of a run: its points, numbered, each with its meaning and its reading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from equipment.equipment_manager import Equipment
from page.seeing.units import Readout, System, reading_of
from points import ANYTHING, Bounds, Point
from points.indicators import INDICATORS
from points.meanings import Meaning, meaning_of, system_of
from utils.unit_conversion import Conversion
from utils.values import PointMetadata, Role, Target

_ACTIVATION = "_activate"
_INDICATOR_DIGITS = 4
SAME = Conversion(1.0, 0.0)
_FRACTION = "dimensionless"
_OF_TIME = re.compile(r"weaSta_reaWea(?:CloTim|SolTim|Lat|Lon)_y")
"""What a weather station says of the calendar and of the place."""


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point on the page: a controller's object (``target``), or what the simulation has beside those."""

    number: int
    name: str
    """As the API calls it: ``AHU.DischAirTemp``, or the simulation's name."""
    label: str
    unit: str | None
    bop_point: str
    meaning: Meaning | None
    system: str
    """What of the simulated plant it belongs to, such as ``hvac Ahu``."""
    equipment: str = ""
    target: Target | None = None
    role: Role | None = None
    priority: int = 0
    is_binary: bool = False
    is_input: bool = False
    """Whether it is an input of the simulation that nobody of ours commands."""
    limits: Bounds = ANYTHING
    """Of an input, in the simulation's unit."""
    description: str = ""
    in_object_unit: Conversion = SAME
    """From the simulation's unit to that of the object which commands it."""

    def reading(self, system: System) -> Readout:
        """How to read it."""
        if self.bop_point in INDICATORS and self.unit in (None, _FRACTION):
            return Readout(INDICATORS[self.bop_point].sign, _INDICATOR_DIGITS, SAME)
        return reading_of(None if self.is_binary else self.unit, self.meaning, system)

    @property
    def words(self) -> str:
        """What it is: its meaning, the simulation's own words, or its name."""
        return self.meaning.words if self.meaning is not None else self.description or self.label

    @property
    def may_be_held(self) -> bool:
        """Whether a hand can override it."""
        return self.is_input or self.role is not None

    @property
    def usually(self) -> str:
        """Who commands it as long as nobody steps in."""
        match self.role:
            case Role.FORCED:
                return "the simulation, forced through out-of-service"
            case Role.COMMANDED:
                return f"the simulation, in slot {self.priority}"
            case Role.READ:
                return "the controller"
            case None:
                return "the building's own control" if self.is_input else "the simulation"


@dataclass(frozen=True, eq=False)
class Board:
    """All points of a run. Frozen; a new one takes its place when the simulation has told what it has."""

    version: int
    equipments: tuple[str, ...]
    controllers: Mapping[str, tuple[str, ...]]
    """The equipments of each controller, by its address."""
    points: tuple[ShownPoint, ...]
    is_complete: bool = False
    """Whether the simulation has told what it has."""

    @cached_property
    def by_name(self) -> Mapping[str, ShownPoint]:
        """The points by the names that the API uses."""
        return {point.name: point for point in self.points}

    @cached_property
    def by_number(self) -> Mapping[str, ShownPoint]:
        """The same by their numbers as they are written."""
        return {str(point.number): point for point in self.points}

    def of(self, equipment: str) -> tuple[ShownPoint, ...]:
        """The points of an equipment."""
        return tuple(point for point in self.points if point.equipment == equipment)

    def beside(self, equipment: str) -> tuple[ShownPoint, ...]:
        """What the simulation has of the systems that an equipment belongs to, and no config names."""
        systems = {point.system for point in self.of(equipment) if point.system}
        return tuple(point for point in self.points if not point.equipment and point.system in systems)

    @cached_property
    def unnamed(self) -> tuple[ShownPoint, ...]:
        """What the simulation has and no config names."""
        return tuple(point for point in self.points if not point.equipment)

    @cached_property
    def commandable(self) -> tuple[ShownPoint, ...]:
        """Those that the building's own control has a command for."""
        return tuple(point for point in self.points if point.role is Role.READ or point.is_input)


def board_of(equipments: Sequence[Equipment], metadata: Mapping[str, PointMetadata], version: int = 1) -> Board:
    """The board of some equipments, and of what the simulation says that it has."""
    shown = list(_configured(equipments, metadata))
    named = {point.bop_point for point in shown}
    shown += _simulated(metadata, named, len(shown))
    controllers: dict[str, tuple[str, ...]] = {}
    for one in equipments:
        controllers[one.controller.address] = (*controllers.get(one.controller.address, ()), one.name)
    return Board(version, tuple(one.name for one in equipments), controllers, tuple(shown), bool(metadata))


def _configured(equipments: Sequence[Equipment], metadata: Mapping[str, PointMetadata]) -> Iterator[ShownPoint]:
    pairs = ((equipment, point) for equipment in equipments for point in equipment.points)
    for number, (equipment, point) in enumerate(pairs):
        told = metadata.get(point.bop_point)
        yield ShownPoint(
            number=number,
            name=f"{equipment.name}.{point.ecy_point}",
            label=point.ecy_point,
            unit=point.device_unit,
            bop_point=point.bop_point,
            meaning=_meaning(point),
            system=system_of(point.bop_point),
            equipment=equipment.name,
            target=equipment.target(point),
            role=point.role,
            priority=point.priority,
            is_binary=point.object_type.is_binary,
            limits=Bounds(told.minimum, told.maximum) if told else ANYTHING,
            description=_described(point.bop_point, told),
            in_object_unit=_inverse(point) if point.role is Role.READ else SAME,
        )


def _meaning(point: Point) -> Meaning | None:
    """A status is made of a power: there the controller's name says what it is."""
    names = (point.bop_point, point.ecy_point)
    return meaning_of(*(reversed(names) if point.object_type.is_binary else names))


def _inverse(point: Point) -> Conversion:
    """What an output has to say to have an effect."""
    at_0, at_1 = point.raw_for(0.0), point.raw_for(1.0)
    return Conversion(at_1 - at_0, at_0)


def _described(bop_point: str, told: PointMetadata | None) -> str:
    if bop_point in INDICATORS:
        return INDICATORS[bop_point].words
    return (told.description if told else None) or ""


def _simulated(metadata: Mapping[str, PointMetadata], named: set[str], first: int) -> Iterator[ShownPoint]:
    left = [
        (name, told)
        for name, told in sorted(metadata.items())
        if name not in named and not name.endswith(_ACTIVATION) and not _OF_TIME.fullmatch(name)
    ]
    for number, (name, told) in enumerate(left, first):
        yield ShownPoint(
            number=number,
            name=name,
            label=name,
            unit=told.unit,
            bop_point=name,
            meaning=meaning_of(name),
            system=system_of(name),
            is_input=told.is_input,
            limits=Bounds(told.minimum, told.maximum),
            description=told.description or "",
        )
