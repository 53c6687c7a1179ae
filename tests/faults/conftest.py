from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from emulators.boptest.server import BoptestServer
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from tests.faults.scene import Scene, building, controllers, fresh

MakeScene = Callable[[Profile], AbstractContextManager[Scene]]


@pytest.fixture(scope="package")
def peers() -> Iterator[tuple[BoptestServer, EcyServer]]:
    with building() as office, controllers() as server:
        yield office, server


@pytest.fixture
def scene(
    peers: tuple[BoptestServer, EcyServer],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    office, server = peers
    fresh(server)
    caplog.set_level("INFO")
    yield Scene(tmp_path, office, server, caplog, monkeypatch)
    office.faults.clear()
    fresh(server)


@pytest.fixture
def scene_with(
    peers: tuple[BoptestServer, EcyServer],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MakeScene]:
    """Makes a scene in which the VAV's controller has another firmware."""
    caplog.set_level("INFO")

    @contextmanager
    def make(profile: Profile) -> Iterator[Scene]:
        with controllers(profile) as server:
            yield Scene(tmp_path, peers[0], server, caplog, monkeypatch)

    with ExitStack():
        yield make
    peers[0].faults.clear()
