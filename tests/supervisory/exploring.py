"""The site explorer as it is called: its verbs, and what they print."""

from __future__ import annotations

import argparse
import io
import json

from rich.console import Console

from clients.bacnet.results import Untyped
from commands.parser import CommandParser
from commands.verbs import bacnet as command
from tests.waiting import DEADLINE_S

HERE = ("--interface", "127.0.0.1/24:0")
_LISTENING = ("whois", "whohas", "router")
_LISTEN_S = 0.3
"""They wait for all of it."""
NOBODY = ("--timeout", "0.3")
"""Where no answer is what is expected."""


def parsed(*arguments: str) -> argparse.Namespace:
    """A command line as the verbs get it."""
    parser = CommandParser()
    command.add_arguments(parser)
    timeout_s = _LISTEN_S if arguments[:1] and arguments[0] in _LISTENING else DEADLINE_S
    return parser.parse_args([*arguments, *HERE, *(() if "--timeout" in arguments else ("--timeout", str(timeout_s)))])


def explore(*arguments: str) -> tuple[int, str]:
    """Run a command; its exit code and what it printed."""
    out = io.StringIO()
    code = command.run(parsed(*arguments), Console(file=out, width=200))
    return code, out.getvalue()


def told(*arguments: str) -> tuple[int, Untyped]:
    """Run a command with --json; its exit code and the document."""
    code, printed = explore(*arguments, "--json")
    return code, json.loads(printed)
