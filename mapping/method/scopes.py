"""Which equipment a point is of: told by its list, by what its name begins with, or by what the point is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from points.meanings import COMPASS, KINDS, Medium, PartialMeaning, Spot, place_of, said_by, system_of

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
_PATH = re.compile(r"^(?P<prefix>.*[./:\\\\'|])(?P<own>[^./:\\\\'|]+)$")
_SIDES = "|".join(sorted(COMPASS))
_KIND_WORDS = "|".join(sorted(_IN_A_NAME))
_NUMBERED = re.compile(
    rf"^(?P<prefix>(?:{_KIND_WORDS})(?:[-_ ]?\d+|[-_ ](?:{_SIDES})(?=[-_ ]))+)[-_ ](?P<own>.+)$", re.IGNORECASE
)
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


def scope_of_equipment(text: str) -> Belonging:
    """What the name of a controller or of an equipment says; words that are in no table are marks as they are."""
    said = said_by(text)
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    kinds = [KINDS[token] for token in tokens if token in KINDS]
    letter = [token for token in tokens[1:] if token in _LETTERS]
    return Belonging(kinds[0] if kinds else None, frozenset((*_joined(said.places), *said.unknown, *letter)))


def cut_name(text: str) -> tuple[str, str]:
    """A name's own part, behind the path or the equipment that it begins with: ``VAV_North.ZN-T``, ``AHU1_SAT``."""
    found = _PATH.match(text) or _NUMBERED.match(text)
    return (found["prefix"].rstrip("./:\\'|"), found["own"]) if found is not None else ("", text)


def scope_of_name(text: str) -> Belonging:
    """What a point's own name says: compass points, and the numbers right behind a word for an equipment."""
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    kinds = [KINDS[token] for token in tokens if token in _IN_A_NAME]
    numbers: list[str] = []
    for before, token in pairwise(tokens):
        if token.isdecimal() and (before in KINDS or (numbers and before.isdecimal())):
            numbers.append(str(int(token)))
    compass = (place for place in said_by(text).places if not place.isdecimal())
    return Belonging(kinds[0] if kinds else None, frozenset((*compass, *_joined(tuple(numbers)))))


def scope_of_simulation(name: str, description: str, parts: PartialMeaning) -> Belonging:
    """Of a point of BOPTEST."""
    place = place_of(name, description)
    told = scope_of_equipment(f"{system_of(name).replace('hvac', '')} {place}")
    marks = frozenset(told.marks - {"hvac"}) if place else frozenset[str]()
    first = name.split("_")[0].lower()
    if "weasta" in name.lower() or parts.place is Spot.WEATHER:
        return Belonging(WEATHER)
    if KINDS.get(first) == PLANT or parts.place in _OF_PLANTS:
        return Belonging(PLANT)
    kind = AIR_HANDLER if "ahu" in place else told.kind or implied_kind(parts)
    return Belonging(kind, frozenset(mark for mark in marks if mark != "ahu"))


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
    return one == other or (min(len(one), len(other)) > 2 and (one.startswith(other) or other.startswith(one)))
