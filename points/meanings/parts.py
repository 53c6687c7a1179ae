"""What a name says of a point, part by part, where it does not say all: for whoever has other evidence beside it.

:func:`points.meanings.meaning_of` tells a meaning as a whole or nothing; here a part that is not told is None, and is
filled from a description, a unit, or the kind of object that has the name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from points.meanings.abbreviations import QUALIFIERS
from points.meanings.spellings import ACTUATED, MEASURES
from points.meanings.vocabulary import Meaning, Measure, Medium, Spot, Use
from points.meanings.words import Said

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class PartialMeaning:
    """The parts of a meaning as far as they are told. ``qualifiers`` make another point of the same four."""

    medium: Medium | None = None
    place: Spot | None = None
    measure: Measure | None = None
    use: Use | None = None
    qualifiers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, meaning: Meaning) -> PartialMeaning:
        """Those of a meaning that is told as a whole."""
        return cls(meaning.medium, meaning.place, meaning.measure, meaning.use)

    @property
    def meaning(self) -> Meaning | None:
        """The whole; None while a part of it is missing."""
        if self.medium is None or self.place is None or self.measure is None or self.use is None:
            return None
        return Meaning(self.medium, self.place, self.measure, self.use)

    @property
    def words(self) -> str:
        """The parts that are told, in the words of the field."""
        told: list[str] = [part for part in (self.medium, self.place, self.measure, self.use) if part is not None]
        return " ".join((*sorted(self.qualifiers), *(told or ["?"])))

    def filled_by(self, other: PartialMeaning) -> PartialMeaning:
        """What is missing here taken from there."""
        is_water = self.place in _HYDRONIC and other.medium not in (Medium.HOT_WATER, Medium.CHILLED_WATER)
        return PartialMeaning(
            self.medium or (None if is_water else other.medium),
            self.place or other.place,
            self.measure or other.measure,
            self.use or other.use,
            self.qualifiers | other.qualifiers,
        )

    def contradicts(self, other: PartialMeaning) -> bool:
        """Whether a part that both tell is another one. A duct is where a terminal unit's air is, too."""
        pairs = ((self.medium, other.medium), (self.measure, other.measure), (_near(self.place), _near(other.place)))
        return any(one is not None and another is not None and one != another for one, another in pairs)


def _near(place: Spot | None) -> Spot | None:
    return {Spot.TERMINAL: Spot.DUCT, Spot.REHEAT_VALVE: Spot.VALVE}.get(place, place) if place else None


def parts_of(said: Said) -> PartialMeaning:
    """What is told of a point by words alone."""
    words = untwisted(said.words)
    place = _place(words)
    qualifiers = words & QUALIFIERS
    if place is Spot.DUCT and "coil" in words:
        qualifiers |= {"coil"}  # behind one of the coils, not behind all
    parts = PartialMeaning(_medium(words, place), place, _measure(words, place), _use(words), qualifiers)
    if place is Spot.ZONE and parts.measure is None and parts.use is not None and "setpoint" in words:
        return replace(parts, measure=Measure.TEMPERATURE)
    return parts


def untwisted(words: Words) -> Words:
    """Without what a spelling of two meanings does not mean here, and with leaving and entering where they lead."""
    if "rh" in words:
        words = (words - {"rh"}) | {"reheat" if words & {"valve", "coil", "heating", "command"} else "humidity"}
    if "pressure" in words:
        words -= {"status"}  # StatPress
    if {"flow", "temperature"} <= words and "air" not in words:
        words = (words - {"flow"}) | {"supply", "water"}  # as Europe calls what leaves a boiler
    if {"temperature"} < words and words & {"heating", "cooling"} and words & _SIDES and not words & _NO_CIRCUIT:
        words |= {"water"}  # HeatingReturnTemp
    if {"water", "pressure"} <= words:
        words -= {"differential"}  # a pump's, whether that is said or not
    if words & {"cooling", "heating", "valve", "fan"} and "outdoor" in words and not words & {"temperature", "damper"}:
        words = (words - {"outdoor"}) | {"command"}  # ClgOut
    if "economizer" in words and words <= {"economizer", "command", "position"}:
        return words | {"outdoor", "damper"}
    if "water" in words or words & {"chiller", "boiler", "heatpump"}:
        return words
    if "leaving" in words:
        words |= {"supply"}
    return words | {"mixed"} if "entering" in words else words


