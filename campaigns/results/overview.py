"""A campaign as one page: what was run, what each parameter does to each indicator, and which cells stand out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import nan
from pathlib import Path

from campaigns.progress import lasting
from campaigns.results.effects import DAY, Effect, Level, Spread, effects_of, indicators_of
from campaigns.results.table import said_by
from campaigns.store import DONE, FAILED, CellRow
from points.indicators import INDICATORS
from recording.charts import Axis, Curve, Panel, chart, model_time_axis
from recording.charts.axes import value_axis
from recording.report.html import Cell, Markup, facts_table, figure, heading, paragraph, section, significant, table
from recording.report.sheet import sheet

_MOST_LEVELS, _MOST_CELLS, _MOST_FAILURES = 60, 300, 30
_MARGIN = 0.02
"""Of the axis, so that the first and the last value do not lie on the edge."""
_YEAR = 2023
_UNKNOWN = Spread(nan, nan, nan)


def overview(title: str, facts: Mapping[str, object], rows: Sequence[CellRow]) -> str:
    """The page, as HTML that needs nothing else. It can be made while the campaign runs."""
    done = [row for row in rows if row.state == DONE]
    indicators = indicators_of(done)
    return sheet(title, title, _sections(facts, rows, done, indicators), kind="a campaign")


def _sections(
    facts: Mapping[str, object], rows: Sequence[CellRow], done: Sequence[CellRow], indicators: Sequence[str]
) -> Iterator[str]:
    yield section("What was run", "summary", facts_table(_summary(facts, rows, done)))
    failed = [row for row in rows if row.state == FAILED]
    if failed:
        shown = [(row.cell.number, row.error) for row in failed[:_MOST_FAILURES]]
        more = len(failed) - len(shown)
        rest = paragraph(f"{more} more have failed.") if more else Markup()
        yield section("Cells that failed", "failed", table(("cell", "why"), shown, (0,)), rest)
    if not done:
        yield section("Indicators", "indicators", paragraph("No cell is done yet."))
        return
    effects = effects_of(done, indicators)
    yield _extremes(done, indicators, [effect.parameter for effect in effects])
    for number, effect in enumerate(effects, start=1):
        yield _effect(effect, indicators, number)
    yield _cells(done, indicators, [effect.parameter for effect in effects])


def _summary(
    facts: Mapping[str, object], rows: Sequence[CellRow], done: Sequence[CellRow]
) -> Iterator[tuple[str, Cell]]:
    failed = sum(row.state == FAILED for row in rows)
    yield "cells", f"{len(rows)}, of which {len(done)} are done" + (f" and {failed} have failed" if failed else "")
    yield "file", Path(str(facts.get("file", ""))).name
    began_s = facts.get("began_s")
    if isinstance(began_s, float):
        yield "began", f"{datetime.fromtimestamp(began_s):%Y-%m-%d %H:%M}"
    yield "computed in", lasting(sum(row.wall_s or 0.0 for row in done)) if done else None
    yield "by", ", ".join(sorted({row.engine for row in done}))
    yield "building", ", ".join(sorted({row.building for row in done})[:3])
    same = dict(set.intersection(*(set(said_by(row.cell.parameters).items()) for row in rows))) if rows else {}
    yield "in all cells", ", ".join(f"{name} {value}" for name, value in sorted(same.items())) or None


def _extremes(done: Sequence[CellRow], indicators: Sequence[str], parameters: Sequence[str]) -> Markup:
    """The lowest and the highest of each indicator, and in which cell."""
    if not indicators:
        return section("Indicators", "indicators", paragraph("No indicator differs between the cells."))
    lines = []
    for name in indicators:
        values = sorted((value, row.cell.number, row) for row in done if (value := row.kpis.get(name)) is not None)
        (low, _, lowest), (high, _, highest) = values[0], values[-1]
        mean = sum(value for value, _, _ in values) / len(values)
        told = [significant(low), _named(lowest, parameters), significant(mean), significant(high)]
        lines.append((_words(name), _unit(name), *told, _named(highest, parameters)))
    head = ("indicator", "unit", "lowest", "in cell", "mean", "highest", "in cell")
    said = paragraph("Less is better of all of them. Each counts from the end of a cell's warm-up to its end.")
    return section("Indicators", "indicators", table(head, lines, (2, 4, 5)), said)


def _effect(effect: Effect, indicators: Sequence[str], number: int) -> Markup:
    shown = effect.levels[:_MOST_LEVELS]
    head = (effect.parameter, "cells", *(f"{_words(name)}, {_unit(name)}" for name in indicators))
    lines: list[Sequence[Cell]] = [
        (_short(level.words), level.cells, *(_spread_of(level, name) for name in indicators)) for level in shown
    ]
    numbers = range(1, len(head))
    parts: list[Cell] = []
    if effect.is_drawn and indicators:
        parts.append(
            figure(_chart(effect, indicators), "The mean of the cells with that value, the lowest and the highest.")
        )
    said = "Mean of the cells with that value; in brackets the lowest and the highest of them."
    parts += [table(head, lines, numbers), paragraph(said)]
    if any(level.changes for level in shown[1:]):
        what = f"Change against {_short(shown[0].words)}, in cells that are the same but for this"
        names = (effect.parameter, *map(_words, indicators))
        parts.append(table(names, (_changes(level, indicators) for level in shown[1:]), range(1, len(names)), what))
    if len(shown) < len(effect.levels):
        parts.append(paragraph(f"{len(effect.levels) - len(shown)} more values are in the export."))
    return section(f"By {effect.parameter}", f"parameter-{number}", *parts)


def _changes(level: Level, indicators: Sequence[str]) -> Sequence[Cell]:
    changes = [level.changes.get(name) for name in indicators]
    return _short(level.words), *("" if change is None else f"{100 * change:+.1f} %" for change in changes)


def _short(words: str) -> str:
    """Of a file its name: whoever reads a page knows where it lies."""
    return words.rpartition("/")[2] or words


def _chart(effect: Effect, indicators: Sequence[str]) -> str:
    places = [level.place or 0.0 for level in effect.levels]
    panels = [_panel(effect.levels, name) for name in indicators]
    return chart("", places, panels, _axis(effect.parameter, places))


def _axis(parameter: str, places: Sequence[float]) -> Axis:
    margin = _MARGIN * (places[-1] - places[0])
    if parameter == DAY:
        return model_time_axis(places[0] - margin, places[-1] + margin, _YEAR)
    axis = value_axis(places)
    return Axis(
        places[0] - margin,
        places[-1] + margin,
        tuple((at, words) for at, words in axis.ticks if places[0] - margin <= at <= places[-1] + margin),
    )


def _panel(levels: Sequence[Level], name: str) -> Panel:
    spreads = [level.spreads.get(name, _UNKNOWN) for level in levels]
    curves = [Curve("mean", [spread.mean for spread in spreads])]
    if any(level.cells > 1 for level in levels):
        curves.append(Curve("lowest and highest", [spread.low for spread in spreads], dashed=True))
        curves.append(Curve("", [spread.high for spread in spreads], dashed=True))
    return Panel(f"{_words(name)}, {_unit(name)}", curves, height=130.0)


def _cells(done: Sequence[CellRow], indicators: Sequence[str], parameters: Sequence[str]) -> Markup:
    head = ("cell", *parameters, *(f"{_words(name)}, {_unit(name)}" for name in indicators))
    lines: list[Sequence[Cell]] = []
    for row in done[:_MOST_CELLS]:
        says = said_by(row.cell.parameters)
        values = [row.kpis.get(name) for name in indicators]
        told = ["" if value is None else significant(value) for value in values]
        lines.append((row.cell.number, *(_told(says.get(name)) for name in parameters), *told))
    parts: list[Cell] = [table(head, lines, (0, *range(1 + len(parameters), len(head))))]
    if len(done) > len(lines):
        parts.append(paragraph(f"The first {len(lines)} of {len(done)}; all are in the export."))
    alarms = [(row.cell.number, alarm) for row in done for alarm in row.alarms][:_MOST_FAILURES]
    if alarms:
        parts += [heading("What programs have said"), table(("cell", "alarm"), alarms, (0,))]
    return section("All cells", "cells", *parts)


def _named(row: CellRow, parameters: Sequence[str]) -> str:
    says = said_by(row.cell.parameters)
    told = ", ".join(f"{name.rpartition('.')[2]} {_told(says[name])}" for name in parameters if name in says)
    return f"{row.cell.number} ({told})" if told else str(row.cell.number)


def _told(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else _short(str(value))


def _spread_of(level: Level, name: str) -> str:
    spread = level.spreads.get(name)
    if spread is None:
        return ""
    if spread.low == spread.high:
        return significant(spread.mean)
    return f"{significant(spread.mean)} ({significant(spread.low)} to {significant(spread.high)})"


def _words(name: str) -> str:
    return INDICATORS[name].words if name in INDICATORS else name


def _unit(name: str) -> str:
    return INDICATORS[name].sign if name in INDICATORS else ""
