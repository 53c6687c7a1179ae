"""The benchmark's lists, in every naming style: what is said to be sure is right."""

from __future__ import annotations

import pytest

from benchmarks.mapping import LISTS, read, tally
from tests.mapping.office import office

STYLES = sorted(file.stem for file in LISTS.glob("*.csv"))


def test_there_are_lists_of_every_style() -> None:
    assert STYLES == ["brick", "distech", "flat", "guideline36", "niagara", "plain", "short_codes"]


@pytest.mark.parametrize("style", STYLES)
def test_nothing_sure_is_wrong_and_nearly_all_is_right_first(style: str) -> None:
    told = tally(office(), read(LISTS / f"{style}.csv"))
    assert told.sure_wrong == 0
    assert told.right_first >= 0.9 * told.points
    assert told.within_three == told.points
    assert told.sure >= told.points / 2
