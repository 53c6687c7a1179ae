"""An episode as an engineer sees it: zones, actuators, loops, powers and weather, wherever the recording has them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from points.meanings import Carrier, Meaning, Measure, Medium, Spot, Use, carrier_of, meaning_of, place_of
from recording.columns import RecordedEpisode, RunData
from recording.numbers.series import weights_s
from recording.words import Direction, Signal

Values = Sequence[float]
RUNS_AT = 0.05
"""A fan that is told less than this stands still, and the loops behind it are off."""
OUTDOOR_TEMPERATURE, OUTDOOR_HUMIDITY, SUN = _WEATHER = tuple(
    Meaning(Medium.OUTDOOR_AIR, Spot.WEATHER, measure, Use.MEASURED)
    for measure in (Measure.TEMPERATURE, Measure.HUMIDITY, Measure.RADIATION)
)
_IN_ZONE = Medium.ZONE_AIR, Spot.ZONE
_ZONE_TEMPERATURE = Meaning(*_IN_ZONE, Measure.TEMPERATURE, Use.MEASURED)
_ZONE_CO2 = Meaning(*_IN_ZONE, Measure.CO2, Use.MEASURED)
_FAN = Meaning(Medium.SUPPLY_AIR, Spot.FAN, Measure.SPEED, Use.COMMAND)
_TOLERANCES = {
    Meaning(Medium.SUPPLY_AIR, Spot.DUCT, Measure.TEMPERATURE, Use.MEASURED): 1.0,
    Meaning(Medium.SUPPLY_AIR, Spot.DUCT, Measure.PRESSURE, Use.MEASURED): 25.0,
}
"""Of measurements with a set-point of their own, in SI."""
_UNITS = {Measure.TEMPERATURE: "K", Measure.PRESSURE: "Pa", Measure.CO2: "ppm", Measure.RADIATION: "W/m2"}
"""BOPTEST's. What has another unit is not what its name says."""
_SHARE, _POWER = "1", "W"


@dataclass(frozen=True, slots=True)
class SeenZone:
    """A zone's columns in SI (K, ppm); None where there is none. ``label`` is the equipment that has its sensor."""

    place: str
    label: str
    temperature: Values
    heating: Values | None
    cooling: Values | None
    co2: Values | None


@dataclass(frozen=True, slots=True)
class SeenActuator:
    """An input of the simulation, as fractions of its range; ``is_ours`` is 1 while a controller commands it."""

    name: str
    label: str
    description: str
    strokes: Values
    is_ours: Values | None


@dataclass(frozen=True, slots=True)
class SeenLoop:
    """A measurement and its set-point in SI. ``fan`` is what the loop is off without; ``is_own`` whether the set-point
    is the building's own, which controllers that command the actuators themselves do not see.
    """

    meaning: Meaning
    label: str
    measured_name: str
    set_point_name: str
    measured: Values
    set_point: Values
    tolerance: float
    fan: Values | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class SeenPower:
    """A power in W; ``carrier`` is None where the recording does not say what it is made of."""

    name: str
    description: str
    carrier: Carrier | None
    values: Values


@dataclass(frozen=True, slots=True)
class SeenBuilding:
    """What there is of one episode."""

    episode: RecordedEpisode
    weights: Values
    zones: tuple[SeenZone, ...]
    actuators: tuple[SeenActuator, ...]
    loops: tuple[SeenLoop, ...]
    powers: tuple[SeenPower, ...]
    weather: Mapping[Meaning, Values]


def building_of(run: RunData, episode: RecordedEpisode) -> SeenBuilding:
    """Stroke at an episode with what the recording knows of its points."""
    return _Look(run, episode).building()


def seen_by(signals: Sequence[Signal], name: str) -> Signal | None:
    """The controller's point that is tied to a point of the simulation."""
    tied = (Direction.TO_CONTROLLER, Direction.FROM_CONTROLLER)
    return next((signal for signal in signals if signal.point == name and signal.direction in tied), None)


