"""Which equipment a point is of: told by its list, by what its name begins with, or by what the point is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from points.meanings import (
    COMPASS,
    KINDS,
    Language,
    Medium,
    PartialMeaning,
    Spot,
    parts_of,
    place_of,
    said_by,
    system_of,
    unaccented,
)

_TOKEN = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_LETTERS = frozenset("nsewc")
AIR_HANDLER, TERMINAL, PLANT, WEATHER = "air handler", "terminal unit", "plant", "weather"
_IN_A_NAME = frozenset(
    [
        "ahu",
        "rtu",
        "ahus",
        "mau",
        "doas",
        "fcu",
        "vav",
        "vavs",
        "fpb",
        "tu",
        "atu",
        "chlr",
        "chiller",
        "blr",
        "boiler",
        "cup",
    ]
)
"""Words for an equipment that are nothing else in a point's own name."""
_SEGMENT = re.compile(r"[^./:\\'|]*[./:\\'|]+|[^./:\\'|]+$")
_SEPARATOR = re.compile(r"[./:\\'|]+")
_SIDES = "|".join(sorted(COMPASS))
_KIND_WORDS = "|".join(sorted(_IN_A_NAME))
_NUMBERED = re.compile(
    rf"^(?P<prefix>(?:{_KIND_WORDS})(?:[-_ ]?\d+|[-_ ](?:{_SIDES})(?=[-_ ]))+)[-_ ](?P<own>.+)$", re.IGNORECASE
)
_SIDES_OF_A_BUILDING = frozenset(COMPASS.values())
_IN_FULL = {"nz": "north", "sz": "south"}
_FLOOR = re.compile(r"floor(\d+)_?")
_AIR_HANDLING = re.compile(r"ahu|AirHanUni", re.IGNORECASE)
_OF_A_PLANT = re.compile(r"(?:Chi|Hot)WatSys|\b(?i:production|district|hydronic)\b")
_OF_A_ZONE = re.compile(r"\b(?:for|of|in) zone \w+$|^(?:north|south+) zone |\bzone valve$", re.IGNORECASE)
_OF_TERMINALS = (Spot.ZONE, Spot.REHEAT_VALVE, Spot.TERMINAL)
_OF_PLANTS = (Spot.PLANT, Spot.PLANT_SUPPLY, Spot.PLANT_RETURN)
_OF_AIR_HANDLERS = (Medium.MIXED_AIR, Medium.RETURN_AIR, Medium.OUTDOOR_AIR, Medium.EXHAUST_AIR)


@dataclass(frozen=True, slots=True)
class Belonging:
    """A kind of equipment and which of them: compass points, numbers, or names; None and nothing where not told."""

    kind: str | None = None
    marks: frozenset[str] = frozenset()

    def or_else(self, other: Belonging) -> Belonging:
        """What is not told here, from there. Marks of another kind are no marks of this one."""
        if not self.marks and (self.kind is None or other.kind is None or self.kind == other.kind):
            return Belonging(self.kind or other.kind, other.marks)
        return Belonging(self.kind or other.kind, self.marks)

    @property
    def words(self) -> str:
        """In words: ``terminal unit south``."""
        return " ".join((self.kind or "equipment", *sorted(self.marks)))


def scope_of_equipment(text: str, language: Language = Language.ENGLISH) -> Belonging:
    """What the name of a controller or of an equipment says; words that are in no table are marks as they are, and so
    is what an equipment cannot be, as in "night zone".
    """
    said = said_by(text, language)
    tokens = [token.lower() for token in _TOKEN.findall(unaccented(text))]
    kinds = [KINDS[token] for token in tokens if token in KINDS]
    letter = [token for token in tokens[1:] if token in _LETTERS]
    names = [token for token in tokens if token not in KINDS and parts_of(said_by(token, language)).qualifiers]
    unknown = said.unknown - KINDS.keys()
    return Belonging(kinds[0] if kinds else None, frozenset((*_joined(said.places), *unknown, *letter, *names)))


def cut_name(text: str, language: Language = Language.ENGLISH) -> tuple[str, str]:
    """A name's own part, behind the path or the equipment that it begins with: ``VAV_North.ZN-T``, ``AHU1_SAT``.

    A path may go on in the point's own words: ``AHU1.SUPPLY.TEMP``.
    """
    segments = _SEGMENT.findall(text)
    leading = [_SEPARATOR.sub("", segment) for segment in segments[:-1]]
    kinds = [place for place, segment in enumerate(leading) if scope_of_equipment(segment, language).kind is not None]
    count = kinds[-1] + 1 if kinds else _names_of_equipments(leading, language)
    prefix = "".join(segments[:count])
    if prefix:
        return _SEPARATOR.sub(" ", prefix).strip(), text[len(prefix) :]
    found = _NUMBERED.match(text)
    return (found["prefix"], found["own"]) if found is not None else ("", text)


