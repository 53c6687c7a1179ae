"""Inputs are shown coded values, round by round, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from bridge.checkout.judging import InputTry
from bridge.checkout.stimuli import CodedBuilding, Stimuli, coded, stimuli_of
from bridge.checkout.trying.bench import PointPlace, TriedBench
from bridge.translation import Translation
from points.bounds import Bounds
from utils.handoff import Closed
from utils.unit_conversion import UnitConverter
from utils.values import Frame, ObjectLimits, ObjectState, PointValue, Role, Target, same_as_stored

_NEAR = 0.03
"""Part of a value: more is worth another look. What is judged is judged later, and closer."""
_STOPPED = "the checkout was stopped before"
_NO_VALUE = "no value goes through its limits (minimum, maximum, valid_min, valid_max, and what the object tells)"


@dataclass(slots=True)
class _Round:
    number: int
    frame: Frame
    seen: Mapping[Target, ObjectState] = field(default_factory=dict)


def try_inputs(bench: TriedBench, building: CodedBuilding, before: Mapping[Target, ObjectState]) -> list[InputTry]:
    """Show all rounds, or as many as there is time for: a checkout that is stopped has tried what was looked at."""
    trial = _Inputs(bench, building)
    with suppress(Closed):
        trial.run()
    return [trial.tried(place, before.get(place.target)) for place in bench.inputs]


class _Inputs:
    def __init__(self, bench: TriedBench, building: CodedBuilding) -> None:
        self._bench = bench
        self._building = building
        self._metadata = bench.session.metadata
        self._translation = Translation(bench.session.equipments, self._metadata)
        self._withheld = {
            target: why for link in bench.session.links for target, why in link.controller.other_units.items()
        }
        self._stimuli: Stimuli | None = None
        self._rounds: list[_Round] = []
        self._given_up: set[Target] = set()
        """What was waited for once, in vain."""

    def run(self) -> None:
        limits = self._bench.limits(self._bench.inputs)
        self._stimuli = self._coded(limits)
        self._building.code(self._stimuli.rounds)
        state = self._building.initialize_system(0.0, 0.0)
        while not state.ended:
            targets = self._translation.targets(state.values)
            left = {one.target for link in self._bench.session.links for one in link.yielded}
            shown = {target: value for target, value in targets.items() if target not in self._withheld.keys() | left}
            one = _Round(len(self._rounds), Frame(len(self._rounds), state.time_s, state.values, shown))
            self._bench.show(one.frame, anew=True)
            one.seen = self._looked_at(one)
            self._rounds.append(one)
            state = self._building.advance_simulation({})
        for place in self._bench.inputs:
            sent = [one.frame.targets.get(place.target) for one in self._rounds]
            known = [value for value in sent if value is not None]
            if place.point.role is Role.COMMANDED and len(known) == len(sent):
                self._bench.own(
                    place, place.point.priority, known, [one.seen.get(place.target) for one in self._rounds]
                )

    def tried(self, place: PointPlace, before: ObjectState | None) -> InputTry:
        """What came of one of them."""
        told, point = self._metadata.get(place.point.bop_point), place.point
        return InputTry(
            place.equipment.name,
            point,
            told.unit if told is not None and told.unit is not None else point.unit,
            tuple(one.frame.values.get(point.bop_point, 0.0) for one in self._rounds),
            tuple(one.frame.targets.get(place.target) for one in self._rounds),
            tuple(one.seen.get(place.target) for one in self._rounds),
            before,
            place.link.refused.get(place.ref, "") if place.ref is not None else "",
            self._obstacle(place),
            next((one.found for one in place.link.yielded if one.target == place.target), None),
            self._withheld.get(place.target, ""),
        )

    def _coded(self, limits: Mapping[Target, ObjectLimits]) -> Stimuli:
        places = [place for place in self._bench.inputs if place.target not in self._withheld]
        bounds = {target: Bounds(told.minimum, told.maximum) for target, told in limits.items()}
        points = [(place.point, bounds.get(place.target, Bounds())) for place in places]
        return coded(stimuli_of(points, self._metadata, UnitConverter()))

    def _looked_at(self, one: _Round) -> Mapping[Target, ObjectState]:
        places = [place for place in self._bench.inputs if place.target in one.frame.targets]
        watched = {place.target for place in places} - self._given_up

        def is_there(place: PointPlace, state: ObjectState | None) -> bool:
            value = state.present_value.value if state is not None else None
            return place.target not in watched or _is_near(one.frame.targets[place.target], value)

        seen = self._bench.settled(places, is_there)
        self._given_up |= {place.target for place in places if not is_there(place, seen.get(place.target))}
        return seen

    def _obstacle(self, place: PointPlace) -> str:
        if place.obstacle:
            return place.obstacle
        if self._stimuli is not None and place.point.bop_point in self._stimuli.left_out:
            return _NO_VALUE
        is_whole = self._stimuli is not None and len(self._rounds) == len(self._stimuli.rounds)
        return "" if is_whole else _STOPPED


def _is_near(sent: PointValue, found: PointValue | None) -> bool:
    if found is None:
        return False
    return same_as_stored(found, sent) or abs(float(found) - float(sent)) <= _NEAR * abs(float(sent))
