"""Set-points in controllers that somebody acted on: what was wanted, what was made of it, and what was left alone."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping

from recording.columns import RecordedColumn
from recording.numbers.series import HOUR_S, greatest, least, time_where, weights_s
from recording.report.html import NOTHING, Cell, Markup, heading, shown, significant, table
from recording.report.view import ReportView
from recording.words import ACTED_FOUND, ACTED_LED, ACTED_MASKED, ACTED_WANTED

_HEAD = ("set-point", "found", "wanted", "led", "unit", "led, h", "left to others, h")


def set_points_acted_on(view: ReportView) -> Iterator[Markup]:
    """A table; nothing where nobody acted."""
    acted = view.episode.acted
    if acted:
        yield heading("Set-points acted on")
        yield table(_HEAD, (_row(view, name, columns) for name, columns in acted.items()), (1, 2, 3, 5, 6))


def _row(view: ReportView, name: str, columns: Mapping[str, RecordedColumn]) -> tuple[Cell, ...]:
    signal, led = columns[ACTED_LED]
    unit, of = view.units.of(signal.unit)
    weights = weights_s(view.episode.times_s)
    led_s = time_where(weights, map(math.isfinite, led))
    left_s = time_where(weights, (value > 0.5 for value in columns[ACTED_MASKED][1]))
    ranges = [_range(of(least(told)), of(greatest(told))) for told in _told(columns)]
    return name, *ranges, unit or NOTHING, shown(led_s / HOUR_S, 2), shown(left_s / HOUR_S, 2)


def _told(columns: Mapping[str, RecordedColumn]) -> Iterator[array[float]]:
    return (columns[role][1] for role in (ACTED_FOUND, ACTED_WANTED, ACTED_LED))


def _range(low: float, high: float) -> str:
    is_range = math.isfinite(low) and low != high
    return f"{significant(low)} to {significant(high)}" if is_range else significant(low)
