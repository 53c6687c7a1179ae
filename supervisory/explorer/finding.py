"""Verbs that find: whois, whohas, router, points."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from clients.bacnet import DeviceFound, PointFound
from supervisory.explorer.report import DONE, FAILED, Report
from supervisory.explorer.session import Explorer, add_objects, device, twins
from utils.bacnet import kebab_type, object_type
from utils.values import AnyObjectType


def add_whois(parser: ArgumentParser) -> None:
    """Arguments of ``whois``."""
    parser.add_argument("low", type=int, nargs="?", help="lowest device instance; alone: the only one")
    parser.add_argument("high", type=int, nargs="?", help="highest device instance")
    parser.add_argument("--at", type=device, metavar="ADDRESS", help="ask only this address")


def whois(session: Explorer, options: Namespace) -> Report:
    """Devices that answer."""
    high = options.low if options.high is None else options.high
    found = session.ask(
        lambda client: client.who_is(options.low, high, options.at, wait_s=session.timeout_s, hear_all=True)
    )
    return Report(
        f"{len(found)} device(s)",
        ("instance", "address", "max APDU", "segmentation", "vendor"),
        [(item.instance, item.address, item.max_apdu, item.segmentation, item.vendor) for item in found],
        [asdict(item) for item in found],
        _shared_numbers(found)
        if found
        else ("nobody answered; is --interface the right network, and its mask right?",),
        DONE if found else FAILED,
    )


def _shared_numbers(found: Sequence[DeviceFound]) -> tuple[str, ...]:
    """A warning for each number that several have: whoever goes by it may get either."""
    where: dict[int, list[str]] = {}
    for item in found:
        where.setdefault(item.instance, []).append(item.address)
    return tuple(f"{twins(number, several)}; write by address" for number, several in where.items() if several[1:])


def add_whohas(parser: ArgumentParser) -> None:
    """Arguments of ``whohas``."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--name", help="the object's name")
    what.add_argument("--object", metavar="TYPE,INSTANCE", help="as in analog-value,7")
    parser.add_argument("--low", type=int, help="lowest device instance")
    parser.add_argument("--high", type=int, help="highest device instance")
    parser.add_argument("--at", type=device, metavar="ADDRESS", help="ask only this address")


def whohas(session: Explorer, options: Namespace) -> Report:
    """Devices that have an object."""
    found = session.ask(
        lambda client: client.who_has(
            name=options.name,
            object=options.object,
            low=options.low,
            high=options.high,
            address=options.at,
            wait_s=session.timeout_s,
        )
    )
    return Report(
        f"{len(found)} object(s)",
        ("device", "address", "object", "name"),
        [(item.device, item.address, item.object, item.name) for item in found],
        [asdict(item) for item in found],
        () if found else ("nobody has it",),
        DONE if found else FAILED,
    )


def add_router(parser: ArgumentParser) -> None:
    """Arguments of ``router``."""
    parser.add_argument("network", type=int, nargs="?", help="the network to be reached; without it: all routers")


def router(session: Explorer, options: Namespace) -> Report:
    """Routers and their networks."""
    found = session.ask(lambda client: client.who_is_router(options.network, wait_s=session.timeout_s))
    return Report(
        f"{len(found)} router(s)",
        ("address", "networks"),
        [(item.address, item.networks) for item in found],
        [{"address": item.address, "networks": list(item.networks)} for item in found],
        () if found else ("no router answered",),
        DONE if found else FAILED,
    )


def add_points(parser: ArgumentParser) -> None:
    """Arguments of ``points``."""
    parser.add_argument("device", type=device, help="its instance or address")
    told = "only these, repeatable: analog-input, loop, 128 (a vendor's own, by its number)"
    parser.add_argument("--type", dest="types", action="append", type=_type, metavar="TYPE", help=told)
    add_objects(parser)


def points(session: Explorer, options: Namespace) -> Report:
    """All objects of a device, or those of some types."""
    address = session.locate(options.device)
    types = options.types or ()
    # First, so that a device that is not there is known after one call's time, and not after that of a discovery.
    instance = session.ask(lambda client: client.traits(address, timeout_s=session.timeout_s)).instance
    left_out = _left_out(session, address, types)
    found = session.ask(lambda client: client.discover_points(address, types, timeout_s=session.patience_s))
    return Report(
        f"device {instance} at {address}: {len(found)} object(s)",
        ("object", "name", "value", "slots", "unit", "description"),
        [_row(point) for point in found],
        {
            "device": instance,
            "address": address,
            "points": [_document(point) for point in found],
            "left_out": dict(left_out),
        },
        notes=_notes(found, left_out),
        spare=("description",),
    )


def _type(text: str) -> AnyObjectType:
    try:
        return object_type(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _left_out(session: Explorer, address: str, types: Sequence[AnyObjectType]) -> Counter[str]:
    """How many objects there are of types that nobody asked for."""
    if not types:
        return Counter()
    shown = {kebab_type(kind) for kind in types}
    names = session.ask(lambda client: client.objects(address, timeout_s=session.patience_s))
    return Counter(kind for name in names if (kind := name.partition(",")[0]) not in shown)


def _notes(found: Sequence[PointFound], left_out: Counter[str]) -> tuple[str, ...]:
    notes = []
    odd = [point.object for point in found if point.told is not None]
    if odd:
        what = "what is shown is not of the datatype that the standard has, or no finite number"
        notes.append(f"{', '.join(odd)}: {what}; read says more")
    if left_out:
        kinds = ", ".join(f"{count} {kind}" for kind, count in left_out.items())
        notes.append(f"left out by --type: {left_out.total()} object(s): {kinds}")
    return tuple(notes)


def _row(point: PointFound) -> tuple[object, ...]:
    commandable = "yes" if point.commandable else ""
    value = point.value if point.told is None else point.told
    return point.object, point.name, value, commandable, point.unit, point.description


def _document(point: PointFound) -> dict[str, object]:
    return {**asdict(point), "quality": point.quality.value}
