"""What a person sees: one calm view on a terminal, plain lines elsewhere, and a summary at the end."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bridge.controller_link import LinkState
from bridge.release import Outcome, Receipt
from bridge.run import FirstContact
from bridge.status import Phase, Status, Summary
from equipment.equipment_manager import Equipment
from points import Point
from utils.handoff import LatestValue
from utils.values import PointValue, Role, Target

log = logging.getLogger(__name__)

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
        self._console.print(_headline(status), highlight=False)


class LiveView:
    """One table that renews itself in place, once there is something to see."""

    def __init__(self, live: Live, equipments: Sequence[Equipment], notes: Sequence[str]) -> None:
        self._live = live
        self._equipments = equipments
        self._notes = notes

    def update(self, status: Status) -> None:
        """Redraw. While the run connects it may have questions, so the screen is left to them."""
        if status.phase is Phase.CONNECTING:
            return
        notes = [Text(note, style="dim") for note in self._notes]
        self._live.update(Group(Text(_headline(status), style="bold"), *notes, self._table(status), _kpi_line(status)))
        self._live.start()

    def _table(self, status: Status) -> Table:
        table = Table("Equipment", "Controller", "sees", "commands", expand=True)
        for equipment in self._equipments:
            state = status.controllers.get(equipment.controller.address, LinkState.OFFLINE)
            table.add_row(
                equipment.name,
                Text(state.value, style=_STATE_STYLE[state]),
                _readings(equipment, _worth_seeing(equipment), status.seen),
                _readings(equipment, _outputs(equipment), status.commanded),
            )
        return table


@contextmanager
def display(console: Console, equipments: Sequence[Equipment], notes: Sequence[str] = ()) -> Iterator[Display]:
    """The view that fits the console: live on a terminal, lines elsewhere."""
    if not console.is_terminal:
        for note in notes:
            console.print(note, highlight=False)
        yield PlainLines(console)
        return
    live = Live(console=console, refresh_per_second=4, transient=True)
    try:
        yield LiveView(live, equipments, notes)
    finally:
        live.stop()


class FirstContactQuestion:
    """A question that the simulation thread has and that only the main thread, which owns the terminal, may put."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._contacts: LatestValue[Sequence[FirstContact]] = LatestValue()
        self._answers: LatestValue[bool] = LatestValue()
        self._pending = threading.Event()

    def ask(self, contacts: Sequence[FirstContact]) -> bool:
        """Wait for the user's answer. Called by the run."""
        self._contacts.publish(contacts)
        self._pending.set()
        return self._answers.wait_until(lambda answer: True)

    def put(self) -> None:
        """Put the question, if there is one. Called by the main thread. Ctrl+C is a no."""
        if not self._pending.is_set():
            return
        self._pending.clear()
        contacts = self._contacts.wait_until(lambda value: True)
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._answers.publish(self._put(contacts))
        except KeyboardInterrupt:
            self._answers.publish(False)
        finally:
            signal.signal(signal.SIGINT, handler)

    def _put(self, contacts: Sequence[FirstContact]) -> bool:
        for contact in contacts:
            self._console.print(f"First contact with {contact.device}. It will have forced, commanded or isolated:")
            for name in contact.objects:
                self._console.print(f"  {name}", highlight=False)
        self._console.print("Terminals in service keep driving whatever is wired to them.", style="bold yellow")
        self._console.print("Go on? \\[y/N] ", end="")
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def log_first_contact(contacts: Sequence[FirstContact]) -> bool:
    """Without a terminal nobody can be asked: say it in the log."""
    for contact in contacts:
        log.info("first contact with %s: will force or command %s", contact.device, ", ".join(contact.objects))
    return True


def print_summary(console: Console, summary: Summary) -> None:
    """What the run did, and what was given back."""
    if summary.shadow:
        console.print(_SHADOW_RUN)
    console.print(f"{summary.steps} steps, {_duration(summary.simulated_s)} simulated in {_duration(summary.wall_s)}")
    console.print(
        f"late steps {summary.late_percent:.1f} %, exchange delay {summary.exchange_delay_s:.2f} simulated s, "
        f"writes sent {summary.written}, not needed {summary.suppressed}",
        highlight=False,
    )
    if summary.clock_errors:
        device, worst_s = max(summary.clock_errors.items(), key=itemgetter(1))
        console.print(f"controllers' clocks at most {_duration(worst_s)} off model time ({device})", highlight=False)
    for name, value in summary.kpis.items():
        if value == value:
            console.print(f"  {name:<9} {value:.5g} {_KPI_UNITS.get(name, '')}", highlight=False)
    for point, text in summary.clipped.items():
        console.print(f"clipped: {point}: {text}", highlight=False)
    for yielded in summary.yielded:
        console.print(f"left to somebody else during the run: {yielded}", highlight=False, soft_wrap=True)
    print_receipts(console, summary.receipts)


def print_receipts(console: Console, receipts: Iterable[Receipt]) -> None:
    """Counts of what went well, and every line that somebody has to know of."""
    receipts = tuple(receipts)
    for outcome in Outcome:
        matching = [receipt for receipt in receipts if receipt.outcome is outcome]
        if not matching:
            continue
        console.print(f"{len(matching):4d} {outcome.value}", highlight=False)
        for receipt in matching:
            if receipt.is_somebody_elses or outcome not in _GOOD:
                console.print(f"     {receipt}", highlight=False, soft_wrap=True)
    if not receipts:
        console.print("nothing was taken from any controller")


def print_release(console: Console, receipts: Sequence[Receipt], living: Sequence[int]) -> None:
    """What was undone for runs that died, object by object; runs that still live are named and left alone."""
    for pid in living:
        console.print(f"process {pid} is running: what it has taken is its own to give back", highlight=False)
    if not receipts:
        console.print("nothing to release")
        return
    table = Table("controller", "what", "before", "found", "after", "outcome")
    for receipt in receipts:
        outcome = f"{receipt.outcome.value}{f' ({receipt.note})' if receipt.note else ''}"
        table.add_row(receipt.device, receipt.what, receipt.before, receipt.found, receipt.after, outcome)
    console.print(table)
    print_receipts(console, receipts)


_GOOD = (Outcome.RELEASED, Outcome.RESTORED, Outcome.FREE_ALREADY)
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
    if status.phase is not Phase.RUNNING or status.local_time is None:
        return status.phase.value
    online = sum(state is LinkState.ONLINE for state in status.controllers.values())
    return (
        f"{_SHADOW_RUN + '  ' if status.shadow else ''}"
        f"{status.local_time:%a %d %b %H:%M:%S}  step {status.step}  {status.pace:.1f}x real time  "
        f"{online}/{len(status.controllers)} controllers online  {status.late_steps} late"
    )


def _kpi_line(status: Status) -> Text:
    known = [f"{name} {value:.4g}" for name, value in status.kpis.items() if value == value]
    return Text("  ".join(known), style="dim")


def _worth_seeing(equipment: Equipment) -> list[Point]:
    seen = [point for point in equipment.points if point.role is not Role.READ]
    return sorted(seen, key=lambda point: _RANKS.get(point.device_unit or "", len(_RANKS)))[:_SHOWN_SEEN]


def _outputs(equipment: Equipment) -> list[Point]:
    return [point for point in equipment.points if point.role is Role.READ][:_SHOWN_COMMANDED]


def _readings(equipment: Equipment, points: Sequence[Point], values: Mapping[Target, PointValue]) -> str:
    known = [(point, values.get(equipment.target(point))) for point in points]
    return "  ".join(f"{point.ecy_point} {_written(value, point)}" for point, value in known if value is not None)


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
