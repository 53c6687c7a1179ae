"""The command line: parses, composes, maps errors to exit codes. Nothing imports it.

``python main.py`` runs the bridge; its other verbs are in ``python main.py --help``.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType

from rich.console import Console
from rich.logging import RichHandler

from bridge.check import check
from bridge.console import FirstContactQuestion, display, log_first_contact, print_check, print_release, print_summary
from bridge.journal import Journals
from bridge.recovery import recover
from bridge.release import Outcome
from bridge.run import Confirm, Run
from clients.tls import TlsPolicy
from emulators.bench import BenchPlan, serve
from emulators.process import emulator_process
from emulators.program import ObjectSpec
from equipment.config import load_equipment_files
from equipment.equipment_manager import EquipmentManager, client_for
from points import Point, UnitSystem
from utils.errors import BridgeError, ConfigError
from utils.logging_config import configure_logging
from utils.settings import Settings, load_settings
from utils.state_folder import StateFolder
from utils.unit_conversion import UnitConverter, to_bacnet

BASE = Path(__file__).resolve().parent
DEMO_CONFIGS = BASE / "configs" / "demo"
DEMO_STEP_S = 5
DEMO_START = "2023-07-06 05:30:00"
DEMO_DAY_STEPS = 14 * 3600 // DEMO_STEP_S
EXIT_SECOND_INTERRUPT = 130
_REFRESH_S = 0.25


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
    verbs = parser.add_subparsers(metavar="verb")
    checker = verbs.add_parser("check", help="connect to both peers, check everything, write nothing")
    checker.set_defaults(command=_check)
    _add_run_options(checker)
    demo = verbs.add_parser("demo", help="run the bridge against embedded emulators of both peers")
    demo.set_defaults(command=_demo)
    demo.add_argument("--steps", type=_count, default=DEMO_DAY_STEPS, help="end after so many steps of 5 s")
    demo.add_argument("--time-scale", type=_factor, default=0.0, help="simulated s per s; 0 = as fast as possible")
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
    parser.add_argument("--steps", type=_count, help="end after so many steps")
    parser.add_argument("--configs", type=Path, default=BASE / "configs", help="folder of equipment configs")
    parser.add_argument("--env", type=Path, default=BASE / ".env", help="settings file")
    parser.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")


def _add_emulator_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--boptest-port", type=int, default=5000)
    parser.add_argument("--no-boptest", action="store_true", help="controllers only")
    parser.add_argument("--legacy", action="store_true", help="BOPTEST's old single-case API")
    parser.add_argument("--ecy-port", type=int, default=8443, help="port of the first controller")
    parser.add_argument("--no-ecy", action="store_true", help="building only")
    parser.add_argument("--configs", type=Path, default=DEMO_CONFIGS, help="one controller per equipment config")
    parser.add_argument("--unit-system", choices=("SI", "US"), default="SI")
    parser.add_argument("--user", default="bench")
    parser.add_argument("--password", default=os.environ.get("ECY_EMULATOR_PASSWORD", "bench"))
    parser.add_argument("--time-scale", type=_factor, default=1.0, help="controller s per s; 0 = a step per exchange")
    parser.add_argument("--step", type=float, default=float(DEMO_STEP_S), help="s of a step, with --time-scale 0")
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)


def _bridge(options: argparse.Namespace, console: Console) -> int:
    settings = load_settings(options.env, os.environ, BASE)
    asks = not options.yes and console.is_terminal and sys.stdin.isatty()
    question = FirstContactQuestion(console) if asks else None
    return _run(settings, options.configs, options.steps, console, question=question)


def _check(options: argparse.Namespace, console: Console) -> int:
    settings = load_settings(options.env, os.environ, BASE)
    state, manager = _equip(settings, options.configs, console)
    print_check(console, check(settings, manager, state))
    return 0


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
    with serve(plan) as lines, _on_signals(lambda: ended.set()):
        for line in lines:
            console.print(line, highlight=False, markup=False)
        sys.stdout.flush()
        if options.until_stdin_closes:
            sys.stdin.read()
        while not options.until_stdin_closes and not ended.wait(_REFRESH_S):
            pass
    return 0


def _demo(options: argparse.Namespace, console: Console) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-demo-")))
        password = token_urlsafe(12)
        os.environ["ECY_EMULATOR_PASSWORD"] = password
        timing = ["--time-scale", str(options.time_scale), "--step", str(DEMO_STEP_S)]
        boptest = [*_emulator("--no-ecy", "--boptest-port", "0"), *(["--legacy"] if options.legacy else [])]
        controllers = _emulator("--no-boptest", "--ecy-port", "0", *timing)
        [server] = stack.enter_context(emulator_process(boptest, 1))
        lines = stack.enter_context(emulator_process(controllers, len(list(DEMO_CONFIGS.glob("*.json")))))
        _write_demo_configs(lines, folder / "configs")
        settings = _demo_settings(server.split()[-1], password, options.time_scale, folder)
        notes = ["Embedded building and controllers on this computer; nothing real is driven. Ctrl+C ends."]
        if options.time_scale != 1:
            notes.append("The controllers' loop timers do not run in real time: a view of sequences, not of tuning.")
        return _run(settings, folder / "configs", options.steps, console, confirm=lambda _: True, notes=notes)


def _run(
    settings: Settings,
    configs: Path,
    steps: int | None,
    console: Console,
    *,
    question: FirstContactQuestion | None = None,
    confirm: Confirm = log_first_contact,
    notes: Sequence[str] = (),
) -> int:
    """Run the bridge to its end. This thread shows it, puts its question and takes the signals."""
    state, manager = _equip(settings, configs, console)
    run = Run(settings, manager, state, steps=steps, confirm=question.ask if question else confirm)
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="simulation") as pool, _on_signals(run.request_stop):
            future = pool.submit(run.execute)
            with display(console, tuple(manager.equipment.values()), notes) as view:
                while not wait([future], _REFRESH_S).done:
                    if question:
                        question.put()
                    view.update(run.status())
            summary = future.result()
    finally:
        print_summary(console, run.summary())
    return 1 if summary.not_released else 0


@contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl+C (or SIGTERM, or Ctrl+Break) stops gracefully; the second ends the process as it is."""
    seen = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if seen.is_set():
            sys.stderr.write("\nended at once: what was taken has NOT been given back\n")
            sys.stderr.flush()
            os._exit(EXIT_SECOND_INTERRUPT)
        seen.set()
        stop()

    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    before = {number: signal.signal(number, handle) for number in (getattr(signal, n, None) for n in names) if number}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _equip(settings: Settings, configs: Path, console: Console) -> tuple[StateFolder, EquipmentManager]:
    """The state folder and the loaded equipments; from here on everything is logged."""
    state = StateFolder(settings.state_dir)
    manager = EquipmentManager(configs, settings, TlsPolicy.parse(settings.tls, state.pins, str(state.pins.file)))
    manager.load_equipments()
    _start_logging(settings, (*settings.secrets, *manager.secrets), console)
    return state, manager


