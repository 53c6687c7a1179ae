"""Tells from a point's name what it means.

The terms are the field's: ASHRAE Guideline 36 calls the air that leaves an air handler supply air, Project Haystack and
Brick call it discharge air; both are understood, and called supply air here. A name says four things in any order: the
medium and where in it, the quantity, and what the value is for. What is not recognised as a whole is unknown: a wrong
guess would put a number beside the wrong coil.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from points.meanings.boptest_names import BoptestName, boptest_name
from points.meanings.spellings import (
    ACRONYMS,
    ACTUATED,
    AIMED,
    BOPTEST_ONLY,
    BY_WORDS,
    INSTEAD,
    MEASURES,
    PASSED_OVER,
    USES,
    WORD_OF,
)
from points.meanings.vocabulary import Meaning, Measure, Medium, Spot, Use

_TOKENS = re.compile(r"CO2|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_EXTREMES = re.compile(r"Set(Max|Min)(?=$|[A-Z])")
"""How test cases name the set-point for cooling, which is the highest temperature of a zone, and that for heating."""
_WATER = re.compile(r"Wat|Hyd")
_WATERS = frozenset((Medium.CHILLED_WATER, Medium.HOT_WATER))
_VAGUE = frozenset(("supply", "return", "mixed", "exhaust", "fan", "pressure"))
_ELSEWHERE = ((Spot.DUCT, Measure.POWER), (Spot.FAN, Measure.FLOW))
"""What is not there: a fan draws the power, and air flows in a duct."""
_A_THERMOSTATS = frozenset(("temperature", "setpoint"))
"""What a building has one set-point of."""
_HEAT_PUMP = re.compile(r"heat?_?pump?", re.IGNORECASE)


@cache
def meaning_of(*names: str) -> Meaning | None:
    """What a point means, by the first of its names that is understood: BOPTEST's, then a controller's; or None."""
    return next((found for found in map(_meaning, names) if found is not None), None)


def _meaning(name: str) -> Meaning | None:
    told = boptest_name(name)
    words = _boptest_words(told) if told is not None else _words(name)
    found = _composed(words) if words is not None else None
    is_air = found is not None and found.medium not in _WATERS
    return None if is_air and "water" in map(str.lower, _TOKENS.findall(name)) else found


def _boptest_words(told: BoptestName) -> frozenset[str] | None:
    """The code says what, the device where; a zone's device makes what flows that of its terminal unit."""
    what, where = (told.code, told.device) if told.code else (told.device, told.system)
    code = _words(_EXTREMES.sub(_aimed, what), BOPTEST_ONLY)
    if code is None or any(word.isdecimal() for word in code) or _WATER.search(where):
        return None
    said = _with_use(code, told.is_input)
    if said is None or (not told.system and not told.device.startswith("Zon") and _is_vague(what, said)):
        return None
    if where.startswith("Zon"):
        said |= {"terminal"} if "zone" not in said else set()
        return said - {"cooling"} if "reheat" in said else said
    if said == _A_THERMOSTATS:
        return said | {"zone"}
    return said | (_words(where) or frozenset()) - {"fan", "zone"}


def _with_use(code: frozenset[str], is_input: bool) -> frozenset[str] | None:
    """What is told to the simulation is a command; a temperature or a pressure is a set-point. None for a coil's water:
    an air handler's air has no set-point of its own for heating.
    """
    said, is_aimed = code - {"position"}, bool(code & {"heating", "cooling"})
    if is_input and said & {"temperature", "pressure"} and not is_aimed:
        said |= {"setpoint"}
    elif is_input and "setpoint" not in said:
        is_share = said in ({"heating"}, {"cooling"}) and "position" not in code
        return None if is_share else said | {"command"}
    return None if {"supply", "setpoint"} <= said and is_aimed else said


def _is_vague(what: str, said: frozenset[str]) -> bool:
    """Where no system is named, what flows may be water, and a fan that of a heat pump."""
    return bool(said & _VAGUE) and "Air" not in what


def _aimed(found: re.Match[str]) -> str:
    return "SetCoo" if found[1] == "Max" else "SetHea"


def _words(name: str, codes: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """The words of a name, in this table's spelling; None where one of them is unknown."""
    text = _HEAT_PUMP.sub("Heatpump", name)
    found: set[str] = set()
    for part in map(str.lower, _TOKENS.findall(text)):
        if part in ACRONYMS:
            found |= set(ACRONYMS[part].split())
        elif part in WORD_OF and (part in codes or part not in BOPTEST_ONLY):
            found.add(WORD_OF[part])
        elif part not in PASSED_OVER:
            return None
    return frozenset(found)


def _composed(words: frozenset[str]) -> Meaning | None:
    for said, meant in INSTEAD:
        if words == said:
            words = meant
    uses = [USES[word] for word in words if word in USES]
    measures = [MEASURES[word] for word in words if word in MEASURES]
    subject = words - USES.keys() - MEASURES.keys()
    aimed = [use for word, use in AIMED.items() if word in subject and Use.SETPOINT in uses]
    found = BY_WORDS.get(frozenset(_without_aim(subject, aimed)))
    if found is None or len(uses) > 1 or len(measures) > 1 or len(aimed) > 1:
        return None
    medium, place, usual = found
    is_moved = place in ACTUATED and set(measures) <= {Measure.SPEED, Measure.POSITION}
    use = (aimed or uses or [Use.COMMAND if is_moved else Use.MEASURED])[0]
    if place is Spot.ZONE and not measures and Use.SETPOINT not in uses:
        return None
    measure = Measure.RUN if use is Use.STATUS else measures[0] if measures else usual
    if (place, measure) in _ELSEWHERE:
        return None
    if (place, measure) == (Spot.WEATHER, Measure.FLOW):
        place = Spot.DUCT  # outdoor air that flows is taken in
    return Meaning(medium, place, measure, use) if measure is not None else None


def _without_aim(subject: frozenset[str], aimed: list[Use]) -> Iterable[str]:
    return subject - AIMED.keys() if aimed else subject
