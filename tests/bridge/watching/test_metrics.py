"""What monitoring is told of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.run import Run
from bridge.watching.metrics import metrics_of
from emulators.boptest.faults import HoldCall
from tests.bridge.rig import Rig, in_background, rig
from tests.waiting import DEADLINE_S


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as subject:
        yield subject


def told(run: Run) -> dict[tuple[str, ...], float]:
    metrics = metrics_of(run.status(), run.ledger.open_entries)
    return {(one.name, *labels): value for one in metrics for labels, value in one.values.items()}


def test_it_tells_what_the_run_does_and_what_is_taken(both: Rig) -> None:
    hold = both.building.faults.add(HoldCall(), "advance")
    run = both.run(1)
    before = told(run)
    assert before[("phase", "connecting")] == 1.0
    assert before[("taken", "inputs forced")] == 0.0
    with in_background(run) as future:
        assert hold.reached.wait(DEADLINE_S)
        within = told(run)
        hold.release.set()
        future.result(DEADLINE_S)
    addresses = both.controllers.addresses.values()
    assert [within[("controller_online", address)] for address in addresses] == [1.0, 1.0]
    assert within[("phase", "running")] == 1.0
    assert within[("phase", "connecting")] == 0.0
    assert within[("overrides_active", "AHU")] == 1.0
    assert within[("taken", "inputs forced")] > 0.0
    after = told(run)
    assert after[("phase", "ended")] == 1.0
    assert after[("steps",)] == 1.0
    assert not any(value for (name, *_), value in after.items() if name == "taken")
