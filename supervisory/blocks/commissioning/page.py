"""The report of a course: one HTML file that opens offline and prints on A4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan

from recording.charts import Curve, Panel, calendar_axis, chart
from recording.report.html import NOTHING, Cell, Markup, facts_table, figure, paragraph, points, section, shown, table
from recording.report.sheet import sheet
from supervisory.blocks.commissioning.course import (
    FLOW,
    MIXED,
    OUTDOOR,
    OVER_COILS,
    RETURNED,
    SUPPLY,
    CommissioningCourse,
    Stage,
)
from supervisory.blocks.commissioning.findings import TriedTest
from supervisory.blocks.commissioning.judging import Ruling, percent
from supervisory.blocks.commissioning.rules import MARGIN, Tolerances
from supervisory.blocks.commissioning.settling import StageMeans

_FRACTION_FROM_K = 2.0
"""With less between outdoor and return air a share of outdoor air is the sensors' noise."""


@dataclass(frozen=True, slots=True)
class CourseTold:
    """What the page tells. ``began`` is plant time; ``drift_k`` what the zone that moved most has moved by."""

    name: str
    began: datetime
    course: CommissioningCourse
    stages: tuple[Stage, ...]
    findings: tuple[TriedTest, ...]
    tolerances: Tolerances
    drift_k: float

    def at(self, time_s: float) -> datetime:
        """A plant time on the calendar."""
        return self.began + timedelta(seconds=time_s - self.course.began_s)


def commissioning_page(told: CourseTold) -> str:
    """The page."""
    title = f"Tests of {told.name}, {told.began:%d %B %Y}"
    return sheet(title, told.name, _sections(told), kind="tests of an air handler")


def _sections(told: CourseTold) -> Iterator[Markup]:
    yield section("In short", "summary", points(_in_short(told)), facts_table(_facts(told)))
    yield section("Tests", "tests", _tests(told), paragraph(_REMARK))
    yield section("What was measured", "measured", _measured(told), *_drawn(told))
    yield section("What sensors may be off by", "tolerances", facts_table(_tolerances(told.tolerances)))


_REMARK = (
    "A test that passed has seen no fault as large as the smallest that it could see; a smaller one may be there. "
    "Valves are judged by the difference that the water behind them makes, so that neither the sensors' offsets nor "
    "the fan's heat count."
)


def _in_short(told: CourseTold) -> Iterator[str]:
    if told.course.cut:
        yield f"The course was cut off: {told.course.cut}."
    for outcome in (Ruling.FAILED, Ruling.NOT_TESTABLE, Ruling.PASSED):
        tests = [finding.test for finding in told.findings if finding.verdict.outcome is outcome]
        if tests:
            yield f"{outcome.value.capitalize()}: {'; '.join(tests)}."


def _facts(told: CourseTold) -> Iterator[tuple[str, Cell]]:
    last_s = told.course.seen[-1][0] if told.course.seen else told.course.began_s
    counts = Counter(finding.verdict.outcome for finding in told.findings)
    yield "air handler", told.name
    yield "from, to", f"{told.began:%Y-%m-%d %H:%M} to {told.at(last_s):%H:%M}"
    yield "tests", ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Ruling)
    rest = told.course.measured.get(Stage.REST)
    if rest is not None:
        proven = {Stage.HEATING_OPEN: Stage.HEATING_SHUT, Stage.COOLING_OPEN: Stage.COOLING_SHUT}
        is_proven = all(shut in told.stages for opened, shut in proven.items() if opened in told.stages)
        how = "pumps of all coils off" if is_proven else "not proven: a coil has no pump that was turned off"
        yield "fan heat, with what sensors differ by", f"{rest.means[OVER_COILS]:+.2f} K ({how})"
    yield "zone that moved most", f"{told.drift_k:.1f} K"


def _tests(told: CourseTold) -> Markup:
    head = ("test", "result", "found", "allowed", "smallest fault that shows", "why")
    rows = [
        (
            one.test,
            one.verdict.outcome.value,
            one.verdict.found,
            one.verdict.allowed,
            one.verdict.smallest,
            one.verdict.why,
        )
        for one in told.findings
    ]
    return table(head, rows)


def _measured(told: CourseTold) -> Markup:
    head = (
        "",
        "from",
        "to",
        "outdoor",
        "return",
        "mixed",
        "supply, °C",
        "over mixed, K",
        "m³/s",
        "outdoor air",
        "settled",
    )
    rows = [_stage_row(told, stage, measured) for stage, measured in told.course.measured.items()]
    return table(head, rows, numbers=(3, 4, 5, 6, 7, 8, 9))


def _stage_row(told: CourseTold, stage: Stage, measured: StageMeans) -> tuple[Cell, ...]:
    means = measured.means
    span_k = means[OUTDOOR] - means[RETURNED]
    share = (means[MIXED] - means[RETURNED]) / span_k if abs(span_k) >= _FRACTION_FROM_K else nan
    times = (f"{told.at(measured.from_s):%H:%M:%S}", f"{told.at(measured.to_s):%H:%M:%S}")
    temperatures = (shown(means[name], 2) for name in (OUTDOOR, RETURNED, MIXED, SUPPLY, OVER_COILS))
    settled = "answered" if stage.opens and measured.settled else "yes" if measured.settled else "no"
    flow = shown(means.get(FLOW, nan), 2)
    return (stage.words, *times, *temperatures, flow, percent(share) if share == share else NOTHING, settled)


def _drawn(told: CourseTold) -> Iterator[Markup]:
    seen = told.course.seen
    if len(seen) < 2:
        return
    times = [time_s for time_s, _ in seen]
    curves = [
        Curve("supply", [at.supply for _, at in seen]),
        Curve("mixed", [at.mixed for _, at in seen]),
        Curve("return", [at.returned for _, at in seen]),
        Curve("outdoor", [at.outdoor for _, at in seen]),
    ]
    panels = [Panel("Air, °C", curves, from_zero=False)]
    flows = [nan if at.flow is None else at.flow for _, at in seen]
    if any(flow == flow for flow in flows):
        panels.append(Panel("Supply air flow, m³/s", [Curve("", flows)], height=90.0))
    axis = calendar_axis(times[0], times[-1], told.at)
    yield figure(chart("", times, panels, axis), f"What the sensors of {told.name} showed.")


def _tolerances(tolerances: Tolerances) -> Iterator[tuple[str, Cell]]:
    yield "outdoor air", f"{tolerances.outdoor_k:g} K"
    yield "return air, supply air", f"{tolerances.returned_k:g} K, {tolerances.supply_k:g} K"
    yield "mixed air", f"{tolerances.mixed_k:g} K, with one stream alone {tolerances.mixed_alone_k:g} K"
    yield "a difference that repeats", f"{tolerances.repeat_k:g} K"
    yield "fan heat", f"up to {tolerances.fan_heat_k:g} K"
    yield "shares of outdoor air", f"judged from {MARGIN:g} times the sum of all that goes into them"
