"""What a person sees: one calm view on a terminal, plain lines elsewhere, and a summary at the end.

Names and reasons are foreign text: they are printed as ``Text``, which knows no markup, and in one line each.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bridge.display.receipts import THE_DISPLAY, say
from bridge.display.status import Phase, Status, Summary
from bridge.link import LinkState
from bridge.session import FirstContact
from equipment.equipment_manager import Equipment
from points import Point
from utils.alone import Alone
from utils.handoff import LatestValue
from utils.process.interruption import signals_interrupt
from utils.text import printable
from utils.values import PointValue, Role, Target

log = logging.getLogger(__name__)

"""What it is called when it fails: the run goes on without it."""
_LINE_EVERY_S = 10.0
_SHOWN_SEEN = 3
_SHOWN_COMMANDED = 4
_RANKS = {unit: rank for rank, unit in enumerate(("degC", "degF", "pascal", "inH2O"))}
"""What is looked at first, by unit."""
_SYMBOLS = {
    "percent": "%",
    "degC": "°C",
    "degF": "°F",
    "pascal": "Pa",
    "dimensionless": "",
    "m**3/s": "m³/s",
    "ft**3/min": "cfm",
    "kWh/m**2": "kWh/m²",
    "W/m**2": "W/m²",
}
_SHADOW_RUN = "shadow run: nothing is overridden"
_STATE_STYLE = {LinkState.ONLINE: "green", LinkState.COUPLING: "yellow", LinkState.OFFLINE: "red"}


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
        say(self._console, _headline(status))

    def rest(self) -> None:
        """Lines are in nobody's way."""


class ShownPlace:
    """The bottom of a terminal, where something renews itself while lines scroll by above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def show(self, what: Group) -> None:
        """Put this there, in place of what was there."""
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._live.update(what)
        self._live.start()
        self._live.refresh()

    def clear(self) -> None:
        """Leave it to others, with the cursor."""
        live, self._live = self._live, None  # one that is started again would erase what others have printed
        if live is not None:
            live.stop()


class LiveView:
    """One table that renews itself in place, once there is something to see."""

    def __init__(self, console: Console, equipments: Sequence[Equipment], notes: Sequence[str]) -> None:
        self._place = ShownPlace(console)
        self._equipments = equipments
        self._notes = notes

    def update(self, status: Status) -> None:
        """Redraw. While the run connects it may have questions, so the screen is left to them."""
        if status.phase is Phase.CONNECTING:
            return
        notes = [Text(printable(note), style="dim") for note in self._notes]
        headline = Text(_headline(status), style="bold")
        self._place.show(Group(headline, *notes, self._table(status), _kpi_line(status)))

    def rest(self) -> None:
        """Take the table away, and give the cursor back."""
        self._place.clear()

    def _table(self, status: Status) -> Table:
        table = Table("Equipment", "Controller", "sees", "commands", expand=True)
        for equipment in self._equipments:
            state = status.controllers.get(equipment.controller.address, LinkState.OFFLINE)
            table.add_row(
                Text(printable(equipment.name)),
                Text(state.value, style=_STATE_STYLE[state]),
                _readings(equipment, _worth_seeing(equipment), status.seen),
                _readings(equipment, _outputs(equipment), status.commanded),
            )
        return table


@contextmanager
def display(console: Console, equipments: Sequence[Equipment], notes: Sequence[str] = ()) -> Iterator[Display]:
    """The view that fits the console: live on a terminal, lines elsewhere."""
    view: Display = PlainLines(console)
    alone = Alone()
    if console.is_terminal:
        view = LiveView(console, equipments, notes)
    else:
        with alone.step(THE_DISPLAY):
            for note in notes:
                say(console, note)
    try:
        yield view
    finally:
        with alone.step(THE_DISPLAY):
            view.rest()


class FirstContactQuestion:
    """A question that the simulation thread has and that only the main thread, which owns the terminal, may put.

    Whatever signal would end the run is a no.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._contacts: LatestValue[Sequence[FirstContact]] = LatestValue()
        self._answers: LatestValue[bool] = LatestValue()
        self.is_pending = threading.Event()
        """Set while it waits to be put."""

    def ask(self, contacts: Sequence[FirstContact]) -> bool:
        """Wait for the user's answer. Called by the run."""
        self._contacts.publish(contacts)
        self.is_pending.set()
        return self._answers.wait_until(lambda answer: True)

    def put(self) -> None:
        """Put the question, if there is one. Called by the main thread."""
        if not self.is_pending.is_set():
            return
        self.is_pending.clear()
        contacts = self._contacts.wait_until(lambda value: True)
        answer = False  # also where the terminal has gone: whoever waits for the answer must get one
        try:
            with suppress(KeyboardInterrupt), signals_interrupt():
                answer = self._put(contacts)
        finally:
            self._answers.publish(answer)

    def _put(self, contacts: Sequence[FirstContact]) -> bool:
        for contact in contacts:
            say(self._console, f"First contact with {contact.device}. It will have forced, commanded or isolated:")
            for name in contact.objects:
                say(self._console, f"  {name}")
        say(self._console, "Terminals in service keep driving whatever is wired to them.", style="bold yellow")
        say(self._console, "Go on? [y/N] ", end="")
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def log_first_contact(contacts: Sequence[FirstContact]) -> bool:
    """Without a terminal nobody can be asked: say it in the log."""
    for contact in contacts:
        log.info("first contact with %s: will force or command %s", contact.device, ", ".join(contact.objects))
    return True


