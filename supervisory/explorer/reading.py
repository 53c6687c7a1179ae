"""Verbs that read: read, rpm, priority-array, cov."""

from __future__ import annotations

import queue
import time
from argparse import ArgumentParser, Namespace

from clients.bacnet import BacnetReading
from supervisory.explorer.report import (
    DONE,
    FAILED,
    READING_HEADINGS,
    Report,
    reading_document,
    reading_row,
    shown,
)
from supervisory.explorer.session import Explorer, device, reference
from utils.arguments import count, factor

_TICK_S = 0.25
_COV_S = 60.0


def add_read(parser: ArgumentParser) -> None:
    """Arguments of ``read``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("object", type=reference, help="analog-input,1 or analog-input,1/units")


def read(session: Explorer, options: Namespace) -> Report:
    """One property."""
    ref = options.object
    address = session.locate(options.device)
    reading = session.ask(
        lambda client: client.read(address, ref.object, ref.property, ref.index, timeout_s=session.timeout_s)
    )
    return _report(address, [reading], reading_document(reading))


def add_rpm(parser: ArgumentParser) -> None:
    """Arguments of ``rpm``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("objects", type=reference, nargs="+", metavar="object", help="analog-input,1[/property]")


def rpm(session: Explorer, options: Namespace) -> Report:
    """Several properties at once."""
    address = session.locate(options.device)
    readings = session.ask(lambda client: client.read_multiple(address, options.objects, timeout_s=session.timeout_s))
    return _report(address, readings, [reading_document(reading) for reading in readings])


def _report(address: str, readings: tuple[BacnetReading, ...] | list[BacnetReading], document: object) -> Report:
    failed = any(reading.error is not None for reading in readings)
    rows = [reading_row(reading) for reading in readings]
    return Report(address, READING_HEADINGS, rows, document, code=FAILED if failed else DONE)


def add_priority_array(parser: ArgumentParser) -> None:
    """Arguments of ``priority-array``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("object", help="as in analog-output,1")


def priority_array(session: Explorer, options: Namespace) -> Report:
    """The 16 slots of an object."""
    address = session.locate(options.device)
    slots = session.ask(lambda client: client.read_priority_array(address, options.object, timeout_s=session.timeout_s))
    taken = [(priority, value) for priority, value in enumerate(slots, 1) if value is not None]
    return Report(
        f"{address} {options.object}",
        ("priority", "value"),
        taken,
        list(slots),
        () if taken else (f"{options.object}: all slots are free",),
    )


def add_cov(parser: ArgumentParser) -> None:
    """Arguments of ``cov``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("object", help="as in analog-input,1")
    parser.add_argument("--seconds", type=factor, default=_COV_S, help="how long to listen; default 60")
    parser.add_argument("--count", type=count, help="end after so many changes")


def cov(session: Explorer, options: Namespace) -> Report:
    """Changes of value, as they come, until the time is over, the count is reached, or Ctrl+C."""
    address = session.locate(options.device)
    heard: queue.SimpleQueue[BacnetReading] = queue.SimpleQueue()
    subscription = session.ask(
        lambda client: client.subscribe_cov(address, options.object, heard.put, timeout_s=session.timeout_s)
    )
    changes: list[BacnetReading] = []
    deadline = time.monotonic() + options.seconds
    try:
        while not session.ended.is_set() and time.monotonic() < deadline and len(changes) != options.count:
            changes += _next(session, heard)
    finally:
        session.ask(lambda _: subscription.close())
    return _report(address, changes, [reading_document(change) for change in changes])


def _next(session: Explorer, heard: queue.SimpleQueue[BacnetReading]) -> list[BacnetReading]:
    """The next change of the present-value, if one comes soon."""
    try:
        reading = heard.get(timeout=_TICK_S)
    except queue.Empty:
        return []
    if reading.property != "present-value":
        return []
    session.tell(f"{reading.object} {shown(reading.value)} {reading.unit or ''}".rstrip())
    return [reading]
