"""``python main.py emulate``: only the emulators, for other people's clients; until Ctrl+C."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from rich.console import Console

from commands.broken import add_broken_option, broken_objects
from commands.building import add_building_options, office_files, refuse_unfit_cases, shipped_configs
from commands.recordings import OF_RECORDINGS, settings_of_this_computer
from commands.unused import unused_settings
from emulators.door import (
    BACNET_PORT,
    MAKES,
    PASSWORD_VARIABLE,
    STEP_S,
    BenchPlan,
    Limits,
    ObjectSpec,
    read_variant,
    serve,
)
from utils.arguments import LAST_PORT, count, factor, port, seconds
from utils.errors import ConfigError, Problem
from utils.process.interruption import on_signals

if TYPE_CHECKING:
    from points import Point, UnitSystem

_TICK_S = 0.25
_OF_THE_ACCOUNT = f"of it (default: {PASSWORD_VARIABLE} of the environment, or bench)"
_LIMITS = Limits()

EXAMPLES = (
    "emulate",
    "emulate --no-ecy --boptest-port 5001",
    "emulate --configs site/configs --bacnet",
    "emulate --broken VAV_South.SpaceTemp=stuck",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which emulators, on which ports, and how they keep time."""
    parser.add_argument("--boptest-port", type=port, metavar="PORT", default=5000, help="0 asks for a free one")
    parser.add_argument("--no-boptest", action="store_true", help="controllers only")
    parser.add_argument("--legacy", action="store_true", help="BOPTEST's old single-case API")
    told = f"tests that run at once (default: {_LIMITS.workers})"
    parser.add_argument("--workers", type=count, metavar="N", help=told)
    told = f"s without a call after which a test ends (default: {_LIMITS.idle_timeout_s:g})"
    parser.add_argument("--idle-timeout", type=seconds, metavar="S", help=told)
    add_building_options(parser)
    parser.add_argument("--ecy-port", type=port, metavar="PORT", default=8443, help="port of the first controller")
    parser.add_argument("--no-ecy", action="store_true", help="building only")
    parser.add_argument(
        "--configs", type=Path, metavar="DIR", help="one controller per config (default: those of the first case)"
    )
    parser.add_argument("--unit-system", choices=("SI", "US"), default="SI", help="of the controllers")
    parser.add_argument("--user", default="bench", help="the controllers' account")
    parser.add_argument("--password", default=os.environ.get(PASSWORD_VARIABLE, "bench"), help=_OF_THE_ACCOUNT)
    parser.add_argument(
        "--time-scale", type=factor, metavar="X", default=1.0, help="controller s per s; 0 = a step per exchange"
    )
    parser.add_argument(
        "--step", type=seconds, metavar="S", default=float(STEP_S), help="s of a step, with --time-scale 0"
    )
    told = "whose exchange, with --time-scale 0: rest, or bacnet for a bridge that speaks that to them"
    parser.add_argument("--exchange-over", choices=("rest", "bacnet"), default="rest", help=told)
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    add_broken_option(parser)
    add_bacnet_option(parser)
    told = (
        "what they are like over BACnet: ECYs (default), on a slow trunk behind a router, a mix of two vendors, "
        "or such as store in their own ways"
    )
    parser.add_argument("--controllers", choices=tuple(MAKES), default="ecy", help=told)


def add_bacnet_option(parser: argparse.ArgumentParser) -> None:
    """Whether controllers speak BACnet/IP too."""
    told = f"the controllers speak BACnet/IP too, on this computer only, from this UDP port on ({BACNET_PORT})"
    parser.add_argument("--bacnet", type=port, nargs="?", const=BACNET_PORT, metavar="PORT", help=told)