def print_summary(console: Console, summary: Summary) -> None:
    """What the run did; what was given back, :func:`print_receipts` tells."""
    if summary.shadow:
        say(console, _SHADOW_RUN)
    say(console, f"{summary.steps} steps, {_duration(summary.simulated_s)} simulated in {_duration(summary.wall_s)}")
    say(
        console,
        f"late steps {summary.late_percent:.1f} %, exchange delay {summary.exchange_delay_s:.2f} simulated s, "
        f"writes sent {summary.written}, not needed {summary.suppressed}",
    )
    if summary.clock_errors:
        device, worst_s = max(summary.clock_errors.items(), key=itemgetter(1))
        say(console, f"controllers' clocks at most {_duration(worst_s)} off model time ({device})")
    for name, value in summary.kpis.items():
        if value == value:
            say(console, f"  {name:<9} {value:.5g} {_KPI_UNITS.get(name, '')}".rstrip())
    for point, text in summary.clipped.items():
        say(console, f"clipped: {point}: {text}")
    for yielded in summary.yielded:
        say(console, f"left to somebody else during the run: {yielded}")


_KPI_UNITS = {
    "tdis_tot": "K h/zone",
    "idis_tot": "ppm h/zone",
    "ener_tot": "kWh/m2",
    "cost_tot": "$/m2",
    "emis_tot": "kgCO2/m2",
    "pele_tot": "kW/m2",
    "pgas_tot": "kW/m2",
    "pdih_tot": "kW/m2",
    "time_rat": "s/s",
}


def _headline(status: Status) -> str:
    if status.phase is not Phase.RUNNING:
        return str(status.phase.value)
    online = sum(state is LinkState.ONLINE for state in status.controllers.values())
    moment = f"{status.local_time:%a %d %b %H:%M:%S}" if status.local_time is not None else "no date"
    return (
        f"{_SHADOW_RUN + '  ' if status.shadow else ''}{moment}  step {status.step}  {status.pace:.1f}x real time  "
        f"{online}/{len(status.controllers)} controllers online  {status.late_steps} late"
    )


def _kpi_line(status: Status) -> Text:
    known = [f"{name} {value:.4g}" for name, value in status.kpis.items() if value == value]
    return Text(printable("  ".join(known)), style="dim")


def _worth_seeing(equipment: Equipment) -> list[Point]:
    seen = [point for point in equipment.points if point.role is not Role.READ]
    return sorted(seen, key=lambda point: _RANKS.get(point.device_unit or "", len(_RANKS)))[:_SHOWN_SEEN]


def _outputs(equipment: Equipment) -> list[Point]:
    return [point for point in equipment.points if point.role is Role.READ][:_SHOWN_COMMANDED]


def _readings(equipment: Equipment, points: Sequence[Point], values: Mapping[Target, PointValue]) -> Text:
    known = [(point, values.get(equipment.target(point))) for point in points]
    told = [f"{point.ecy_point} {_written(value, point)}" for point, value in known if value is not None]
    return Text(printable("  ".join(told)))


def _written(value: PointValue, point: Point) -> str:
    if point.object_type.is_binary:
        return "on" if value else "off"
    number = f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.3g}"
    unit = point.device_unit or ""
    return f"{number} {_SYMBOLS.get(unit, unit)}".rstrip()


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 3600:.1f} h" if seconds >= 7200 else f"{seconds / 60:.1f} min"
