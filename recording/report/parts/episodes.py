"""The episodes of a run with resets: a list at the top that leads to the part of each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from recording.columns import RunData
from recording.report.html import Cell, Markup, paragraph, section, shown, table, text, unbroken
from recording.report.parts.comfort import outside_kh
from recording.report.parts.energy import carrier_kwh
from recording.report.view import ReportView
from recording.words import EventKind

_RESET = "reset to "


def episodes(run: RunData, views: Sequence[ReportView]) -> Markup:
    """The section; nothing where there is one episode only."""
    if len(views) < 2:
        return Markup()
    unit = views[0].units.difference
    head = ("episode", "model time", "began with", "frames", "late", "energy, kWh", f"outside set-points, {unit} h")
    said = (
        "They are counted from 0, as in replay and export. Each is a part of this report, with indicators, comfort, "
        "energy and pictures of its own."
    )
    rows = [_row(run, view) for view in views]
    return section("Episodes", "episodes", table(head, rows, range(3, len(head))), paragraph(said))


def heading_of(view: ReportView) -> Markup:
    """The heading of an episode's part."""
    number, episode = view.episode.number, view.episode
    span = view.span(episode.first_s, episode.last_s)
    return Markup(f"<h1 class='part' id='{anchor(number)}'>{text(f'Episode {number}: {span}')}</h1>")


def anchor(number: int) -> str:
    """What an episode's part is called in links, and what the names of its sections begin with."""
    return f"episode-{number}"


def _row(run: RunData, view: ReportView) -> Sequence[Cell]:
    episode = view.episode
    energy = carrier_kwh(view)
    outside = [outside_kh(view, zone) for zone in view.building.zones]
    return (
        Markup(f"<a href='#{anchor(episode.number)}'>{unbroken(f'Episode {episode.number}')}</a>"),
        unbroken(view.span(episode.first_s, episode.last_s)),
        _beginning(run, view),
        shown(episode.steps, 0),
        str(episode.late),
        shown(sum(energy.values()), 1) if energy else None,
        shown(view.units.differences(sum(outside)), 1) if outside else None,
    )


def _beginning(run: RunData, view: ReportView) -> str:
    """What was asked for last before it, and by whom."""
    if not view.episode.number:
        return "the start of the run"
    began_s = next(filter(math.isfinite, view.episode.wall_s), math.inf)
    before = (event for event in run.events if event.wall_s <= began_s and event.kind is EventKind.PHASE)
    asked = [event for event in before if event.words.startswith(_RESET)]
    return f"{asked[-1].words}, by {asked[-1].who or 'somebody'}" if asked else "not recorded"