def run(options: argparse.Namespace, console: Console) -> int:
    """Serve, print a line per server, and end on Ctrl+C."""
    configs = options.configs or shipped_configs(options)
    controllers = {} if options.no_ecy else object_specs(configs, options.unit_system)
    _refuse(options, len(controllers))
    told: SimpleQueue[str] = SimpleQueue()
    plan = BenchPlan(
        boptest_port=None if options.no_boptest else options.boptest_port,
        legacy=options.legacy,
        ecy_port=None if options.no_ecy else options.ecy_port,
        controllers=controllers,
        make=options.controllers,
        unit_system=options.unit_system,
        username=options.user,
        password=options.password,
        time_scale=options.time_scale,
        step_s=options.step,
        exchange_over=options.exchange_over,
        certificate_folder=settings_of_this_computer().state_dir / "certificates",
        bacnet_port=options.bacnet,
        cases=options.cases,
        office=read_variant(office_files(options)),
        limits=_limits(options),
        broken=broken_objects(options.broken, controllers),
        tell=told.put,
    )
    ended = threading.Event()
    for note in [] if options.until_stdin_closes else unused_settings("emulate", but=OF_RECORDINGS):
        sys.stderr.write(f"{note}\n")
    with serve(plan) as lines, on_signals(ended.set, "the emulators are gone"):
        for line in lines:
            console.print(line)
        if options.until_stdin_closes:
            sys.stdin.read()
        while not options.until_stdin_closes and not ended.wait(_TICK_S):
            _print(told, console)
    return 0


def _limits(options: argparse.Namespace) -> Limits:
    return replace(
        _LIMITS,
        workers=options.workers or _LIMITS.workers,
        idle_timeout_s=options.idle_timeout or _LIMITS.idle_timeout_s,
    )


def _print(told: SimpleQueue[str], console: Console) -> None:
    """On this thread alone: a terminal that takes nothing must not hold up a server."""
    while not told.empty():
        console.print(told.get(), soft_wrap=True, highlight=False)


def _refuse(options: argparse.Namespace, controllers: int) -> None:
    """Raises :class:`ConfigError` for what cannot be served."""
    refuse_unfit_cases(options)
    if options.no_boptest and options.no_ecy:
        raise ConfigError([Problem("--no-boptest --no-ecy", "leave nothing to emulate; take one of them back")])
    without = [
        name for name, given in {"--legacy": options.legacy, "--no-boptest": options.no_boptest}.items() if given
    ]
    if without and (options.workers or options.idle_timeout):
        reason = f"belong to the service, which {without[0]} does without; leave them out"
        raise ConfigError([Problem("--workers, --idle-timeout", reason)])
    if options.no_boptest and (options.weather or options.parameters or options.prices or options.as_boptest):
        reason = "are of the building, which --no-boptest leaves out; leave out one or the other"
        raise ConfigError([Problem("--weather, --parameters, --prices, --as-boptest", reason)])
    if options.controllers != "ecy" and (options.no_ecy or options.bacnet is None):
        raise ConfigError([Problem(f"--controllers {options.controllers}", "differ over BACnet alone; add --bacnet")])
    firsts = {"--ecy-port": options.ecy_port, "--bacnet": options.bacnet}
    problems = [
        Problem(option, f"{controllers} controllers from port {first} on end behind {LAST_PORT}; begin lower")
        for option, first in firsts.items()
        if first and first + controllers - 1 > LAST_PORT
    ]
    if problems:
        raise ConfigError(problems)


def object_specs(folder: Path, unit_system: UnitSystem) -> dict[str, list[ObjectSpec]]:
    """The objects of each controller that the configs speak of, by the controller's name."""
    from equipment.config import load_equipment_files
    from utils.unit_conversion import UnitConverter

    controllers: dict[str, list[ObjectSpec]] = {}
    names: dict[str, str] = {}
    for item in load_equipment_files(folder, unit_system, UnitConverter()):
        name = names.setdefault(item.config.device or item.config.equipment_name, item.config.equipment_name)
        controllers.setdefault(name, []).extend(_object_spec(point) for point in item.points)
    return controllers


def _object_spec(point: Point) -> ObjectSpec:
    from utils.unit_conversion import to_bacnet

    units = to_bacnet(point.device_unit) if point.device_unit else None
    return ObjectSpec(str(point.object_type), point.ecy_point, units)
