"""Keeps a guardian beside this process: starts it, lets it hear that we live, starts another if it is silent."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from ledger.guardian.order import BEAT, FAREWELL, HAND_OVER, READY, Order
from utils.errors import BridgeError
from utils.home import ROOMS

log = logging.getLogger(__name__)

GUARDIAN = (sys.executable, "-m", "ledger.guardian")
"""How a guardian is started."""
_BEAT_S = 0.25
_READY_S = 60.0
_RETRY_S = 5.0
_END_S = 5.0
_NOT_WAITED_FOR = 0
"""Stands for the exit code of a guardian that outlives us: Python complains of processes without one at its end."""


class GuardianError(BridgeError):
    """There is no guardian, so nothing may be written."""


class Guarding:
    """A guardian for as long as the ``with`` lasts. Entering raises :class:`GuardianError` where none can be started.

    ``lost`` is called, in a thread of ours, when a guardian has died or does not answer any more, and no other can be
    started. At the end it ends this process and gives back, unless :meth:`farewell` or :meth:`hand_over`
    has been called.
    """

    def __init__(self, order: Order, lost: Callable[[str], None], command: Sequence[str] = GUARDIAN) -> None:
        self._order = order
        self._lost = lost
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._hearing: _Hearing | None = None
        self._is_over = False
        self._ended = threading.Event()
        self._beats = threading.Thread(target=self._beat, name="guardian-beats")

    @property
    def is_watching(self) -> bool:
        """Whether it would notice our death at this moment."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """The guardian's process."""
        return self._process.pid if self._process is not None else None

    def farewell(self) -> None:
        """Everything has been given back: it may go without doing anything."""
        self._stop()
        self._is_over = self._say(FAREWELL)

    def hand_over(self) -> None:
        """What is left is the guardian's from now on, whether or not we end: nothing may be written any more."""
        self._stop()
        self._say(HAND_OVER)

    def __enter__(self) -> Self:
        self._process = self._start()
        self._beats.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if self._process is not None:
            _dismiss(self._process, _END_S if self._is_over else 0.0)

    def _stop(self) -> None:
        self._ended.set()
        self._beats.join()

    def _beat(self) -> None:
        pause_s = _BEAT_S
        while not self._ended.wait(pause_s):
            pause_s = _BEAT_S
            if not (self._answers() and self._say(BEAT)) and not self._replace(is_first=self._process is not None):
                pause_s = _RETRY_S

    def _answers(self) -> bool:
        """Whether the guardian lives, and has answered one of the last beats."""
        return self.is_watching and self._hearing is not None and not self._hearing.is_silent

    def _replace(self, *, is_first: bool) -> bool:
        """Start another guardian; without one, programs have to give everything back."""
        if self._process is not None:
            what = "does not answer" if self.is_watching else "has ended"
            log.warning("the guardian (process %d) %s; starting another", self._process.pid, what)
            self._process.kill()  # before the pipe closes: one that wakes up now would take us for dead
            _dismiss(self._process)
            self._process = None
        try:
            self._process = self._start()
        except GuardianError as error:
            if is_first:
                self._lost(str(error))
            return False
        return True

    def _start(self) -> subprocess.Popen[bytes]:
        """Start one and wait until it is ready."""
        process = subprocess.Popen(  # noqa: S603 - our own command line
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOMS,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            with contextlib.suppress(BrokenPipeError):  # it has ended already, and may have said why
                _told(process, self._order.line())
            answer = _answer(process)
        except OSError as error:
            answer = str(error)
        if answer == READY:
            self._hearing = _Hearing(process, self._order.silence_s)
            return process
        _dismiss(process)
        if process.stdout is not None:
            process.stdout.close()
        raise GuardianError(f"no guardian could be started ({answer or 'it ended at once'}); nothing is written")

    def _say(self, what: bytes) -> bool:
        """Whether the guardian could be told."""
        if self._process is None:
            return False
        try:
            _told(self._process, what)
        except (OSError, ValueError):  # gone, or closed by us meanwhile
            return False
        if self._hearing is not None:
            self._hearing.expect()
        return True


class _Hearing:
    """Listens to a guardian. Silence is counted in beats: when this computer was asleep, so was the guardian."""

    def __init__(self, process: subprocess.Popen[bytes], silence_s: float) -> None:
        self._process = process
        self._longest = max(silence_s / _BEAT_S, 2.0)
        self._unanswered = 0
        # Nothing waits for this thread: a guardian with something to do outlives us.
        threading.Thread(target=self._listen, name="guardian-answers", daemon=True).start()

    @property
    def is_silent(self) -> bool:
        """Whether it has answered none of the last beats."""
        return self._unanswered > self._longest

    def expect(self) -> None:
        """A beat has been sent."""
        self._unanswered += 1

    def _listen(self) -> None:
        if self._process.stdout is None:
            return
        with contextlib.suppress(OSError, ValueError), self._process.stdout as answers:
            while os.read(answers.fileno(), 64):
                self._unanswered = 0


def _told(process: subprocess.Popen[bytes], what: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(what)
        process.stdin.flush()


def _answer(process: subprocess.Popen[bytes]) -> str:
    """Its first line; empty where it ended instead. One that says nothing for too long is ended."""
    alarm = threading.Timer(_READY_S, process.kill)
    alarm.start()
    try:
        return process.stdout.readline().decode().strip() if process.stdout is not None else ""
    finally:
        alarm.cancel()


def _dismiss(process: subprocess.Popen[bytes], wait_s: float = _END_S) -> None:
    """Close the pipe. A guardian that has something to do outlives us, and is not waited for."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.returncode = _NOT_WAITED_FOR
