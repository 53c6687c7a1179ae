"""A storm of a fixed seed, short enough for every day; ``python -m tests.chaos`` makes longer ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.schedule import Weather
from tests.chaos.storm import Limits, Storm

SEED = 11
CONTROLLERS = 16
STEPS = 300
SECONDS = 25.0


@pytest.mark.slow
def test_whatever_happens_everything_is_given_back(tmp_path: Path) -> None:
    storm = Storm(tmp_path, SEED, CONTROLLERS, Limits(STEPS, SECONDS), Weather())
    storm.run()
    assert storm.steps > 0
    assert storm.past
