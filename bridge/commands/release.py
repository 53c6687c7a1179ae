"""``python main.py release``: gives back what a process that died left in controllers."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rich.console import Console

from bridge.commands.common import start_logging
from bridge.console import print_release
from bridge.journal import Journals
from bridge.recovery import recover
from bridge.release import Outcome
from clients.tls import TlsPolicy
from equipment.equipment_manager import client_for
from utils.home import HOME
from utils.settings import load_settings
from utils.state_folder import StateFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``release``."""
    parser.add_argument("--env", type=Path, default=HOME / ".env", help="settings file, for the credentials")


def run(options: argparse.Namespace, console: Console) -> int:
    """Release, print a receipt, and return 1 where something stays taken."""
    settings = load_settings(options.env, os.environ, HOME)
    start_logging(settings, settings.secrets, console)
    state = StateFolder(settings.state_dir)
    tls = TlsPolicy.parse(settings.tls, state.pins, str(state.pins.file))
    journals = Journals.of(state)
    receipts = recover(journals, lambda address, account: client_for(address, account, settings, tls))
    print_release(console, receipts, sorted({pid for pid, _ in journals.living()}))
    return 1 if any(receipt.outcome is Outcome.FAILED for receipt in receipts) else 0
