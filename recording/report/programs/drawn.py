"""What a program read and commanded over plant time, in panels of one unit each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from recording.charts import Curve, Panel, chart
from recording.report.html import Markup, figure
from recording.report.programs.seen import SeenProgram
from recording.report.units import written
from recording.report.view import in_groups

_MOST_CURVES = 5
"""That can be told apart in black and white."""
_PANELS = 5
"""That fit on a page."""
_Series: TypeAlias = "tuple[str, str, Sequence[float], bool]"
"""What it is called, its unit, its values, and whether it was commanded."""


def drawn(program: SeenProgram) -> Iterator[Markup]:
    """Figures of all series."""
    panels = [*_panels(program)]
    for some in in_groups(panels, _PANELS):
        shown = [replace(panel, has_times=panel is some[-1]) for panel in some]
        caption = f"What {program.name} read and commanded. Grey: it was not allowed to write."
        yield figure(chart("", program.episode.times_s, shown, program.axis), caption)


def _panels(program: SeenProgram) -> Iterator[Panel]:
    grey = program.idle_spans()
    for series in _together(program):
        roles = list(dict.fromkeys(label.partition(".")[0] for label, *_ in series))
        unit = written(series[0][1])
        title = ", ".join([*roles, unit] if unit else roles)
        curves = [_curve(one, is_alone=len(series) == 1, has_role=len(roles) > 1) for one in series]
        is_switch = all(_is_switch(values) for _, _, values, _ in series)
        panel = Panel(title, curves, from_zero=False, grey=grey, height=110.0, ticks=4)
        yield replace(panel, low=0.0, high=1.0, height=40.0, ticks=1) if is_switch else panel


def _curve(series: _Series, *, is_alone: bool, has_role: bool) -> Curve:
    label, _, values, is_commanded = series
    name = label if has_role else label.partition(".")[2] or label
    told = ("commanded" if is_alone else f"{name} commanded") if is_commanded else "" if is_alone else name
    return Curve(told, values, stepped=is_commanded or _is_switch(values))


def _is_switch(values: Sequence[float]) -> bool:
    return {value for value in values if value == value} <= {0.0, 1.0}


def _together(program: SeenProgram) -> Iterator[Sequence[_Series]]:
    """Those of one unit in one panel as far as they can be told apart there; else those of a role."""
    commanded = [(label, signal.unit, values, True) for label, (signal, values) in program.commands.items()]
    read = [(label, signal.unit, values, False) for label, (signal, values) in program.readings.items()]
    by_unit: dict[str, list[_Series]] = {}
    for series in (*commanded, *read):
        by_unit.setdefault(series[1] or series[0].partition(".")[0], []).append(series)
    for of_unit in by_unit.values():
        if len(of_unit) <= _MOST_CURVES:
            yield of_unit
        else:
            yield from _by_role(of_unit)


def _by_role(series: Sequence[_Series]) -> Iterator[Sequence[_Series]]:
    by_role: dict[tuple[str, bool], list[_Series]] = {}
    for one in series:
        by_role.setdefault((one[0].partition(".")[0], one[3]), []).append(one)
    for of_role in by_role.values():
        yield from in_groups(of_role, _MOST_CURVES)
