"""The storm in the suite. By hand, for as long as you like: ``python -m tests.chaos``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos.schedule import Weather
from tests.chaos.storm import Limits, Storm

STEPS = int(os.environ.get("CHAOS_STEPS", "2000"))
SECONDS = float(os.environ.get("CHAOS_SECONDS", "18"))
SEED = int(os.environ.get("CHAOS_SEED", "7"))


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the daemon is stopped and killed the POSIX way")
def test_in_a_storm_every_step_is_done_once_on_fresh_commands_and_everything_is_given_back(tmp_path: Path) -> None:
    storm = Storm(tmp_path, SEED, 16, Limits(STEPS, SECONDS), Weather(event_every=8, end_every=200))
    storm.run()
    assert len(storm.past) > 5
    assert len(storm.lives) > 1
