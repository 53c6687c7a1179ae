"""``python main.py release``: gives back what a process that died left in controllers."""

from __future__ import annotations

import argparse
import logging
import os
import time
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import THE_DISPLAY, print_release, say
from clients.making import DeviceClients, simulation_client
from commands.logs import start_logging, state_folder
from ledger import Journals, Outcome, Patiences, described, keep_receipts, recover
from utils.alone import Alone
from utils.errors import ConfigError, Problem, SimulationError
from utils.home import HOME
from utils.process.interruption import until_done
from utils.settings import LocalSettings, ServerSettings, SettingsSource
from utils.state_folder import TestIdFile

log = logging.getLogger(__name__)

_USUAL_ENV = HOME / ".env"
_OTHERS_S = 30.0
"""For so long another process that gives back is waited for: its patience with a controller, and a call."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``release``."""
    parser.add_argument("--env", type=Path, default=_USUAL_ENV, help="settings file, for the credentials")
    parser.add_argument("--discard", metavar="FILE", help="delete a journal that cannot be read, once you have looked")


def run(options: argparse.Namespace, console: Console) -> int:
    """Release, print a receipt, and return 1 where something stays taken. Log, file and display are luxuries."""
    _refuse_absent(options.env)
    settings = SettingsSource.read(options.env, os.environ, HOME, tolerant=True)
    local = settings.part_in_spite(LocalSettings)
    luxuries = Alone()
    with luxuries.step("the log file"):
        start_logging(local, settings.secrets, console)
    state = state_folder(local)
    journals = Journals.of(state)
    if options.discard is not None:
        console.print(f"deleted {journals.discard(options.discard)}", highlight=False, markup=False)
        return 0
    with DeviceClients(settings, state) as clients:
        receipts = until_done(
            lambda: recover(journals, clients.client_for, Patiences(), others_s=_OTHERS_S),
            lambda: log.warning("what is left is given back first; a second Ctrl+C ends at once"),
            thread_name="release",
            second="what has not been given back yet stays as it is; release again",
        )
    stuck = sorted({f"{described(entry)} of {entry.device}" for entry in journals.being_given_back()})
    left_tests = stop_tests(settings, state.tests)
    with luxuries.step("keeping the receipts"):
        keep_receipts(state, receipts, time.time())
    with luxuries.step(THE_DISPLAY):
        if receipts or not stuck:
            print_release(console, receipts, sorted({pid for pid, _ in journals.living()}))
        for kept in journals.kept:
            say(console, f"kept: {kept}", style="bold red")
        for theirs in stuck:
            say(console, f"somebody else is still giving back {theirs}", style="bold red")
        for failure in left_tests:
            say(console, f"a test that a process left is NOT stopped: {failure}", style="bold red")
    is_left = journals.kept or stuck or left_tests or any(receipt.outcome is Outcome.FAILED for receipt in receipts)
    return 1 if is_left else 0


def _refuse_absent(file: Path) -> None:
    """A file that somebody has named and that cannot be read may say where the records are kept.

    Raises :class:`ConfigError`: "nothing to release" would be no answer.
    """
    if file == _USUAL_ENV or "BRIDGE_STATE_DIR" in os.environ or (os.access(file, os.R_OK) and file.is_file()):
        return
    what = "cannot be read, and it may say where the records of what is taken are kept (BRIDGE_STATE_DIR)"
    raise ConfigError([Problem(str(file), what)])


def stop_tests(settings: SettingsSource, tests: TestIdFile) -> list[str]:
    """Stop the tests that processes which have died left on simulation servers; returns why some were not."""
    failures = []
    for server in tests.servers():
        client = simulation_client(_of_server(settings, server), tests, server=server)
        try:
            client.stop_leftovers()
        except SimulationError as error:
            failures.append(f"{error}; if that server is gone for good, delete the note in {tests.folder}")
        client.close()
    return failures


def _of_server(settings: SettingsSource, server: str) -> ServerSettings:
    """What is known of a server: with its key where it is the configured one, and else its address."""
    try:
        return settings.part(ServerSettings)
    except ConfigError:
        return ServerSettings.model_validate({"BOP_SERVER_URL": server})
