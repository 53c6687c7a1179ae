"""``kill -9`` at a random moment; ``tests/kills_of_recording.py`` does it a thousand times by hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kills_of_recording import judged


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills are sent the POSIX way")
@pytest.mark.parametrize("seed", [1, 8, 20])
def test_a_recording_that_was_killed_opens_and_lacks_a_second_at_most(tmp_path: Path, seed: int) -> None:
    assert judged(tmp_path, seed) == ""
