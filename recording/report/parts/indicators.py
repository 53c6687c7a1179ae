"""BOPTEST's key performance indicators with their definitions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from points.indicators import INDICATORS, Indicator
from recording.columns import RunData
from recording.report.html import Cell, Markup, digits_of, paragraph, section, shown, significant, table


def indicators(run: RunData, other: RunData | None, difference_holds: bool) -> Markup:
    """The section. Differences are only told where both runs are of the same time."""
    told = _numbers(run)
    if not told:
        return section("Indicators of BOPTEST", "indicators", paragraph("The recording has no indicators."))
    beside = _numbers(other) if other is not None else {}
    names = [*INDICATORS, *sorted(told.keys() - INDICATORS.keys())]
    rows = [_row(name, told, beside, other is not None, difference_holds) for name in names if name in told]
    compared = ["compared", "difference"] if other is not None else []
    head = ("indicator", "name", "unit", "value", *compared, "what it is")
    whole = "the run" if len(run.episodes) < 2 else "the last episode, and of that one alone"
    said = f"Counted by the server from the end of the warm-up to the end of {whole}. A dash: no such source."
    numbers = range(3, 4 + len(compared))
    return section("Indicators of BOPTEST", "indicators", table(head, rows, numbers), paragraph(said))


def _row(
    name: str, told: Mapping[str, float], beside: Mapping[str, float], is_compared: bool, difference_holds: bool
) -> Sequence[Cell]:
    indicator = INDICATORS.get(name) or Indicator(name, "", "of this test case")
    value, other = told[name], beside.get(name, math.nan)
    difference = shown(value - other, digits_of(max(abs(value), abs(other)))) if difference_holds else None
    compared = (significant(other), difference) if is_compared else ()
    return indicator.words, name, indicator.sign, significant(value), *compared, indicator.definition


def _numbers(run: RunData) -> dict[str, float]:
    return {name: run.number("kpis", name) for name in run.facts_of("kpis")}
