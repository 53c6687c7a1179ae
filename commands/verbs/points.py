"""``python main.py points``: what both peers have on offer, to write a config from."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from dataclasses import replace

from rich.console import Console

from bridge.check.console import print_offer, print_offer_json
from bridge.check.offer import Inventory
from bridge.display.receipts import say
from commands.common import NOTHING_WRITTEN, account_question, add_look_options, address_option, may_show, prepare
from commands.logs import log_console, log_on_screen
from equipment.config import beside_configs
from utils.bacnet import SCHEME
from utils.home import HOME
from utils.process.interruption import until_done
from utils.settings import ControllerSettings, LocalSettings, ServerSettings, SettingsSource

EXAMPLES = ("points", "points --filter damper", "points --device 10.0.0.5 --json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``points``."""
    add_look_options(parser)
    told = f"ask this controller alone; {SCHEME} before it speaks BACnet/IP"
    parser.add_argument("--device", type=address_option, metavar="ADDRESS", help=told)
    parser.add_argument("--filter", metavar="TEXT", help="only what has this in its name, type, unit or description")


def run(options: argparse.Namespace, console: Console) -> int:
    """List, and return 0 where everybody answered."""
    written = SettingsSource.read(options.env, os.environ, HOME)
    settings = beside_configs(written, options.configs)
    if options.device is not None:
        settings = replace(settings, wants_account=not options.device.startswith(SCHEME))
    asked = (ServerSettings,) if options.device is None else ()
    settings.check(LocalSettings, ControllerSettings, *asked)
    server = settings.part(ServerSettings) if asked else None
    screen = log_console(options, console)
    state, manager = prepare(settings, options.configs, only_looks=True)
    question = account_question(options, screen)
    shows = may_show(options, question)
    devices = None if options.device is None else [options.device]
    inventory = Inventory(server, manager, state, devices=devices, may_show=shows)
    log_on_screen(settings.part(LocalSettings), (*settings.secrets, *manager.secrets), screen, options.loudness)
    tick = question.put if question is not None else lambda: None
    with closing(manager), state.without_a_trace():
        offer = until_done(
            inventory.look, inventory.request_stop, thread_name="look", second=NOTHING_WRITTEN, tick=tick
        )
    offer = offer.filtered(options.filter or "")
    (print_offer_json if options.json else print_offer)(console, offer)
    if options.filter and offer.is_empty and not options.json:
        say(console, f"nothing that was listed mentions {options.filter!r}")
    return offer.exit_code
