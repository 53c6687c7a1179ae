"""All that was seen of a mapping, and what is concluded before any single point is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from bridge.checkout.response.expecting.plan import PairedPoint, ResponsePlan, Trial
from bridge.checkout.response.judging.blame import Blame, blame
from bridge.checkout.response.seeing.courses import Frames, values_in
from bridge.checkout.response.seeing.outcomes import Came, TrialOutcome, better_of, outcomes
from bridge.checkout.response.seeing.shown import NeverChanged, constant
from bridge.checkout.response.seeing.winners import Observed
from points.meanings import Measure, meaning_of

_MOVES_ALWAYS = (Measure.TEMPERATURE, Measure.FLOW, Measure.PRESSURE, Measure.CO2)
"""What is never the same for hours in a building whose other such measurements change."""


class Evidence:
    """Pure. ``observed`` are the situations in their order, ``days`` the building under its own control."""

    def __init__(
        self, plan: ResponsePlan, observed: Sequence[Observed], days: Sequence[Frames] = (), *, is_whole: bool = True
    ) -> None:
        """``is_whole`` unless it was stopped: then nothing is concluded from what was not seen."""
        self.plan = plan
        self.is_whole = is_whole
        self.observed = observed
        self.days = days
        self._values: dict[str, list[float]] = {}

    @cached_property
    def seen(self) -> list[TrialOutcome]:
        """What came of every trial, in the situation in which it was clear."""
        best: dict[Trial, TrialOutcome] = {}
        for one in self.observed:
            for outcome in outcomes(self.plan, one):
                best[outcome.trial] = better_of(best.get(outcome.trial), outcome)
        return list(best.values())

    @cached_property
    def taken_for_another(self) -> dict[PairedPoint, TrialOutcome]:
        """Outputs that the controller calls otherwise than the simulation, and that do not do what theirs should."""
        found: dict[PairedPoint, TrialOutcome] = {}
        for output in self.plan.outputs:
            own = [one for one in self.seen if one.trial.output is output and one.trial.is_own]
            own = [one for one in own if one.trial.effect.has_a_way]
            is_proven = any(one.came is Came.RIGHT for one in own) and self._exchanged(output) is None
            if own and self._is_misnamed(output) and not is_proven:
                found[output] = next((one for one in own if one.came is not Came.UNCLEAR), own[0])
        return found

    @cached_property
    def trusted(self) -> list[TrialOutcome]:
        """Without those of outputs that are something else, and of measurements that never change."""
        return [
            one
            for one in self.seen
            if one.trial.output not in self.taken_for_another and self.frozen(one.trial.input.name) is None
        ]

    @cached_property
    def blame(self) -> Blame:
        """Who is wrong, where pairs do not belong together."""
        measured_by: dict[str, list[str]] = {}
        for one in self.plan.inputs:
            measured_by.setdefault(one.equipment, []).append(one.name)
        return blame(self.trusted, measured_by)

    def of(self, point: PairedPoint, came: Came) -> list[TrialOutcome]:
        """The trusted outcomes of a point, those that say most first."""
        found = [one for one in self.trusted if point in (one.trial.input, one.trial.output) and one.came is came]
        return sorted(found, key=_weight)

    def values(self, name: str) -> list[float]:
        """All that a measurement ever was."""
        if name not in self._values:
            days = [value for day in self.days for value in values_in(day, name)]
            self._values[name] = [*days, *(value for one in self.observed for value in one.all_values(name))]
        return self._values[name]

    def frozen(self, name: str) -> NeverChanged | None:
        """Whether a measurement never changed; None where it did, or was not looked at."""
        return constant(self.values(name)) if self.observed or self.days else None

    def is_open(self, name: str) -> bool:
        """Whether an actuator may still tell something in another situation."""
        clear = {one.trial.input for one in self.seen if one.came is not Came.UNCLEAR}
        own = [one for one in self.seen if one.moved.name == name]
        is_silent = all(one.came is Came.UNCLEAR for one in own)
        return is_silent or any(one.trial.is_told and one.trial.input not in clear for one in own)

    def should_change(self, point: PairedPoint) -> bool:
        """Whether it cannot be right that its measurement never changes."""
        if any(one.trial.input is point and one.trial.effect.sign for one in self.seen):
            return True
        kind = self.plan.kinds[point.name]
        if not self.is_whole or kind.measure not in _MOVES_ALWAYS:
            return False
        alike = [name for name, other in self.plan.kinds.items() if other.family == kind.family]
        return any(self.frozen(name) is None for name in alike if name != point.name)

    def is_moved(self, name: str) -> bool:
        """Whether any actuator moved it."""
        horizons = [(one, moved) for one in self.observed for moved in one.moved]
        return any(
            abs(moved.response(name, moved.step_s * len(moved.at_low))) >= one.least(name) for one, moved in horizons
        )

    def actuator_of(self, kind_of: TrialOutcome, names: Iterable[str]) -> TrialOutcome | None:
        """The outcome in which another such actuator moved one of these."""
        wanted, likeness = set(names), self.plan.likeness(kind_of.trial.output)
        for one in self.seen:
            is_other = one.moved.name != kind_of.moved.name and self.plan.likeness(one.trial.output) == likeness
            if is_other and one.ranking is not None and one.ranking.is_clear and one.ranking.first.name in wanted:
                return one
        return None

    def neighbours(self, outcome: TrialOutcome) -> set[str]:
        """What else the actuator of an outcome moved clearly."""
        same = [one for one in self.seen if one.moved is outcome.moved and one.ranking is not None]
        return {one.ranking.first.name for one in same if one.ranking is not None and one.ranking.is_clear}

    def is_misnamed(self, point: PairedPoint) -> bool:
        """Whether the controller's name and the simulation's say that it is something else."""
        return self._is_misnamed(point) if point in self.plan.outputs else not self.plan.is_meant(point, point.name)

    def _exchanged(self, output: PairedPoint) -> PairedPoint | None:
        """The output that has what this one is called, and is called what this one has."""
        here = [one for one in self.plan.outputs if one is not output and self._is_misnamed(one)]
        return next((one for one in here if _is_called(one, output) and _is_called(output, one)), None)

    def _is_misnamed(self, output: PairedPoint) -> bool:
        return meaning_of(output.name) is not None and not _is_called(output, output)


def _weight(outcome: TrialOutcome) -> tuple[bool, bool, bool, float]:
    ratio = outcome.ranking.ratio if outcome.ranking is not None else 1.0
    return not outcome.trial.is_own, not outcome.trial.is_told, not outcome.trial.effect.sign, ratio


def _is_called(point: PairedPoint, other: PairedPoint) -> bool:
    """Whether what the controller calls a point is what the simulation calls the input of another one, or its own."""
    meant, found = meaning_of(point.point.ecy_point), meaning_of(other.name)
    if meant is None or found is None:
        return meant is None
    return (meant.medium, meant.place) == (found.medium, found.place)
