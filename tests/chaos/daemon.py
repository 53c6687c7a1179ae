"""The daemon as a child process: started, signalled, killed, short of disk or of readers, and read afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.chaos.readers import Reader

_ROOT = Path(__file__).parents[2]
MAIN = [sys.executable, str(_ROOT / "main.py")]
_ATTENDED = [sys.executable, "-m", "tests.chaos.attended"]
_RELEASE_DEADLINE_S = 120.0


class Daemon:
    """One ``python main.py``. ``ended`` is called, in a thread of its own, when the process has ended."""

    def __init__(self, output: Path, arguments: list[str], variables: Mapping[str, str]) -> None:
        self.told, self.complained = Reader(output), Reader(output.with_suffix(".err"))
        """Who reads its stdout and its stderr."""
        self._process = subprocess.Popen(  # noqa: S603
            [*_ATTENDED, *arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=self.told.into,
            stderr=self.complained.into,
            env=environment(variables),
            start_new_session=True,
        )
        self.told.begin()
        self.complained.begin()
        self._watcher: threading.Thread | None = None

    def watch(self, ended: Callable[[], None]) -> None:
        """Call ``ended`` when the process has ended."""

        def wait() -> None:
            self._process.wait()
            ended()

        self._watcher = threading.Thread(target=wait, name="daemon-watcher")
        self._watcher.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def ask(self, wish: str, number: float) -> None:
        """Somebody at its side wants something of the run; of a process that has ended nobody does."""
        told = self._process.stdin
        if told is not None:
            with suppress(OSError):
                told.write(f"{wish} {number:g}\n".encode())
                told.flush()

    def signal(self, number: int) -> None:
        """Send a signal; to a process that has ended it is nothing."""
        self._process.send_signal(number)

    def limit_files(self, size: int | None) -> None:
        """Its disk takes nothing beyond so many bytes of any file; None is as much as it likes. On Linux only.

        A file that grows beyond takes a part of what is written, then nothing, as on a disk that is full.
        """
        if sys.platform != "linux" or self._process.poll() is not None:
            return
        import resource

        _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    def wait(self, deadline_s: float) -> None:
        """Wait until it has ended. Raises ``subprocess.TimeoutExpired``."""
        self._process.wait(deadline_s)

    def finish(self) -> tuple[int, str]:
        """Kill it if it still runs. Returns its exit code and everything of what it has printed that was read."""
        if self._process.poll() is None:
            self._process.kill()
        code = self._process.wait()
        if self._watcher is not None:
            self._watcher.join()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        return code, self.told.finish() + self.complained.finish()


def release(folder: Path, variables: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Run ``python main.py release``; exit code and what it printed."""
    done = subprocess.run(  # noqa: S603
        [*MAIN, "release", "--env", str(folder / "absent.env"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(variables),
        timeout=_RELEASE_DEADLINE_S,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8")


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without anything that would be a setting, and the given variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BOP_", "ECY", "TESTCASE"))}
    return {**kept, "PYTHONUTF8": "1", "COLUMNS": "200", **variables}
