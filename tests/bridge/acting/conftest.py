"""A bench whose set-points are acted on, with a guardian that starts quickly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge.acting.rigged import bench
from tests.bridge.rig import Rig
from tests.ledger.guardian import light_guardian


@pytest.fixture(autouse=True)
def _light_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.session.GUARDIAN", light_guardian.COMMAND)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with bench(tmp_path) as running:
        yield running
