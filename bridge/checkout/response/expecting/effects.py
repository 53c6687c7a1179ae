"""What moves with which actuator, which way, and how soon: the one table of a checkout's expectations.

While all other actuators are held (:func:`held_at`), so that no loop answers what one of them does: more opening of a
terminal's damper is more air, more water in a coil is warmer or colder air behind it, a faster fan more pressure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.checkout.response.expecting.kinds import QuantityKind
from points.meanings import Meaning, Measure, Medium, Spot, Use

_MINUTE_S = 60.0
LIMITS_S: Mapping[Measure | None, float] = {
    Measure.FLOW: 2 * _MINUTE_S,
    Measure.PRESSURE: 2 * _MINUTE_S,
    Measure.CO2: 60 * _MINUTE_S,
}
"""Simulated time in which a quantity answers."""
DUCT_S, ZONE_S = 10 * _MINUTE_S, 60 * _MINUTE_S


@dataclass(frozen=True, slots=True)
class ExpectedEffect:
    """One thing that moves with an actuator. ``sign``: +1 rises when it opens, -1 falls; 0 where the day decides.

    ``is_central`` of what all actuators of this kind move, whichever equipment has it. ``towards`` is for mixed air:
    +1 towards the outdoor air when it opens, -1 towards the return air.
    """

    kind: QuantityKind
    sign: int = 0
    is_central: bool = False
    towards: int = 0

    @property
    def has_a_way(self) -> bool:
        """Whether the table knows which way it moves."""
        return bool(self.sign or self.towards)

    @property
    def limit_s(self) -> float:
        """Simulated time until it must have been seen."""
        return limit_of(self.kind)


def limit_of(kind: QuantityKind) -> float:
    """Simulated time in which a kind answers: flow and pressure 2 min, air in ducts and water 10, zones 60."""
    if kind.place is Spot.ZONE:
        return ZONE_S
    return LIMITS_S.get(kind.measure, DUCT_S)


def effects_of(actuator: Meaning) -> tuple[ExpectedEffect, ...]:
    """What moves with an actuator of this meaning; nothing where the table does not know it."""
    return _EFFECTS.get((actuator.medium, actuator.place), ())


def is_actuator(meaning: Meaning | None) -> bool:
    """Whether it is moved, and the table knows it."""
    return meaning is not None and meaning.use is Use.COMMAND and (meaning.medium, meaning.place) in _EFFECTS


def held_at(meaning: Meaning) -> float:
    """Where it stands while another one is moved, as a share of its range: air flows, and every coil has some water."""
    return _HELD[meaning.place]


_HELD = {Spot.DAMPER: 0.5, Spot.FAN: 0.6, Spot.VALVE: 0.3, Spot.REHEAT_VALVE: 0.3, Spot.PUMP: 1.0}


def _kind(medium: Medium, place: Spot, measure: Measure) -> QuantityKind:
    return QuantityKind(medium, place, measure)


def _plant(water: Medium) -> tuple[ExpectedEffect, ...]:
    """More of a water is drawn: its plant pumps more and works harder."""
    return (
        ExpectedEffect(_kind(water, Spot.PLANT_SUPPLY, Measure.FLOW), +1, is_central=True),
        ExpectedEffect(_kind(water, Spot.PLANT, Measure.POWER), +1, is_central=True),
        ExpectedEffect(_kind(water, Spot.PUMP, Measure.POWER), +1, is_central=True),
        ExpectedEffect(_kind(water, Spot.PLANT_RETURN, Measure.TEMPERATURE), 0, is_central=True),
        ExpectedEffect(_kind(water, Spot.PLANT_SUPPLY, Measure.TEMPERATURE), 0, is_central=True),
    )


def _coil(water: Medium, sign: int) -> tuple[ExpectedEffect, ...]:
    return (
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.DUCT, Measure.TEMPERATURE), sign),
        ExpectedEffect(_kind(water, Spot.ENTERING_COIL, Measure.TEMPERATURE)),
        ExpectedEffect(_kind(water, Spot.LEAVING_COIL, Measure.TEMPERATURE)),
        *_plant(water),
    )


_MIXED = _kind(Medium.MIXED_AIR, Spot.DUCT, Measure.TEMPERATURE)
_EFFECTS: Mapping[tuple[Medium, Spot], tuple[ExpectedEffect, ...]] = {
    (Medium.SUPPLY_AIR, Spot.DAMPER): (
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.TERMINAL, Measure.FLOW), +1),
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.TERMINAL, Measure.TEMPERATURE)),
        ExpectedEffect(_kind(Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE)),
        ExpectedEffect(_kind(Medium.ZONE_AIR, Spot.ZONE, Measure.CO2)),
    ),
    (Medium.HOT_WATER, Spot.REHEAT_VALVE): (
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.TERMINAL, Measure.TEMPERATURE), +1),
        ExpectedEffect(_kind(Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE), +1),
        *_plant(Medium.HOT_WATER),
    ),
    (Medium.CHILLED_WATER, Spot.VALVE): _coil(Medium.CHILLED_WATER, -1),
    (Medium.HOT_WATER, Spot.VALVE): _coil(Medium.HOT_WATER, +1),
    (Medium.SUPPLY_AIR, Spot.FAN): (
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.DUCT, Measure.PRESSURE), +1),
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.DUCT, Measure.FLOW), +1),
        ExpectedEffect(_kind(Medium.SUPPLY_AIR, Spot.FAN, Measure.POWER), +1),
    ),
    (Medium.RETURN_AIR, Spot.FAN): (
        ExpectedEffect(_kind(Medium.RETURN_AIR, Spot.DUCT, Measure.FLOW), +1),
        ExpectedEffect(_kind(Medium.RETURN_AIR, Spot.FAN, Measure.POWER), +1),
    ),
    (Medium.OUTDOOR_AIR, Spot.DAMPER): (
        ExpectedEffect(_kind(Medium.OUTDOOR_AIR, Spot.DUCT, Measure.FLOW), +1),
        ExpectedEffect(_kind(Medium.OUTDOOR_AIR, Spot.DUCT, Measure.FLOW), +1),
        ExpectedEffect(_MIXED, towards=+1),
    ),
    (Medium.RETURN_AIR, Spot.DAMPER): (ExpectedEffect(_MIXED, towards=-1),),
    (Medium.CHILLED_WATER, Spot.PUMP): (ExpectedEffect(_kind(Medium.CHILLED_WATER, Spot.PUMP, Measure.POWER), +1),),
    (Medium.HOT_WATER, Spot.PUMP): (ExpectedEffect(_kind(Medium.HOT_WATER, Spot.PUMP, Measure.POWER), +1),),
}
