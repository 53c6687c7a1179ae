"""``python -m benchmarks.pictures``: the pictures of docs/pictures, taken anew while a booth's steps are done.

A demo is started as the README says, its page is used as people use it, and is photographed at the size of a phone, a
laptop and a big screen; then its report is. Takes some four minutes, Playwright and a Chromium
(``requirements-page.txt``); with Pillow the files are a third of the size. Look at each afterwards.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

ROOT = Path(__file__).resolve().parents[1]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_DAY, _PEOPLE, _END = "2023-01-10 05:30", "Tue 10 Jan 06:1", "Tue 10 Jan 09:0"
"""What is chosen, when the page is photographed, and when the run is stopped, as its clock says it."""
_WAIT_MS = 600_000
_PAPER = 794, 1090
"""A4 at 96 dots per inch."""
_COLOURS = 256


class Shot(NamedTuple):
    """A picture of the page: its file, and the window's width and height in dots."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"


SHOTS = (Shot("page-laptop", 1366, 768), Shot("page-phone", 390, 844), Shot("page-screen", 1920, 1080, "dark"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Take all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures", help="where to")
    parser.add_argument("--pace", default="20", help="simulated s per s, so slow that no step is late (default: 20)")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-pictures-") as name, _browser() as browser:
        files = take(browser, Path(name), options.folder, options.pace)
    for file in files:
        _shrink(file)
        print(f"{file} ({file.stat().st_size / 1000:.0f} kB)")


def take(browser: Browser, scratch: Path, folder: Path, pace: str) -> list[Path]:
    """Pictures of the page and of the report of a run that is begun anew on a January morning."""
    told = {**os.environ, "BRIDGE_RUNS_DIR": str(scratch)}
    with _demo(told, pace) as address:
        tab = browser.new_page()
        tab.goto(address)
        tab.click('[data-do="pause"]')
        tab.select_option("#day", _DAY)
        tab.click('[data-do="reset"]')
        _until(tab, "#clock", "Tue 10 Jan")
        tab.click('[data-do="go-on"]')
        _until(tab, "#clock", _PEOPLE)
        files = [_photographed(browser, address, shot, folder) for shot in SHOTS]
        tab.select_option("#scale", "0")
        _until(tab, "#clock", _END)
        tab.on("dialog", lambda dialog: dialog.accept())
        tab.click('[data-do="stop"]')
        _until(tab, "#phase", "ended")
    report = scratch / "report.html"
    subprocess.run(_verb("report", "last", "--against", "baseline", "-o", str(report)), env=told, check=True)  # noqa: S603
    return [*files, _report(browser, report, folder / "report.png")]


def _photographed(browser: Browser, address: str, shot: Shot, folder: Path) -> Path:
    context = browser.new_context(viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme)
    tab = context.new_page()
    tab.goto(address)
    _until(tab, ".u-legend", ":")
    file = folder / f"{shot.name}.png"
    tab.screenshot(path=file)
    context.close()
    return file


def _report(browser: Browser, report: Path, file: Path) -> Path:
    """Two sheets of it beside each other: what happened, and the zones of the morning."""
    tab = browser.new_page(viewport={"width": _PAPER[0], "height": _PAPER[1]})
    tab.goto(report.as_uri())
    sheets = [tab.screenshot()]
    tab.goto(f"{report.as_uri()}#episode-1-comfort")
    sheets.append(tab.screenshot())
    shown = "".join(
        f"<img style='border:1px solid #888;margin:4px;width:47%' src='data:image/png;base64,{_text(one)}'>"
        for one in sheets
    )
    tab.set_viewport_size({"width": 1040, "height": 700})
    tab.set_content(f"<body style='margin:8px;background:#888'>{shown}")
    tab.screenshot(path=file)
    return file


@contextmanager
def _demo(told: Mapping[str, str], pace: str) -> Iterator[str]:
    """A demo that runs; the address of its page. It has ended by itself, or is ended as Ctrl+C does."""
    command = _verb("demo", "--time-scale", pace)
    with subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603
        told_lines = demo.stdout or ()
        try:
            yield next(line.partition("Page: ")[2].strip() for line in told_lines if line.startswith("Page: "))
        finally:
            demo.terminate()
            demo.communicate()


def _verb(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), *words]


def _until(tab: Tab, selector: str, words: str) -> None:
    tab.locator(selector, has_text=words).first.wait_for(timeout=_WAIT_MS)


def _text(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def _shrink(file: Path) -> None:
    """Text and lines in few colours look the same in a third of the bytes."""
    try:
        from PIL import Image  # nothing else needs it
    except ImportError:
        print("pip install pillow makes the files smaller")
        return
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


@contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # an extra

    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


if __name__ == "__main__":
    main()
