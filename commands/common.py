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

from bridge.check.asking import MayShow, always, never
from bridge.check.console import AccountQuestion
from bridge.display.console import Display, FirstContactQuestion, display, log_first_contact, print_summary
from bridge.display.receipts import THE_DISPLAY, print_receipts
from bridge.display.status import Summary
from bridge.run import Confirm, Run
from clients.making import tls_policy
from commands.logs import start_logging, state_folder
from equipment.config import load_equipment_files
from equipment.equipment_manager import EquipmentManager
from utils.alone import Alone
from utils.errors import Problems
from utils.home import HOME
from utils.process.interruption import until_done
from utils.process.outlet import drain_all
from utils.settings import ControllerSettings, LocalSettings, Parts, Settings, load_settings
from utils.state_folder import StateFolder
from utils.unit_conversion import UnitConverter

log = logging.getLogger(__name__)

NOTHING_WRITTEN = "nothing was written"
_LAST_WORDS_S = 1.0

Equipped = tuple[Settings, StateFolder, EquipmentManager]


def add_look_options(parser: argparse.ArgumentParser) -> None:
    """The options of verbs that look and write nothing."""
    parser.add_argument("--configs", type=Path, default=HOME / "configs", help="folder of equipment configs")
    parser.add_argument("--env", type=Path, default=HOME / ".env", help="settings file")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument(
        "--yes", action="store_true", help="show the account to controllers of whose certificate there is no record"
    )


def account_question(options: argparse.Namespace, console: Console) -> AccountQuestion | None:
    """The question that ``--yes`` answers beforehand and that needs somebody at the terminal."""
    asks = not options.yes and console.is_terminal and sys.stdin.isatty()
    return AccountQuestion(console) if asks else None


def may_show(options: argparse.Namespace, question: AccountQuestion | None) -> MayShow:
    """Who decides whether the account is shown."""
    return question.ask_for if question is not None else always if options.yes else never


def equip_from(env: Path, configs: Path, console: Console, *, keeps_pins: bool = True) -> Equipped:
    """As :func:`equip`; the problems of settings and configs are told together."""
    problems = Problems()
    with problems.collecting():
        settings = load_settings(env, os.environ, HOME)
    if problems.found:
        with problems.collecting():
            load_equipment_files(configs, "SI", UnitConverter())
    problems.refuse()
    return equip(settings, configs, console, keeps_pins=keeps_pins)


def equip(settings: Settings, configs: Path, console: Console, *, keeps_pins: bool = True) -> Equipped:
    """The settings, the state folder and the loaded equipments; from here on everything is logged."""
    state, manager = prepare(settings, configs, keeps_pins=keeps_pins)
    manager.load_equipments()
    start_logging(settings, (*settings.secrets, *manager.secrets), console)
    return settings, state, manager


def prepare(settings: Parts, configs: Path, *, keeps_pins: bool = True) -> tuple[StateFolder, EquipmentManager]:
    """The state folder, and a manager whose configs have not been read yet.

    Without ``keeps_pins`` certificates are compared with those on record, and none is put there.
    """
    state, controllers = state_folder(settings.part(LocalSettings)), settings.part(ControllerSettings)
    policy = replace(tls_policy(controllers, state), keeps_pins=keeps_pins)
    return state, EquipmentManager(configs, controllers, policy)


def run_bridge(
    equipped: Equipped,
    steps: int | None,
    console: Console,
    question: FirstContactQuestion | None,
    confirm: Confirm = log_first_contact,
    notes: Sequence[str] = (),
    *,
    shadow: bool = False,
    take_occupied: bool = False,
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
        take_occupied=take_occupied,
        scan_with_simulation=scan_with_simulation,
    )
    told = Alone()
    try:
        with display(console, tuple(manager.equipment.values()), notes) as view:
            summary = until_done(
                run.execute,
                run.request_stop,
                thread_name="simulation",
                second="what was taken has NOT been given back",
                tick=lambda: _tick(run, view, question),
                halt=lambda: _stopped(run, view),
            )
    finally:
        if run.has_begun:
            _tell(told, console, run.summary())
    return 0 if summary.is_clean else 1


def _tick(run: Run, view: Display, question: FirstContactQuestion | None) -> None:
    if question:
        question.put()
    view.update(run.status())


def _tell(told: Alone, console: Console, summary: Summary) -> None:
    with told.step(THE_DISPLAY):
        print_summary(console, summary)
    with told.step("the display of what was given back"):
        print_receipts(console, summary.receipts)


@contextmanager
def _stopped(run: Run, view: Display) -> Iterator[None]:
    """Around a stop with Ctrl+Z: said before the process stops, as it cannot say anything while it is stopped."""
    alone = Alone()
    with run.standstill() as kept:
        with alone.step(THE_DISPLAY):
            view.rest()
        log.warning("stopped with Ctrl+Z: %s; fg goes on, and only a run that goes on can give anything back", kept)
        drain_all(_LAST_WORDS_S)
        yield
    log.warning("goes on: the pace starts anew, and controllers are looked at before they are written")
