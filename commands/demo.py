"""``python main.py demo``: the bridge against embedded emulators of both peers, with nothing to configure."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from commands.common import equip, run_bridge
from commands.emulate import add_bacnet_option
from emulators.door import DAY_STEPS, demo_peers
from utils.arguments import count, factor
from utils.home import DEMO_CONFIGS, HOME
from utils.logging_config import end_logging
from utils.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, how fast, and what the peers are like."""
    parser.add_argument("--steps", type=count, default=DAY_STEPS, help="end after so many steps of 5 s")
    parser.add_argument("--time-scale", type=factor, default=0.0, help="simulated s per s; 0 = as fast as possible")
    parser.add_argument("--legacy", action="store_true", help="a BOPTEST server of the old kind")
    add_bacnet_option(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Start both emulators and run the ordinary bridge against them, in a folder that is gone afterwards."""
    notes = ["Embedded building and controllers on this computer; nothing real is driven. Ctrl+C ends."]
    if options.time_scale != 1:
        notes.append("The controllers' loop timers do not run in real time: a view of sequences, not of tuning.")
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
            equipped = equip(load_settings(None, peers.variables, folder), peers.configs, console)
            try:
                return run_bridge(
                    equipped, options.steps, console, None, lambda _: True, notes, scan_with_simulation=True
                )
            finally:
                end_logging()  # its file is in the folder that goes now
