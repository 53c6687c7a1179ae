"""A name or a description in words: how it is cut where blanks are missing, and how each piece is understood."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from points.meanings.abbreviations import CODES, COMPASS, SAYS_NOTHING, SHORT, SUFFIXES
from points.meanings.languages import SIDES_IN, WORDS_IN, Language, unaccented

_CHUNK = re.compile(r"(?i:co2)|[A-Za-z]+?(?=(?i:co2))|[A-Za-z]+|\d+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_CODE = re.compile(r"(?:dp|T|V|y|u|P)(?=[A-Z])")
_HEAT_PUMP = re.compile(r"(?i:heat?[_ ]?pump?)(?![a-z])")
_COMPOUNDS = (
    (_HEAT_PUMP, "Heatpump"),
    (re.compile(r"fan[_ -]?coil", re.IGNORECASE), "Fancoil"),
    (re.compile(r"air[_ -]?valve", re.IGNORECASE), "Damper"),
    (re.compile(r"(?:under)?floor[_ -]?heating", re.IGNORECASE), "Underfloor"),
)
"""What is one word, however it is written."""
_SHORTEST, _LEAST_RUN_TOGETHER = 2, 4
_FOREIGN, _BY_CHANCE = 0.2, 2
"""How many words a text, and in all, another language must explain before a list is taken to be in it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says. ``unknown`` are pieces that no table has; ``places`` compass points and numbers, in order."""

    words: frozenset[str]
    unknown: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()

    def __or__(self, other: Said) -> Said:
        return Said(self.words | other.words, self.unknown | other.unknown, (*self.places, *other.places))


@cache
def said_by(text: str, language: Language = Language.ENGLISH) -> Said:
    """What a name says, whichever way its words are put together."""
    plain = unaccented(text)
    for written, word in _COMPOUNDS:
        plain = written.sub(word, plain)
    chunks = _CHUNK.findall(plain)
    words: set[str] = set()
    unknown: set[str] = set()
    places: list[str] = []
    for place, chunk in enumerate(chunks):
        if chunk.isdecimal():
            places.append(str(int(chunk)))
            continue
        told = _last_letter(chunk) if 0 < place == len(chunks) - 1 else None
        found = told if told is not None else _chunk(chunk, language)
        words |= found.words
        unknown |= found.unknown
        places += found.places
    return Said(frozenset(words), frozenset(unknown), tuple(places))


def language_of(texts: Collection[str]) -> Language:
    """In which language a list is written: English, unless another one leaves clearly less of it not understood."""
    left = {language: sum(len(said_by(text, language).unknown) for text in texts) for language in Language}
    best = min(Language, key=lambda language: left[language])
    explained = left[Language.ENGLISH] - left[best]
    return best if explained > max(_FOREIGN * len(texts), _BY_CHANCE) else Language.ENGLISH


def _last_letter(chunk: str) -> Said | None:
    word = SUFFIXES.get(chunk.lower())
    return Said(frozenset((word,))) if word is not None else None


@cache
def _chunk(chunk: str, language: Language) -> Said:
    """As one word, by its capitals, or run together: whichever leaves least that is not understood."""
    whole = _piece(chunk, language)
    if whole is not None:
        return whole
    ways = [_cut(_CAMEL.findall(chunk), language), _with_code(chunk, language)]
    run_together = _segments(chunk.lower(), language)
    if run_together is not None:
        ways.append(run_together)
    return min((way for way in ways if way is not None), key=lambda way: sum(map(len, way.unknown)))


def _with_code(chunk: str, language: Language) -> Said | None:
    code = _CODE.match(chunk)
    if code is None:
        return None
    rest = _cut(_CAMEL.findall(chunk[code.end() :]), language)
    if rest.unknown and chunk.isupper():
        return None  # TOTAL is no temperature
    return Said(frozenset(CODES[code[0].lower()].split())) | rest


def _cut(pieces: list[str], language: Language) -> Said:
    told = Said(frozenset())
    for piece in pieces:
        found = _piece(piece, language) or _segments(piece.lower(), language)
        told |= found or Said(frozenset(), frozenset((piece.lower(),)))
    return told


def _piece(piece: str, language: Language) -> Said | None:
    lower = piece.lower()
    side = SIDES_IN[language].get(lower) or COMPASS.get(lower)
    if side is not None:
        return Said(frozenset(), places=(side,))
    word = WORDS_IN[language].get(lower, SHORT.get(lower))
    if word is not None:
        return Said(frozenset(word.split()))
    return Said(frozenset()) if lower in SAYS_NOTHING else None


@cache
def _segments(text: str, language: Language) -> Said | None:
    """Words that are run together, as few as possible; None where something would be left over."""
    if len(text) < _LEAST_RUN_TOGETHER:
        return None
    best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
    for end in range(1, len(text) + 1):
        ways = [
            (*before, text[begin:end]) for begin, before in _before(best, end) if _may_join(text[begin:end], language)
        ]
        best[end] = min(ways, key=len, default=None)
    pieces = best[-1]
    return _cut(list(pieces), language) if pieces is not None else None


def _may_join(piece: str, language: Language) -> bool:
    """Two letters of another language are as good as any two."""
    is_foreign = piece in WORDS_IN[language] or piece in SIDES_IN[language]
    return (len(piece) > _SHORTEST or not is_foreign) and _piece(piece, language) is not None


def _before(best: list[tuple[str, ...] | None], end: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for begin in range(end - _SHORTEST + 1):
        before = best[begin]
        if before is not None:
            yield begin, before
