"""The command line of a program's own file: ``python file.py --name N --instance I --address A --no-bacnet-server``."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from collections.abc import Sequence

from utils.arguments import count

_STARTED = "__main__"
_NOT_USED = ("--network", "--vendoridentifier", "--foreign", "--ttl", "--bbmd")
"""Options of easy-aso that are taken and have no meaning here."""


def arguments_for(module: str) -> Namespace:
    """The options of the command line for a class of the file that was started, else what holds without any."""
    return parsed(sys.argv[1:] if module == _STARTED else ())


def parsed(arguments: Sequence[str]) -> Namespace:
    """Options by name. Ends the process, with words, for those that are none."""
    return _parser().parse_args(list(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Runs the program in this file with the kill switch, and gives back what it takes.",
    )
    parser.add_argument("--name", help="our BACnet device name, unique on the network")
    parser.add_argument("--instance", type=int, help="our BACnet device number, unique on the network")
    what = "our own BACnet address, 192.168.0.5/24, with :port unless it is 47808; found when absent"
    parser.add_argument("--address", metavar="ADDRESS", help=what)
    what = "taken for the sake of old command lines: the kill switch is served all the same"
    parser.add_argument("--no-bacnet-server", action="store_true", help=what)
    parser.add_argument("--dry-run", action="store_true", help="write nothing; print what would be written")
    parser.add_argument("--steps", type=count, metavar="N", help="end after so many rounds")
    for name in _NOT_USED:
        parser.add_argument(name, help=argparse.SUPPRESS)
    return parser