@dataclass(slots=True)
class _Look:
    run: RunData
    episode: RecordedEpisode
    columns: Mapping[str, Values] = field(init=False)
    units: dict[str, str] = field(init=False)
    meanings: dict[str, tuple[Meaning, str]] = field(default_factory=dict)
    """What is known of names, and of which zone or system each is."""

    def __post_init__(self) -> None:
        self.columns = self.episode.named(Direction.FROM_SIMULATION)
        told = {signal.point: signal.unit for signal in self.episode.signals if signal.point in self.columns}
        self.units = {name: self._told(name, "unit") or _simulations(told[name]) for name in self.columns}
        for name, unit in self.units.items():
            tied = seen_by(self.episode.signals, name)
            meaning = meaning_of(name, tied.object) if tied is not None else meaning_of(name)
            if meaning is not None and _UNITS.get(meaning.measure, unit) == unit:
                self.meanings[name] = meaning, place_of(name, self._told(name, "description"))

    def building(self) -> SeenBuilding:
        return SeenBuilding(
            self.episode,
            weights_s(self.episode.times_s),
            tuple(self._zones()),
            tuple(self._actuators()),
            tuple(self._loops()),
            tuple(self._powers()),
            {meaning: self.columns[name] for name, (meaning, _) in self.meanings.items() if meaning in _WEATHER},
        )

    def _zones(self) -> Iterator[SeenZone]:
        temperatures = self._all_of(_ZONE_TEMPERATURE)
        for name, place in temperatures.items():
            tied = seen_by(self.episode.signals, name)
            where = place if len(temperatures) > 1 else None
            yield SeenZone(
                place,
                tied.equipment if tied else place or "zone",
                self.columns[name],
                self._zones_set_point(Use.HEATING_SETPOINT, where) or self._zones_set_point(Use.SETPOINT, where),
                self._zones_set_point(Use.COOLING_SETPOINT, where),
                self._of(_ZONE_CO2, where),
            )

    def _zones_set_point(self, use: Use, place: str | None) -> Values | None:
        """Where there is one only, it is that for heating."""
        return self._of(Meaning(*_IN_ZONE, Measure.TEMPERATURE, use), place)

    def _actuators(self) -> Iterator[SeenActuator]:
        for name, unit in self.units.items():
            if unit == _SHARE and name.endswith("_u"):
                tied = seen_by(self.episode.signals, name)
                yield SeenActuator(
                    name,
                    f"{tied.equipment}.{tied.object}" if tied else name,
                    self._told(name, "description"),
                    self._strokes(name),
                    self.columns.get(f"{name.removesuffix('_u')}_activate"),
                )

    def _loops(self) -> Iterator[SeenLoop]:
        for name, (meaning, place) in self.meanings.items():
            wanted = self._name_of(replace(meaning, use=Use.SETPOINT), place) if meaning in _TOLERANCES else None
            if wanted is not None:
                activation = self.columns.get(f"{wanted.removesuffix('_u')}_activate")
                tied = seen_by(self.episode.signals, name)
                yield SeenLoop(
                    meaning,
                    f"{tied.equipment}.{tied.object}" if tied else name,
                    name,
                    wanted,
                    self.columns[name],
                    self.columns[wanted],
                    _TOLERANCES[meaning],
                    self._of(_FAN, place),
                    not any(value > 0.5 for value in activation or ()),
                )

    def _powers(self) -> Iterator[SeenPower]:
        for name, unit in self.units.items():
            if unit == _POWER and name.endswith("_y"):
                description = self._told(name, "description")
                yield SeenPower(name, description, carrier_of(description), self.columns[name])

    def _all_of(self, wanted: Meaning) -> dict[str, str]:
        return {name: place for name, (meaning, place) in self.meanings.items() if meaning == wanted}

    def _of(self, wanted: Meaning, place: str | None) -> Values | None:
        name = self._name_of(wanted, place)
        return self.columns[name] if name is not None else None

    def _name_of(self, wanted: Meaning, place: str | None) -> str | None:
        """The first that is of a place; with None, the first wherever it is."""
        return next((name for name, of in self._all_of(wanted).items() if place is None or of == place), None)

    def _strokes(self, name: str) -> Values:
        low, high = (self.run.number("metadata", name, end) for end in ("minimum", "maximum"))
        if not (math.isfinite(low) and math.isfinite(high) and high > low) or (low, high) == (0.0, 1.0):
            return self.columns[name]
        return [(value - low) / (high - low) for value in self.columns[name]]

    def _told(self, name: str, what: str) -> str:
        told = self.run.fact("metadata", name, what)
        return told if isinstance(told, str) else ""


def _simulations(unit: str) -> str:
    """A number without a unit is a fraction to the simulation."""
    return unit or _SHARE
