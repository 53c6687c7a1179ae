"""The whole report: one HTML file that needs nothing else, and prints on A4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from recording.columns import RecordedEpisode, RunData
from recording.report.building import building_of
from recording.report.html import Markup, paragraph, points
from recording.report.parts.actuators import actuators
from recording.report.parts.closing import footnotes, signature
from recording.report.parts.comfort import comfort
from recording.report.parts.comparison import comparison, is_same_time
from recording.report.parts.energy import energy
from recording.report.parts.episodes import anchor, episodes, heading_of
from recording.report.parts.happenings import happenings
from recording.report.parts.indicators import indicators
from recording.report.parts.loops import loops
from recording.report.parts.overrides import overrides
from recording.report.parts.summary import in_short, summary
from recording.report.parts.timing import timing
from recording.report.parts.untested import untested
from recording.report.parts.weather import weather
from recording.report.parts.what_ran import what_ran, what_was_set
from recording.report.programs import programs
from recording.report.sheet import contents, sheet
from recording.report.units import units_of
from recording.report.view import ReportView

_OWN_CONTROL = "own control"


def report(run: RunData, other: RunData | None = None) -> str:
    """A report of a run, held against another one where there is one."""
    views = [_view(run, episode, other) for episode in run.episodes]
    title = f"Report of {run.name}" + (f" against {other.name}" if other is not None else "")
    return sheet(title, run.name, _body(run, other, views))


def _body(run: RunData, other: RunData | None, views: Sequence[ReportView]) -> Iterator[str]:
    yield summary(run, views)
    yield episodes(run, views)
    yield what_ran(run, views)
    if not views and run.indicators():
        yield indicators(run.indicators(), None, difference_holds=False, whole="the run")
    yield from programs(run)
    if other is not None and not views:
        yield paragraph(f"Programs are not held against others: nothing of {other.name} is in this report.")
    if len(views) > 1:
        yield from (_part(view, other) for view in views)
    else:
        yield from (part for view in views for part in _episode(view, other))
    yield happenings(run)
    yield signature()
    yield what_was_set(run)
    if views:
        yield footnotes()


def _part(view: ReportView, other: RunData | None) -> str:
    """An episode of several, with what happened in it and contents of its own."""
    sections = [_anchored(section, view) for section in _episode(view, other)]
    return "".join((heading_of(view), contents(sections), points(in_short(view)), *sections))


def _episode(view: ReportView, other: RunData | None) -> Iterator[Markup]:
    if other is not None and view.other is None:
        yield paragraph(f"{other.name} has no step of the same model time: nothing is held against it.")
    yield _indicators(view)
    for part in (comparison, comfort, energy, weather, loops, actuators, overrides, timing, untested):
        yield part(view)


def _indicators(view: ReportView) -> Markup:
    """The server's, which counts anew in each episode."""
    number, other = view.episode.number, view.other
    told = view.run.indicators(number)
    whole = "the run" if len(view.run.episodes) < 2 else f"episode {number}"
    if other is None:
        return indicators(told, None, difference_holds=False, whole=whole)
    return indicators(told, other.run.indicators(other.episode.number), is_same_time(view, other), whole)


def _anchored(part: Markup, view: ReportView) -> str:
    """Of several episodes each has sections with names of its own."""
    return part.replace("<section id='", f"<section id='{anchor(view.episode.number)}-", 1)


def _view(run: RunData, episode: RecordedEpisode, other: RunData | None) -> ReportView:
    units = units_of(run.fact("unit_system"))
    beside = _most_common(episode, other) if other is not None else None
    if other is None or beside is None:
        return ReportView(run, building_of(run, episode), units, "this run")
    first_s, last_s = max(episode.first_s, beside.first_s), min(episode.last_s, beside.last_s)
    is_shorter = first_s > episode.first_s or last_s < episode.last_s
    mine = episode.within(first_s, last_s) if is_shorter else episode
    label = _OWN_CONTROL if other.fact("kind") == "baseline" else "other"
    theirs = ReportView(other, building_of(other, beside.within(first_s, last_s)), units, label)
    return replace(ReportView(run, building_of(run, mine), units, "this run"), other=theirs)


def _most_common(episode: RecordedEpisode, other: RunData) -> RecordedEpisode | None:
    """The episode of the other run that has the most model time in common; None where none has any."""
    found = [(min(episode.last_s, one.last_s) - max(episode.first_s, one.first_s), one) for one in other.episodes]
    found = [(common_s, one) for common_s, one in found if common_s >= 0.0]
    return max(found, key=lambda pair: pair[0])[1] if found else None
