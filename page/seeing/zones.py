"""The zones and air handlers of a board: which points of an equipment stand where, found by what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from page.seeing.board import Board, ShownPoint
from page.seeing.moment import ShownMoment
from page.seeing.units import System
from points.meanings import Meaning, Measure, Medium, Spot, Use

_ZONE = Meaning(Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE, Use.MEASURED)
_HEATING = Meaning(Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE, Use.HEATING_SETPOINT)
_COOLING = Meaning(Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE, Use.COOLING_SETPOINT)
_HANDLER = {
    Meaning(Medium.MIXED_AIR, Spot.DUCT, Measure.TEMPERATURE, Use.MEASURED),
    Meaning(Medium.RETURN_AIR, Spot.DUCT, Measure.TEMPERATURE, Use.MEASURED),
    Meaning(Medium.OUTDOOR_AIR, Spot.DAMPER, Measure.POSITION, Use.COMMAND),
    Meaning(Medium.SUPPLY_AIR, Spot.FAN, Measure.SPEED, Use.COMMAND),
    Meaning(Medium.CHILLED_WATER, Spot.VALVE, Measure.POSITION, Use.COMMAND),
    Meaning(Medium.HOT_WATER, Spot.VALVE, Measure.POSITION, Use.COMMAND),
}
_ENOUGH = 3
"""So many of an air handler's points make one."""
_SHOWN = 0.05
"""Less is not seen in one digit."""


@dataclass(frozen=True, slots=True)
class ShownZone:
    """An equipment that serves a zone, with what the zone is to be."""

    equipment: str
    temperature: ShownPoint
    heating: ShownPoint | None
    cooling: ShownPoint | None

    def in_words(self, moment: ShownMoment, system: System) -> str:
        """How the zone stands to its set-points; empty where it has none."""
        now, low, high = (_shown(point, moment, system) for point in (self.temperature, self.heating, self.cooling))
        if now is None or low is None or high is None:
            return ""
        beyond, sign = max(now - high, low - now), "K" if system == "SI" else "°F"
        if beyond < _SHOWN:
            return "in range"
        return f"{beyond:.1f} {sign} {'above' if now > high else 'below'}"


def found_by_meaning(board: Board, equipment: str) -> Mapping[Meaning, ShownPoint]:
    """An equipment's points by what they mean; its own before those that only the simulation has of its system."""
    found: dict[Meaning, ShownPoint] = {}
    for point in (*board.of(equipment), *board.beside(equipment)):
        if point.meaning is not None:
            found.setdefault(point.meaning, point)
    return found


@lru_cache(maxsize=8)
def zones_of(board: Board) -> tuple[ShownZone, ...]:
    """The equipments that serve a zone."""
    found = ((equipment, found_by_meaning(board, equipment)) for equipment in board.equipments)
    return tuple(
        ShownZone(equipment, points[_ZONE], points.get(_HEATING), points.get(_COOLING))
        for equipment, points in found
        if _ZONE in points and points[_ZONE].equipment
    )


def handlers_of(board: Board) -> tuple[str, ...]:
    """The equipments that are air handlers."""
    return tuple(
        equipment
        for equipment in board.equipments
        if len({point.meaning for point in board.of(equipment)} & _HANDLER) >= _ENOUGH
    )


def zones_in_words(moment: ShownMoment, system: System) -> Mapping[str, str]:
    """How each zone stands, by its equipment."""
    return {zone.equipment: zone.in_words(moment, system) for zone in zones_of(moment.board)}


def _shown(point: ShownPoint | None, moment: ShownMoment, system: System) -> float | None:
    value = moment.values[point.number] if point is not None else None
    return None if point is None or value is None else point.reading(system).conversion(value)
