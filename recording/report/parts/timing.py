"""How the run kept its time: late steps, delay of the exchange with controllers, pace, gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator

from recording.charts import Curve, Panel
from recording.moments import duration_in_words
from recording.numbers.series import greatest, percentile
from recording.report.html import Cell, Markup, facts_table, section, shown
from recording.report.view import ReportView
from recording.words import EventKind


def timing(view: ReportView) -> Markup:
    """The section."""
    episode = view.episode
    known = any(math.isfinite(value) for value in episode.exchange_s)
    panel = Panel("Exchange with the controllers, s", [Curve("", episode.exchange_s)], height=96.0, ticks=3)
    picture = view.drawn([panel], "Wall time of each exchange.") if known else Markup()
    return section("Timing", "timing", facts_table(_rows(view)), picture)


def pace_of(view: ReportView) -> float:
    """Simulated seconds per second while time went on, as it was; NaN of less than two steps."""
    running_s = wall_of(view) - held_of(view)
    return (view.episode.last_s - view.episode.first_s) / running_s if running_s > 0.0 else math.nan


def wall_of(view: ReportView) -> float:
    """Seconds from the first step to the last; NaN where the host's clock was set back meanwhile."""
    walls = [value for value in view.episode.wall_s if math.isfinite(value)]
    return walls[-1] - walls[0] if walls and walls == sorted(walls) else math.nan


def held_of(view: ReportView) -> float:
    """Seconds for which time was held between the first step and the last."""
    walls = [value for value in view.episode.wall_s if math.isfinite(value)]
    return sum(max(min(two, walls[-1]) - max(one, walls[0]), 0.0) for one, two in _pauses(view)) if walls else 0.0


def _pauses(view: ReportView) -> Iterator[tuple[float, float]]:
    """From when to when each pause was; one that the run ended in has no end."""
    began_s = math.nan
    for event in view.run.events:  # a pause that an episode began in was asked for before it
        if event.kind is EventKind.PAUSED and math.isnan(began_s):
            began_s = event.wall_s
        elif event.kind is EventKind.RESUMED and math.isfinite(began_s):
            yield began_s, event.wall_s
            began_s = math.nan
    if math.isfinite(began_s):
        yield began_s, math.inf


def _wall(view: ReportView) -> str:
    wall_s, held_s = wall_of(view), held_of(view)
    if math.isnan(wall_s):
        return "not known: the host's clock was set back meanwhile"
    held = f"; time was held for {duration_in_words(held_s)} of it, which the pace leaves out" if held_s else ""
    return f"{duration_in_words(wall_s)}{held}"


def _rows(view: ReportView) -> Iterator[tuple[str, Cell]]:
    episode = view.episode
    yield "Frames recorded", f"{shown(episode.steps, 0)}, {shown(episode.step_s, 0)} s apart"
    yield "Model time", duration_in_words(episode.last_s - episode.first_s) if episode.steps else None
    yield "Wall time", _wall(view)
    yield "Pace", f"{shown(pace_of(view), 1)} simulated seconds per second"
    share = 100.0 * episode.late / episode.steps if episode.steps else math.nan
    yield "Late steps", f"{episode.late} ({shown(share, 1)} %)"
    delays = episode.exchange_s
    if any(math.isfinite(value) for value in delays):
        told = (percentile(delays, 50.0), percentile(delays, 95.0), greatest(delays))
        median, most, longest = (shown(1000.0 * value, 0) for value in told)
        yield "Exchange with the controllers", f"median {median} ms, 95 % within {most} ms, longest {longest} ms"
    yield (
        "Gaps in the recording",
        f"{episode.gaps}; nothing is counted or drawn across them" if episode.gaps else "none between its frames",
    )
