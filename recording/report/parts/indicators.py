"""BOPTEST's key performance indicators with their definitions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from points.indicators import INDICATORS, Indicator
from recording.report.html import Cell, Markup, digits_of, paragraph, section, shown, significant, table

Numbers: TypeAlias = Mapping[str, float]
"""By the server's names."""


def indicators(told: Numbers, beside: Numbers | None, difference_holds: bool, whole: str) -> Markup:
    """The section. Differences are only told where both runs are of the same time; ``whole`` is what they are of."""
    if not told:
        return section("Indicators of BOPTEST", "indicators", paragraph("The recording has no indicators."))
    names = [*INDICATORS, *sorted(told.keys() - INDICATORS.keys())]
    rows = [_row(name, told, beside, difference_holds) for name in names if name in told]
    compared = ["compared", "difference"] if beside is not None else []
    head = ("indicator", "name", "unit", "value", *compared, "what it is")
    said = f"Counted by the server from the end of the warm-up to the end of {whole}. A dash: no such source."
    numbers = range(3, 4 + len(compared))
    return section("Indicators of BOPTEST", "indicators", table(head, rows, numbers), paragraph(said))


def _row(name: str, told: Numbers, beside: Numbers | None, difference_holds: bool) -> Sequence[Cell]:
    indicator = INDICATORS.get(name) or Indicator(name, "", "of this test case")
    value, other = told[name], math.nan if beside is None else beside.get(name, math.nan)
    difference = shown(value - other, digits_of(max(abs(value), abs(other)))) if difference_holds else None
    compared = (significant(other), difference) if beside is not None else ()
    return indicator.words, name, indicator.sign, significant(value), *compared, indicator.definition
