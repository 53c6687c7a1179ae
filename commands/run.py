"""``python main.py``: the bridge between the simulation and the controllers of the configs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from bridge.display.console import FirstContactQuestion
from commands.common import equip_from, run_bridge
from utils.arguments import count
from utils.home import HOME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, with which files, and what may be taken."""
    parser.add_argument("--steps", type=count, help="end after so many steps")
    parser.add_argument("--configs", type=Path, default=HOME / "configs", help="folder of equipment configs")
    parser.add_argument("--env", type=Path, default=HOME / ".env", help="settings file")
    parser.add_argument("--yes", action="store_true", help="do not ask at first contact with a controller")
    parser.add_argument("--take-occupied", action="store_true", help="take what is in use, too, and put it back")
    parser.add_argument("--shadow", action="store_true", help="force inputs and read outputs, but override nothing")


def run(options: argparse.Namespace, console: Console) -> int:
    """Run until the end of the scenario, the last step or Ctrl+C."""
    equipped = equip_from(options.env, options.configs, console)
    question = None if options.yes else _question(console)
    return run_bridge(
        equipped,
        options.steps,
        console,
        question,
        shadow=options.shadow,
        take_occupied=options.take_occupied,
    )


def _question(console: Console) -> FirstContactQuestion | None:
    """What is asked of somebody at a terminal, also where what is printed goes into a file."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    if console.is_terminal:
        return FirstContactQuestion(console)
    aside = Console(stderr=True, soft_wrap=True)
    return FirstContactQuestion(aside) if aside.is_terminal else None
