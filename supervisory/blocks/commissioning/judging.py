"""What each test of an air handler concludes from what was measured, and the least fault that it could have seen.

Guideline 36, 5.16.14 gives what sensors may be off by for passive faults. The tests and what is concluded from them
are this bench's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from supervisory.blocks.commissioning.course import FLOW, MIXED, OUTDOOR, OVER_COILS, RETURNED, Stage
from supervisory.blocks.commissioning.rules import MARGIN, Tolerances
from supervisory.blocks.commissioning.settling import StageMeans

_HEAT_KW = 1.2 * 1.006
"""Of a m3/s of air, per K."""
_HALF_LEAST, _HALF_MOST = 0.1, 0.9
"""Dampers at half travel bring the mixed air at least so far on its way from return to outdoor air, and at most."""


class Ruling(Enum):
    """What a test says."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What came out; ``smallest`` is the least fault that could have been seen."""

    outcome: Ruling
    found: str = ""
    allowed: str = ""
    smallest: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What is concluded from. ``without_air`` are the stages in which it stopped flowing."""

    measured: Mapping[Stage, StageMeans]
    without_air: Collection[Stage]
    tolerances: Tolerances
    response_k: float
    creep_k: float
    """By what a settled difference may still be off."""

    def mean(self, stage: Stage, name: str) -> float:
        """Of a reading at a stage."""
        return self.measured[stage].means[name]

    def over_coils_k(self, stage: Stage) -> float:
        """Supply air above mixed air."""
        return self.mean(stage, OVER_COILS)

    def mixed_above_k(self, stage: Stage = Stage.REST) -> float:
        """Mixed above return air."""
        return self.mean(stage, MIXED) - self.mean(stage, RETURNED)

    def is_matched(self) -> bool:
        """Whether mixed and return air agreed at rest; what they differed by is then taken off later."""
        return self.measured[Stage.REST].settled and abs(self.mixed_above_k()) <= self.tolerances.at_rest_k

    def span_k(self, stage: Stage) -> float:
        """Outdoor above return air."""
        return self.mean(stage, OUTDOOR) - self.mean(stage, RETURNED)

    def outdoor_share(self, stage: Stage) -> float:
        """Of outdoor air in the mixed air."""
        known_k = self.mixed_above_k() if self.is_matched() and stage is not Stage.REST else 0.0
        return (self.mixed_above_k(stage) - known_k) / self.span_k(stage)

    def heat(self, stage: Stage, difference_k: float) -> str:
        """A difference in K, and in kW where the air flow is known."""
        flow = self.measured[stage].means.get(FLOW)
        kw = f" ({_HEAT_KW * flow * abs(difference_k):.1f} kW)" if flow is not None else ""
        return f"{_signed(difference_k)} K{kw}"


def percent(share: float) -> str:
    """A share in whole per cent, and no minus zero."""
    return f"{100.0 * round(share, 2) + 0.0:.0f} %"


def _signed(value: float) -> str:
    """With one digit behind the point, and no minus zero."""
    return f"{round(value, 1) + 0.0:+.1f}"


def not_testable(why: str) -> Conclusion:
    """Nothing can be concluded."""
    return Conclusion(Ruling.NOT_TESTABLE, why=why)


def _outcome(*, passed: bool) -> Ruling:
    return Ruling.PASSED if passed else Ruling.FAILED


def recirculation(facts: CourseFacts) -> Conclusion:
    """With the outdoor damper shut mixed air is return air."""
    apart_k, allowed_k, span_k = facts.mixed_above_k(), facts.tolerances.at_rest_k, abs(facts.span_k(Stage.REST))
    passed = abs(apart_k) <= allowed_k
    leak = f", or {percent(allowed_k / span_k)} of outdoor air past the shut damper" if span_k > allowed_k else ""
    return Conclusion(
        _outcome(passed=passed),
        f"mixed {_signed(apart_k)} K from return air",
        f"{allowed_k:.1f} K",
        f"{allowed_k:.1f} K between the two{leak}",
        "" if passed else "the sensor of mixed or return air, or the outdoor damper does not shut",
    )


def fan_heat(facts: CourseFacts) -> Conclusion:
    """With the water of all coils turned off only the fan is between mixed and supply air."""
    warmer_k, tolerances = facts.over_coils_k(Stage.REST), facts.tolerances
    low_k, high_k = -tolerances.over_coils_k, tolerances.fan_heat_k + tolerances.over_coils_k
    passed = low_k <= warmer_k <= high_k
    is_cause = "the sensor of supply or mixed air, or a valve that leaks though its coil should have no water"
    return Conclusion(
        _outcome(passed=passed),
        f"supply {_signed(warmer_k)} K from mixed air",
        f"{low_k:+.1f} to {high_k:+.1f} K",
        f"{tolerances.over_coils_k:.1f} K below, {high_k:.1f} K above mixed air",
        "" if passed else is_cause,
    )


def valve_shut(stage: Stage, opened: Stage, facts: CourseFacts) -> Conclusion:
    """Against the same with the coil's pump off: what sensors differ by, and the fan's heat, fall out."""
    sign, allowed_k = opened.opens, facts.tolerances.repeat_k
    change_k = _answer_k(stage, facts)
    found = f"supply air {facts.heat(stage, change_k)} with the pump on"
    smallest = facts.heat(stage, sign * (allowed_k + facts.creep_k))
    if sign * change_k > allowed_k:
        return Conclusion(Ruling.FAILED, found, f"{allowed_k:.1f} K", smallest, "the valve leaks")
    if sign * change_k < -allowed_k:
        return Conclusion(Ruling.NOT_TESTABLE, found, f"{allowed_k:.1f} K", "", "the air changed the other way")
    if opened not in facts.measured or not _answered(opened, facts):
        why = "nothing proves that there was water of the right temperature: opening the valve has not shown any"
        return Conclusion(Ruling.NOT_TESTABLE, found, f"{allowed_k:.1f} K", "", why)
    return Conclusion(Ruling.PASSED, found, f"{allowed_k:.1f} K", smallest)


def _answer_k(stage: Stage, facts: CourseFacts) -> float:
    return facts.over_coils_k(stage) - facts.over_coils_k(Stage.REST)


def _answered(stage: Stage, facts: CourseFacts) -> bool:
    return stage.opens * _answer_k(stage, facts) >= facts.response_k


def valve_open(stage: Stage, facts: CourseFacts) -> Conclusion:
    """The air answers, and in the right direction."""
    measured, passed = facts.measured[stage], _answered(stage, facts)
    minutes = (measured.to_s - measured.from_s) / 60.0
    wanted = f"at least {stage.opens * facts.response_k:+.1f} K"
    found = f"supply air {_signed(_answer_k(stage, facts))} K in {minutes:.1f} min"
    why = "" if passed else "the valve, its pump, or no water of the right temperature"
    return Conclusion(_outcome(passed=passed), found, wanted, f"less than {facts.response_k:.1f} K", why)


def dampers_half(facts: CourseFacts) -> Conclusion:
    """By the mixed air alone, from shut to open: what sensors differ by falls out, and outdoors need not be known."""
    allowed_k = facts.tolerances.mixed_k + facts.tolerances.repeat_k
    half_k, full_k = (facts.mixed_above_k(at) - facts.mixed_above_k() for at in (Stage.HALF, Stage.FULL))
    if abs(full_k) < MARGIN * allowed_k:
        needed_k = MARGIN * allowed_k
        return not_testable(
            f"from shut to open the mixed air has changed by {full_k:+.1f} K; {needed_k:.1f} K are needed"
        )
    share, unsure = half_k / full_k, allowed_k / abs(full_k)
    found, allowed = f"{percent(share)} of the way", f"{percent(unsure)} to {percent(1.0 - unsure)}"
    if unsure < share < 1.0 - unsure:
        return Conclusion(Ruling.PASSED, found, allowed, "a damper that stays where it was, or goes all the way")
    if share < _HALF_LEAST or share > _HALF_MOST:
        return Conclusion(Ruling.FAILED, found, allowed, "", "a damper stays behind, or runs ahead")
    return Conclusion(Ruling.NOT_TESTABLE, found, allowed, "", "too near to shut or open to be told apart from it")


def dampers_full(facts: CourseFacts) -> Conclusion:
    """With the outdoor damper open and the return damper shut mixed air is outdoor air."""
    allowed_k = facts.tolerances.outdoor_air_k(matched=facts.is_matched())
    span_k = abs(facts.span_k(Stage.FULL))
    if span_k < MARGIN * allowed_k:
        return _too_near(span_k, allowed_k)
    share, allowed = facts.outdoor_share(Stage.FULL), allowed_k / span_k
    passed = abs(1.0 - share) <= allowed
    return Conclusion(
        _outcome(passed=passed),
        f"{percent(share)} outdoor air",
        f"{percent(1.0 - allowed)} to {percent(1.0 + allowed)}",
        f"{percent(allowed)} of return air, or {allowed_k:.1f} K of a sensor",
        "" if passed else "the return damper does not shut, the outdoor damper does not open, or the outdoor sensor",
    )


def _too_near(span_k: float, allowed_k: float) -> Conclusion:
    needed_k = MARGIN * allowed_k
    return not_testable(f"outdoor and return air are {span_k:.1f} K apart; {needed_k:.1f} K are needed")


def air_flow(facts: CourseFacts) -> Conclusion:
    """Dampers that do not open throttle the fan."""
    allowed = facts.tolerances.flow_share
    told = f"{percent(allowed)} less than at rest"
    stopped = [stage.words for stage in facts.without_air]
    if stopped:
        return Conclusion(Ruling.FAILED, f"none {stopped[0]}", told, told, "the damper that should be open is shut")
    flows = {stage: at.means[FLOW] for stage, at in facts.measured.items() if FLOW in at.means}
    if Stage.REST not in flows or not {Stage.HALF, Stage.FULL} & flows.keys():
        return not_testable("no air flow is measured, or dampers were not opened")
    least = min((Stage.HALF, Stage.FULL), key=lambda stage: flows.get(stage, float("inf")))
    share = flows[least] / flows[Stage.REST]
    passed = share >= 1.0 - allowed
    why = "" if passed else "the outdoor damper does not open as far as it should"
    return Conclusion(_outcome(passed=passed), f"{percent(share)} of it {least.words}", told, told, why)
