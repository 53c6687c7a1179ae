"""The live page: how soon it is there, how soon a value is on the screen, and what eight viewers cost the loop.

Needs ``requirements-page.txt`` and a Chromium; without them only the loop is measured.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.rows import Measured
from benchmarks.runs import peers, prepared
from bridge.run import Run
from commands.page import PageWish, hands_of
from page import Page, PagePlace
from utils.settings import PageSettings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CONTROLLERS, STEPS, PAIRS, VIEWERS, TRIES = 8, 300, 6, 8, 5
_PACE = 20.0
"""Of a demo that people look at."""
_READERS = """
import select, sys
from benchmarks.page import _viewer
viewers = [_viewer(int(sys.argv[1])) for _ in range(int(sys.argv[2]))]
while viewers:
    viewers = [one for one in viewers if one not in select.select(viewers, [], [])[0] or one.recv(65536)]
"""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def rows(folder: Path) -> Iterator[Measured]:
    """The loop with recorder and page and with neither, and the page in a browser."""
    with peers(CONTROLLERS, 0.0) as (building, controllers):
        _alone_s(folder / "warm", building, controllers)
        ratios = [_ratio(folder / str(number), building, controllers, number % 2 == 0) for number in range(PAIRS)]
        whom = f"{VIEWERS} viewers, one of them stopped; {PAIRS} times {STEPS} steps, {CONTROLLERS} controllers"
        detail = f"{whom}; {min(ratios):.3f} to {max(ratios):.3f}"
        what = "step with recorder, page and viewers / with neither"
        yield Measured(what, f"{statistics.median(ratios):.3f}", "<= 1.02", detail)
        yield from _in_a_browser(folder / "seen", building, controllers)


def _ratio(folder: Path, building: str, controllers: Sequence[str], is_alone_first: bool) -> float:
    """Both one after the other, in either order: a computer gets faster or slower meanwhile."""
    both = (_alone_s, _watched_s) if is_alone_first else (_watched_s, _alone_s)
    took_s = {task: task(folder / task.__name__, building, controllers) for task in both}
    return took_s[_watched_s] / took_s[_alone_s]


def _alone_s(folder: Path, building: str, controllers: Sequence[str]) -> float:
    return _step_s(prepared(folder, building, controllers, STEPS, records=False))


def _watched_s(folder: Path, building: str, controllers: Sequence[str]) -> float:
    run = prepared(folder, building, controllers, STEPS)
    with _page(run) as page, _viewers(page):
        return _step_s(run)


@contextmanager
def _viewers(page: Page) -> Iterator[None]:
    """All but one read, in a process of their own."""
    command = [sys.executable, "-c", _READERS, str(page.port), str(VIEWERS - 1)]
    with _viewer(page.port), subprocess.Popen(command) as readers:  # noqa: S603
        while page.viewers < VIEWERS:
            time.sleep(0.01)
        try:
            yield
        finally:
            readers.kill()


def _viewer(port: int) -> socket.socket:
    """A connection whose stream has been asked for, and nobody reads."""
    viewer = socket.create_connection(("127.0.0.1", port))
    viewer.sendall(f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return viewer


def _page(run: Run) -> Page:
    """As the command line gives it: told of each step, and with everything that there is to see and touch."""
    page = Page(run, run.equipments, PagePlace(port=0), hands_of(run, PageWish(0, PageSettings())))
    run.watch(page)
    return page


def _step_s(run: Run) -> float:
    summary = run.execute()
    return summary.wall_s / summary.steps


def _in_a_browser(folder: Path, building: str, controllers: Sequence[str]) -> Iterator[Measured]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield Measured("page in a browser", "not measured", "", "Playwright is not installed")
        return
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    run = prepared(folder, building, controllers, 10**9, time_scale=_PACE)
    with sync_playwright() as playwright, ThreadPoolExecutor(1) as pool:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with _page(run) as page:
            running = pool.submit(run.execute)
            while not run.status().step:
                time.sleep(0.01)
            _load(browser, page)  # the first one starts the browser's processes, and is not the page's
            loads = [_load(browser, page) for _ in range(TRIES)]
            run.request_stop()
            running.result()
        browser.close()
    paints, values, delays = (statistics.median(column) for column in zip(*loads, strict=True))
    detail = f"median of {TRIES} loads, while a run goes on at {_PACE:g} times real time"
    yield Measured("first paint", f"{paints:.0f} ms", "<= 300 ms", detail)
    yield Measured("first live value", f"{values:.0f} ms", "<= 600 ms", "from the stream, drawn")
    yield Measured("value on screen after it was looked at", f"{delays:.0f} ms", "<= 100 ms", "and <= 150 ms to look")


def _load(browser: Browser, page: Page) -> tuple[float, float, float]:
    """First paint, first value from the stream, and a value's age when it is drawn; all in ms."""
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(page.url)
    value = paint = None
    while value is None or paint is None:
        value = tab.evaluate("Number(document.body.dataset.first) || null")
        paint = tab.evaluate(_FIRST_PAINT)
    ages = []
    for _ in range(20):
        tab.wait_for_timeout(50)
        ages.append(float(tab.evaluate("document.body.dataset.late")))
    context.close()
    return paint, value, statistics.median(ages)
