"""A real browser without a screen. Without Playwright tests are skipped.

So are they where it finds none, but in CI (``CI=true``), where they fail.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from page import Page
from tests.waiting import DEADLINE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TICK_MS = 20
_CAPABLE = ["--no-sandbox", "--disable-gpu"]
"""What Chromium needs where tests run as root."""


@dataclass
class Seen:
    """A tab that shows a page, with everything that it asked for and complained of."""

    tab: Tab
    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        """What stands there."""
        return self.tab.locator(selector).first.text_content() or ""

    def value(self, number: int) -> float:
        """The number of a point as it is shown."""
        return float(self.text(f'[data-v="{number}"]'))

    def until(self, script: str) -> None:
        """Wait until an expression of the page's is true."""
        began_s = time.monotonic()
        while not self.tab.evaluate(script):  # the page's own policy forbids what the tool would wait with
            assert time.monotonic() - began_s < DEADLINE_S, f"never true: {script}"
            self.tab.wait_for_timeout(_TICK_MS)

    def forgive(self, status: str) -> None:
        """A wish that was refused on purpose: the browser complains of its status, and of nothing else."""
        refused = f"Failed to load resource: the server responded with a status of {status}"
        self.complaints[:] = [one for one in self.complaints if not one.startswith(refused)]

    @property
    def foreign(self) -> list[str]:
        """What was asked of somebody else."""
        return [url for url in self.asked if not url.startswith((self.page.url, "data:", "blob:"))]


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a screen."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        pytest.skip("Playwright is not installed (requirements-page.txt)")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=found, args=_CAPABLE)
        except Error as error:
            missing(f"no Chromium can be started: {error.message.splitlines()[0]}")
        yield started
        started.close()


@contextmanager
def tab_of(
    started: Browser,
    page: Page,
    *,
    width: int = 1366,
    height: int = 768,
    with_token: bool = True,
    query: str = "",
) -> Iterator[Seen]:
    """A fresh tab that shows a page and has its first moment."""
    context = started.new_context(viewport={"width": width, "height": height}, timezone_id="America/Chicago")
    context.set_default_timeout(1000 * DEADLINE_S)
    seen = Seen(context.new_page(), page)
    seen.tab.on("request", lambda request: seen.asked.append(request.url))
    seen.tab.on("requestfailed", lambda request: None)
    seen.tab.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.tab.on(
        "console",
        lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    address, hash_sign, token = page.url_with_token.partition("#")
    seen.tab.goto(address + query + (hash_sign + token if with_token else ""))
    seen.until("document.body.dataset.drawn !== undefined")
    yield seen
    context.close()


def missing(words: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)