def _names_of_equipments(segments: Sequence[str], language: Language) -> int:
    """How many of the first are no words of a point."""
    said = [said_by(segment, language) for segment in segments]
    return next((place for place, one in enumerate(said) if one.words and not one.unknown), len(said))


def scope_of_name(text: str, language: Language = Language.ENGLISH) -> Belonging:
    """What a point's own name says: compass points, and the numbers right behind a word for an equipment."""
    tokens = [token.lower() for token in _TOKEN.findall(unaccented(text))]
    kinds = [KINDS[token] for token in tokens if token in _IN_A_NAME]
    numbers: list[str] = []
    for before, token in pairwise(tokens):
        if token.isdecimal() and (before in KINDS or (numbers and before.isdecimal())):
            numbers.append(str(int(token)))
    compass = (place for place in said_by(text, language).places if not place.isdecimal())
    return Belonging(kinds[0] if kinds else None, frozenset((*compass, *_joined(tuple(numbers)))))


def scope_of_simulation(name: str, description: str, parts: PartialMeaning) -> Belonging:
    """Of a point of BOPTEST: a side, a zone's own name or a floor; what its models are called tells nothing."""
    if "weasta" in name.lower() or "weatherstation" in name.lower() or parts.place is Spot.WEATHER:
        return Belonging(WEATHER)
    place, floor = place_of(name, description), _FLOOR.match(name)
    told = said_by(_IN_FULL.get(place, place))
    sides = tuple(mark for mark in told.places if mark in _SIDES_OF_A_BUILDING)
    own = sides or (*told.unknown, *_joined(told.places)) if "ahu" not in place and not _FLOOR.match(place) else ()
    marks = frozenset((*own, *([floor[1]] if floor is not None else ())))
    return Belonging(_kind_in_simulation(name, description, parts, is_zone=bool(own)), marks)


def _kind_in_simulation(name: str, description: str, parts: PartialMeaning, *, is_zone: bool) -> str | None:
    first = name.split("_")[0].lower()
    if KINDS.get(first) == PLANT or _OF_A_PLANT.search(f"{name} {description}"):
        return PLANT
    if _AIR_HANDLING.search(f"{name} {description}"):
        return AIR_HANDLER
    if parts.place in _OF_PLANTS:
        return PLANT
    if is_zone and _OF_A_ZONE.search(description):
        return TERMINAL
    told = scope_of_equipment(f"{system_of(name).replace('hvac', '')} {place_of(name, description)}").kind
    return told or implied_kind(parts)


def implied_kind(parts: PartialMeaning) -> str | None:
    """Of which kind of equipment a point can only be; None for what several kinds have."""
    if parts.place in _OF_TERMINALS:
        return TERMINAL
    if parts.place in _OF_PLANTS:
        return PLANT
    if parts.place is Spot.WEATHER:
        return WEATHER
    is_water = parts.place in (Spot.VALVE, Spot.PUMP, Spot.ENTERING_COIL, Spot.LEAVING_COIL)
    if parts.medium in _OF_AIR_HANDLERS or parts.place is Spot.FAN or (is_water and parts.medium is not None):
        return AIR_HANDLER
    return None


def _joined(places: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers that stand together are one mark: 2-05 is another box than 1-05."""
    numbers = [place for place in places if place.isdecimal()]
    return (*(place for place in places if not place.isdecimal()), *(["-".join(numbers)] if numbers else []))


def agreement(one: frozenset[str], other: frozenset[str]) -> int:
    """How many marks say the same; a beginning of three letters does, as ``sou`` for ``south``, and a letter alone."""
    return sum(any(_same(mark, theirs) for theirs in other) for mark in one)


def is_sure_agreement(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a word is what agrees: a number counts other things on each side, and a letter may be one of A to E."""
    return agreement(frozenset(mark for mark in one if len(mark) > 1 and mark.isalpha()), other) > 0


def _same(one: str, other: str) -> bool:
    if 1 == len(one) < len(other):
        return one.isalpha() and other.startswith(one)
    if one == other or min(len(one), len(other)) < 3 or one[0] != other[0]:
        return one == other
    return one.startswith(other) or other.startswith(one) or _consonants(one) == _consonants(other)


def _consonants(mark: str) -> str:
    """``bth`` of ``bath``, as models abbreviate; a mark that has no three of them stays as it is."""
    left = mark[0] + "".join(letter for letter in mark[1:] if letter not in "aeiou")
    return left if len(left) > 2 else mark
