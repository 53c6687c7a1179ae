"""The command line: parses, composes, maps errors to exit codes. Nothing imports it.

``python main.py`` runs the bridge; its other verbs are in ``python main.py --help``.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler

from bridge.check import Preflight
from bridge.check.console import print_check, print_check_json
from bridge.console import FirstContactQuestion, display, log_first_contact, print_release, print_summary
from bridge.journal import Journals
from bridge.offer import Inventory
from bridge.offer_console import print_offer, print_offer_json
from bridge.recovery import recover
from bridge.release import Outcome
from bridge.run import Confirm, Run
from clients.tls import TlsPolicy
from emulators.bench import BenchPlan, serve
from emulators.demo import DAY_STEPS, PASSWORD_VARIABLE, STEP_S, demo_peers
from emulators.program import ObjectSpec
from equipment.config import load_equipment_files
from equipment.config_address import normal_address
from equipment.equipment_manager import EquipmentManager, client_for
from points import Point, UnitSystem
from utils.arguments import count, factor
from utils.errors import BridgeError, ConfigError, Problem
from utils.interruption import on_signals, until_done
from utils.logging_config import configure_logging
from utils.settings import Settings, load_settings
from utils.state_folder import StateFolder
from utils.unit_conversion import UnitConverter, to_bacnet

BASE = Path(__file__).resolve().parent
DEMO_CONFIGS = BASE / "configs" / "demo"
_TICK_S = 0.25
_NOTHING_WRITTEN = "nothing was written"

Equipped = tuple[Settings, StateFolder, EquipmentManager]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 settings or configs, 130 second Ctrl+C."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True)
    try:
        code: int = options.command(options, console)
    except ConfigError as error:
        _complain(console, [f"{len(error.problems)} problem(s); no controller has been touched:"])
        _complain(console, [f"  {problem}" for problem in error.problems])
        return error.exit_code
    except BridgeError as error:
        _complain(console, [str(error)])
        return error.exit_code
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Real controllers run a simulated building.")
    parser.set_defaults(command=_bridge)
    _add_run_options(parser)
    parser.add_argument("--shadow", action="store_true", help="force inputs and read outputs, but override nothing")
    verbs = parser.add_subparsers(metavar="verb")
    checker = verbs.add_parser("check", help="connect to both peers, check everything, write nothing")
    checker.set_defaults(command=_check)
    _add_look_options(checker)
    points = verbs.add_parser("points", help="list what both peers have on offer, to write a config from")
    points.set_defaults(command=_points)
    _add_look_options(points)
    points.add_argument("--device", type=_address, help="address of the one controller to ask")
    demo = verbs.add_parser("demo", help="run the bridge against embedded emulators of both peers")
    demo.set_defaults(command=_demo)
    demo.add_argument("--steps", type=count, default=DAY_STEPS, help="end after so many steps of 5 s")
    demo.add_argument("--time-scale", type=factor, default=0.0, help="simulated s per s; 0 = as fast as possible")
    demo.add_argument("--legacy", action="store_true", help="a BOPTEST server of the old kind")
    emulate = verbs.add_parser("emulate", help="run only the emulators, for other people's clients")
    emulate.set_defaults(command=_emulate)
    _add_emulator_options(emulate)
    release = verbs.add_parser("release", help="give back what a run that died left in controllers")
    release.set_defaults(command=_release)
    release.add_argument("--env", type=Path, default=BASE / ".env", help="settings file, for the credentials")
    verbs.add_parser("units", help="list all units").set_defaults(command=_units)
    return parser


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=count, help="end after so many steps")
    parser.add_argument("--configs", type=Path, default=BASE / "configs", help="folder of equipment configs")
    parser.add_argument("--env", type=Path, default=BASE / ".env", help="settings file")
    parser.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")


def _add_look_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--configs", type=Path, default=BASE / "configs", help="folder of equipment configs")
    parser.add_argument("--env", type=Path, default=BASE / ".env", help="settings file")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")


def _add_emulator_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--boptest-port", type=int, default=5000)
    parser.add_argument("--no-boptest", action="store_true", help="controllers only")
    parser.add_argument("--legacy", action="store_true", help="BOPTEST's old single-case API")
    parser.add_argument("--ecy-port", type=int, default=8443, help="port of the first controller")
    parser.add_argument("--no-ecy", action="store_true", help="building only")
    parser.add_argument("--configs", type=Path, default=DEMO_CONFIGS, help="one controller per equipment config")
    parser.add_argument("--unit-system", choices=("SI", "US"), default="SI")
    parser.add_argument("--user", default="bench")
    parser.add_argument("--password", default=os.environ.get(PASSWORD_VARIABLE, "bench"))
    parser.add_argument("--time-scale", type=factor, default=1.0, help="controller s per s; 0 = a step per exchange")
    parser.add_argument("--step", type=float, default=float(STEP_S), help="s of a step, with --time-scale 0")
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)


def _bridge(options: argparse.Namespace, console: Console) -> int:
    equipped = _equip_from(options.env, options.configs, console)
    asks = not options.yes and console.is_terminal and sys.stdin.isatty()
    question = FirstContactQuestion(console) if asks else None
    return _run(equipped, options.steps, console, question, shadow=options.shadow)


def _check(options: argparse.Namespace, console: Console) -> int:
    settings, state, manager = _equip_from(options.env, options.configs, _log_console(options, console))
    preflight = Preflight(settings, manager, state)
    report = until_done(preflight.look, preflight.request_stop, thread_name="look", second=_NOTHING_WRITTEN)
    (print_check_json if options.json else print_check)(console, report)
    return report.exit_code


def _points(options: argparse.Namespace, console: Console) -> int:
    settings = load_settings(options.env, os.environ, BASE)
    state, manager = _prepare(settings, options.configs)
    inventory = Inventory(settings, manager, state, device=options.device)
    _start_logging(settings, (*settings.secrets, *manager.secrets), _log_console(options, console))
    offer = until_done(inventory.look, inventory.request_stop, thread_name="look", second=_NOTHING_WRITTEN)
    (print_offer_json if options.json else print_offer)(console, offer)
    return offer.exit_code


def _release(options: argparse.Namespace, console: Console) -> int:
    settings = load_settings(options.env, os.environ, BASE)
    _start_logging(settings, settings.secrets, console)
    state = StateFolder(settings.state_dir)
    tls = TlsPolicy.parse(settings.tls, state.pins, str(state.pins.file))
    journals = Journals.of(state)
    receipts = recover(journals, lambda address, account: client_for(address, account, settings, tls))
    print_release(console, receipts, sorted({pid for pid, _ in journals.living()}))
    return 1 if any(receipt.outcome is Outcome.FAILED for receipt in receipts) else 0


def _units(options: argparse.Namespace, console: Console) -> int:
    for name in UnitConverter().list_units():
        console.print(name, highlight=False, markup=False)
    return 0


def _emulate(options: argparse.Namespace, console: Console) -> int:
    plan = BenchPlan(
        boptest_port=None if options.no_boptest else options.boptest_port,
        legacy=options.legacy,
        ecy_port=None if options.no_ecy else options.ecy_port,
        controllers=_object_specs(options.configs, options.unit_system),
        unit_system=options.unit_system,
        username=options.user,
        password=options.password,
        time_scale=options.time_scale,
        step_s=options.step,
        certificate_folder=BASE / ".state" / "certificates",
    )
    ended = threading.Event()
    with serve(plan) as lines, on_signals(ended.set, "the emulators are gone"):
        for line in lines:
            console.print(line, highlight=False, markup=False)
        sys.stdout.flush()
        if options.until_stdin_closes:
            sys.stdin.read()
        while not options.until_stdin_closes and not ended.wait(_TICK_S):
            pass
    return 0


def _demo(options: argparse.Namespace, console: Console) -> int:
    notes = ["Embedded building and controllers on this computer; nothing real is driven. Ctrl+C ends."]
    if options.time_scale != 1:
        notes.append("The controllers' loop timers do not run in real time: a view of sequences, not of tuning.")
    with tempfile.TemporaryDirectory(prefix="bench-demo-") as name:
        folder = Path(name)
        scale, legacy = options.time_scale, options.legacy
        with demo_peers(BASE / "main.py", DEMO_CONFIGS, folder, time_scale=scale, legacy=legacy) as peers:
            settings = load_settings(None, peers.variables, folder)
            equipped = _equip(settings, peers.configs, console)
            return _run(equipped, options.steps, console, None, lambda _: True, notes, scan_with_simulation=True)


def _run(
    equipped: Equipped,
    steps: int | None,
    console: Console,
    question: FirstContactQuestion | None,
    confirm: Confirm = log_first_contact,
    notes: Sequence[str] = (),
    *,
    shadow: bool = False,
    scan_with_simulation: bool = False,
) -> int:
    """Run the bridge to its end. This thread shows it, puts its question and takes the signals."""
    settings, state, manager = equipped
    run = Run(
        settings,
        manager,
        state,
        steps=steps,
        confirm=question.ask if question else confirm,
        shadow=shadow,
        scan_with_simulation=scan_with_simulation,
    )
    try:
        with display(console, tuple(manager.equipment.values()), notes) as view:

            def tick() -> None:
                if question:
                    question.put()
                view.update(run.status())

            second = "what was taken has NOT been given back"
            summary = until_done(run.execute, run.request_stop, thread_name="simulation", second=second, tick=tick)
    finally:
        if run.has_begun:
            print_summary(console, run.summary())
    return 1 if summary.not_released else 0


def _equip_from(env: Path, configs: Path, console: Console) -> Equipped:
    """As :func:`_equip`; the problems of settings and configs are told together."""
    try:
        settings = load_settings(env, os.environ, BASE)
    except ConfigError as error:
        raise ConfigError([*error.problems, *_problems_of(configs)]) from None
    return _equip(settings, configs, console)


def _problems_of(configs: Path) -> tuple[Problem, ...]:
    try:
        load_equipment_files(configs, "SI", UnitConverter())
    except ConfigError as error:
        return error.problems
    return ()


def _equip(settings: Settings, configs: Path, console: Console) -> Equipped:
    """The settings, the state folder and the loaded equipments; from here on everything is logged."""
    state, manager = _prepare(settings, configs)
    manager.load_equipments()
    _start_logging(settings, (*settings.secrets, *manager.secrets), console)
    return settings, state, manager


def _log_console(options: argparse.Namespace, console: Console) -> Console:
    """Where log lines go: not between the lines of a JSON document."""
    return Console(stderr=True) if options.json else console


def _prepare(settings: Settings, configs: Path) -> tuple[StateFolder, EquipmentManager]:
    """The state folder, and a manager whose configs have not been read yet."""
    state = StateFolder(settings.state_dir)
    manager = EquipmentManager(configs, settings, TlsPolicy.parse(settings.tls, state.pins, str(state.pins.file)))
    return state, manager


def _start_logging(settings: Settings, secrets: Sequence[str], console: Console) -> None:
    """Everything into the file; on a terminal only warnings, above the live view; elsewhere what the file gets."""
    on_screen: logging.Handler = logging.StreamHandler()
    if console.is_terminal:
        on_screen = RichHandler("WARNING", console, show_time=False, show_path=False, keywords=[])
    configure_logging(settings.log_file, settings.log_level, secrets, on_screen)


def _object_specs(folder: Path, unit_system: UnitSystem) -> dict[str, list[ObjectSpec]]:
    """The objects of each controller that the configs speak of, by the controller's name."""
    controllers: dict[str, list[ObjectSpec]] = {}
    names: dict[str, str] = {}
    for item in load_equipment_files(folder, unit_system, UnitConverter()):
        name = names.setdefault(item.config.device_ip, item.config.equipment_name)
        specs = controllers.setdefault(name, [])
        specs.extend(_object_spec(point) for point in item.points)
    return controllers


def _object_spec(point: Point) -> ObjectSpec:
    units = to_bacnet(point.device_unit) if point.device_unit else None
    return ObjectSpec(str(point.object_type), point.ecy_point, units)


def _address(text: str) -> str:
    try:
        return normal_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _complain(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        Console(stderr=True, soft_wrap=True).print(line, highlight=False, markup=False, style="red")


if __name__ == "__main__":
    sys.exit(main())
