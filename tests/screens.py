"""A real terminal in which the command line runs as a shell would start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.command_line import MAIN, ROOT, environment
from tests.waiting import DEADLINE_S, eventually

_KEYS = termios.ICANON | termios.ECHO


@dataclass
class Screen:
    """What runs in it, what it has shown, and a keyboard."""

    master: int
    slave: int
    process: subprocess.Popen[bytes]
    shown: bytearray = field(default_factory=bytearray)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def has_ended_on(self, keys: str) -> bool:
        """Press once more; whether it had ended before."""
        if self.process.poll() is None:
            self.press(keys)
        return self.process.returncode is not None

    def shows(self, words: str, since: int = 0) -> int:
        """Wait for words behind a place of what was shown; the place behind all of it."""
        eventually(lambda: words.encode() in self.shown[since:])
        return len(self.shown)

    @property
    def is_line_by_line(self) -> bool:
        """Whether it is as a shell leaves it: what is typed is shown, and told in lines."""
        return bool(termios.tcgetattr(self.slave)[3] & _KEYS == _KEYS)

    def read(self) -> None:
        try:
            while content := os.read(self.master, 65536):
                self.shown += content
        except OSError:
            return


@contextmanager
def screen(arguments: Sequence[str], variables: Mapping[str, str], *, background: bool = False) -> Iterator[Screen]:
    """Start the command line in a new terminal; it does not outlive the block."""
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.tiny_shell", "bg" if background else "fg", *MAIN, *arguments],
        cwd=ROOT,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**environment(TERM="xterm", **variables), "COLUMNS": "80", "LINES": "24"},
        start_new_session=True,
    ) as process:
        subject = Screen(master, slave, process)
        reader = threading.Thread(target=subject.read, name="screen", daemon=True)
        reader.start()
        try:
            yield subject
        finally:
            process.terminate()
            process.send_signal(signal.SIGUSR1)  # a job that is stopped cannot end
            process.wait(DEADLINE_S)
            os.close(slave)
            reader.join()
            os.close(master)
