"""A few hours of a month on the simulation, with everything that happens in one.

On controllers time is the wall's, so that on a busy computer little of it is left between two events: that is run by
hand, ``python -m tests.months --controllers``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.months.events import EVENTS, WITH_CONTROLLERS
from tests.months.monitoring import Sizes
from tests.months.month import Finding, Plan, month

ONLY_ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes in /proc")
SHORT = Plan(hours=4.0, every_h=0.5)


def test_in_a_month_everything_happens_and_rough_things_not_in_its_first_third() -> None:
    names = [name for _, name in Plan(720.0, 12.0, 120.0).events()]
    assert len(names) == 59
    assert set(names) == set(EVENTS)
    assert not [name for name in names[:20] if name.startswith("programs")]
    assert not set(WITH_CONTROLLERS) & {name for _, name in Plan(720.0, 12.0).events()}


def test_growth_is_from_the_first_sample_of_a_warm_process_to_the_largest() -> None:
    assert Sizes([100.0, 98.0, 103.5, 101.0]).growth_mb == 3.5
    assert Sizes([80.0, 100.0, 98.0, 103.5, 101.0]).growth_mb == 3.5


def test_a_verdict_says_what_did_not_hold() -> None:
    assert str(Finding("memory of bridge", "90 MB", held=False)) == "NOT HELD: memory of bridge: 90 MB"


@ONLY_ON_LINUX
@pytest.mark.slow
def test_programs_live_through_all_that_happens_in_a_month(tmp_path: Path) -> None:
    told: list[str] = []
    findings = month(tmp_path, SHORT, told.append)
    assert [str(finding) for finding in findings if not finding.held] == []
    assert len(told) == len(list(SHORT.events()))
