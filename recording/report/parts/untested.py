"""What was not tested: what never moved, was never active, was never seen, and the times that the run did not cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from recording.numbers.series import greatest, least
from recording.report.building import OUTDOOR_TEMPERATURE
from recording.report.html import NOTHING, Markup, paragraph, points, section, shown
from recording.report.parts.overrides import group_spans
from recording.report.view import ReportView
from recording.words import Direction, Signal

_SEASONS = ("winter", "spring", "summer", "autumn")
_ENDS = (Direction.TO_CONTROLLER, Direction.FROM_CONTROLLER)


def untested(view: ReportView) -> Markup:
    """The section."""
    lines = [*_points(view), *_groups(view), *_times(view), *_conditions(view)]
    said = "Nobody should conclude anything about these from this run."
    return section("What was not tested", "untested", points(lines), paragraph(said))


def resting_points(view: ReportView) -> list[str]:
    """The configs' points whose value never changed."""
    return [
        _named(signal)
        for signal, values in zip(view.episode.signals, view.episode.columns, strict=True)
        if signal.direction in _ENDS and least(values) == greatest(values)
    ]


def unseen_points(view: ReportView) -> list[str]:
    """The configs' points that never had a value."""
    return [
        _named(signal)
        for signal, values in zip(view.episode.signals, view.episode.columns, strict=True)
        if signal.direction in _ENDS and least(values) != least(values)
    ]


def _points(view: ReportView) -> Iterator[str]:
    count = sum(signal.direction in _ENDS for signal in view.episode.signals)
    if not count:
        yield "The recording has no point of a controller."
    for told, names in (("never moved", resting_points(view)), ("never had a value", unseen_points(view))):
        if names:
            yield f"{len(names)} of {count} points {told}: {', '.join(names)}."


def _groups(view: ReportView) -> Iterator[str]:
    never = [name for name, spans in group_spans(view).items() if not spans]
    if never:
        yield f"Groups whose overrides were never active: {', '.join(never)}."


def _times(view: ReportView) -> Iterator[str]:
    episode = view.episode
    if not episode.steps:
        yield "No step at all."
        return
    first, last = view.local(episode.first_s), view.local(episode.last_s)
    days = [first + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)]
    seasons = {_SEASONS[day.month % 12 // 3] for day in days}
    yield from _missing("Seasons not covered", [season for season in _SEASONS if season not in seasons])
    hours = {view.local(time_s).hour for time_s in episode.times_s}
    yield from _missing("Hours of the day not covered", _ranges([hour for hour in range(24) if hour not in hours]))


def _conditions(view: ReportView) -> Iterator[str]:
    outdoor = view.building.weather.get(OUTDOOR_TEMPERATURE)
    if outdoor is None or shown(least(outdoor)) == NOTHING:
        yield "Outdoor temperatures are not recorded."
        return
    units = view.units
    low, high = (shown(units.degrees(end), 1) for end in (least(outdoor), greatest(outdoor)))
    yield f"Outdoor temperatures below {low} and above {high} {units.temperature}."


def _missing(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"{what}: {', '.join(names)}."


def _ranges(hours: Sequence[int]) -> list[str]:
    """Hours in a row as one."""
    found: list[list[int]] = []
    for hour in hours:
        if found and found[-1][1] == hour:
            found[-1][1] = hour + 1
        else:
            found.append([hour, hour + 1])
    return [f"{first}:00 to {last}:00" for first, last in found]


def _named(signal: Signal) -> str:
    return f"{signal.equipment}.{signal.object}"
