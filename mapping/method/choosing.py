"""Who gets whom: the most alike first, and a repair where that left somebody without."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Taken: TypeAlias = Hashable
"""What can be given once: an input of the simulation, or a measurement in one controller."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One that a point could have: ``what`` is its place among the simulation's points, ``once`` what it takes."""

    what: int
    score: float
    once: Taken


def choose(wishes: Sequence[Sequence[Wish]]) -> list[Wish | None]:
    """One wish at most for each, none given twice. ``wishes`` are each point's, the best first."""
    chosen: list[Wish | None] = [None] * len(wishes)
    owner: dict[Taken, int] = {}
    order = sorted(((-wish.score, who, rank) for who, own in enumerate(wishes) for rank, wish in enumerate(own)))
    for _, who, rank in order:
        wish = wishes[who][rank]
        if chosen[who] is None and wish.once not in owner:
            chosen[who], owner[wish.once] = wish, who
    for who, own in enumerate(wishes):
        if chosen[who] is None and own:
            _repair(who, wishes, chosen, owner)
    return chosen


def _repair(who: int, wishes: Sequence[Sequence[Wish]], chosen: list[Wish | None], owner: dict[Taken, int]) -> None:
    """Take what another one has, where that has something else that is free and both together gain."""
    best: tuple[float, Wish, Wish] | None = None
    for wish in wishes[who]:
        holder = owner[wish.once]
        held, instead = chosen[holder], _free(wishes[holder], owner)
        if held is None or instead is None:
            continue
        gain = wish.score + instead.score - held.score
        if gain > 0 and (best is None or gain > best[0]):
            best = gain, wish, instead
    if best is None:
        return
    _, wish, instead = best
    holder = owner[wish.once]
    chosen[holder], owner[instead.once] = instead, holder
    chosen[who], owner[wish.once] = wish, who


def _free(wishes: Sequence[Wish], owner: Mapping[Taken, int]) -> Wish | None:
    return next((wish for wish in wishes if wish.once not in owner), None)
