"""Viewers in processes of their own that stop reading, sleep, or are killed: nobody else notices."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import pytest

from page import Page
from recording import EventKind
from tests.page.asking import moments, watching
from tests.page.browser import BROWSERS, missing
from tests.page.standing_in import StandIn, shown
from tests.waiting import DEADLINE_S, eventually

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are stopped and killed by signals")

READER = """
import http.client, json, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
connection.request("GET", "/stream")
for line in connection.getresponse():
    if line.startswith(b"data: "):
        print(json.loads(line[6:])["n"], flush=True)
"""


@contextmanager
def reader(page: Page) -> Iterator[subprocess.Popen[str]]:
    """A viewer that prints the number of each moment, once it has the first."""
    command = [sys.executable, "-c", READER, str(page.port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True) as process:  # noqa: S603
        try:
            next_number(process)
            yield process
        finally:
            process.kill()


def next_number(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


@pytest.fixture(autouse=True)
def nothing_is_said(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A viewer that goes is no news, and no traceback."""
    with caplog.at_level(logging.INFO):
        yield
    assert caplog.records == []


def fill_connections(run: StandIn, page: Page, stopped: subprocess.Popen[str]) -> int:
    """Stop a viewer, and tell the others more large moments than its connection keeps; the number of the newest."""
    for _ in range(12):
        run.tell(EventKind.NOTE, "", "so that a few moments are more than a connection keeps " * 200)
    stopped.send_signal(signal.SIGSTOP)
    with watching(page) as other, run.ticking():
        *_, newest = (int(moment["n"]) for moment in islice(moments(other), 25))
    eventually(lambda: page.viewers == 1)
    return newest


@pytest.mark.slow
def test_a_viewer_that_sleeps_is_skipped_and_wakes_to_the_newest(run: StandIn, page: Page) -> None:
    with reader(page) as sleeper:
        newest = fill_connections(run, page, sleeper)
        sleeper.send_signal(signal.SIGCONT)
        seen = [next_number(sleeper)]
        while seen[-1] < newest:
            seen.append(next_number(sleeper))
    assert len(seen) < 15, "moments were kept rather than skipped"


def test_the_place_of_a_viewer_that_is_killed_is_free(run: StandIn, page: Page) -> None:
    with reader(page) as process, run.ticking():
        process.kill()
        eventually(lambda: page.viewers == 0)


@pytest.mark.slow
def test_the_place_of_one_that_had_stopped_reading_is_free_when_it_is_killed(run: StandIn, page: Page) -> None:
    with reader(page) as process:
        fill_connections(run, page, process)
        process.kill()
        eventually(lambda: page.viewers == 0)


@pytest.mark.slow
def test_the_page_closes_every_connection_although_somebody_does_not_read(run: StandIn) -> None:
    with ExitStack() as undo, ExitStack() as closing:
        page = closing.enter_context(shown(run))
        process = undo.enter_context(reader(page))
        fill_connections(run, page, process)
        closing.close()
        process.send_signal(signal.SIGCONT)
        assert process.wait(DEADLINE_S) != 0, "its connection was cut, in the middle of a moment"


@pytest.mark.slow
def test_a_browser_that_is_killed_leaves_its_place(run: StandIn, page: Page, tmp_path: Path) -> None:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        missing("there is no Chromium")
    command = [str(found), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", page.url]
    quiet = subprocess.DEVNULL
    with run.ticking(), subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True) as process:  # noqa: S603
        try:
            eventually(lambda: page.viewers == 1)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(DEADLINE_S)
        eventually(lambda: page.viewers == 0)
