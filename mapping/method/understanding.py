"""What a listed point is, by all that its list tells: name, description, unit, type, and the equipment it is of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mapping.listed import Listed, Way
from mapping.method.scopes import (
    AIR_HANDLER,
    PLANT,
    TERMINAL,
    WEATHER,
    Belonging,
    cut_name,
    implied_kind,
    scope_of_equipment,
    scope_of_name,
    scope_of_simulation,
)
from points.meanings import (
    Language,
    Measure,
    Medium,
    PartialMeaning,
    Said,
    Spot,
    Use,
    code_of,
    is_actuated,
    language_of,
    left_over,
    meaning_of,
    parts_of,
    said_by,
)
from utils.quantities import quantity_of

_MEASURED_IN: Mapping[str, Measure] = {
    "temperature": Measure.TEMPERATURE,
    "pressure": Measure.PRESSURE,
    "volume flow": Measure.FLOW,
    "mass flow": Measure.FLOW,
    "power": Measure.POWER,
    "irradiance": Measure.RADIATION,
}
_OF_A_LETTER = (Measure.PRESSURE, Measure.POWER, Measure.POSITION, Measure.SPEED)
"""What P and S may stand for, until a unit tells; other words are believed, and with another unit nothing fits."""
_NATURAL = (Spot.TERMINAL, Spot.REHEAT_VALVE, Spot.ZONE)
"""Where a point is in a terminal unit, which has one of each."""
_ZONE_OF_A_BUILDING = re.compile(r"^\w+ zone (?=.*\b(?:AHU|emission|circuit|pump|fan)\b)", re.IGNORECASE)
"""Where in a building something is that is not the zone's air."""
_OUT = re.compile(r"(?:(?<=[a-z0-9])Out|[^A-Za-z0-9]+(?i:out))$")
_COMMANDED = Said(frozenset(("command",)))
GENERATORS = frozenset(("boiler", "chiller", "heatpump"))
"""What makes heat or cold."""
_SETPOINTS = (Use.SETPOINT, Use.HEATING_SETPOINT, Use.COOLING_SETPOINT)


@dataclass(frozen=True, slots=True)
class Understood:
    """A point and what is known of it. ``is_clear`` where no word of its name is unknown and nothing contradicts."""

    listed: Listed
    parts: PartialMeaning
    scope: Belonging
    said: Said
    is_clear: bool
    quantity: str | None
    is_told: bool = True
    """Whether the kind of its equipment is told, and not only implied by what it is."""


def understood_simulation(points: Iterable[Listed]) -> list[Understood]:
    """The points of BOPTEST: its names have a grammar, and its descriptions are sentences."""
    return [_of_simulation(point) for point in points]


def understood_controllers(points: Iterable[Listed]) -> list[Understood]:
    """Points of controllers and of lists. What a name leaves open is told by the others of the same equipment."""
    listed = list(points)
    language = language_of([text for point in listed for text in (point.name, point.description) if text])
    cuts = [cut_name(point.name, language) for point in listed]
    shared = Counter((point.equipment, prefix) for point, (prefix, _) in zip(listed, cuts, strict=True))
    read = [
        _of_controller(point, cut if shared[point.equipment, cut[0]] > 1 else _uncut(point, cut, language), language)
        for point, cut in zip(listed, cuts, strict=True)
    ]
    kinds = _kinds_by_equipment(read)
    return [_placed(point, kinds[point.listed.equipment]) for point in read]


def _of_simulation(point: Listed) -> Understood:
    meaning, described = meaning_of(point.name), said_by(_ZONE_OF_A_BUILDING.sub("", point.description))
    code = code_of(point.name)
    parts = (
        PartialMeaning.of(meaning) if meaning is not None else parts_of(described).filled_by(parts_of(said_by(code)))
    )
    qualifiers = parts_of(described).qualifiers | parts_of(said_by(code)).qualifiers
    if parts.use in (Use.HEATING_SETPOINT, Use.COOLING_SETPOINT):
        qualifiers -= {"minimum", "maximum"}  # the lowest temperature is the set-point for heating
    parts = replace(_by_unit(parts, point), qualifiers=qualifiers)
    scope = scope_of_simulation(point.name, point.description, parts)
    parts = _at_home(_by_way(parts, point), scope.kind)
    return Understood(point, parts, scope, described | said_by(code), meaning is not None, _quantity(point))


def _uncut(point: Listed, cut: tuple[str, str], language: Language) -> tuple[str, str]:
    """What one point alone begins with is a word of its name, where the controller's says in which side it is."""
    of = scope_of_equipment(cut[0], language)
    is_equipment = of.kind is not None or said_by(cut[0], language).places
    has_side = any(not place.isdecimal() for place in said_by(point.equipment, language).places)
    return ("", point.name) if has_side and not is_equipment else cut


