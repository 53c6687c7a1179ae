"""What is asked before equipment is driven that nobody has agreed to yet, and what becomes of it without an answer."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from rich.console import Console

from bridge.display.receipts import say
from bridge.first_contact import FirstContact
from utils.errors import ConfigError, Problem
from utils.handoff import LatestValue
from utils.home import CALLED
from utils.process.interruption import signals_interrupt
from utils.process.typed_ahead import forget_typed_ahead

log = logging.getLogger(__name__)


class FirstContactQuestion:
    """A question that the simulation thread has and that only the main thread, which owns the terminal, may put.

    Whatever signal would end the run is a no.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._contacts: LatestValue[Sequence[FirstContact]] = LatestValue()
        self._answers: LatestValue[bool] = LatestValue()
        self.is_pending = threading.Event()
        """Set while it waits to be put."""

    def ask(self, contacts: Sequence[FirstContact]) -> bool:
        """Wait for the user's answer. Called by the run."""
        self._contacts.publish(contacts)
        self.is_pending.set()
        return self._answers.wait_until(lambda answer: True)

    def put(self) -> None:
        """Put the question, if there is one. Called by the main thread."""
        if not self.is_pending.is_set():
            return
        self.is_pending.clear()
        contacts = self._contacts.wait_until(lambda value: True)
        answer = False  # also where the terminal has gone: whoever waits for the answer must get one
        try:
            with suppress(KeyboardInterrupt), signals_interrupt():
                answer = self._put(contacts)
        finally:
            self._answers.publish(answer)

    def _put(self, contacts: Sequence[FirstContact]) -> bool:
        self._tell(contacts)
        forget_typed_ahead()
        say(self._console, f"{self._question} [y/N] (with --yes nobody is asked) ", end="")
        answer = ""
        try:
            answer = sys.stdin.readline()
        finally:
            if not answer.endswith("\n"):  # a signal, or the end of what is typed
                say(self._console, "")
        return answer.strip().lower() in ("y", "yes")

    def _tell(self, contacts: Sequence[FirstContact]) -> None:
        for contact in contacts:
            shown = f" (certificate SHA-256 {contact.fingerprint})" if contact.fingerprint else ""
            absent = "; it does not answer now, and is taken when it does" if contact.is_absent else ""
            say(self._console, f"First contact with {contact.device}{shown}{absent}.")
            say(self._console, "It is shown the user name and password, and has forced, commanded or isolated:")
            for name in contact.objects:
                say(self._console, f"  {name}")
        say(self._console, "Terminals in service keep driving whatever is wired to them.", style="bold yellow")

    @property
    def _question(self) -> str:
        return "Go on?"


def log_first_contact(contacts: Sequence[FirstContact]) -> bool:
    """Somebody has agreed beforehand: say it in the log."""
    for contact in contacts:
        log.info("first contact with %s: will force or command %s", contact.device, ", ".join(contact.objects))
    return True


def refuse_first_contact(contacts: Sequence[FirstContact]) -> bool:
    """Nobody has agreed, and without a terminal nobody can be asked. Raises :class:`ConfigError`."""
    what = (
        f"nobody has agreed yet to drive {', '.join(contact.device for contact in contacts)}, and without a terminal "
        f"nobody can be asked; look with {CALLED} check, then start once at a terminal, or with --yes"
    )
    raise ConfigError([Problem("first contact", what)])
