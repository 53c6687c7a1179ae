"""How far a campaign is: a bar with the time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.display.receipts import say
from campaigns.campaign import CampaignStanding

_PARTS = 10
"""Lines from the beginning to the end, where there is no terminal."""
_MINUTE_S, _HOUR_S = 60, 3600


class CampaignView(Protocol):
    """Called by the main thread, a few times a second."""

    def update(self) -> None:
        """Show how far it is."""


@contextmanager
def campaign_view(console: Console, file: Path, standing: Callable[[], CampaignStanding]) -> Iterator[CampaignView]:
    """The view that fits the console."""
    if not console.is_terminal:
        yield _Lines(console, file, standing)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = _Bar(progress, file, standing)
        yield bar
        bar.update()


class _Bar:
    """A bar for a terminal."""

    def __init__(self, progress: Progress, file: Path, standing: Callable[[], CampaignStanding]) -> None:
        self._progress = progress
        self._standing = standing
        self._task = progress.add_task(file.stem, total=standing().cells, told="")

    def update(self) -> None:
        """Show how far it is."""
        now = self._standing()
        self._progress.update(self._task, completed=now.done, told=told_of(now))


class _Lines:
    """Lines for a file, or for whoever starts us."""

    def __init__(self, console: Console, file: Path, standing: Callable[[], CampaignStanding]) -> None:
        self._console = console
        self._standing = standing
        self._told = -1
        now = standing()
        say(console, f"{file.name}: {now.cells} cells, of which {now.done} are done")

    def update(self) -> None:
        """Tell it when a part more is done."""
        now = self._standing()
        part = _PARTS * now.done // max(now.cells, 1)
        if part > self._told and now.left_s is not None:
            self._told = part
            say(self._console, told_of(now))


def told_of(now: CampaignStanding) -> str:
    """How far, in words."""
    failed = f", {now.failed} failed" if now.failed else ""
    left = f", {lasting(now.left_s)} left" if now.left_s is not None else ""
    return f"{now.done} of {now.cells} cells{failed}{left}"


def lasting(seconds: float) -> str:
    """A time in two words."""
    whole = round(seconds)
    if whole >= _HOUR_S:
        return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"
    return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s" if whole >= _MINUTE_S else f"{whole} s"