def _of_controller(point: Listed, cut: tuple[str, str], language: Language) -> Understood:
    prefix, own = cut[0], _without_out(cut[1], point, language)
    said, described = said_by(own, language), said_by(point.description, language)
    if "flow" in said.words and _quantity(point) == "temperature":
        said |= Said(frozenset(("temperature",)))
    told, other = _told_by_name(own, said, point), parts_of(described)
    parts = told.filled_by(other)
    is_numbered = any(place.isdecimal() for place in said.places)  # there may be another one
    is_clear = not is_numbered and not said.unknown and not told.contradicts(other)
    in_unit = _by_unit(parts, point)
    if parts.use in _SETPOINTS and in_unit.use is None:
        said = replace(said, words=said.words - {"setpoint"})  # SP was a static pressure
    scope = _scope_of(point, own, prefix, language)
    return Understood(point, _by_way(in_unit, point), scope, said | described, is_clear, _quantity(point))


def _without_out(own: str, point: Listed, language: Language) -> str:
    """``RA_Dmpr_Out`` without its end: at an output or a value it says output, where the rest tells what it is of."""
    found = _OUT.search(own)
    if found is None or point.object_type is None or point.object_type.is_input:
        return own
    rest = own[: found.start()]
    return rest if parts_of(said_by(rest, language)).place is not None else own


def _told_by_name(own: str, said: Said, point: Listed) -> PartialMeaning:
    """By the grammar where all of a name is in it, else word by word; an output commands."""
    named = parts_of(said | _COMMANDED if point.way is Way.COMMANDED else said)
    meaning = meaning_of(own) if not {"flow", "temperature"} <= said.words else None
    return replace(PartialMeaning.of(meaning), qualifiers=named.qualifiers) if meaning is not None else named


def _scope_of(point: Listed, own: str, prefix: str, language: Language) -> Belonging:
    scope = scope_of_name(own, language)
    for text in (prefix, point.equipment):
        scope = scope.or_else(scope_of_equipment(text, language))
    return scope.or_else(Belonging(None, scope_of_name(point.description, language).marks))


def _quantity(point: Listed) -> str | None:
    if point.object_type is not None and not point.object_type.is_analog:
        return None
    return quantity_of(point.unit) if point.unit else None


def _by_unit(parts: PartialMeaning, point: Listed) -> PartialMeaning:
    """A unit says what is measured more reliably than a word: a set-point in pascals is a static pressure (SP)."""
    quantity = _quantity(point)
    measure = _MEASURED_IN.get(quantity) if quantity is not None else None
    if measure is None or parts.measure not in (None, measure, *_OF_A_LETTER):
        return parts
    is_static = measure is Measure.PRESSURE and parts.measure is None and point.way is Way.SHOWN
    return replace(parts, measure=measure, use=None if is_static and parts.use in _SETPOINTS else parts.use)


def _by_way(parts: PartialMeaning, point: Listed) -> PartialMeaning:
    """A moved thing is commanded by an output; an input tells how it is; what has no other word is measured."""
    kind, is_moved = point.object_type, is_actuated(parts.place)
    if point.way is Way.COMMANDED and (is_moved or parts.use in (None, Use.MEASURED, Use.STATUS)):
        parts = replace(parts, use=Use.COMMAND)
    elif (point.way is Way.SHOWN and parts.use is Use.COMMAND) or parts.use is None:
        parts = replace(parts, use=Use.MEASURED)
    is_binary = kind is not None and kind.is_binary
    if is_binary and parts.place in (Spot.FAN, Spot.PUMP):
        return replace(parts, measure=Measure.RUN, use=Use.COMMAND if point.way is Way.COMMANDED else Use.STATUS)
    if parts.measure is None and parts.place is Spot.FAN:
        return replace(parts, measure=Measure.SPEED)
    return replace(parts, measure=Measure.RUN) if parts.measure is None and parts.place is Spot.PUMP else parts


def _kinds_by_equipment(read: Iterable[Understood]) -> Mapping[str, str | None]:
    """For each equipment of a list the kind that most of its points can only be of."""
    votes: dict[str, dict[str | None, int]] = {}
    for one in read:
        of = votes.setdefault(one.listed.equipment, {None: 0})
        kind = implied_kind(one.parts)
        if kind in (AIR_HANDLER, TERMINAL, PLANT):
            of[kind] = of.get(kind, 0) + 1
    return {equipment: max(of, key=lambda kind: of[kind]) for equipment, of in votes.items()}


