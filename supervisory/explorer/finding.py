"""Verbs that find: whois, whohas, router, points."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from clients.bacnet import OBJECT_TYPES, PointFound
from supervisory.explorer.report import DONE, FAILED, Report
from supervisory.explorer.session import Explorer, device
from utils.values import ObjectType

_TYPES = {str(bacnet): ours for bacnet, ours in OBJECT_TYPES.items()}


def add_whois(parser: ArgumentParser) -> None:
    """Arguments of ``whois``."""
    parser.add_argument("low", type=int, nargs="?", help="lowest device instance; alone: the only one")
    parser.add_argument("high", type=int, nargs="?", help="highest device instance")
    parser.add_argument("--at", type=device, metavar="ADDRESS", help="ask only this address")


def whois(session: Explorer, options: Namespace) -> Report:
    """Devices that answer."""
    high = options.low if options.high is None else options.high
    found = session.ask(lambda client: client.who_is(options.low, high, options.at, wait_s=session.timeout_s))
    return Report(
        f"{len(found)} device(s)",
        ("instance", "address", "max APDU", "segmentation", "vendor"),
        [(item.instance, item.address, item.max_apdu, item.segmentation, item.vendor) for item in found],
        [asdict(item) for item in found],
        () if found else ("nobody answered; is --interface the right network, and its mask right?",),
        DONE if found else FAILED,
    )


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
    told = f"only these, repeatable: {', '.join(sorted(_TYPES))}"
    parser.add_argument("--type", dest="types", action="append", choices=_TYPES, metavar="TYPE", help=told)


def points(session: Explorer, options: Namespace) -> Report:
    """All points of a device."""
    address = session.locate(options.device)
    types = [_TYPES[name] for name in options.types] if options.types else tuple(ObjectType)
    found = session.ask(lambda client: client.discover_points(address, types))
    instance = session.ask(lambda client: client.traits(address)).instance
    return Report(
        f"device {instance} at {address}: {len(found)} point(s)",
        ("object", "name", "value", "unit", "slots", "description"),
        [_row(point) for point in found],
        {"device": instance, "address": address, "points": [_document(point) for point in found]},
        spare=("description",),
    )


def _row(point: PointFound) -> tuple[object, ...]:
    commandable = "yes" if point.commandable else ""
    return point.object, point.name, point.value, point.unit, commandable, point.description


def _document(point: PointFound) -> dict[str, object]:
    return {**asdict(point), "quality": point.quality.value}
