"""What a person and a script see of a preflight, and of what both peers have on offer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from bridge.check.offer import ControllerObject, Offer, SimulationPoint
from bridge.check.report import CertificateRow, CheckReport, ClockRow, ControllerRow, PointRow, SimulationRow
from bridge.display.plain_text import fitted, plain
from bridge.display.question import FirstContactQuestion
from bridge.display.rows import print_rows
from bridge.findings import Severity
from bridge.first_contact import FirstContact
from utils.errors import together
from utils.text import placed
from utils.values import PointValue, Role

_STYLES = {Severity.PROBLEM: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_OF_BOTH = ("Simulation", "now", "converted", "", "Controller", "now", "measures")
_OF_THE_SIMULATION = ("Name", "unit", "minimum", "maximum", "description")
_OF_A_CONTROLLER = ("Type", "instance", "Name", "units", "present value")
_ARROWS = {Role.READ.value: "<-"}


class AccountQuestion(FirstContactQuestion):
    """Whether the account may be shown to controllers of which there is no record."""

    def _tell(self, contacts: Sequence[FirstContact]) -> None:
        for contact in contacts:
            what = f"there is no record of its certificate, SHA-256 {contact.fingerprint}"
            _line(self._console, f"{contact.device}: {what if contact.fingerprint else 'no run from here has met it'}")
        _line(self._console, "Compare with what the controllers' own pages show. Nothing is put on record.")

    @property
    def _question(self) -> str:
        return "Show them the user name and password, and go on looking?"


def print_check(console: Console, report: CheckReport) -> None:
    """Everything, problems last, so that they are what stays on the screen."""
    _line(console, _simulation(report.simulation))
    for equipment in dict.fromkeys(row.equipment for row in report.points):
        rows = [row for row in report.points if row.equipment == equipment]
        print_rows(console, f"{equipment} ({rows[0].controller})", _OF_BOTH, map(_cells, rows))
    for controller in report.controllers:
        for line in _controller(controller):
            _line(console, line)
    for severity in reversed(Severity):
        for where, what in together((one.where, one.what) for one in report.findings if one.severity is severity):
            console.print(_told(console, severity, f"{where}: {what}"))
    _line(console, _verdict(report))


def print_check_json(console: Console, report: CheckReport) -> None:
    """The same as one JSON document (docs/check.md)."""
    _print_json(console, {**asdict(report), "exit_code": report.exit_code})


def print_offer(console: Console, offer: Offer) -> None:
    """Rows of the simulation's measurements, one of its inputs, one per controller."""
    if offer.server:
        _line(console, f"{offer.server} {offer.testcase}".rstrip())
    for title, points in (("Measurements", offer.measurements), ("Inputs", offer.inputs)):
        if points:
            print_rows(console, title, _OF_THE_SIMULATION, map(_simulation_cells, points))
    for controller in offer.controllers:
        if controller.objects:
            print_rows(console, controller.address, _OF_A_CONTROLLER, map(_object_cells, controller.objects))
    for problem in offer.unused_configs:
        _line(console, f"configs not used: {problem}", style="yellow")
    for where, failure in ((offer.server, offer.failure), *((c.address, c.failure) for c in offer.controllers)):
        if failure is not None:
            _line(console, placed(where, failure), style="yellow")


def print_offer_json(console: Console, offer: Offer) -> None:
    """The same as one JSON document (docs/check.md)."""
    _print_json(console, asdict(offer))


def _print_json(console: Console, document: dict[str, object]) -> None:
    console.out(json.dumps(document, default=_json, indent=2, allow_nan=False), highlight=False)


def _json(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(fitted(console, plain(text).plain)), style=style, highlight=False)


def _told(console: Console, severity: Severity, text: str) -> Text:
    told = Text(fitted(console, f"{severity:<8}{plain(text).plain}"))
    told.stylize(_STYLES[severity], 0, len(severity))
    return told


def _simulation(row: SimulationRow) -> str:
    parts = [row.server, f"{row.testcase} ({row.api} {row.version}".rstrip() + ")" if row.testcase else "not reached"]
    if row.start is not None:
        parts.append(f"start {row.weekday} {row.start:%Y-%m-%d %H:%M:%S}, day {row.day_of_year} of the model's year")
    if row.occupied:
        parts.append(f"occupied {row.occupied}")
    return "; ".join(parts)


def _cells(row: PointRow) -> tuple[str, ...]:
    instance = "?" if row.instance is None else row.instance
    return (
        row.simulation_point,
        _value(row.simulation_value, row.simulation_unit),
        _value(row.in_controller_unit, row.device_unit),
        _ARROWS.get(row.role, "->"),
        f"{row.object_type} {instance} {row.object_name}",
        _value(row.controller_value, row.device_unit),
        row.quantity or "",
    )


def _simulation_cells(point: SimulationPoint) -> tuple[str, ...]:
    return (point.name, point.unit or "", _number(point.minimum), _number(point.maximum), point.description)


def _object_cells(item: ControllerObject) -> tuple[str, ...]:
    units = item.unit or item.units or ""
    return (item.object_type, str(item.instance), item.name, units, _number(item.present_value))


def _value(value: PointValue | None, unit: str | None) -> str:
    text = _number(value, digits=5, unknown="?")
    return text if value is None or isinstance(value, bool) else f"{text} {_short(unit)}".rstrip()


def _number(value: PointValue | None, *, digits: int = 6, unknown: str = "") -> str:
    if value is None:
        return unknown
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.{digits}g}"


def _short(unit: str | None) -> str:
    return "" if unit in (None, "dimensionless", "1") else str(unit)


def _controller(row: ControllerRow) -> Iterator[str]:
    name = f" {row.name}" if row.name else ""
    yield f"{row.address}{name} ({', '.join(row.equipments)}): {row.session}"
    if row.certificate is not None:
        yield f"  certificate {_certificate(row.certificate)}"
    if row.clock is not None:
        yield f"  clock {_clock(row.clock)}"
    if row.exchange_s is not None:
        exchange = _exchange(row.exchange_s, row.exchange_simulated_s)
        yield f"  exchange {exchange}; COV subscriptions {row.subscribers}, bindings {row.bindings}"


def _certificate(row: CertificateRow) -> str:
    if row.fingerprint is None:
        return f"judged by ECY_TLS={row.policy}"
    return f"{'not on record' if row.is_new else 'as pinned'}, SHA-256 {row.fingerprint}"


def _clock(row: ClockRow) -> str:
    offset = "" if row.offset_s is None else f", {round(row.offset_s):+d} s against this computer"
    ntp = {True: "NTP on", False: "NTP off", None: "NTP unknown"}[row.ntp_enabled]
    moment = f"{row.weekday} {row.local_time:%Y-%m-%d %H:%M:%S}"
    if not row.zone and row.ntp_enabled is not None:
        return f"{moment}, day {row.day_of_year} of its year"
    return f"{moment} {row.zone}, day {row.day_of_year} of its year{offset}, {ntp}"


def _exchange(exchange_s: float, simulated_s: float | None) -> str:
    simulated = "" if simulated_s is None else f", {simulated_s:.1f} simulated s"
    return f"{exchange_s * 1000:.0f} ms{simulated}"


def _verdict(report: CheckReport) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    found = ", ".join(f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}" for severity in Severity)
    start = "a run would start" if report.exit_code == 0 else "a run would not start"
    return f"{found}: {start}; nothing was written"