def _placed(point: Understood, majority: str | None) -> Understood:
    implied, told = implied_kind(point.parts), point.scope.kind
    if implied == PLANT and told is None and not point.said.words & GENERATORS:
        point = replace(point, is_clear=False)  # at the plant, or at a coil
        implied = majority if majority == AIR_HANDLER and point.listed.equipment else implied
    if implied == WEATHER:
        kind: str | None = WEATHER
    elif told is not None:
        kind = told
    elif implied is not None and not (implied == AIR_HANDLER and majority == TERMINAL and not point.listed.equipment):
        kind = implied if implied != AIR_HANDLER or majority is None else _of_both(point.parts, majority)
    else:
        kind = TERMINAL if point.scope.marks and majority is None else majority
    parts = _at_a_coil(_at_home(point.parts, kind), point.said)
    if kind == PLANT and told == PLANT:
        parts = _in_a_plant(parts, point.listed.equipment)
    is_clear = point.is_clear and (parts.place == point.parts.place or parts.place in _NATURAL)
    is_one_of_several = kind != TERMINAL and any(not side.isdecimal() for side in point.said.places)
    is_clear = is_clear and not is_one_of_several and not left_over(point.said, parts)
    scope = Belonging(kind, point.scope.marks)
    return replace(point, scope=scope, parts=parts, is_clear=is_clear, is_told=told is not None)


def _at_a_coil(parts: PartialMeaning, said: Said) -> PartialMeaning:
    """Water that enters an air handler enters its coil; what enters a plant comes back to it."""
    if parts.place in (Spot.ENTERING_COIL, Spot.LEAVING_COIL) and said.words & {"entering", "leaving"}:
        return replace(parts, place=Spot.ENTERING_COIL if "entering" in said.words else Spot.LEAVING_COIL)
    return parts


def _in_a_plant(parts: PartialMeaning, equipment: str) -> PartialMeaning:
    """What a boiler supplies is water, where nothing else is said."""
    sides = {Medium.SUPPLY_AIR: Spot.PLANT_SUPPLY, Medium.RETURN_AIR: Spot.PLANT_RETURN}
    if parts.place is not Spot.DUCT or parts.medium not in sides or parts.measure is not Measure.TEMPERATURE:
        return parts
    return replace(parts, place=sides[parts.medium], medium=parts_of(said_by(equipment)).medium)


def _of_both(parts: PartialMeaning, majority: str) -> str:
    """A heating valve is an air handler's or a terminal unit's."""
    is_hot = parts.medium is Medium.HOT_WATER and parts.place is Spot.VALVE
    return majority if is_hot and majority == TERMINAL else AIR_HANDLER


def _at_home(parts: PartialMeaning, kind: str | None) -> PartialMeaning:
    """As the parts are called in that kind of equipment."""
    place, medium = parts.place, parts.medium
    if kind == TERMINAL:
        return _in_a_terminal(parts)
    if kind == AIR_HANDLER:
        if place in (Spot.PLANT_SUPPLY, Spot.PLANT_RETURN):
            place = Spot.ENTERING_COIL if place is Spot.PLANT_SUPPLY else Spot.LEAVING_COIL
        if place is Spot.VALVE and medium is None and "condenser" in parts.qualifiers:
            parts = replace(parts, qualifiers=parts.qualifiers - {"condenser"})  # CW is cooling water at a coil
            medium = Medium.CHILLED_WATER
        if place is Spot.DAMPER and medium is Medium.MIXED_AIR:
            medium = Medium.OUTDOOR_AIR
        if place is Spot.TERMINAL or (place is None and parts.measure in (Measure.FLOW, Measure.PRESSURE)):
            place, medium = Spot.DUCT, medium or Medium.SUPPLY_AIR
    return replace(parts, place=place, medium=medium)


def _in_a_terminal(parts: PartialMeaning) -> PartialMeaning:
    place, medium = parts.place, parts.medium
    if place is Spot.DUCT and medium in (Medium.SUPPLY_AIR, None):
        place = Spot.TERMINAL
    if place is None and parts.measure is Measure.FLOW:
        place = Spot.TERMINAL
    if place is Spot.VALVE and medium in (Medium.HOT_WATER, None):
        place, medium = Spot.REHEAT_VALVE, Medium.HOT_WATER
    if place is None and (parts.measure in (Measure.CO2, Measure.TEMPERATURE) or parts.use in _SETPOINTS):
        place, medium = Spot.ZONE, Medium.ZONE_AIR
    if place in (Spot.TERMINAL, Spot.DAMPER):
        medium = medium or Medium.SUPPLY_AIR
    if place is Spot.ZONE and parts.measure is None and parts.use in _SETPOINTS:
        return replace(parts, place=place, medium=Medium.ZONE_AIR, measure=Measure.TEMPERATURE)
    return replace(parts, place=place, medium=medium)
