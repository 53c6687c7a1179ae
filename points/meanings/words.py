"""A name or a description in words: how it is cut where blanks are missing, and how each piece is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from points.meanings.abbreviations import CODES, COMPASS, SAYS_NOTHING, SHORT, SUFFIXES

_CHUNK = re.compile(r"(?i:co2)|[A-Za-z]+?(?=(?i:co2))|[A-Za-z]+|\d+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_CODE = re.compile(r"(?:dp|T|V|y|u|P)(?=[A-Z])")
_HEAT_PUMP = re.compile(r"(?i:heat?[_ ]?pump?)(?![a-z])")
_SHORTEST, _LEAST_RUN_TOGETHER = 2, 4


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says. ``unknown`` are pieces that no table has; ``places`` compass points and numbers, in order."""

    words: frozenset[str]
    unknown: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()

    def __or__(self, other: Said) -> Said:
        return Said(self.words | other.words, self.unknown | other.unknown, (*self.places, *other.places))


@cache
def said_by(text: str) -> Said:
    """What a name says, whichever way its words are put together."""
    chunks = _CHUNK.findall(_HEAT_PUMP.sub("Heatpump", text))
    words: set[str] = set()
    unknown: set[str] = set()
    places: list[str] = []
    for place, chunk in enumerate(chunks):
        if chunk.isdecimal():
            places.append(str(int(chunk)))
            continue
        told = _last_letter(chunk) if 0 < place == len(chunks) - 1 else None
        found = told if told is not None else _chunk(chunk)
        words |= found.words
        unknown |= found.unknown
        places += found.places
    return Said(frozenset(words), frozenset(unknown), tuple(places))


def _last_letter(chunk: str) -> Said | None:
    word = SUFFIXES.get(chunk.lower())
    return Said(frozenset((word,))) if word is not None else None


@cache
def _chunk(chunk: str) -> Said:
    """As one word, by its capitals, or run together: whichever leaves least that is not understood."""
    whole = _piece(chunk)
    if whole is not None:
        return whole
    ways = [_cut(_CAMEL.findall(chunk)), _with_code(chunk)]
    run_together = _segments(chunk.lower())
    if run_together is not None:
        ways.append(run_together)
    return min((way for way in ways if way is not None), key=lambda way: sum(map(len, way.unknown)))


def _with_code(chunk: str) -> Said | None:
    code = _CODE.match(chunk)
    if code is None:
        return None
    word = CODES[code[0].lower()]
    return Said(frozenset(word.split())) | _cut(_CAMEL.findall(chunk[code.end() :]))


def _cut(pieces: list[str]) -> Said:
    told = Said(frozenset())
    for piece in pieces:
        told |= _piece(piece) or _segments(piece.lower()) or Said(frozenset(), frozenset((piece.lower(),)))
    return told


def _piece(piece: str) -> Said | None:
    lower = piece.lower()
    if lower in COMPASS:
        return Said(frozenset(), places=(COMPASS[lower],))
    if lower in SHORT:
        return Said(frozenset(SHORT[lower].split()))
    return Said(frozenset()) if lower in SAYS_NOTHING else None


@cache
def _segments(text: str) -> Said | None:
    """Words that are run together, as few as possible; None where something would be left over."""
    if len(text) < _LEAST_RUN_TOGETHER:
        return None
    best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
    for end in range(1, len(text) + 1):
        ways = [(*before, text[begin:end]) for begin, before in _before(best, end) if _piece(text[begin:end])]
        best[end] = min(ways, key=len, default=None)
    pieces = best[-1]
    return _cut(list(pieces)) if pieces is not None else None


def _before(best: list[tuple[str, ...] | None], end: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for begin in range(end - _SHORTEST + 1):
        before = best[begin]
        if before is not None:
            yield begin, before
