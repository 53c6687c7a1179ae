"""Killed at any moment, a run leaves nothing behind that the release does not give back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge.rig import Rig, rig
from tests.bridge.test_absence import eventually
from tests.bridge.test_run import assert_as_it_was
from tests.test_main import configured, run, start, variables

pytestmark = pytest.mark.slow

SEED = 20261121
MOMENTS = [random.Random(SEED + n).randrange(60) for n in range(10)]  # noqa: S311 - a schedule, not a secret
"""After how many calls of the advance; 0 is as soon as the simulation is initialized, in the middle of the taking."""


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@pytest.mark.parametrize("advances", [0, *MOMENTS[1:]])
def test_after_a_kill_the_release_leaves_everything_as_it_was(both: Rig, advances: int) -> None:
    calls = both.building.faults.calls
    with start(*configured(both), **variables(both, DESIRED_TIMEZONE="US/Mountain")) as process:
        eventually(lambda: calls["initialize"] > 0 and calls["advance"] >= advances)
        process.kill()
        process.communicate()
    code, output = run("release", "--env", "absent", **variables(both))
    assert code == 0, output
    assert_as_it_was(both)
