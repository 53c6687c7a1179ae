"""``python main.py release``: gives back what a process that died left in controllers."""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import THE_DISPLAY, print_release, receipt_document, say
from clients.making import DeviceClients, simulation_client
from commands.logs import log_console, start_logging, state_folder
from commands.parser import add_loudness
from ledger import Journals, Outcome, Patiences, Receipt, described, keep_receipts, recover
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

EXAMPLES = ("release", "release --env site/.env --json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``release``."""
    parser.add_argument(
        "--env", type=Path, metavar="FILE", default=_USUAL_ENV, help="settings file, for the credentials"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    parser.add_argument("--discard", metavar="FILE", help="delete a journal that cannot be read, once you have looked")
    add_loudness(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Release, print a receipt, and return 1 where something stays taken. Log, file and display are luxuries."""
    _refuse_absent(options.env)
    settings = SettingsSource.read(options.env, os.environ, HOME, tolerant=True)
    local = settings.part_in_spite(LocalSettings)
    luxuries = Alone()
    with luxuries.step("the log file"):
        start_logging(local, settings.secrets, log_console(options, console), options.loudness)
    state = state_folder(local)
    journals = Journals.of(state)
    if options.discard is not None:
        say(console, f"deleted {journals.discard(options.discard)}")
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
    running = sorted({pid for pid, _ in journals.living()})
    released = Released(tuple(receipts), running, tuple(map(str, journals.kept)), stuck, left_tests)
    with luxuries.step("keeping the receipts"):
        keep_receipts(state, receipts, time.time())
    with luxuries.step(THE_DISPLAY):
        (released.print_json if options.json else released.print)(console)
    return released.exit_code


@dataclass(frozen=True, slots=True)
class Released:
    """What has been given back, and what is left. The names of the fields are the keys of ``--json``."""

    receipts: Sequence[Receipt]
    running: Sequence[int]
    """Processes that live: what they have taken is their own."""
    kept: Sequence[str]
    """Records that cannot be read."""
    being_given_back: Sequence[str]
    """What another process is giving back."""
    tests_not_stopped: Sequence[str]

    @property
    def exit_code(self) -> int:
        """1 when something is left."""
        failed = any(receipt.outcome is Outcome.FAILED for receipt in self.receipts)
        return 1 if failed or self.kept or self.being_given_back or self.tests_not_stopped else 0

    def print(self, console: Console) -> None:
        """For people."""
        if self.receipts or not self.being_given_back:
            print_release(console, self.receipts, self.running)
        for kept in self.kept:
            say(console, f"kept: {kept}", style="bold red")
        for theirs in self.being_given_back:
            say(console, f"somebody else is still giving back {theirs}", style="bold red")
        for failure in self.tests_not_stopped:
            say(console, f"a test that a process left is NOT stopped: {failure}", style="bold red")

    def print_json(self, console: Console) -> None:
        """One document for scripts."""
        document = {field.name: getattr(self, field.name) for field in fields(self)}
        document |= {"receipts": [receipt_document(receipt) for receipt in self.receipts], "exit_code": self.exit_code}
        console.out(json.dumps(document, default=str, indent=2), highlight=False)


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
