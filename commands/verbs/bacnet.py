"""``python main.py bacnet VERB ...``: one verb of the site explorer."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from clients.bacnet import BACnetStack
from commands.logs import state_folder
from commands.parser import CommandParser
from ledger import Journals
from supervisory.explorer import auditing, finding, reading, writing
from supervisory.explorer.report import DONE, FAILED, Report, save_yaml, show
from supervisory.explorer.session import Explorer, default_interface, own_number
from utils.arguments import factor
from utils.home import HOME
from utils.process.interruption import until_done
from utils.settings import LocalSettings, SettingsSource

log = logging.getLogger(__name__)
_TIMEOUT_S = 4.0


@dataclass(frozen=True, slots=True)
class ExplorerVerb:
    """One thing to do. ``asks_everybody`` needs broadcasts; ``ends_itself`` sees Ctrl+C on its own."""

    help: str
    add: Callable[[argparse.ArgumentParser], None]
    act: Callable[[Explorer, argparse.Namespace], Report]
    asks_everybody: bool = False
    ends_itself: bool = False


VERBS = {
    "whois": ExplorerVerb("find devices", finding.add_whois, finding.whois, asks_everybody=True),
    "whohas": ExplorerVerb("find an object", finding.add_whohas, finding.whohas, asks_everybody=True),
    "router": ExplorerVerb("find routers to other networks", finding.add_router, finding.router, asks_everybody=True),
    "points": ExplorerVerb("list the points of a device", finding.add_points, finding.points),
    "read": ExplorerVerb("read one property", reading.add_read, reading.read),
    "rpm": ExplorerVerb("read several properties", reading.add_rpm, reading.rpm),
    "priority-array": ExplorerVerb("show who commands an object", reading.add_priority_array, reading.priority_array),
    "cov": ExplorerVerb("listen to changes of value", reading.add_cov, reading.cov, ends_itself=True),
    "write": ExplorerVerb("write one property", writing.add_write, writing.write),
    "wpm": ExplorerVerb("write several properties", writing.add_wpm, writing.wpm),
    "release": ExplorerVerb("give slots back", writing.add_release, writing.release),
    "timesync": ExplorerVerb("tell a device the time", writing.add_timesync, writing.timesync),
    "audit": ExplorerVerb("list, release or put back overrides", auditing.add_audit, auditing.audit, ends_itself=True),
}
_ARGUMENTS = {
    "whohas": "--name SpaceTemp",
    "points": "192.168.0.122",
    "read": "192.168.0.122 AI,1",
    "rpm": "192.168.0.122 AI,1 AV,2/units",
    "priority-array": "192.168.0.122 AO,1",
    "cov": "192.168.0.122 AI,1",
    "write": "192.168.0.122 AV,2 21.5 --priority 8",
    "wpm": "192.168.0.122 AV,1=20 AV,2=25 --priority 8",
    "release": "192.168.0.122 AV,2 --priority 8",
    "timesync": "192.168.0.122 --dry-run",
    "audit": "192.168.0.122",
}
"""What a verb may be called with, for its help."""
EXAMPLES = ("bacnet whois", "bacnet points 192.168.0.122", "help bacnet write")


def add_arguments(parser: CommandParser) -> None:
    """The verbs, each with its own arguments and the common ones."""
    verbs = parser.add_subparsers(metavar="verb", dest="verb", required=True)
    for name, verb in VERBS.items():
        own = verbs.add_parser(name, help=verb.help, description=f"{verb.help[0].upper()}{verb.help[1:]}.")
        own.show_examples([f"bacnet {name} {_ARGUMENTS.get(name, '')}"])
        verb.add(own)
        _add_common(own)


def _add_common(parser: argparse.ArgumentParser) -> None:
    common = parser.add_argument_group("common")
    common.add_argument("--interface", metavar="ADDRESS", help="own address, as in 192.168.0.5/24:47808")
    common.add_argument("--foreign", metavar="BBMD", help="register with this BBMD to reach its network")
    common.add_argument("--timeout", type=factor, default=_TIMEOUT_S, help="s per call, or to listen")
    common.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    common.add_argument("--yaml", type=Path, metavar="FILE", help="save the same document as YAML")


def run(options: argparse.Namespace, console: Console) -> int:
    """Do one verb; returns the exit code. Raises :class:`utils.errors.BridgeError`."""
    verb = VERBS[options.verb]
    tell = _teller(options, console)
    with (
        BACnetStack(_interface(options, verb), foreign=options.foreign, is_hidden=True) as stack,
        own_number(stack, tell),
    ):
        by_hand = tuple(getattr(options, "by_hand", None) or ())
        session = Explorer(stack, options.timeout, tell, journals=_journals(), objects=by_hand)

        def stop() -> None:
            session.ended.set()
            if not verb.ends_itself:
                stack.close()

        report = until_done(
            lambda: _done(verb, session, options), stop, thread_name="explorer", second="what was written stays written"
        )
    if options.yaml is not None:
        save_yaml(options.yaml, report)
    show(console, report, as_json=options.json)
    return report.code


def _done(verb: ExplorerVerb, session: Explorer, options: argparse.Namespace) -> Report:
    report = verb.act(session, options)
    unread, doubts = session.unread(), session.doubts()
    if options.json:  # whose document has no place for them
        for line in (*unread, *doubts):
            log.warning("%s", line)
    code = FAILED if unread and report.code == DONE else report.code
    return replace(report, notes=(*report.notes, *unread, *doubts), code=code)


def _journals() -> Journals | None:
    """What this computer's bench has taken; None where it has never run."""
    local = SettingsSource.read(HOME / ".env", os.environ, HOME, tolerant=True).part_in_spite(LocalSettings)
    return Journals.of(state_folder(local)) if local.state_dir.is_dir() else None


def _interface(options: argparse.Namespace, verb: ExplorerVerb) -> str:
    """The address that was asked for, or the one towards the devices that the verb is about."""
    if options.interface:
        return str(options.interface)
    named = [*getattr(options, "devices", ()), getattr(options, "device", None), getattr(options, "at", None)]
    devices = tuple(name for name in named if name is not None)
    return default_interface(devices, asks_everybody=verb.asks_everybody and not devices)


def _teller(options: argparse.Namespace, console: Console) -> Callable[[str], None]:
    """Lines while a verb is at work do not go between those of a JSON document."""
    if options.json:
        return lambda line: None
    return lambda line: say(console, line)
