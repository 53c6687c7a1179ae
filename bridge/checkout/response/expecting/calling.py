"""Whether two things are called alike, where the table of meanings knows neither: by the words of name and description.

An actuator moves much of its own equipment, so that what moves tells the equipment, and not which of its actuators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from points.meanings import code_of
from utils.values import PointMetadata

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SAYS_NO_WHICH = frozenset(
    (
        *("and", "the", "for", "from", "air", "unit", "zone", "point", "signal", "value", "analog", "binary"),
        *("cmd", "command", "output", "position", "setpoint"),
        *("measurement", "sensor", "status", "sts", "temp", "temperature"),
    )
)
_SHORTEST = 3


def called_alike(name: str, candidates: Iterable[str], metadata: Mapping[str, PointMetadata]) -> list[str]:
    """Of the simulation's points, those that share most words with a controller's name; none where all share none."""
    words = _words(name)
    shared = {one: _shared(words, _words(f"{code_of(one)} {metadata[one].description}")) for one in candidates}
    most = max(shared.values(), default=0)
    return [one for one, count in shared.items() if count == most > 0]


@cache
def _words(text: str) -> frozenset[str]:
    found = (word.lower() for word in _WORD.findall(text.replace("-", "")))
    return frozenset(word for word in found if len(word) >= _SHORTEST) - _SAYS_NO_WHICH


def _shared(words: Iterable[str], others: Iterable[str]) -> int:
    told = list(others)
    return sum(any(word.startswith(other) or other.startswith(word) for other in told) for word in words)
