"""Outputs are commanded, round by round, in a free slot that beats all others, and given back.

The slot is a hand's (``bridge/link/held_slots.py``): looked at and journalled before it is written, watched while it is
ours, left to whoever else writes into it. Only on a bench where nothing is behind the terminals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from bridge.checkout.judging import OutputTry
from bridge.checkout.judging.arrival import commands_for
from bridge.checkout.judging.commands import free_slot
from bridge.checkout.trying.bench import PointPlace, TriedBench
from bridge.link import HeldPoint
from bridge.real_outputs import wired_equipments
from utils.handoff import Closed
from utils.values import ObjectLimits, ObjectState, PointValue, Target

WHO = "checkout"
LONGEST_WAIT_S = 60.0
"""For a minimum on or off time: a longer one is for somebody with more time."""
_WIRED = "its terminals may drive something real: isolate_outputs in the config, or ECY_BENCH=isolated, permits it"
_NO_RANGE = "nobody tells its range, so there is nothing that it could be commanded at without a guess"
_REFUSED = "the controller refuses it: "


@dataclass(slots=True)
class _Output:
    place: PointPlace
    commands: tuple[PointValue, ...]
    limits: ObjectLimits
    tried: OutputTry
    seen: list[ObjectState | None] = field(default_factory=list)
    changed_at_s: float | None = None

    @property
    def is_tried(self) -> bool:
        return not (self.tried.obstacle or self.tried.refusal or self.tried.deferred)

    def result(self) -> OutputTry:
        made = len(self.seen)
        cut = made < len(self.commands) and self.is_tried
        tried = replace(self.tried, commanded=self.commands[:made], seen=tuple(self.seen))
        return replace(tried, obstacle="the checkout was stopped before") if cut else tried


def try_outputs(bench: TriedBench, limits: Mapping[Target, ObjectLimits]) -> list[OutputTry]:
    """Command all of them, or as far as there is time; inputs stay as they were shown last."""
    trial = _Outputs(bench, limits)
    with suppress(Closed):
        trial.run()
    return [one.result() for one in trial.all]


class _Outputs:
    def __init__(self, bench: TriedBench, limits: Mapping[Target, ObjectLimits]) -> None:
        self._bench = bench
        session = bench.session
        self._wired = frozenset(wired_equipments(session.equipments, session.settings))
        self.all = [self._output(place, limits.get(place.target, ObjectLimits())) for place in bench.outputs]
        self._given_up: set[Target] = set()
        self._by_target = {one.place.target: one for one in self.all}

    def run(self) -> None:
        """Find free slots, go through the rounds, and let go of everything."""
        states = self._bench.look([one.place for one in self.all if one.is_tried])
        for one in self.all:
            self._claim(one, states.get(one.place.target))
        for link in self._bench.session.links:
            link.duties.holds.news = self._news
        for number in range(max((len(one.commands) for one in self.all if one.is_tried), default=0)):
            self._command(number)
        for one in self.all:
            one.place.link.duties.holds.release(one.place.target)
        self._bench.show(self._bench.frame)

    def _output(self, place: PointPlace, limits: ObjectLimits) -> _Output:
        tried = OutputTry(place.equipment.name, place.point)
        commands = commands_for(place.point, limits)
        longest = max(limits.minimum_on_s or 0.0, limits.minimum_off_s or 0.0)
        if obstacle := self._obstacle(place, commands):
            tried = replace(tried, obstacle=obstacle)
        elif longest > LONGEST_WAIT_S:
            told = f"it stays as it is for {longest:g} s (minimum on or off time): try it by hand"
            tried = replace(tried, deferred=told)
        return _Output(place, commands, limits, tried)

    def _obstacle(self, place: PointPlace, commands: tuple[PointValue, ...]) -> str:
        if place.obstacle:
            return place.obstacle
        if place.equipment.name in self._wired:
            return _WIRED
        return "" if commands else _NO_RANGE

    def _claim(self, one: _Output, state: ObjectState | None) -> None:
        if not one.is_tried:
            return
        slot = free_slot(state)
        if isinstance(slot, str):
            one.tried = replace(one.tried, obstacle=slot)
        else:
            before = state.present_value.value if state is not None else None
            one.tried = replace(one.tried, slot=slot, before=before)
            one.place.link.duties.slots_by_hand[one.place.target] = slot

    def _command(self, number: int) -> None:
        clocks = self._bench.session.clocks
        active = [one for one in self.all if one.is_tried and number < len(one.commands)]
        now_s = clocks.monotonic()
        self._bench.wait(max([0.0, *(self._due_s(one, number) - now_s for one in active)]))
        for one in active:
            hold = HeldPoint(one.place.target, one.commands[number], WHO, clocks.wall())
            one.place.link.duties.holds.hold(hold)
            one.changed_at_s = clocks.monotonic()
        self._bench.show(self._bench.frame)
        active = [one for one in active if one.is_tried]
        seen = self._looked_at(active, number)
        for one in active:
            one.seen.append(seen.get(one.place.target))
            self._bench.own(one.place, one.tried.slot, one.commands[: len(one.seen)], one.seen)

    def _looked_at(self, active: Sequence[_Output], number: int) -> Mapping[Target, ObjectState]:
        """What was waited for once in vain is not waited for again."""

        def is_there(place: PointPlace, state: ObjectState | None) -> bool:
            return place.target in self._given_up or self._is_there(place, state, number)

        seen = self._bench.settled([one.place for one in active], is_there)
        self._given_up |= {one.place.target for one in active if not is_there(one.place, seen.get(one.place.target))}
        return seen

    def _due_s(self, one: _Output, number: int) -> float:
        """When it may be changed again."""
        if number == 0 or one.changed_at_s is None:
            return 0.0
        was_on = bool(one.commands[number - 1])
        minimum_s = one.limits.minimum_on_s if was_on else one.limits.minimum_off_s
        return one.changed_at_s + (minimum_s or 0.0)

    def _is_there(self, place: PointPlace, state: ObjectState | None, number: int) -> bool:
        wanted = self._by_target[place.target].commands[number]
        value = state.present_value.value if state is not None else None
        return value is not None and abs(float(value) - float(wanted)) <= 0.03 * max(abs(float(wanted)), 1.0)

    def _news(self, hold: HeldPoint, words: str) -> None:
        """A hold was dropped; or it is in force, which is looked at anyway."""
        one = self._by_target.get(hold.target)
        told = words.removeprefix("no longer held: ")
        if one is None or told == words:
            return
        if told.startswith(_REFUSED):
            one.tried = replace(one.tried, refusal=told.removeprefix(_REFUSED))
        else:
            one.tried = replace(one.tried, obstacle=told)
