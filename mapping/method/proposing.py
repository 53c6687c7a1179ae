"""From two lists to a proposal: a simulation's point for each of a controller's, with others that it might be."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mapping.listed import Listed, Way
from mapping.method.choosing import Wish, choose
from mapping.method.equipments import Group, Partner, group_of, partners
from mapping.method.likeness import ComparedPoint, is_the_same, likeness, reasons, with_words
from mapping.method.scopes import PLANT, WEATHER
from mapping.method.understanding import GENERATORS, Understood, understood_controllers, understood_simulation
from points.meanings import said_by

LEAST = 0.6
"""Below this nobody is given to anybody."""
_CLEAR = 0.1
"""How far behind everybody else must be, where a pair is sure."""
_ALIKE_ENOUGH = 0.3
_GUESSED, _ELSEWHERE = 0.97, 0.55
_SHOWN = 3
_LOOKED_AT = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A point of the simulation that one of a controller's might be."""

    simulation: Listed
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A controller's point, and what it might be, the best first. ``is_mapped`` where the first is proposed at all."""

    controller: Listed
    candidates: tuple[Candidate, ...]
    is_mapped: bool
    is_sure: bool
    meaning: str
    """What it was taken for."""
    lost: str = ""
    """Who has what would have been proposed, in words; empty where it is mapped, or nothing is alike."""

    @property
    def simulation(self) -> Listed | None:
        """The point that is proposed."""
        return self.candidates[0].simulation if self.is_mapped else None


@dataclass(frozen=True, slots=True)
class Proposal:
    """All of a list's points in its order, and what of the simulation nobody has."""

    points: tuple[Proposed, ...]
    left: tuple[Listed, ...]


