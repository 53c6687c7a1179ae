"""A process of the bench: started with its output in a file, asked how large it is, ended or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.command_line import ROOT, environment
from tests.waiting import eventually

END_DEADLINE_S = 120.0
_KB_PER_MB = 1024.0


class Started:
    """One ``python main.py``. Linux only: it looks into /proc."""

    def __init__(self, name: str, arguments: list[str], output: Path, variables: Mapping[str, str]) -> None:
        self.name = name
        self._began_s = time.monotonic()
        self._output = output
        with output.open("a", encoding="utf-8") as file:
            self._from = file.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, str(ROOT / "main.py"), *arguments],
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment(**variables),
                cwd=output.parent,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def age_s(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._began_s

    @property
    def resident_mb(self) -> float:
        """Its memory; 0 of one that has ended."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0.0
        sizes = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(sizes[0].split()[1]) / _KB_PER_MB if sizes else 0.0

    @property
    def children(self) -> list[int]:
        """The processes that it has started: a guardian."""
        threads = Path(f"/proc/{self.pid}/task").iterdir()
        return [int(word) for one in threads for word in (one / "children").read_text(encoding="ascii").split()]

    def printed(self) -> str:
        """What it has printed, and no other before it."""
        return self._output.read_text(encoding="utf-8")[self._from :]

    def wait_for(self, words: str) -> None:
        """Until it has printed them. Fails when it ends before."""
        eventually(lambda: words in self.printed() or not self.lives, END_DEADLINE_S)
        assert words in self.printed(), f"{self.name} has not said {words!r}:\n{self.printed()}"

    def end(self) -> int:
        """As a service's stop does; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(END_DEADLINE_S)
        self._close()
        return code

    def kill(self) -> None:
        """``kill -9``, of this process alone."""
        self._process.kill()
        self._process.wait(END_DEADLINE_S)
        self._close()

    def kill_with_children(self) -> None:
        """As the end of a container does: nobody is left who could give back."""
        self._process.send_signal(signal.SIGSTOP)  # it starts another guardian otherwise
        for child in self.children:
            os.kill(child, signal.SIGKILL)
        self.kill()

    def _close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()


def with_environment(words: str) -> set[int]:
    """Every process of ours that has these words in its environment, as a guardian has its site's folder."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if words.encode() in file.read_bytes():
                found.add(int(file.parent.name))
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found
