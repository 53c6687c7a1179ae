"""What happened, in some sentences: for who reads nothing else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from recording.columns import RunData
from recording.moments import duration_in_words
from recording.numbers.comfort import UNMET_K
from recording.numbers.oscillation import SUSPECT
from recording.numbers.series import HOUR_S
from recording.numbers.spans import total_s
from recording.report.html import Markup, points, section, shown
from recording.report.parts.actuators import use_of
from recording.report.parts.comfort import comfort_of, outside_kh
from recording.report.parts.energy import carrier_kwh
from recording.report.parts.happenings import receipt_outcomes
from recording.report.parts.overrides import group_spans
from recording.report.parts.timing import pace_of
from recording.report.parts.untested import resting_points
from recording.report.programs import in_a_line, seen_programs
from recording.report.view import ReportView
from recording.words import EventKind

_LEAST_KWH = 0.1
"""Of less no share is told: it would be of what is shown as nothing."""
_KINDS = {
    "bridge": "Controllers ran the simulated building",
    "demo": "Emulated controllers ran the embedded building",
    "supervise": "Supervisory programs ran",
    "replay": "A recording was played back to controllers",
    "baseline": "The building's own control ran, with nothing overridden",
}


def summary(run: RunData, views: Sequence[ReportView]) -> Markup:
    """The section."""
    none = [] if views or run.programs else ["No step was recorded."]
    told = in_short(views[0]) if len(views) == 1 else _several(views)
    return section("What happened", "summary", points([*_beginning(run), *none, *told, *_end(run)]))


def _several(views: Sequence[ReportView]) -> Iterator[str]:
    """Of several episodes each tells its own."""
    if views:
        again = len(views) - 1
        often = {1: "once", 2: "twice"}.get(again, f"{again} times")
        yield f"It was begun anew {often}; of its {len(views)} episodes each is told by itself below."


def _beginning(run: RunData) -> Iterator[str]:
    kind = str(run.fact("kind"))
    case = run.fact("test_case", "name")
    said = _KINDS.get(kind, "A run of a kind that the recording does not tell")
    yield f"{said}{f': test case {case}' if case else ''}."
    controllers = run.facts_of("controllers")
    if controllers:
        yield f"{len(controllers)} controller{'s' * (len(controllers) > 1)} took part."
    yield from map(in_a_line, seen_programs(run))


def in_short(view: ReportView) -> Iterator[str]:
    """What happened in an episode."""
    episode = view.episode
    span = view.span(episode.first_s, episode.last_s)
    long = duration_in_words(episode.last_s - episode.first_s)
    pace = pace_of(view)
    at_pace = f", at {shown(pace, 0)} times real time" if math.isfinite(pace) else ""
    yield f"{span} of model time ({long}){at_pace}; {_number_of(episode.late, 'step')} late."
    yield from _groups(view)
    yield from _comfort(view)
    for kind, kwh in carrier_kwh(view).items():
        yield f"{kind.value.capitalize()}: {shown(kwh, 1)} kWh."
    yield from _against(view)
    yield from _hunting(view)
    resting = resting_points(view)
    if resting:
        yield f"{len(resting)} points of controllers never moved, and were not tested: they are listed below."


def _against(view: ReportView) -> Iterator[str]:
    """The sums of what stands in the comparison."""
    other = view.other
    if other is None:
        return
    mine, theirs = carrier_kwh(view), carrier_kwh(other)
    for kind in mine:
        if theirs.get(kind):
            difference = mine[kind] - theirs[kind]
            share = f" ({100.0 * difference / theirs[kind]:+.0f} %)" if theirs[kind] >= _LEAST_KWH else ""
            yield f"Against {other.label}: {difference:+,.1f} kWh of {kind.value}{share}."
    sums = [sum(outside_kh(one, zone) for zone in one.building.zones) for one in (view, other)]
    of = view.units.differences
    told = f"{shown(of(sums[0]), 1)} here, {shown(of(sums[1]), 1)} {view.units.difference} h there"
    yield f"Outside the set-points, all zones together: {told}."


def _groups(view: ReportView) -> Iterator[str]:
    groups = group_spans(view)
    if groups and all(len(spans) == 1 and total_s(spans) == view.episode.hours * HOUR_S for spans in groups.values()):
        yield f"Overrides of {', '.join(groups)} were in force all the time."
    elif groups:
        told = ", ".join(f"{name} {shown(total_s(spans) / HOUR_S, 1)}" for name, spans in groups.items())
        yield f"Overrides were in force, in hours of {shown(view.episode.hours, 1)}: {told}."


def _comfort(view: ReportView) -> Iterator[str]:
    judged = [(zone, comfort_of(view, zone)) for zone in view.building.zones]
    judged = [(zone, found) for zone, found in judged if found.judged_h]
    if not view.episode.hours:
        return
    if not judged:
        yield "Comfort cannot be judged: no set-point of a zone is recorded."
        return
    zone, worst = max(judged, key=lambda pair: pair[1].below_kh + pair[1].above_kh)
    degree_hours = view.units.differences(worst.below_kh + worst.above_kh)
    if round(degree_hours, 1) > 0.0:
        unit, limit = view.units.difference, shown(view.units.differences(UNMET_K), 1)
        hours = f"{shown(worst.below_h + worst.above_h, 1)} of {shown(worst.judged_h, 1)} h by more than {limit} {unit}"
        yield f"Furthest outside its set-points was {zone.label}: {shown(degree_hours, 1)} {unit} h, {hours}."
    elif degree_hours > 0.0:
        yield f"No zone was outside its set-points by as much as 0.1 {view.units.difference} h."
    else:
        yield f"All {len(judged)} zones were within their set-points all the time."


def _hunting(view: ReportView) -> Iterator[str]:
    found = [one.label for one in view.building.actuators if use_of(view, one).hunting.index >= SUSPECT]
    if found:
        yield f"Hunting, or suspect of it: {', '.join(found)}."
    elif view.building.actuators and view.episode.hours:
        yield "No actuator was seen hunting."


def _end(run: RunData) -> Iterator[str]:
    counts = Counter(event.kind for event in run.events)
    told = [
        f"{event.subject or 'somebody'}: {event.kind.value}"
        for event in run.events
        if event.kind in (EventKind.OFFLINE, EventKind.YIELDED, EventKind.FAULT, EventKind.ALARM)
    ]
    yield (
        f"Troubles: {', '.join(dict.fromkeys(told))}." if told else "No controller went offline, and no fault was told."
    )
    for told_gap in dict.fromkeys(event.words for event in run.events if event.kind is EventKind.GAP):
        yield f"The recording is not whole, and neither is what is told here: {told_gap}."
    if counts[EventKind.HAND]:
        yield f"Something was done by hand {counts[EventKind.HAND]} times: see the overrides."
    ending = "it came to its end" if run.ending == "ended" else run.ending
    yield f"How it ended: {ending or 'never said; it still runs, or its process was killed'}."
    outcomes = receipt_outcomes(run)
    if outcomes:
        yield f"Of what was taken: {', '.join(f'{count} {outcome}' for outcome, count in outcomes.most_common())}."


def _number_of(count: int, what: str) -> str:
    return f"1 {what} was" if count == 1 else f"{count} {what}s were"
