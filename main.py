"""The command line: parses, composes, maps errors to exit codes. Nothing imports it.

``python main.py`` runs the bridge; its other verbs are in ``python main.py --help``. A verb's own modules are imported
when it is called, so that the small ones start at once.
"""

from __future__ import annotations

import os

if __name__ == "__main__":
    try:  # before the imports that take their time
        import signal

        from utils.quiet_start import end_quietly

        signal.signal(signal.SIGINT, end_quietly)
    except KeyboardInterrupt:
        os._exit(130)

import argparse
import importlib
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from utils.arguments import count, factor
from utils.errors import BridgeError, ConfigError
from utils.home import HOME
from utils.logging_config import end_logging
from utils.quiet_start import EXIT_INTERRUPTED, begin, end_quietly
from utils.streams import leave, leave_readers_behind, stand_before_standard_streams
from utils.text import printable

if TYPE_CHECKING:
    from rich.console import Console

    from emulators.program import ObjectSpec
    from points import Point, UnitSystem

DEMO_CONFIGS = HOME / "configs" / "demo"
_TICK_S = 0.25


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. Its module has ``add_arguments(parser)`` and ``run(options, console)``; without one it is in here.

    A verb that is not ``rich`` gets the options alone, and starts the sooner. What a ``lister`` prints is all that it
    is for: it waits for its reader, whom the others leave behind.
    """

    help: str
    module: str = ""
    rich: bool = True
    lister: bool = False

    def load(self) -> ModuleType:
        """Import the verb's module."""
        return importlib.import_module(self.module)


