"""Gives back what a runtime owns when that can no longer do it; run as ``python -m ledger.guardian``.

A process of its own with none of the programs in it. It holds the reading end of a pipe: beats come through it as long
as the runtime lives, and each is answered. When the pipe closes without a farewell, or no beat comes for too long, the
runtime is as good as dead. It is ended for certain, so that it cannot write any more, and then its ledger is given
back, as often as it takes. A write that was in flight may be carried out late, so slots and inputs are looked at once
more. What was done is logged, and written to a file of its own in the state folder.
"""

from __future__ import annotations

import itertools
import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from clients.making import DeviceClients
from ledger.giving_back.patience import Patiences
from ledger.giving_back.receipt_log import ReceiptLog
from ledger.guardian.late_writes import LateWrites
from ledger.guardian.order import FAREWELL, HAND_OVER, Order
from ledger.record.journal import Journals
from ledger.recovery import undo
from utils.settings import SettingsSource
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)

_POLL_S = 0.25
_LINGER_S = 2.0
"""How long a process that is dying may take to let go of what it has."""
_DYING_POLL_S = 0.005
_BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_GIVE_UP_S = 3600.0
_CALL_TIMEOUT_S = 5.0


class End(Enum):
    """How the runtime ended."""

    FAREWELL = "it has ended, with everything given back"
    HANDED_OVER = "it has handed over what it could not give back"
    CLOSED = "it has died"
    SILENT = "it does not move any more"


class Watch:
    """Listens to the pipe and says how the runtime ended. ``answer`` is called for what is heard."""

    def __init__(self, descriptor: int, silence_s: float, answer: Callable[[], None] = lambda: None) -> None:
        self._descriptor = descriptor
        self._silence_s = silence_s
        self._answer = answer
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="pipe", daemon=True).start()

    def wait(self) -> End:
        """Return when the runtime has ended.

        Silence is counted in our own turns: when this computer or just this process was asleep, so were the beats.
        """
        silent_turns = 0
        while silent_turns * _POLL_S < self._silence_s:
            try:
                heard = self._heard.get(timeout=_POLL_S)
            except queue.Empty:
                silent_turns += 1
                continue
            if not heard:
                return End.CLOSED
            if FAREWELL in heard:
                return End.FAREWELL
            if HAND_OVER in heard:
                return End.HANDED_OVER
            silent_turns = 0
            self._answer()
        return End.SILENT

    def _listen(self) -> None:
        while heard := os.read(self._descriptor, 4096):
            self._heard.put(heard)
        self._heard.put(b"")


class Guardian:
    """What is done after the end of a runtime."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._file = Path(order.journal)
        self._journals = Journals(self._file.parent)
        self._receipts = ReceiptLog(log, logging.WARNING)
        self._patiences = Patiences.none()
        """It comes again by itself, but not with a password that was rejected twice."""
        self._clients = DeviceClients(_settings(order), StateFolder(Path(order.state)), _CALL_TIMEOUT_S)

    def prepare(self) -> None:
        """Load beforehand whatever takes its time. Raises :class:`ConfigError` for settings that cannot work."""
        self._clients.prepare(self._order.devices)

    def act(self, end: End) -> int:
        """End the runtime for certain, unless it has handed over, and give back what it owned; the exit code."""
        if not self._file.exists():
            return 0
        log.warning("process %d: %s; giving back what it owned", self._order.parent, end.value)
        if end is not End.HANDED_OVER:
            self._make_certain(end)
        late_writes = LateWrites(self._journals, self._order.doubt_s)
        code = self._give_back(late_writes)
        self._receipts.note(late_writes.give_back(self._clients.client_for))
        return code

    def _give_back(self, late_writes: LateWrites) -> int:
        """As often as it takes; the exit code."""
        give_up_at_s = time.monotonic() + _GIVE_UP_S
        for pause_s in itertools.chain(_BACKOFF_S, itertools.repeat(_BACKOFF_S[-1])):
            self._attempt(late_writes)
            if not self._file.exists():
                return 0
            if time.monotonic() > give_up_at_s:
                break
            time.sleep(pause_s)
        log.error("gave up; what is left is in %s, and the release command tries again", self._file)
        return 1

    def close(self) -> None:
        """Close what has been opened."""
        self._clients.close()

    def _attempt(self, late_writes: LateWrites) -> None:
        """Give back once. The journal is let go of afterwards, so that the release command may have it too."""
        orphan = self._journals.orphan(self._file, _LINGER_S)
        if orphan is None:
            return
        try:
            late_writes.remember(orphan)
            receipts = undo(orphan, self._clients.client_for, self._patiences)
            self._receipts.note(receipts)
            late_writes.note(receipts)
        finally:
            orphan.close()

    def _make_certain(self, end: End) -> None:
        """See to it that the runtime has ended, and that all it held is free: it must not write during a release."""
        if end is End.SILENT:
            self._kill()
        if not self._has_ended_within(_LINGER_S):
            self._kill()
            self._has_ended_within(_LINGER_S)

    def _has_ended_within(self, seconds: float) -> bool:
        """A process that dies closes the pipe first; its children get another parent when it has closed everything.

        Windows tells nothing of the kind: there the lock on the ledger has to do.
        """
        deadline_s = time.monotonic() + seconds
        while os.name == "posix" and os.getppid() == self._order.parent:
            if time.monotonic() > deadline_s:
                return False
            time.sleep(_DYING_POLL_S)
        return True

    def _kill(self) -> None:
        if os.name == "posix" and os.getppid() != self._order.parent:
            return
        try:
            os.kill(self._order.parent, getattr(signal, "SIGKILL", signal.SIGTERM))
        except OSError:  # it has just ended
            return
        log.warning("process %d was ended, so that it does not write any more", self._order.parent)


def _settings(order: Order) -> SettingsSource:
    return SettingsSource(order.variables or {}, Path(order.state))
