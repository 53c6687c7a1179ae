"""Gives back what a runtime owns when that can no longer do it: ``python -m supervisory.guard.guardian``.

A process of its own with none of the programs in it. It holds the reading end of a pipe: beats come through it as long
as the runtime lives, and each is answered. When the pipe closes without a farewell, or no beat comes for too long, the
runtime is as good as dead. It is ended for certain, so that it cannot write any more, and then its ledger is given
back, as often as it takes. A write that was in flight may be carried out late, so the slots are looked at once more.
What was done is logged, and written to a file of its own in the state folder.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Self

from clients.making import DeviceClients
from ledger import Journals, Patiences, undo
from supervisory.guard.late_writes import DOUBT_S, LateWrites
from supervisory.guard.receipt_log import ReceiptLog
from utils.alone import Alone
from utils.errors import BridgeError
from utils.logging_config import FileLines, StreamLines, end_logging, hand_over
from utils.process.streams import leave, stand_before_standard_streams
from utils.settings import SettingsSource
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)

READY = "ready"
BEAT = b"."
FAREWELL = b"!"
SILENCE_S = 10.0
"""Without a beat for so long, a runtime counts as frozen."""

_POLL_S = 0.25
_LINGER_S = 2.0
"""How long a process that is dying may take to let go of what it has."""
_DYING_POLL_S = 0.005
_BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_GIVE_UP_S = 3600.0
_CALL_TIMEOUT_S = 5.0
_IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")


class End(Enum):
    """How the runtime ended."""

    FAREWELL = "it has ended, with everything given back"
    CLOSED = "it has died"
    SILENT = "it does not move any more"


@dataclass(frozen=True, slots=True)
class Order:
    """What a runtime wants of its guardian: one line of JSON through the pipe, so that no secret is in a command line.

    ``devices`` are the controllers with our own address on their BACnet network, None where they speak REST.
    ``variables`` are those that settings are made of; None where no controller needs any.
    """

    journal: str
    parent: int
    state: str
    devices: Mapping[str, str | None]
    variables: Mapping[str, str] | None = field(default=None, repr=False)
    silence_s: float = SILENCE_S
    doubt_s: float = DOUBT_S
    """After so long a write that was in flight has been carried out, or never will be."""

    def line(self) -> bytes:
        """As it goes through the pipe."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Self:
        """Back from the pipe."""
        return cls(**json.loads(line))


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
        """End the runtime for certain and give back what it owned; the exit code."""
        if not self._file.exists():
            return 0
        log.warning("process %d: %s; giving back what it owned", self._order.parent, end.value)
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


def main() -> int:
    """Run as a guardian: the order and the beats come from standard input. Returns the exit code."""
    pipe = sys.stdin.fileno()
    line = _first_line(pipe)
    if not line:
        return 0
    order = Order.of(line)
    for number in (getattr(signal, name) for name in _IGNORED if hasattr(signal, name)):
        signal.signal(number, signal.SIG_IGN)  # what ends the runtime must not end us first
    _start_logging(order)
    guardian = Guardian(order)
    try:
        guardian.prepare()
        _answer(f"{READY}\n".encode())
        end = Watch(pipe, order.silence_s, lambda: _answer(BEAT)).wait()
        return 0 if end is End.FAREWELL else guardian.act(end)
    except BridgeError as error:
        sys.stderr.write(f"guardian: {error}\n")
        return error.exit_code
    finally:
        guardian.close()
        end_logging()


def _answer(what: bytes) -> None:
    with contextlib.suppress(OSError):  # a runtime that is dead already needs us all the more
        os.write(sys.stdout.fileno(), what)


def _first_line(descriptor: int) -> bytes:
    """Up to the end of the line and no further, as what follows are beats; nothing where the pipe closes before."""
    line = b""
    while not line.endswith(b"\n"):
        heard = os.read(descriptor, 1)
        if not heard:
            return b""
        line += heard
    return line


def _start_logging(order: Order) -> None:
    """To the runtime's own standard error, and to a file that appears with the first line. Neither is waited for."""
    file = Path(order.state) / "guardian" / f"{Path(order.journal).stem}.log"
    with Alone().step("making the guardian's log folder"):
        file.parent.mkdir(parents=True, exist_ok=True)
    handlers: dict[str, logging.Handler] = {"file-log": FileLines(file), "console-log": StreamLines()}
    for handler in handlers.values():
        handler.setFormatter(logging.Formatter("%(asctime)s guardian: %(message)s"))
    hand_over("INFO", [(order.variables or {}).get("ECY2_LOGIN_PWORD", "")], handlers)


if __name__ == "__main__":
    stand_before_standard_streams()
    leave(main())
