"""What holds for every test: servers end without delay, signals arrive, examples are the same, bytecode is kept."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING

import pytest
import uvicorn.server
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.command_line import Call

HASTE = 10.0
EXAMPLES = "the same"
"""What is drawn by Hypothesis: the same every time, and as slowly as a busy computer likes.

``pytest --hypothesis-profile default`` looks for new ones.
"""
settings.register_profile(
    EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(EXAMPLES)


def pytest_configure() -> None:
    """Before anything of ours is imported."""
    _keep_what_is_compiled()
    _take_ignored_signals()


def _keep_what_is_compiled() -> None:
    """Write bytecode whatever the environment says: hundreds of processes would compile the same again."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _take_ignored_signals() -> None:
    """Take the signals that a suite in the background, or under ``nohup``, was started to ignore.

    Processes inherit what is ignored, and no handlers: so children start as from a terminal, and the suite goes on.
    """
    if os.name == "posix":
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, _pass_over)


def _pass_over(number: int, frame: FrameType | None) -> None:
    """As if it were ignored."""


class HastyAsyncio:
    """asyncio, in which one sleeps shorter."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Sleep a fraction of it."""
        await asyncio.sleep(seconds / HASTE)


@pytest.fixture(scope="session", autouse=True)
def _hasty_servers() -> Iterator[None]:
    """uvicorn looks every tenth of a second whether to end, and then waits for another: the suite ends 500 servers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.server, "asyncio", HastyAsyncio())
        yield


@pytest.fixture(autouse=True)
def _loudness_is_the_tests_own() -> Iterator[None]:
    """What a command sets of the log ends with its test: others would find lines that nobody else finds."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command line, called in this process."""
    from tests.command_line import calling  # imports the whole of the bench

    return calling(monkeypatch, capsys)
