"""What a person sees: one calm view on a terminal, plain lines elsewhere, and a summary at the end.

Names and reasons are foreign text: they are printed as ``Text``, which knows no markup, and in one line each.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Protocol

from rich.console import Console

from bridge.display.hands import Screen
from bridge.display.kpis import print_kpis
from bridge.display.live_view import SHADOW_RUN, LiveView, headline
from bridge.display.receipts import THE_DISPLAY, say
from bridge.display.status import Phase, Status, Summary
from equipment.equipment_manager import Equipment
from recording import run_of
from utils.alone import Alone
from utils.home import CALLED

log = logging.getLogger(__name__)

_LINE_EVERY_S = 10.0


class Display(Protocol):
    """Something that shows the status of a run a few times a second."""

    def update(self, status: Status) -> None:
        """Show this moment."""

    def rest(self) -> None:
        """Leave the screen to others until the next update."""


class PlainLines:
    """A line when the phase changes and every few seconds in between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phase: Phase | None = None
        self._next_s = 0.0

    def update(self, status: Status) -> None:
        """Print a line when it is time."""
        now_s = time.monotonic()
        if status.phase is self._phase and now_s < self._next_s:
            return
        self._phase, self._next_s = status.phase, now_s + _LINE_EVERY_S
        say(self._console, headline(status))

    def rest(self) -> None:
        """Lines are in nobody's way."""


class Unseen:
    """Nothing is shown: of a run, or of programs."""

    def update(self, *_: object) -> None:
        """Nobody looks."""

    def rest(self) -> None:
        """It is in nobody's way."""


@contextmanager
def display(
    console: Console,
    equipments: Sequence[Equipment],
    notes: Sequence[str] = (),
    *,
    shown: bool = True,
    screen: Callable[[], Screen | None] = lambda: None,
) -> Iterator[Display]:
    """The view that fits the console: live on a terminal, lines elsewhere, nothing where it is not to be ``shown``.

    ``screen`` is what keys have made of a live one; None while none are read.
    """
    view: Display = PlainLines(console)
    alone = Alone()
    if not shown:
        view, notes = Unseen(), ()
    elif console.is_terminal:
        view = LiveView(console, equipments, notes[:1], screen)
    with alone.step(THE_DISPLAY):
        for note in notes:
            say(console, note)
    try:
        yield view
    finally:
        with alone.step(THE_DISPLAY):
            view.rest()


def print_summary(console: Console, summary: Summary) -> None:
    """What the run did; what was given back, :func:`print_receipts` tells."""
    if summary.shadow:
        say(console, SHADOW_RUN)
    again = f" in {summary.episodes} episodes" if summary.episodes > 1 else ""
    took = f"{_duration(summary.simulated_s)} simulated in {_duration(summary.wall_s)}"
    say(console, f"{summary.steps} steps{again}, {took}")
    say(
        console,
        f"late steps {summary.late_percent:.1f} %, exchange delay {summary.exchange_delay_s:.2f} simulated s, "
        f"writes sent {summary.written}, not needed {summary.suppressed}",
    )
    if summary.clock_errors:
        device, worst_s = max(summary.clock_errors.items(), key=itemgetter(1))
        say(console, f"controllers' clocks at most {_duration(worst_s)} off model time ({device})")
    if again and summary.kpis:
        say(console, "of the last episode:")
    print_kpis(console, summary.kpis)
    for point, text in summary.clipped.items():
        say(console, f"clipped: {point}: {text}")
    for yielded in summary.yielded:
        say(console, f"left to somebody else during the run: {yielded}")


def print_recording(console: Console, file: Path | None) -> None:
    """Where a run is recorded, and what tells of it; nothing of what was not recorded."""
    if file is not None and file.exists():
        say(console, f"Recorded in {file}; {CALLED} report {run_of(file)} tells what happened")


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 3600:.1f} h" if seconds >= 7200 else f"{seconds / 60:.1f} min"
