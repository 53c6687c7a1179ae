"""The storm in the suite. By hand, for as long as you like: ``python -m tests.chaos`` (docs/operations.md)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos.peers import Spoken
from tests.chaos.schedule import Weather
from tests.chaos.storm import Limits, Storm

STEPS = int(os.environ.get("CHAOS_STEPS", "120"))
SEED = int(os.environ.get("CHAOS_SEED", "4"))
WEATHER = Weather(event_every=5, end_every=40)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the daemon is stopped and killed the POSIX way")
@pytest.mark.parametrize("spoken", [Spoken.REST, Spoken.MIXED], ids=["rest", "mixed"])
def test_in_a_storm_every_step_is_done_once_on_fresh_commands_and_everything_is_given_back(
    tmp_path: Path, spoken: Spoken
) -> None:
    storm = Storm(tmp_path, SEED, 8, Limits(STEPS), WEATHER, spoken)
    storm.run()
    assert storm.steps >= STEPS
    assert len(storm.past) >= STEPS // (2 * WEATHER.event_every)
    assert len(storm.lives) > 1
