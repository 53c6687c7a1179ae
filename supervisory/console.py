"""What a person sees of programs: a calm table on a terminal, plain lines elsewhere, a summary at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from bridge.display.console import Unseen, print_recording
from bridge.display.kpis import print_kpis
from bridge.display.live_view import ShownPlace
from bridge.display.receipts import THE_DISPLAY, print_receipts, say
from supervisory.program_status import ProgramStatus
from supervisory.runtime.context import StepRecord
from supervisory.runtime.runtime import RuntimeSummary
from utils.alone import Alone
from utils.home import CALLED
from utils.text import printable
from utils.values import PointValue

_LINE_EVERY_S = 10.0
_SHOWN = 4
_NONE_HAS_RUN = "no program ever ran; what was switched off, and how to switch it on, is told at the start"
_STILL_OWNED = f"slot(s) NOT given back yet: the guardian goes on with them; look again with {CALLED} release"
_ALL_BACK = "nothing was left to give back at the end"
"""A program may have given back before what it took, or left it to somebody who has taken it over."""
_STYLES = {"run": "green", "releasing": "yellow", "fault": "red"}


class ProgramView(Protocol):
    """Something that shows programs a few times a second."""

    def update(self, now: datetime | None, programs: Sequence[ProgramStatus]) -> None:
        """Show this moment."""

    def rest(self) -> None:
        """Leave the screen to others until the next update."""


class ProgramLines:
    """A line per program when its state changes, and every few seconds in between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._states: dict[str, str] = {}
        self._next_s: dict[str, float] = {}

    def update(self, now: datetime | None, programs: Sequence[ProgramStatus]) -> None:
        """Print what is time to be told."""
        wall_s = time.monotonic()
        for program in programs:
            if self._states.get(program.name) == program.state and wall_s < self._next_s[program.name]:
                continue
            self._states[program.name], self._next_s[program.name] = program.state, wall_s + _LINE_EVERY_S
            moment = f"{now:%a %d %b %H:%M:%S}  " if now else ""
            alarm = f"  ALARM {program.alarm}" if program.alarm else ""
            line = f"{moment}{program.name}: {program.state}{_why_not(program)}  {described(program.last)}{alarm}"
            say(self._console, line.rstrip())

    def rest(self) -> None:
        """Lines are in nobody's way."""


class ProgramTable:
    """One table that renews itself in place."""

    def __init__(self, console: Console) -> None:
        self._place = ShownPlace(console)

    def update(self, now: datetime | None, programs: Sequence[ProgramStatus]) -> None:
        """Redraw."""
        if not programs or now is None:
            return
        table = Table("program", "state", "steps", "has in its slots", "why", expand=True)
        for column in table.columns:
            column.overflow = "fold"
        for program in programs:
            last = program.last
            table.add_row(
                Text(printable(program.name)),
                Text(printable(f"{program.state}{_why_not(program)}"), style=_STYLES.get(program.state, "")),
                f"{program.rounds}",
                Text(printable(_values(last.commanded) if last else "")),
                Text(printable(program.alarm or (_facts(last) if last else "")), "yellow" if program.alarm else ""),
            )
        self._place.show(Group(Text(f"{now:%a %d %b %H:%M:%S}", style="bold"), table))

    def rest(self) -> None:
        """Take the table away, and give the cursor back."""
        self._place.clear()


@contextmanager
def program_view(console: Console, *, shown: bool = True) -> Iterator[ProgramView]:
    """The view that fits the console; none where it is not to be ``shown``."""
    view: ProgramView = Unseen()
    if shown:
        view = ProgramTable(console) if console.is_terminal else ProgramLines(console)
    try:
        yield view
    finally:
        with Alone().step(THE_DISPLAY):
            view.rest()


def print_program_summary(console: Console, summary: RuntimeSummary, recording: Path | None) -> None:
    """What programs did, what was given back, and where it is recorded."""
    rounds = "1 round" if summary.rounds == 1 else f"{summary.rounds} rounds"
    say(console, f"{rounds}, {summary.plant_s / 3600:.2f} h in the plant")
    print_kpis(console, summary.kpis)
    for program, reasons in summary.failures.items():
        for reason in reasons:
            say(console, f"{program} has failed: {reason}", style="red")
    if not summary.has_run:
        say(console, _NONE_HAS_RUN, style="red")
    for trouble in summary.troubles:
        say(console, trouble, style="red")
    if summary.still_owned:
        say(console, f"{summary.still_owned} {_STILL_OWNED}", style="red")
    if summary.receipts or not summary.still_owned:
        print_receipts(console, summary.receipts, _ALL_BACK)
    print_recording(console, recording)


def described(record: StepRecord | None) -> str:
    """A step in one line: what is commanded, and why."""
    if record is None:
        return ""
    return "  ".join(part for part in (_values(record.commanded), _facts(record), record.note) if part)


def _why_not(program: ProgramStatus) -> str:
    return f" ({program.reason})" if program.state not in ("run", "dry run") and program.reason else ""


def _values(values: Mapping[str, PointValue | None]) -> str:
    known = [f"{label} {_shown(value)}" for label, value in values.items() if value is not None]
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + more


def _facts(record: StepRecord) -> str:
    """What the program has explained; ``why`` needs no name, and what is empty no place."""
    told = {name: _shown(value) for name, value in record.facts.items()}
    return ", ".join(text if name == "why" else f"{name} {text}" for name, text in told.items() if text)


def _shown(value: object) -> str:
    match value:
        case float():
            return f"{value:.4g}"
        case Mapping():
            return " ".join(f"{name} {_shown(item)}" for name, item in value.items())
        case list() | tuple():
            return " ".join(map(_shown, value))
    return str(value)
