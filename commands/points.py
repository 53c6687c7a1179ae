"""``python main.py points``: what both peers have on offer, to write a config from."""

from __future__ import annotations

import argparse
import os

from rich.console import Console

from bridge.check.console import print_offer, print_offer_json
from bridge.check.offer import Inventory
from commands.common import NOTHING_WRITTEN, account_question, add_look_options, may_show, prepare
from commands.logs import log_console, start_logging
from equipment.config_address import normal_address
from utils.home import HOME
from utils.process.interruption import until_done
from utils.settings import ControllerSettings, LocalSettings, ServerSettings, SettingsSource


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``points``."""
    add_look_options(parser)
    parser.add_argument("--device", type=_address, help="address of the one controller to ask")


def run(options: argparse.Namespace, console: Console) -> int:
    """List, and return 0 where everybody answered."""
    settings = SettingsSource.read(options.env, os.environ, HOME)
    asks_server = options.device is None or settings.has_any(ServerSettings)
    settings.check(LocalSettings, ControllerSettings, *((ServerSettings,) if asks_server else ()))
    server = settings.part(ServerSettings) if asks_server else None
    screen = log_console(options, console)
    state, manager = prepare(settings, options.configs, keeps_pins=False)
    question = account_question(options, screen)
    shows = may_show(options, question)
    inventory = Inventory(server, manager, state, device=options.device, may_show=shows)
    start_logging(settings.part(LocalSettings), (*settings.secrets, *manager.secrets), screen)
    tick = question.put if question is not None else lambda: None
    offer = until_done(inventory.look, inventory.request_stop, thread_name="look", second=NOTHING_WRITTEN, tick=tick)
    (print_offer_json if options.json else print_offer)(console, offer)
    return offer.exit_code


def _address(text: str) -> str:
    try:
        return normal_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
