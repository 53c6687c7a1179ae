"""``python main.py emulate``: only the emulators, for other people's clients; until Ctrl+C."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from emulators.door import BACNET_PORT, PASSWORD_VARIABLE, STEP_S, BenchPlan, ObjectSpec, serve
from utils.arguments import LAST_PORT, factor, port, seconds
from utils.errors import ConfigError, Problem
from utils.home import DEMO_CONFIGS, HOME
from utils.process.interruption import on_signals

if TYPE_CHECKING:
    from points import Point, UnitSystem

_TICK_S = 0.25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which emulators, on which ports, and how they keep time."""
    parser.add_argument("--boptest-port", type=port, default=5000)
    parser.add_argument("--no-boptest", action="store_true", help="controllers only")
    parser.add_argument("--legacy", action="store_true", help="BOPTEST's old single-case API")
    parser.add_argument("--ecy-port", type=port, default=8443, help="port of the first controller")
    parser.add_argument("--no-ecy", action="store_true", help="building only")
    parser.add_argument("--configs", type=Path, default=DEMO_CONFIGS, help="one controller per equipment config")
    parser.add_argument("--unit-system", choices=("SI", "US"), default="SI")
    parser.add_argument("--user", default="bench")
    parser.add_argument("--password", default=os.environ.get(PASSWORD_VARIABLE, "bench"))
    parser.add_argument("--time-scale", type=factor, default=1.0, help="controller s per s; 0 = a step per exchange")
    parser.add_argument("--step", type=seconds, default=float(STEP_S), help="s of a step, with --time-scale 0")
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    add_bacnet_option(parser)


def add_bacnet_option(parser: argparse.ArgumentParser) -> None:
    """Whether controllers speak BACnet/IP too."""
    told = f"the controllers speak BACnet/IP too, on this computer only, from this UDP port on ({BACNET_PORT})"
    parser.add_argument("--bacnet", type=port, nargs="?", const=BACNET_PORT, metavar="PORT", help=told)


def run(options: argparse.Namespace, console: Console) -> int:
    """Serve, print a line per server, and end on Ctrl+C."""
    controllers = {} if options.no_ecy else object_specs(options.configs, options.unit_system)
    _refuse(options, len(controllers))
    plan = BenchPlan(
        boptest_port=None if options.no_boptest else options.boptest_port,
        legacy=options.legacy,
        ecy_port=None if options.no_ecy else options.ecy_port,
        controllers=controllers,
        unit_system=options.unit_system,
        username=options.user,
        password=options.password,
        time_scale=options.time_scale,
        step_s=options.step,
        certificate_folder=HOME / ".state" / "certificates",
        bacnet_port=options.bacnet,
    )
    ended = threading.Event()
    with serve(plan) as lines, on_signals(ended.set, "the emulators are gone"):
        for line in lines:
            console.print(line)
        if options.until_stdin_closes:
            sys.stdin.read()
        while not options.until_stdin_closes and not ended.wait(_TICK_S):
            pass
    return 0


def _refuse(options: argparse.Namespace, controllers: int) -> None:
    """Raises :class:`ConfigError` for what cannot be served."""
    if options.no_boptest and options.no_ecy:
        raise ConfigError([Problem("--no-boptest --no-ecy", "leave nothing to emulate; take one of them back")])
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
        name = names.setdefault(item.config.device_ip, item.config.equipment_name)
        controllers.setdefault(name, []).extend(_object_spec(point) for point in item.points)
    return controllers


def _object_spec(point: Point) -> ObjectSpec:
    from utils.unit_conversion import to_bacnet

    units = to_bacnet(point.device_unit) if point.device_unit else None
    return ObjectSpec(str(point.object_type), point.ecy_point, units)
