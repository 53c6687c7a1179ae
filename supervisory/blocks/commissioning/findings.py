"""The tests that an air handler is put to, and what came out of each: passed, failed, or not testable and why."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from supervisory.blocks.commissioning.course import CommissioningCourse, Stage
from supervisory.blocks.commissioning.judging import (
    Conclusion,
    CourseFacts,
    air_flow,
    dampers_full,
    dampers_half,
    fan_heat,
    not_testable,
    recirculation,
    valve_open,
    valve_shut,
)
from supervisory.blocks.commissioning.rules import Tolerances


@dataclass(frozen=True, slots=True)
class TriedTest:
    """A test and its verdict."""

    test: str
    verdict: Conclusion


def findings_of(
    course: CommissioningCourse, stages: Collection[Stage], tolerances: Tolerances
) -> tuple[TriedTest, ...]:
    """All tests that an air handler with these stages can be put to, as far as its course went."""
    facts = CourseFacts(course.measured, course.without_air, tolerances, course.pace.response_k, course.pace.creep_k)
    return tuple(
        TriedTest(test.name, _verdict(test, facts, stages, course.cut)) for test in _TESTS if test.of in stages
    )


@dataclass(frozen=True, slots=True)
class _Test:
    """What it is called, the stages that it needs, and the one without which the air handler has nothing to test."""

    name: str
    needs: tuple[Stage, ...]
    judge: Callable[[CourseFacts], Conclusion]
    of: Stage
    must_settle: bool = True


def _verdict(test: _Test, facts: CourseFacts, stages: Collection[Stage], cut: str) -> Conclusion:
    for stage in test.needs:
        measured = facts.measured.get(stage)
        if stage not in stages:
            return not_testable("the coil has no pump that can be turned off, so its air is compared with nothing")
        if stage in facts.without_air:
            return not_testable(f"{stage.words}: the air stopped flowing")
        if measured is None:
            return not_testable(f"{stage.words}: not reached ({cut})")
        if test.must_settle and not measured.settled:
            return not_testable(f"{stage.words}: not settled in time ({measured.rate_k_min:.2f} K/min)")
    return test.judge(facts)


_TESTS = (
    _Test("mixed and return air agree with the outdoor damper shut", (Stage.REST,), recirculation, Stage.REST),
    _Test("supply and mixed air agree but for the fan", (Stage.REST,), fan_heat, Stage.REST),
    _Test(
        "heating valve shuts",
        (Stage.REST, Stage.HEATING_SHUT),
        partial(valve_shut, Stage.HEATING_SHUT, Stage.HEATING_OPEN),
        Stage.HEATING_OPEN,
    ),
    _Test(
        "cooling valve shuts",
        (Stage.REST, Stage.COOLING_SHUT),
        partial(valve_shut, Stage.COOLING_SHUT, Stage.COOLING_OPEN),
        Stage.COOLING_OPEN,
    ),
    _Test("dampers pass through the middle", (Stage.REST, Stage.HALF, Stage.FULL), dampers_half, Stage.REST),
    _Test("outdoor damper opens, return damper shuts", (Stage.REST, Stage.FULL), dampers_full, Stage.REST),
    _Test("air flows as well when dampers move", (), air_flow, Stage.REST),
    _Test(
        "heating valve opens",
        (Stage.REST, Stage.HEATING_OPEN),
        partial(valve_open, Stage.HEATING_OPEN),
        Stage.HEATING_OPEN,
        must_settle=False,
    ),
    _Test(
        "cooling valve opens",
        (Stage.REST, Stage.COOLING_OPEN),
        partial(valve_open, Stage.COOLING_OPEN),
        Stage.COOLING_OPEN,
        must_settle=False,
    ),
)