VERBS = {
    "check": Verb("connect to both peers, check everything, write nothing", "bridge.commands.check", lister=True),
    "points": Verb("list what both peers have on offer, to write a config from", "bridge.commands.points", lister=True),
    "demo": Verb("run the bridge against embedded emulators of both peers"),
    "emulate": Verb("run only the emulators, for other people's clients"),
    "release": Verb("give back what a run that died left in controllers", "bridge.commands.release"),
    "supervise": Verb("run supervisory programs on controllers or the simulation", "supervisory.command"),
    "bacnet": Verb("explore a BACnet site: find, read, write, audit", "supervisory.explorer.command"),
    "expand": Verb(
        "expand the HVACTemplate objects of an EnergyPlus model", "hvac_templates.command", rich=False, lister=True
    ),
    "units": Verb("list all units", "bridge.commands.units", lister=True),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 settings or configs, 130 second Ctrl+C."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(given).parse_args(given)
    try:
        return _done(options)
    except ConfigError as error:
        _complain([f"{len(error.problems)} problem(s); no controller has been touched:"])
        _complain([f"  {problem}" for problem in error.problems])
        return error.exit_code
    except BridgeError as error:
        _complain([str(error)])
        return error.exit_code


def _done(options: argparse.Namespace) -> int:
    try:
        code: int = options.command(options)
    finally:
        end_logging()
    return code


def parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command line, with the options of the verbs that occur in it."""
    whole = argparse.ArgumentParser(prog="main.py", description="Real controllers run a simulated building.")
    whole.set_defaults(command=_bridge)
    whole.add_argument("--steps", type=count, help="end after so many steps")
    whole.add_argument("--configs", type=Path, default=HOME / "configs", help="folder of equipment configs")
    whole.add_argument("--env", type=Path, default=HOME / ".env", help="settings file")
    whole.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")
    whole.add_argument("--take-occupied", action="store_true", help="take what is in use, too, and put it back")
    whole.add_argument("--shadow", action="store_true", help="force inputs and read outputs, but override nothing")
    verbs = whole.add_subparsers(metavar="verb")
    for name, verb in VERBS.items():
        own = verbs.add_parser(name, help=verb.help, description=f"{verb.help[0].upper()}{verb.help[1:]}.")
        if name in given:
            _equip_parser(own, name, verb)
    return whole


def _equip_parser(own: argparse.ArgumentParser, name: str, verb: Verb) -> None:
    if name == "demo":
        _add_demo_options(own)
        own.set_defaults(command=_demo)
    elif name == "emulate":
        _add_emulator_options(own)
        own.set_defaults(command=_emulate)
    else:
        module = verb.load()
        module.add_arguments(own)
        own.set_defaults(command=lambda options: _do(verb, module, options))


def _do(verb: Verb, module: ModuleType, options: argparse.Namespace) -> int:
    if not verb.lister:
        leave_readers_behind()
    console = [_console()] if verb.rich else []
    begin()
    code: int = module.run(options, *console)
    return code


def _add_demo_options(own: argparse.ArgumentParser) -> None:
    from emulators.demo import DAY_STEPS

    own.add_argument("--steps", type=count, default=DAY_STEPS, help="end after so many steps of 5 s")
    own.add_argument("--time-scale", type=factor, default=0.0, help="simulated s per s; 0 = as fast as possible")
    own.add_argument("--legacy", action="store_true", help="a BOPTEST server of the old kind")
    _add_bacnet_option(own)


def _add_emulator_options(own: argparse.ArgumentParser) -> None:
    from emulators.demo import PASSWORD_VARIABLE, STEP_S

    own.add_argument("--boptest-port", type=int, default=5000)
    own.add_argument("--no-boptest", action="store_true", help="controllers only")
    own.add_argument("--legacy", action="store_true", help="BOPTEST's old single-case API")
    own.add_argument("--ecy-port", type=int, default=8443, help="port of the first controller")
    own.add_argument("--no-ecy", action="store_true", help="building only")
    own.add_argument("--configs", type=Path, default=DEMO_CONFIGS, help="one controller per equipment config")
    own.add_argument("--unit-system", choices=("SI", "US"), default="SI")
    own.add_argument("--user", default="bench")
    own.add_argument("--password", default=os.environ.get(PASSWORD_VARIABLE, "bench"))
    own.add_argument("--time-scale", type=factor, default=1.0, help="controller s per s; 0 = a step per exchange")
    own.add_argument("--step", type=float, default=float(STEP_S), help="s of a step, with --time-scale 0")
    own.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    _add_bacnet_option(own)


def _add_bacnet_option(own: argparse.ArgumentParser) -> None:
    from emulators.bench import BACNET_PORT

    told = f"the controllers speak BACnet/IP too, on this computer only, from this UDP port on ({BACNET_PORT})"
    own.add_argument("--bacnet", type=int, nargs="?", const=BACNET_PORT, metavar="PORT", help=told)


def _bridge(options: argparse.Namespace) -> int:
    from bridge.commands import run

    leave_readers_behind()
    console = _console()
    begin()
    return run.run(options, console)


def _emulate(options: argparse.Namespace) -> int:
    from emulators.bench import BenchPlan, serve
    from utils.interruption import on_signals

    plan = BenchPlan(
        boptest_port=None if options.no_boptest else options.boptest_port,
        legacy=options.legacy,
        ecy_port=None if options.no_ecy else options.ecy_port,
        controllers={} if options.no_ecy else _object_specs(options.configs, options.unit_system),
        unit_system=options.unit_system,
        username=options.user,
        password=options.password,
        time_scale=options.time_scale,
        step_s=options.step,
        certificate_folder=HOME / ".state" / "certificates",
        bacnet_port=options.bacnet,
    )
    leave_readers_behind()
    console = _console()
    begin()
    ended = threading.Event()
    with serve(plan) as lines, on_signals(ended.set, "the emulators are gone"):
        for line in lines:
            console.print(line)
        if options.until_stdin_closes:
            sys.stdin.read()
        while not options.until_stdin_closes and not ended.wait(_TICK_S):
            pass
    return 0


def _demo(options: argparse.Namespace) -> int:
    from bridge.commands.common import equip, run_bridge
    from emulators.demo import demo_peers
    from utils.settings import load_settings

    notes = ["Embedded building and controllers on this computer; nothing real is driven. Ctrl+C ends."]
    if options.time_scale != 1:
        notes.append("The controllers' loop timers do not run in real time: a view of sequences, not of tuning.")
    leave_readers_behind()
    console = _console()
    begin()
    with tempfile.TemporaryDirectory(prefix="bench-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with demo_peers(
            HOME / "main.py",
            DEMO_CONFIGS,
            folder,
            time_scale=options.time_scale,
            legacy=options.legacy,
            bacnet_port=options.bacnet,
        ) as peers:
            notes += peers.bacnet
            settings = load_settings(None, peers.variables, folder)
            equipped = equip(settings, peers.configs, console)
            try:
                return run_bridge(
                    equipped, options.steps, console, None, lambda _: True, notes, scan_with_simulation=True
                )
            finally:
                end_logging()  # its file is in the folder that goes now


def _object_specs(folder: Path, unit_system: UnitSystem) -> dict[str, list[ObjectSpec]]:
    """The objects of each controller that the configs speak of, by the controller's name."""
    from equipment.config import load_equipment_files
    from utils.unit_conversion import UnitConverter

    controllers: dict[str, list[ObjectSpec]] = {}
    names: dict[str, str] = {}
    for item in load_equipment_files(folder, unit_system, UnitConverter()):
        name = names.setdefault(item.config.device_ip, item.config.equipment_name)
        specs = controllers.setdefault(name, [])
        specs.extend(_object_spec(point) for point in item.points)
    return controllers


def _object_spec(point: Point) -> ObjectSpec:
    from emulators.program import ObjectSpec
    from utils.unit_conversion import to_bacnet

    units = to_bacnet(point.device_unit) if point.device_unit else None
    return ObjectSpec(str(point.object_type), point.ecy_point, units)


def _console() -> Console:
    from rich.console import Console

    plainly = Console(soft_wrap=True, markup=False, emoji=False, highlight=False)
    if not plainly.legacy_windows:
        return plainly
    # Such a terminal is coloured by calls, which would not keep their order with what goes through a queue.
    return Console(soft_wrap=True, markup=False, emoji=False, highlight=False, force_terminal=False)


def _complain(lines: Sequence[str]) -> None:
    from rich.console import Console

    for line in lines:
        text = printable(line)
        Console(stderr=True, soft_wrap=True).print(text, highlight=False, markup=False, emoji=False, style="red")


def _process() -> NoReturn:
    """This process is the command: nobody who reads what it prints, or does not, has a say in how it ends."""
    stand_before_standard_streams()
    try:
        code = main()
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except SystemExit as ended:  # argparse's way
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    signal.signal(signal.SIGINT, end_quietly)
    leave(code)


if __name__ == "__main__":
    _process()