def _start_logging(settings: Settings, secrets: Sequence[str], console: Console) -> None:
    """Everything into the file; on a terminal only warnings, above the live view; elsewhere what the file gets."""
    on_screen: logging.Handler = logging.StreamHandler()
    if console.is_terminal:
        on_screen = RichHandler("WARNING", console, show_time=False, show_path=False)
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


def _emulator(*options: str) -> list[str]:
    return [sys.executable, str(BASE / "main.py"), "emulate", "--until-stdin-closes", *options]


def _write_demo_configs(lines: Sequence[str], folder: Path) -> None:
    """The shipped demo configs, with the addresses that the emulators have got."""
    folder.mkdir()
    addresses = {name: url.removeprefix("https://") for _, name, url in (line.split() for line in lines)}
    for file in DEMO_CONFIGS.glob("*.json"):
        config = json.loads(file.read_text(encoding="utf-8"))
        config["device_ip"] = addresses[config["equipment_name"]]
        (folder / file.name).write_text(json.dumps(config), encoding="utf-8")


def _demo_settings(server: str, password: str, time_scale: float, folder: Path) -> Settings:
    variables = {
        "BOP_SERVER_URL": server,
        "BOP_START_TIME": DEMO_START,
        "BOP_WARMUP_PERIOD": "86400",
        "BOP_STEP_TIME": str(DEMO_STEP_S),
        "BOP_TIME_SCALE": str(time_scale),
        "ECY2_LOGIN_USERNAME": "bench",
        "ECY2_LOGIN_PWORD": password,
        "ECY_COUPLE_TIME": "2",
        "DESIRED_TIMEZONE": "America/Chicago",
        "LOG_FILE": "demo.log",
        "BRIDGE_STATE_DIR": "state",
    }
    return load_settings(None, variables, folder)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return value


def _complain(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        Console(stderr=True, soft_wrap=True).print(line, highlight=False, markup=False, style="red")


if __name__ == "__main__":
    sys.exit(main())
