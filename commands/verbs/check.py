"""``python main.py check``: connects to both peers, checks everything, writes nothing."""

from __future__ import annotations

import argparse
from contextlib import closing

from rich.console import Console

from bridge.check import CheckReport, Preflight
from bridge.check.console import print_check, print_check_json
from commands.common import NOTHING_WRITTEN, account_question, add_look_options, may_show, prepare, settings_beside
from commands.logs import log_console, log_on_screen
from equipment.equipment_manager import EquipmentManager
from utils.errors import ConfigError
from utils.process.interruption import until_done
from utils.settings import Settings
from utils.state_folder import StateFolder

add_arguments = add_look_options
EXAMPLES = ("check", "check --yes --json", "check --env site/.env --configs site/configs")


def run(options: argparse.Namespace, console: Console) -> int:
    """Look, print what was found, and return 0 where a run could start."""
    screen = log_console(options, console)
    settings = settings_beside(options.env, options.configs)
    state, manager = prepare(settings, options.configs, only_looks=True)
    with closing(manager):
        report = _look(options, screen, settings, state, manager)
    (print_check_json if options.json else print_check)(console, report)
    return report.exit_code


def _look(
    options: argparse.Namespace, screen: Console, settings: Settings, state: StateFolder, manager: EquipmentManager
) -> CheckReport:
    problems = manager.load_sound_equipments()
    if not manager.equipment:
        raise ConfigError(problems)
    log_on_screen(settings, (*settings.secrets, *manager.secrets), screen, options.loudness)
    question = account_question(options, screen)
    preflight = Preflight(settings, manager, state, may_show=may_show(options, question), in_configs=problems)
    tick = question.put if question is not None else lambda: None
    with state.without_a_trace():
        return until_done(preflight.look, preflight.request_stop, thread_name="look", second=NOTHING_WRITTEN, tick=tick)
