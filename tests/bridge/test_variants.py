"""A stop in the middle of an advance gives everything back, whatever the firmware and the server family."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulators.boptest.faults import HoldCall
from emulators.ecy.profile import Profile
from tests.bridge.looking import assert_as_it_was
from tests.bridge.rig import in_background, rig
from tests.clients.ecy.firmware import SWITCHES as FIRMWARE
from tests.clients.pairwise import Row, pairwise
from tests.waiting import DEADLINE_S

SWITCHES = {**FIRMWARE, "legacy": [False, True], "stale_reads_s": [0.0, 0.2]}
LEFT_OUT = {"accepted_zones"}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "row",
    pairwise({name: choices for name, choices in SWITCHES.items() if name not in LEFT_OUT}),
    ids=lambda row: "-".join(str(row[name]) for name in ("batch_order", "leaf_form", "legacy")),
)
def test_a_stop_in_the_middle_of_an_advance_gives_everything_back(tmp_path: Path, row: Row) -> None:
    switches = dict(row)
    legacy = bool(switches.pop("legacy"))
    with rig(tmp_path, profile=Profile(**switches), legacy=legacy) as subject:  # type: ignore[arg-type]
        subject.timeout_s = 20.0  # a busy computer answers late, and nothing is asked twice where clocks take no time
        hold = subject.building.faults.add(HoldCall(), "advance")
        run = subject.run(DESIRED_TIMEZONE="US/Mountain")
        with in_background(run) as future:
            assert hold.reached.wait(DEADLINE_S)
            run.request_stop()
            summary = future.result(DEADLINE_S)
        assert summary.receipts
        assert not summary.not_released
        assert_as_it_was(subject)