def propose(
    simulation: Sequence[Listed],
    controllers: Sequence[Listed],
    taken: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Proposal:
    """Map two lists. A measurement is given once to a controller, an input once to all.

    ``taken`` are names of the simulation's points that equipments have already.
    """
    theirs, ours = understood_simulation(simulation), understood_controllers(controllers)
    search = _Search(theirs, partners(ours, theirs), taken)
    options = [list(search.options(point)) for point in ours]
    wishes = [
        [
            Wish(one.place, one.score, search.once(one.place, point))
            for one in own
            if one.is_fitting and not search.is_taken(one.place, point)
        ]
        for point, own in zip(ours, options, strict=True)
    ]
    chosen = choose(wishes)
    rivals = _rivals(wishes)
    made = tuple(
        search.proposed(point, own, wish, rivals) for point, own, wish in zip(ours, options, chosen, strict=True)
    )
    given = {one.simulation.name for one in made if one.simulation is not None}
    return Proposal(made, tuple(point for point in simulation if point.name not in given))


@dataclass(frozen=True, slots=True)
class _Option:
    place: int
    score: float
    is_at_home: bool

    @property
    def is_fitting(self) -> bool:
        """Whether it may be given: it is of the same equipment, and alike."""
        return self.is_at_home and self.score >= LEAST


class _Search:
    """The simulation's points by what they are, so that points that are alike are compared once."""

    def __init__(
        self,
        simulation: Sequence[Understood],
        paired: Mapping[Group, Partner],
        taken: Mapping[str, Collection[str]],
    ) -> None:
        self._points, self._paired, self._taken = simulation, paired, taken
        self._taken_by_all = frozenset(name for names in taken.values() for name in names)
        self._of_side: dict[ComparedPoint, list[int]] = defaultdict(list)
        for place, point in enumerate(simulation):
            self._of_side[ComparedPoint.of(point)].append(place)

    def options(self, point: Understood) -> Iterator[_Option]:
        """What it might be, the best first."""
        side = ComparedPoint.of(point)
        alike = [(told, other) for other in self._of_side if (told := likeness(side, other)) is not None]
        likely = heapq.nlargest(_LOOKED_AT, (one for one in alike if one[0] >= _ALIKE_ENOUGH), key=lambda one: one[0])
        partner = self._paired.get(group_of(point))
        found = (self._option(point, place, told, partner) for told, other in likely for place in self._of_side[other])
        yield from heapq.nlargest(_LOOKED_AT, found, key=lambda one: (one.score, -one.place))

    def once(self, place: int, point: Understood) -> object:
        """What is taken by having it. A fan's power is shown as a power and, in one more object, as its status."""
        if self._points[place].listed.way is Way.COMMANDED:
            return place, None, False
        return place, point.listed.equipment, ComparedPoint.of(point).is_binary

    def is_taken(self, place: int, point: Understood) -> bool:
        """Whether somebody has it who keeps it."""
        other = self._points[place].listed
        names = self._taken_by_all if other.way is Way.COMMANDED else self._taken.get(point.listed.equipment, ())
        return other.name in names

    def proposed(
        self, point: Understood, own: Sequence[_Option], wish: Wish | None, rivals: Mapping[object, Sequence[float]]
    ) -> Proposed:
        """With the given one first."""
        ranked = sorted(own, key=lambda one: (wish is None or one.place != wish.what, -one.score))
        candidates = tuple(self._candidate(point, one) for one in ranked[:_SHOWN])
        is_sure = wish is not None and self._is_sure(point, own, wish, rivals)
        lost = self._lost(point, own) if wish is None else ""
        return Proposed(point.listed, candidates, wish is not None, is_sure, point.parts.words, lost)

    def _lost(self, point: Understood, own: Sequence[_Option]) -> str:
        likest = next((one for one in own if one.is_fitting), None)
        if likest is None:
            return ""
        name = self._points[likest.place].listed.name
        if not self.is_taken(likest.place, point):
            return f"{name} is given to one that is more alike"
        keeper = next(equipment for equipment, names in self._taken.items() if name in names)
        return f"{name} is in the config of {keeper} already"

    def _option(self, point: Understood, place: int, alike: float, partner: Partner | None) -> _Option:
        other = self._points[place]
        score = with_words(alike, point, other)
        is_shared = other.scope.kind == WEATHER
        is_at_home = is_shared or (partner is not None and partner.has(other.scope))
        factor = 1.0 if is_shared or (partner is not None and partner.has_surely(other.scope)) else _GUESSED
        return _Option(place, score * (factor if is_at_home else _ELSEWHERE), is_at_home)

    def _candidate(self, point: Understood, option: _Option) -> Candidate:
        other = self._points[option.place]
        return Candidate(other.listed, round(option.score, 2), "; ".join((*reasons(point, other), self._place(option))))

    def _place(self, option: _Option) -> str:
        words = self._points[option.place].scope.words
        return f"of {words}" if option.is_at_home else f"but of {words}"

    def _is_sure(
        self, point: Understood, own: Sequence[_Option], wish: Wish, rivals: Mapping[object, Sequence[float]]
    ) -> bool:
        other, partner = self._points[wish.what], self._paired.get(group_of(point))
        is_home_known = other.scope.kind == WEATHER or (partner is not None and partner.has_surely(other.scope))
        others = [one for one in own if one.place != wish.what]
        behind = [self._as_at_home(point, one) for one in others] + list(rivals[wish.once][1:2])
        can_be_tied = point.listed.way is other.listed.way or other.listed.way is Way.SHOWN
        return (
            is_home_known
            and not _generators(point) - _generators(other)
            and can_be_tied
            and point.is_clear
            and other.is_clear
            and point.listed.object_type is not None
            and is_the_same(point.parts, other.parts)
            and (point.quantity is not None) == (other.quantity is not None and not ComparedPoint.of(point).is_binary)
            and all(score <= wish.score - _CLEAR for score in behind)
        )

    def _as_at_home(self, point: Understood, option: _Option) -> float:
        """Where nobody says which kind of equipment has it, a pump or a water may be the plant's as well."""
        is_of_plant = PLANT in (point.scope.kind, self._points[option.place].scope.kind)
        return option.score / _ELSEWHERE if is_of_plant and not (point.is_told or option.is_at_home) else option.score


def _generators(point: Understood) -> frozenset[str]:
    """What makes the heat or the cold, as far as it is told: a boiler's water is not a heat pump's."""
    return (point.said.words | said_by(point.listed.equipment).words) & GENERATORS


def _rivals(wishes: Sequence[Sequence[Wish]]) -> Mapping[object, Sequence[float]]:
    """How much everybody who wants it wants each, the most first."""
    found: dict[object, list[float]] = defaultdict(list)
    for own in wishes:
        for wish in own:
            found[wish.once].append(wish.score)
    return {once: sorted(scores, reverse=True) for once, scores in found.items()}
