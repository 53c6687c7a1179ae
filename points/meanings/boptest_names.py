"""How BOPTEST's test cases name points: ``hvac_reaZonNor_TZon_y`` and its like (boptest-api §11, §12).

A name has a system, a device behind ``rea`` or ``ove``, a code of what is measured or commanded, and at its end ``y``
or ``u``. Every one of these may be missing but the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class BoptestName:
    """A name in its parts; what it does not have is empty. ``is_input`` of what the simulation is told."""

    system: str
    device: str
    code: str
    is_input: bool


_DEVICE = re.compile(r"(?:rea|ove)([A-Z]\w*)")
_ENDS = ("y", "u")
_ZONE_DEVICE = re.compile("^Zon(?:Act|Sup)(?=[A-Z])")
_PLACES = (
    re.compile(r"Zon(?:Sup|Act)?(?!Set)([A-Z][a-z]+)_"),
    re.compile(r"(?:con(?:Hea|Coo)|ext|inf)([A-Z][a-z]+\d?)_"),
    re.compile(r"(?:rea|ove)(Ahu\w*?)_"),
    re.compile(r"([NS]z)_[yu]$"),
    re.compile(r"RooAir([A-Z][a-z]+)_y$"),
    re.compile(r"(?:^|thermostat)([Dd]ay|[Nn]ig)Zon_"),
    re.compile(r"M([Dd]ay|[Nn]ig)Z_"),
    re.compile(r"^(floor\d+)_"),
)
_PLACE_IN_WORDS = re.compile(r"\b(?:for|of|in) zone (\w+)$")


@cache
def boptest_name(name: str) -> BoptestName | None:
    """A name in its parts; None of what is not named like this."""
    *parts, end = name.split("_")
    if not parts or end not in _ENDS:
        return None
    places = [place for place, part in enumerate(parts) if _DEVICE.fullmatch(part)]
    if not places:
        return BoptestName("_".join(parts[:-1]), "", parts[-1], end == "u")
    *_, place = places
    device = parts[place][len("rea") :]
    return BoptestName("_".join(parts[:place]), device, "_".join(parts[place + 1 :]), end == "u")


def system_of(name: str) -> str:
    """What of the plant a point of BOPTEST belongs to, such as ``hvac Ahu`` or ``hvac ZonNor``; else empty.

    A zone has several devices there, for its measurements, its actuators and its set-points.
    """
    found = boptest_name(name)
    if found is None or not (found.system and found.device):
        return ""
    return f"{found.system} {_ZONE_DEVICE.sub('Zon', found.device) if found.code else ''}".strip()


def code_of(name: str) -> str:
    """What a point of BOPTEST says of itself, without its system and device; another name as it is."""
    found = boptest_name(name)
    return name if found is None else found.code or found.device


def place_of(name: str, description: str = "") -> str:
    """Which zone or air handler a point of BOPTEST is of; empty where its test case has one only, or does not say."""
    told = _PLACE_IN_WORDS.search(description)
    matches = [told] if told is not None else [found for pattern in _PLACES if (found := pattern.search(name))]
    return matches[0][1].lower() if matches else ""
