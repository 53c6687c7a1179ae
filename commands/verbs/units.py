"""``python main.py units``: the units that configs may use."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console

from bridge.display.receipts import say
from bridge.display.rows import print_rows
from utils.quantities import NamedUnit, find_units, named_units
from utils.unit_conversion import UnitConverter

EXAMPLES = ("units cfm", "units flow", "units")
_HEADINGS = ("unit", "in BACnet", "also written")
_COMPARED = ("K", "Pa", "m**3/s", "kg/s", "W", "J", "m/s")
"""What a unit is compared with, where it metrics the same."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look for."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help="a unit, a quantity (flow, pressure), or a part of one")
    parser.add_argument("--all", action="store_true", help="every name that can be read, one a line")


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the units that buildings have by what they measure, or those that are asked for."""
    if options.all:
        for name in UnitConverter().list_units():
            console.print(name, highlight=False, markup=False)
        return 0
    text = " ".join(options.text)
    units = find_units(text) if text else named_units()
    for quantity, members in groupby(units, key=lambda unit: unit.quantity):
        print_rows(console, quantity, _HEADINGS, map(_cells, members))
    for note in _notes(text, units):
        say(console, note)
    return 0


def _cells(unit: NamedUnit) -> tuple[str, ...]:
    return unit.spellings[0], ", ".join(unit.bacnet), ", ".join(unit.spellings[1:])


def _notes(text: str, units: Sequence[NamedUnit]) -> Iterator[str]:
    if not text:
        yield "A config may use any of these names, and those that units --all lists."
    if len(units) == 1:
        yield from _compared(units[0])
        yield f"A config may use any of these names. units {units[0].quantity} lists what else metrics it."


def _compared(unit: NamedUnit) -> Iterator[str]:
    name, converter = unit.spellings[0], UnitConverter()
    for other in _COMPARED:
        if other in unit.spellings or not converter.compatible(name, other):
            continue
        if converter.convert(0.0, name, other) == 0:  # 1 degF is no number of kelvin
            yield f"1 {name} = {converter.convert(1.0, name, other):.6g} {other}"
