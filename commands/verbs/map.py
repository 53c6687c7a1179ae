"""``python main.py map``: a proposal of which point of the simulation belongs to which object of a controller."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from commands.common import add_look_options, address_option
from commands.map_sides import Asked, ask_sides
from commands.map_telling import tell_differences, tell_proposal, tell_written
from mapping import Listed, Proposed, propose
from mapping.results import (
    Existing,
    Reached,
    Tie,
    enriched,
    existing_configs,
    read_sheet,
    ties_of,
    write_drafts,
    write_new,
    write_sheet,
)
from mapping.sources import Column, ReadList, is_ede, read_ede, read_schedule, read_table
from utils.errors import ConfigError, Problem

EXAMPLES = (
    "map --embedded --list points.csv --out draft",
    "map --device AHU=10.0.0.5",
    "map --csv draft/mapping.csv --out site",
)
_SHEET = "mapping.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is mapped, and where the proposal goes."""
    add_look_options(parser, as_json=False)
    told = "a controller to ask, in place of those of the configs; bacnet://ADDRESS over BACnet/IP; may be repeated"
    parser.add_argument("--device", action="append", type=_named, metavar="[NAME=]ADDRESS", help=told)
    told = (
        "an EDE export or a point schedule (CSV): in place of controllers, or, with --device, held against them; "
        "with --yes nobody is asked whether its columns are understood"
    )
    parser.add_argument("--list", type=Path, metavar="FILE", help=told)
    told = "a heading of the list, as in units='Eng. Units'; may be repeated"
    parser.add_argument("--column", action="append", type=_column, metavar="WHAT=HEADING", help=told)
    told = "the list is of one controller, and this is one like it; repeated, one config (for_each) is made of all"
    parser.add_argument("--equal", action="append", type=_named, metavar="NAME=ADDRESS", help=told)
    parser.add_argument("--embedded", action="store_true", help="the embedded building, in place of the server")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="make configs of a sheet that map has written")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where drafts go (default: the folder of --configs)")


def run(options: argparse.Namespace, console: Console) -> int:
    """Propose, write drafts and the sheet, and return 0 where there is something to go on with."""
    options.device, options.column, options.equal = options.device or [], options.column or [], options.equal or []
    folder = options.out or options.configs
    existing = existing_configs(folder)
    if options.csv is not None:
        sheet = read_sheet(options.csv)
        tell_written(console, write_drafts(folder, sheet.ties, sheet.reached, existing))
        return 0
    listed = _listed(options, console) if options.list is not None else ()
    called = {one.device: one.equipment for one in reversed(existing) if one.device is not None}
    asked = ask_sides(options, console, called, asks_controllers=not listed or bool(options.device))
    for failure in asked.failures:
        say(console, failure)
    points, reached = _points(options, console, asked, listed)
    if asked.exit_code and not (asked.simulation and points):
        return asked.exit_code
    if not asked.simulation or not points:
        raise ConfigError([Problem("map", _nothing(asked))])
    _propose(console, folder, asked.simulation, points, reached, existing, equal=bool(options.equal))
    return asked.exit_code


def _propose(
    console: Console,
    folder: Path,
    simulation: Sequence[Listed],
    points: Sequence[Listed],
    reached: dict[str, Reached],
    existing: Sequence[Existing],
    *,
    equal: bool,
) -> None:
    called = {one.device: one.equipment for one in reversed(existing) if one.device is not None}
    homes = {one.equipment: called.get(one.device or "", one.equipment) for one in existing}
    objects = {(homes[one.equipment], *pair) for one in existing for pair in one.objects}
    fresh = [point for point in points if (point.equipment, point.name, str(point.object_type)) not in objects]
    taken = {one.equipment: one.bop_points for one in existing}
    proposal = propose(simulation, fresh, taken)
    ties = list(ties_of(proposal))
    remarks = {place: objection for place, one in enumerate(proposal.points) if (objection := _objection(one))}
    tell_proposal(console, proposal, remarks)
    tell_written(console, write_drafts(folder, ties, reached, existing, as_one=_common_name(fresh) if equal else None))
    sheet = write_new(folder / _SHEET, write_sheet(proposal, simulation, reached, remarks), "utf-8-sig")
    say(console, f"wrote {sheet}: every point with score and reasons; edit it, then map --csv {sheet} --out DIR")


def _objection(one: Proposed) -> str | None:
    if one.simulation is None:
        return None
    return Tie(one.controller, one.simulation.name, one.simulation.unit).objection


def _points(
    options: argparse.Namespace, console: Console, asked: Asked, listed: Sequence[Listed]
) -> tuple[list[Listed], dict[str, Reached]]:
    """The controllers' points, and where the controllers are."""
    if not listed:
        return list(asked.points), dict(asked.reached)
    if asked.points:
        tell_differences(console, listed, asked.points)
        return enriched(asked.points, listed), dict(asked.reached)
    if options.equal:
        named = {name or address: Reached.at(address) for name, address in options.equal}
        return [replace(point, equipment=name) for name in named for point in listed], named
    name = options.list.stem
    points = [replace(point, equipment=point.equipment or name) for point in listed]
    return points, {point.equipment: _of_list(point.equipment) for point in points}


def _of_list(equipment: str) -> Reached:
    """EDE tells a device's number."""
    from equipment.config_model import Protocol

    return Reached(None, Protocol.BACNET, int(equipment)) if equipment.isdecimal() else Reached()


def _listed(options: argparse.Namespace, console: Console) -> Sequence[Listed]:
    """The list's points. What a schedule's columns were taken for is shown, and goes on once somebody agrees."""
    table = read_table(options.list)
    read = read_ede(table) if is_ede(table) else read_schedule(table, dict(options.column))
    for note in read.notes:
        say(console, f"{options.list.name}: {note}")
    if read.columns and not _is_agreed(options, console, read):
        raise ConfigError([Problem(options.list.name, "say which columns are meant: --column WHAT=HEADING, or --yes")])
    return read.points


def _is_agreed(options: argparse.Namespace, console: Console, read: ReadList) -> bool:
    told = ", ".join(f"{column} is {heading!r}" for column, heading in read.columns.items())
    say(console, f"{options.list.name}: {len(read.points)} points; {told}")
    if options.yes or set(read.columns) <= {column for column, _ in options.column}:
        return True
    if not (console.is_terminal and sys.stdin.isatty()):
        return False
    return console.input("Is that right? [y/N] ").strip().casefold() in ("y", "yes")


def _nothing(asked: Asked) -> str:
    whose = "the controllers have no points" if asked.simulation else "the simulation has no points"
    return f"{whose} to be mapped; --embedded, --list FILE and --device ADDRESS stand in for what is not there"


def _common_name(points: Sequence[Listed]) -> str:
    """What the equipments' names begin with: ``VAV`` of ``VAV_South`` and ``VAV_North``."""
    names = sorted({point.equipment for point in points})
    first, last = names[0], names[-1]
    alike = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:alike].rstrip("_- ") or "equal"


def _named(text: str) -> tuple[str, str]:
    name, separator, address = text.partition("=")
    name, address = (name, address) if separator else ("", text)
    return name, address_option(address)


def _column(text: str) -> tuple[Column, str]:
    what, separator, heading = text.partition("=")
    try:
        if separator:
            return Column(what), heading
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not WHAT=HEADING, with one of {', '.join(Column)}")
