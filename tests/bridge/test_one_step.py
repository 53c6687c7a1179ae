"""The way of a value through the house is the one that docs/architecture.md draws."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

from tests.bridge.rig import rig
from utils.home import HOME

_STATION = re.compile(r"^\| \d+ \| `([\w/.]+)` `(?:\w+\.)?(\w+)` \|", re.MULTILINE)
_OURS = {init.parent.name for init in HOME.glob("*/__init__.py")}
"""What is installed may be in a folder of this one, too: the README puts it into .venv."""
ADVANCE = ("bridge/building/building.py", "advance")
_ROOMS = {
    "bridge",
    "bridge/building",
    "bridge/link",
    "bridge/memory",
    "bridge/overriding",
    "bridge/timing",
    "bridge/watching",
    "clients",
    "clients/boptest",
    "clients/ecy",
    "clients/http",
    "equipment",
    "ledger",
    "ledger/record",
    "points",
    "recording",
    "utils",
    "utils/process",
}
"""Where the code of a step may be at all."""


def stations() -> list[tuple[str, str]]:
    """File and function of each station, as the page has them."""
    return _STATION.findall((HOME / "docs" / "architecture.md").read_text(encoding="utf-8"))


@cache
def _ours(filename: str) -> str | None:
    """The file's path in here; None where it is not ours. Asked for every call that is made."""
    file = Path(filename)
    is_ours = file.is_relative_to(HOME) and file.relative_to(HOME).parts[0] in _OURS
    return file.relative_to(HOME).as_posix() if is_ours else None


class Trace:
    """Every call of our own code, in its order, of all threads that begin while it listens."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """A profiler."""
        if event == "call":
            file = _ours(frame.f_code.co_filename)
            if file is not None:
                self.calls.append((file, frame.f_code.co_name))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Follow this thread, and those that begin in here."""
        threading.setprofile(self.note)
        sys.setprofile(self.note)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    def step(self, number: int) -> list[tuple[str, str]]:
        """The calls from one advance of the building to the next, that one included."""
        advances = [place for place, call in enumerate(self.calls) if call == ADVANCE]
        return self.calls[advances[number] : advances[number + 1] + 1]


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    with rig(tmp_path_factory.mktemp("step")) as both:
        run, trace = both.run(steps=6), Trace()
        with trace.listening():
            run.execute()
    outside = ("tests/", "emulators/")
    return [call for call in trace.step(3) if not call[0].startswith(outside)]


def test_a_value_takes_the_way_that_the_page_draws(step: list[tuple[str, str]]) -> None:
    wanted = stations()
    assert 8 <= len(wanted) <= 12
    assert wanted[0] == wanted[-1] == ADVANCE
    way = list(dict.fromkeys(call for call in step[:-1] if call in wanted))
    assert [*way, step[-1]] == wanted


def test_and_visits_no_other_room(step: list[tuple[str, str]]) -> None:
    rooms = {file.rpartition("/")[0] for file, _ in step}
    assert rooms <= _ROOMS, rooms - _ROOMS