def _place(words: Words) -> Spot | None:
    if words & {"terminal", "reheat"} and words & {"valve", "reheat"} and "temperature" not in words:
        return Spot.REHEAT_VALVE
    if words & {"zone"} and {"supply"} <= words:
        return Spot.TERMINAL
    for word, place in (("valve", Spot.VALVE), ("damper", Spot.DAMPER), ("pump", Spot.PUMP)):
        if word in words:
            return place
    if words & {"chiller", "boiler", "heatpump"}:
        return _by_side(words, Spot.PLANT_SUPPLY, Spot.PLANT_RETURN) or Spot.PLANT
    if "speed" in words and words & _SIDES and not words & {"flow", "temperature", "pressure"}:
        return Spot.FAN
    if "fan" in words and not words & {"temperature", "pressure", "flow"}:
        return Spot.FAN
    return _of_water(words) if words & {"water", "coil"} else _of_air(words)


def _by_side(words: Words, leaving: Spot, entering: Spot) -> Spot | None:
    """What leaves a plant is its supply."""
    if words & {"supply", "leaving"}:
        return leaving
    return entering if words & {"return", "entering"} else None


def _of_water(words: Words) -> Spot | None:
    if {"water", "pressure"} <= words:
        return Spot.PLANT
    if "coil" not in words:
        return _by_side(words, Spot.PLANT_SUPPLY, Spot.PLANT_RETURN)
    if "water" not in words and "temperature" in words and words & {"leaving"}:
        return Spot.DUCT
    if words & {"supply", "entering"}:
        return Spot.ENTERING_COIL
    if words & {"return", "leaving"}:
        return Spot.LEAVING_COIL
    return Spot.VALVE if words & {"command", "position"} else None


def _of_air(words: Words) -> Spot | None:
    if "zone" in words:
        return Spot.ZONE
    if words & {"outdoor", "radiation"}:
        return Spot.WEATHER if "flow" not in words else Spot.DUCT
    if words & {"supply", "return", "mixed", "exhaust", "pressure"}:
        return Spot.DUCT
    if "terminal" in words:
        return Spot.TERMINAL
    is_share = words & {"cooling", "heating"} and words & {"command", "position"} and not words & MEASURES.keys()
    return Spot.VALVE if is_share else None


def _medium(words: Words, place: Spot | None) -> Medium | None:
    if place in _HYDRONIC or "water" in words:
        return _water(words)
    if place in (Spot.ZONE, Spot.WEATHER):
        return Medium.ZONE_AIR if place is Spot.ZONE else Medium.OUTDOOR_AIR
    told = [medium for word, medium in _AIRS if word in words]
    if told:
        return told[0]
    if place is Spot.DUCT and words & {"pressure"} and "building" not in words:
        return Medium.SUPPLY_AIR
    return Medium.SUPPLY_AIR if place in (Spot.FAN, Spot.TERMINAL) else None


def _water(words: Words) -> Medium | None:
    if words & {"heating", "reheat", "heatpump", "boiler"}:
        return Medium.HOT_WATER
    return Medium.CHILLED_WATER if words & {"cooling", "chiller"} else None


def _measure(words: Words, place: Spot | None) -> Measure | None:
    told = [MEASURES[word] for word in _BY_WEIGHT if word in words]
    if told:
        return told[0]
    return Measure.POSITION if place in (Spot.DAMPER, Spot.VALVE, Spot.REHEAT_VALVE) else None


def _use(words: Words) -> Use | None:
    if "setpoint" in words or (words & {"occupied", "unoccupied"} and words & {"heating", "cooling"}):
        if "heating" in words and "water" not in words:
            return Use.HEATING_SETPOINT
        return Use.COOLING_SETPOINT if "cooling" in words and "water" not in words else Use.SETPOINT
    for word, use in (("status", Use.STATUS), ("command", Use.COMMAND), ("measured", Use.MEASURED)):
        if word in words:
            return use
    return None


def is_actuated(place: Spot | None) -> bool:
    """Whether it is something that is moved: what is set there is a command, however it is called."""
    return place in ACTUATED


_SIDES = frozenset(("supply", "return"))
_NO_CIRCUIT = frozenset(("setpoint", "zone", "terminal", "coil", "outdoor", "mixed"))
_HYDRONIC = (
    *(Spot.VALVE, Spot.REHEAT_VALVE, Spot.PUMP, Spot.ENTERING_COIL, Spot.LEAVING_COIL),
    *(Spot.PLANT, Spot.PLANT_SUPPLY, Spot.PLANT_RETURN),
)
_AIRS = (
    ("outdoor", Medium.OUTDOOR_AIR),
    ("mixed", Medium.MIXED_AIR),
    ("return", Medium.RETURN_AIR),
    ("exhaust", Medium.EXHAUST_AIR),
    ("supply", Medium.SUPPLY_AIR),
)
_BY_WEIGHT = ("co2", "humidity", "power", "temperature", "flow", "radiation", "pressure", "speed", "position")
"""What is measured, where more than one is named: the pressure of a fan with a speed is a pressure."""
