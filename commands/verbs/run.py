"""``python main.py``: the bridge between the simulation and the controllers of the configs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bridge.display.question import FirstContactQuestion, log_first_contact, refuse_first_contact
from bridge.first_contact import Confirm
from bridge.purpose import DRIVE
from bridge.run import Run
from commands.common import add_state_option, equip_from, run_bridge
from commands.page import add_page_option, wished
from commands.parser import add_loudness
from commands.unused import settings_of_no_use
from utils.arguments import count
from utils.home import HOME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, with which files, and what may be taken."""
    parser.add_argument("--steps", type=count, metavar="N", help="end after so many steps")
    parser.add_argument(
        "--configs", type=Path, metavar="DIR", default=HOME / "configs", help="folder of equipment configs"
    )
    parser.add_argument("--env", type=Path, metavar="FILE", default=HOME / ".env", help="settings file")
    parser.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")
    parser.add_argument("--take-occupied", action="store_true", help="take what is in use, too, and put it back")
    parser.add_argument("--shadow", action="store_true", help="force inputs and read outputs, but override nothing")
    add_state_option(parser)
    add_page_option(parser, "a live page in the browser, on this port of this computer (default: 8900)")
    add_loudness(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Run until the end of the scenario, the last step or Ctrl+C."""
    settings, state, manager = equip_from(options.env, options.configs, console, options.loudness)
    question = None if options.yes else question_at(console)
    run_of_it = Run(
        settings,
        manager,
        state,
        steps=options.steps,
        confirm=decider(question, told=options.yes),
        shadow=options.shadow,
        take_occupied=options.take_occupied,
        purpose=replace(DRIVE, state=options.from_state),
    )
    notes = settings_of_no_use(settings)
    page = wished(options, options.env, HOME)
    return run_bridge(run_of_it, console, question, notes, shown=options.loudness != "quiet", page=page)


def decider(question: FirstContactQuestion | None, *, told: bool) -> Confirm:
    """Who decides of controllers that this host has not driven before: somebody, or ``--yes``, or nobody."""
    if question is not None:
        return question.ask
    return log_first_contact if told else refuse_first_contact


def question_at(console: Console) -> FirstContactQuestion | None:
    """What is asked of somebody at a terminal, also where what is printed goes into a file."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    if console.is_terminal:
        return FirstContactQuestion(console)
    aside = Console(stderr=True, soft_wrap=True)
    return FirstContactQuestion(aside) if aside.is_terminal else None
