"""What several verbs do before their own work: settings, configs, logging, and a run that people can watch."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bridge.check.console import AccountQuestion
from bridge.display.console import Display, display, print_recording, print_summary
from bridge.display.hands import TerminalHands
from bridge.display.question import FirstContactQuestion
from bridge.display.receipts import THE_DISPLAY, print_receipts, say
from bridge.display.status import Phase, Summary
from bridge.first_contact import Confirm, always, never
from bridge.run import Run
from bridge.watching.metrics import metrics_of
from clients.making import tls_policy
from commands.logs import start_logging, state_folder
from commands.page import PageWish, page_of
from commands.parser import Loudness, add_loudness
from equipment.config import read_equipment_files
from equipment.config_address import told_address
from equipment.equipment_manager import EquipmentManager
from utils.alone import Alone
from utils.errors import Problems
from utils.home import HOME
from utils.process.interruption import until_done
from utils.process.keyboard import Keyboard
from utils.process.outlet import drain_all
from utils.settings import ControllerSettings, LocalSettings, Parts, Settings, SettingsSource
from utils.state_folder import StateFolder
from utils.status_file import StatusFile
from utils.unit_conversion import UnitConverter

log = logging.getLogger(__name__)

NOTHING_WRITTEN = "nothing was written"
_LAST_WORDS_S = 1.0

Equipped = tuple[Settings, StateFolder, EquipmentManager]


def add_look_options(parser: argparse.ArgumentParser, *, as_json: bool = True) -> None:
    """The options of verbs that look and write nothing to controllers."""
    parser.add_argument(
        "--configs", type=Path, metavar="DIR", default=HOME / "configs", help="folder of equipment configs"
    )
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")
    parser.set_defaults(json=False)
    if as_json:
        parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument(
        "--yes", action="store_true", help="show the account to controllers of whose certificate there is no record"
    )
    add_loudness(parser)


def address_option(text: str) -> str:
    """A controller on the command line, in one spelling: over BACnet with ``bacnet://`` before it."""
    try:
        return told_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def account_question(options: argparse.Namespace, console: Console) -> AccountQuestion | None:
    """The question that ``--yes`` answers beforehand and that needs somebody at the terminal."""
    asks = not options.yes and console.is_terminal and sys.stdin.isatty()
    return AccountQuestion(console) if asks else None


def may_show(options: argparse.Namespace, question: AccountQuestion | None) -> Confirm:
    """Who decides whether the account is shown."""
    return question.ask if question is not None else always if options.yes else never


def equip_from(env: Path, configs: Path, console: Console, loudness: Loudness = "usual") -> Equipped:
    """As :func:`equip`; the problems of settings and configs are told together."""
    return equip(settings_beside(env, configs), configs, console, loudness)


def settings_beside(env: Path, configs: Path) -> Settings:
    """The settings of a run. Where they cannot be used, what is wrong in the configs is told with them."""
    source, problems, in_configs = SettingsSource.read(env, os.environ, HOME), Problems(), Problems()
    with in_configs.collecting():
        read = read_equipment_files(configs, "SI", UnitConverter())
        in_configs.add(read.problems)
        source = read.told(source)
    with problems.collecting():
        source.check(Settings)
    if problems.found:
        problems.add(in_configs.found)
    problems.refuse()
    return source.part(Settings)


def equip(settings: Settings, configs: Path, console: Console, loudness: Loudness = "usual") -> Equipped:
    """The settings, the state folder and the loaded equipments; from here on everything is logged."""
    state, manager = prepare(settings, configs)
    manager.load_equipments()
    start_logging(settings, (*settings.secrets, *manager.secrets), console, loudness)
    return settings, state, manager


def prepare(settings: Parts, configs: Path, *, only_looks: bool = False) -> tuple[StateFolder, EquipmentManager]:
    """The state folder, and a manager whose configs have not been read yet.

    Who ``only_looks`` makes no folder, compares certificates with those on record, and puts none there.
    """
    local, controllers = settings.part(LocalSettings), settings.part(ControllerSettings)
    state = state_folder(local, is_made=not only_looks)
    policy = replace(tls_policy(controllers, state), keeps_pins=not only_looks)
    return state, EquipmentManager(configs, controllers, policy)


def add_state_option(parser: argparse._ActionsContainer) -> None:
    """In which saved state to begin, in place of a date."""
    told = "begin in a state that a run has saved (key s, or the page); the embedded building only"
    parser.add_argument("--from-state", metavar="NAME", help=told)


def run_bridge(
    run: Run,
    console: Console,
    question: FirstContactQuestion | None = None,
    notes: Sequence[str] = (),
    *,
    shown: bool = True,
    page: PageWish | None = None,
) -> int:
    """Run the bridge to its end. This thread shows it, puts its question and takes the signals."""
    told = Alone()
    hands = TerminalHands(run.time, run.note, lambda: run.status().pace)
    try:
        with (
            page_of(run, page) as where,
            Keyboard(hands.press) as keyboard,
            display(
                console,
                run.equipments,
                (*where, *notes),
                shown=shown,
                screen=lambda: hands.screen if keyboard.is_read else None,
            ) as view,
        ):
            summary = _executed(run, view, question, keyboard if shown and console.is_terminal else None)
    finally:
        if run.has_begun:
            _tell(told, console, run)
    if not run.has_begun:
        say(console, f"ended before it began; {NOTHING_WRITTEN} to any controller")
    return 0 if summary.is_clean else 1


def _executed(run: Run, view: Display, question: FirstContactQuestion | None, keyboard: Keyboard | None) -> Summary:
    told = StatusFile(run.status_file, "bridge", lambda: metrics_of(run.status(), run.ledger.open_entries))

    def tick() -> None:
        told.tick()
        _tick(run, view, question, keyboard)

    with told:
        return until_done(
            run.execute,
            run.request_stop,
            thread_name="simulation",
            second="what was taken has NOT been given back",
            tick=tick,
            halt=lambda: _stopped(run, view, keyboard),
        )


def _tick(run: Run, view: Display, question: FirstContactQuestion | None, keyboard: Keyboard | None) -> None:
    if question:
        question.put()
    status = run.status()
    if keyboard is not None and status.phase is not Phase.CONNECTING:  # until then there may be a question
        keyboard.look()
    view.update(status)


def _tell(told: Alone, console: Console, run: Run) -> None:
    summary = run.summary()
    with told.step(THE_DISPLAY):
        print_summary(console, summary)
    with told.step("the display of what was given back"):
        print_receipts(console, summary.receipts)
    with told.step("the display of where it is recorded"):
        print_recording(console, run.recording)


@contextmanager
def _stopped(run: Run, view: Display, keyboard: Keyboard | None) -> Iterator[None]:
    """Around a stop with Ctrl+Z: said before the process stops, as it cannot say anything while it is stopped."""
    alone = Alone()
    with run.standstill() as kept:
        with alone.step(THE_DISPLAY):
            view.rest()
        if keyboard is not None:
            keyboard.rest()
        log.warning("stopped with Ctrl+Z: %s; fg goes on, and only a run that goes on can give anything back", kept)
        drain_all(_LAST_WORDS_S)
        yield
    log.warning("goes on: the pace starts anew, and controllers are looked at before they are written")
