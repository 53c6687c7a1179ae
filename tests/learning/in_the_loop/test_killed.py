"""An agent on eight emulated controllers that is killed leaves nothing in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

from emulators.boptest.server import BoptestServer
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from learning.making import OFFICE_CASE
from tests.command_line import ROOT, environment
from tests.learning.in_the_loop.eight import eight_controllers, files, taken
from tests.waiting import DEADLINE_S, eventually

RELEASED_S = 10.0

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")]


@pytest.fixture
def eight() -> Iterator[EcyServer]:
    with eight_controllers() as serving:
        yield serving


def test_one_that_forgets_to_close_gives_back_as_it_ends(eight: EcyServer, tmp_path: Path) -> None:
    with BoptestServer({OFFICE_CASE: MultizoneOffice}) as building:
        arguments = [*files(tmp_path, eight, building.url), "forget"]
        command = [sys.executable, "-m", "tests.learning.in_the_loop.learner", *arguments]
        told = environment(PYTHONWARNINGS="error")
        ended = subprocess.run(command, cwd=ROOT, env=told, timeout=3 * DEADLINE_S, check=False)  # noqa: S603
        assert ended.returncode == 0
        assert taken(eight) == []
    assert not list(tmp_path.rglob("guardian/*.log"))


def test_a_killed_learner_leaves_nothing(eight: EcyServer, tmp_path: Path) -> None:
    with BoptestServer({OFFICE_CASE: MultizoneOffice}) as building:
        command = [sys.executable, "-m", "tests.learning.in_the_loop.learner", *files(tmp_path, eight, building.url)]
        with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as learner:  # noqa: S603
            assert learner.stdout is not None
            guardian = learner.stdout.readline().strip()
            before = taken(eight)
            assert len([one for one in before if one.endswith("clock")]) == 8
            assert {"AHU SupplyAirTempSp slots", "VAV_West OccCoolSp slots"} < set(before)
            assert "VAV_Core SpaceTemp out of service" in before
            learner.kill()
            assert eventually(lambda: not taken(eight)) < RELEASED_S
        assert guardian.isdecimal()
    eventually(lambda: not list(tmp_path.rglob("ledgers/*.jsonl")))
    assert taken(eight) == []
