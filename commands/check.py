"""``python main.py check``: connects to both peers, checks everything, writes nothing."""

from __future__ import annotations

import argparse

from rich.console import Console

from bridge.check import Preflight
from bridge.check.console import print_check, print_check_json
from commands.common import NOTHING_WRITTEN, account_question, add_look_options, equip_from, may_show
from commands.logs import log_console
from utils.process.interruption import until_done

add_arguments = add_look_options


def run(options: argparse.Namespace, console: Console) -> int:
    """Look, print what was found, and return 0 where a run could start."""
    screen = log_console(options, console)
    settings, state, manager = equip_from(options.env, options.configs, screen, keeps_pins=False)
    question = account_question(options, screen)
    preflight = Preflight(settings, manager, state, may_show=may_show(options, question))
    tick = question.put if question is not None else lambda: None
    report = until_done(preflight.look, preflight.request_stop, thread_name="look", second=NOTHING_WRITTEN, tick=tick)
    (print_check_json if options.json else print_check)(console, report)
    return report.exit_code
