"""Which object of one expansion is which of the other: found from what they say and what they are connected to.

Objects of one type are paired by how many cells agree and how far their surroundings do. What free names stand for
each other is voted for by the pairs of the round before, so that agreement spreads from the zones, which both call
alike, to what is connected to them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.hvac_templates.oracle.cells import Name, Thing, Value, by_type, same
from tests.hvac_templates.oracle.colours import Colours, colours, key_of, shared_distance

Pair: TypeAlias = tuple[Thing, Thing]
ROUNDS = 8
_LITERAL, _ANCHOR, _VOTED, _ALIKE, _OWN_NAME = 1.0, 6.0, 4.0, 0.4, 2
_NEAR_AT_FIRST, _NEAR_LATER = 3.0, 0.3
"""Surroundings count most while nothing has been voted for."""


Key: TypeAlias = tuple[str, str]
Counts: TypeAlias = dict[Key, Counter[Key]]


@dataclass(slots=True)
class Votes:
    """How often each free name of the one side stood where a free name of the other did, seen from both sides."""

    forth: Counts = field(default_factory=lambda: defaultdict(Counter))
    back: Counts = field(default_factory=lambda: defaultdict(Counter))

    def add(self, one: Name, other: Name, weight: int = 1) -> None:
        """One more place where they stand for each other."""
        self.forth[key_of(one)][key_of(other)] += weight
        self.back[key_of(other)][key_of(one)] += weight

    def belief(self, one: Name, other: Name) -> float:
        """From -1 (others were always chosen) to 1 (always these)."""
        votes = self.forth.get(key_of(one))
        return 2.0 * votes[key_of(other)] / votes.total() - 1.0 if votes else 0.0

    def agreed(self, one: Name, other: Name) -> bool:
        """Whether these two stand for each other in most places where either stands."""
        forth, back = self.forth[key_of(one)], self.back[key_of(other)]
        together = 2 * forth[key_of(other)]
        return together > forth.total() and together > back.total()

    def partner(self, one: Name) -> str:
        """The text that mostly stands for a name on the other side; empty where it is not known."""
        votes = self.forth.get(key_of(one))
        return votes.most_common(1)[0][0][1] if votes else ""


@dataclass(frozen=True, slots=True)
class Matching:
    """The pairs, and what had no partner."""

    pairs: Sequence[Pair]
    only_one: Sequence[Thing]
    only_other: Sequence[Thing]
    votes: Votes


def match(one: Sequence[Thing], other: Sequence[Thing]) -> Matching:
    """Pair the things of two expansions."""
    ones, others = by_type(one), by_type(other)
    near = {**colours(one), **colours(other)}
    votes, uses, pairs = Votes(), Votes(), list[Pair]()
    for number in range(ROUNDS):
        judge = _Judge(votes, uses, near, _NEAR_LATER if number else _NEAR_AT_FIRST)
        found = [pair for kind in ones if kind in others for pair in _paired(ones[kind], others[kind], judge)]
        if found == pairs:
            break
        pairs, uses, votes = found, _voted(found), _voted(found, own_names=True)
    matched_ones = {id(thing) for thing, _ in pairs}
    matched_others = {id(thing) for _, thing in pairs}
    return Matching(
        pairs,
        [thing for things in ones.values() for thing in things if id(thing) not in matched_ones],
        [thing for things in others.values() for thing in things if id(thing) not in matched_others],
        votes,
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """How well two things fit, by what has been voted for and by what surrounds them.

    ``uses`` are the votes of those that name a thing, without its own: a pair must not hold itself together.
    """

    votes: Votes
    uses: Votes
    near: Colours
    weight: float

    def score(self, one: Thing, other: Thing) -> float:
        paths = one.cells.keys() | other.cells.keys()
        cells = sum(_cell_score(one.cells.get(path), other.cells.get(path), self.votes) for path in paths)
        names = _VOTED * self.uses.belief(one.name, other.name) + _likeness(one.name.text, other.name.text)
        return cells + names + self.weight * shared_distance(self.near[id(one)], self.near[id(other)])


def _paired(ones: Sequence[Thing], others: Sequence[Thing], judge: _Judge) -> Iterator[Pair]:
    """The best pairs first, each thing once."""
    scored = sorted((-judge.score(one, other), i, j) for i, one in enumerate(ones) for j, other in enumerate(others))
    left, right = set(range(len(ones))), set(range(len(others)))
    for _, i, j in scored:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            yield ones[i], others[j]


def _cell_score(one: Value, other: Value, votes: Votes) -> float:
    if not isinstance(one, Name) or not isinstance(other, Name):
        return _LITERAL if same(one, other) else -_LITERAL
    if one.anchored or other.anchored:
        return _ANCHOR if same(one, other) else -_ANCHOR
    return _VOTED * votes.belief(one, other) + _ALIKE * _likeness(one.text, other.text)


def _likeness(one: str, other: str) -> float:
    """The share of words that two names have in common."""
    mine, theirs = set(one.casefold().split()), set(other.casefold().split())
    return len(mine & theirs) / max(len(mine | theirs), 1)


def _voted(pairs: Iterable[Pair], *, own_names: bool = False) -> Votes:
    votes = Votes()
    for one, other in pairs:
        if own_names:
            votes.add(one.name, other.name, _OWN_NAME)
        theirs: Mapping[str, Value] = other.cells
        for path, name in one.names:
            partner = theirs.get(path)
            if isinstance(partner, Name) and not name.anchored and not partner.anchored:
                votes.add(name, partner)
    return votes
