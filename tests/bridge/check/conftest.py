"""Peers that the tests of a module look at in turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge.check.looking import untouched
from tests.bridge.rig import Rig, rig


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def both(shared: Rig, tmp_path: Path) -> Iterator[Rig]:
    with untouched(shared, tmp_path) as running:
        yield running
