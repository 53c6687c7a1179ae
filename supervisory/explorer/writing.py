"""Verbs that write: write, wpm, release, timesync. With ``--dry-run`` they look, say what they would do, and stop."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import datetime
from itertools import starmap

from clients.bacnet import BacnetReading, BacnetRef, BacnetValue, BacnetWrite, check_write, object_identifier
from supervisory.explorer.report import DONE, FAILED, Report, held, indexed, shown
from supervisory.explorer.session import Explorer, device, reference
from supervisory.explorer.verifying import Fate, Sent, fates, look
from utils.errors import ObjectError, Problem, Problems

_HEADINGS = ("object", "property", "was", "written", "is", "error")
_PRIORITY_HELP = "1 to 16 but 6; an operator's is 8"


def add_write(parser: ArgumentParser) -> None:
    """Arguments of ``write``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("object", type=reference, help="analog-output,1 or analog-input,1/out-of-service")
    parser.add_argument("value", help="null gives the slot back")
    _add_how(parser)


def write(session: Explorer, options: Namespace) -> Report:
    """One property."""
    ref = options.object
    return _write(session, options, [BacnetWrite(ref.object, options.value, options.priority, ref.property, ref.index)])


def add_wpm(parser: ArgumentParser) -> None:
    """Arguments of ``wpm``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("orders", type=_order, nargs="+", metavar="OBJECT=VALUE", help="analog-output,1=42.5")
    _add_how(parser)


def wpm(session: Explorer, options: Namespace) -> Report:
    """Several properties in one request."""
    orders = [
        BacnetWrite(ref.object, value, options.priority, ref.property, ref.index) for ref, value in options.orders
    ]
    return _write(session, options, orders)


def add_release(parser: ArgumentParser) -> None:
    """Arguments of ``release``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("objects", nargs="+", metavar="object", help="as in analog-output,1")
    parser.add_argument("--priority", type=int, required=True, help=_PRIORITY_HELP)
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def release(session: Explorer, options: Namespace) -> Report:
    """Give slots back, whoever took them."""
    return _write(session, options, [BacnetWrite(name, None, options.priority) for name in options.objects])


def add_timesync(parser: ArgumentParser) -> None:
    """Arguments of ``timesync``."""
    parser.add_argument("device", type=device, help="its instance or address")
    parser.add_argument("--utc", action="store_true", help="send UTC, to a device that knows its own zone")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def timesync(session: Explorer, options: Namespace) -> Report:
    """Tell a device this computer's time, and read what it makes of it."""
    address = session.locate(options.device, to_write=True)
    if not options.dry_run:
        session.ask(lambda client: client.synchronize_time(address, datetime.now().astimezone(), utc=options.utc))
    instance = session.ask(lambda client: client.traits(address, timeout_s=session.timeout_s)).instance
    refs = [BacnetRef(f"device,{instance}", name) for name in ("local-date", "local-time")]
    told = session.ask(lambda client: client.read_multiple(address, refs, timeout_s=session.timeout_s))
    date, clock = (reading.value for reading in told)
    note = ("nothing was written",) if options.dry_run else ()
    rows = [(instance, date, clock)]
    document = {"device": instance, "local_date": date, "local_time": clock, "dry_run": options.dry_run}
    return Report(address, ("device", "local date", "local time"), rows, document, note)


def _add_how(parser: ArgumentParser) -> None:
    parser.add_argument("--priority", type=int, help=f"{_PRIORITY_HELP}; needed for what can be commanded")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def _order(text: str) -> tuple[BacnetRef, str]:
    name, separator, value = text.partition("=")
    if not separator or not value:
        raise ArgumentTypeError(f"{text!r} is not OBJECT=VALUE, as in analog-output,1=42.5")
    return reference(name), value


def _write(session: Explorer, options: Namespace, orders: Sequence[BacnetWrite]) -> Report:
    """Check all, write all or (in a dry run) none, and show what the properties were and are."""
    address = session.locate(options.device, to_write=True)
    sent = _checked(address, orders)
    before = look(session, address, orders)
    if options.dry_run:
        return _report(address, options, orders, before, [Fate(reading) for reading in before])
    results = session.ask(lambda client: client.write_multiple(address, orders, timeout_s=session.timeout_s))
    return _report(address, options, orders, before, fates(session, address, list(map(Sent, results, sent, before))))


def _checked(address: str, orders: Sequence[BacnetWrite]) -> list[BacnetValue]:
    """What will be sent. Raises ConfigError with everything that must not be: nobody has been asked to do it yet."""
    problems, sent = Problems(), []
    for order in orders:
        try:
            sent.append(check_write(address, order))
        except ObjectError as error:
            problems.add([Problem(address, error.what)])
    problems.refuse()
    return sent


def _report(
    address: str,
    options: Namespace,
    orders: Sequence[BacnetWrite],
    before: Sequence[BacnetReading],
    after: Sequence[Fate],
) -> Report:
    changes = list(zip(orders, before, after, strict=True))
    lines = list(starmap(_line, changes))
    rows = [
        {**line, "was": held(was), "is": held(fate.reading)}
        for line, (_, was, fate) in zip(lines, changes, strict=True)
    ]
    notes = [fate.note for fate in after if fate.note]
    if options.dry_run:
        notes.append(f"{len(orders)} write(s) would be sent; nothing was written")
    return Report(
        address,
        _HEADINGS,
        [[row[heading] for heading in _HEADINGS] for row in rows],
        {"address": address, "dry_run": options.dry_run, "writes": lines},
        tuple(notes),
        FAILED if any(fate.problem for fate in after) else DONE,
    )


def _line(order: BacnetWrite, before: BacnetReading, fate: Fate) -> dict[str, object]:
    return {
        "object": str(object_identifier(order.object)),
        "property": indexed(before.property, before.index),
        "was": before.value,
        "written": "null" if order.value is None else shown(order.value),
        "is": fate.reading.value,
        "error": fate.problem,
        "note": fate.note,
    }
