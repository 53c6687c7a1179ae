"""``python main.py``: the bridge between the simulation and the controllers of the configs."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console

from bridge.commands.common import equip_from, run_bridge
from bridge.console import FirstContactQuestion


def run(options: argparse.Namespace, console: Console) -> int:
    """Run until the end of the scenario, the last step or Ctrl+C."""
    equipped = equip_from(options.env, options.configs, console)
    asks = not options.yes and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    question = FirstContactQuestion(console) if asks else None
    return run_bridge(
        equipped,
        options.steps,
        console,
        question,
        shadow=options.shadow,
        take_occupied=options.take_occupied,
    )
