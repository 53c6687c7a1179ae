"""What somebody sees who looks at a bench from outside for a month: status files, memory, disk."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.months.processes import Started
from tests.months.site import Site

_EVERY_S = 1.0
_SILENT_S = 60.0
_BYTES_PER_MB = 1e6
_LOADED_S = 60.0
_WARM_SHARE = 0.2
"""A process has loaded everything after so many seconds, and has met everything after this share of what is watched."""


@dataclass
class Sizes:
    """How large something was, sample by sample, in MB."""

    mb: list[float] = field(default_factory=list)

    @property
    def warm(self) -> list[float]:
        """Of a process that has met everything once."""
        return self.mb[int(_WARM_SHARE * len(self.mb)) :]

    @property
    def growth_mb(self) -> float:
        """From the first to the largest, once it is warm."""
        return max(self.warm) - self.warm[0]


class Monitoring:
    """Looks every second, in a thread of its own inside the ``with``."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="monitoring")
        self.memory: dict[str, Sizes] = defaultdict(Sizes)
        """By process, once it is loaded; of the programs each life."""
        self.disk: dict[str, Sizes] = defaultdict(Sizes)
        """By folder."""
        self.read = 0
        self.troubles: set[str] = set()
        self.states: set[str] = set()
        """Every state that a program was told to be in."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def longest_watched(self) -> dict[str, Sizes]:
        """The memory of each process, and of the programs that of their longest life."""
        found: dict[str, Sizes] = {}
        for name, sizes in self.memory.items():
            short = name.partition(" ")[0]
            found[short] = max(found.get(short, sizes), sizes, key=lambda one: len(one.mb))
        return found

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_S):
            for process in self._site.processes:
                life = f" {self._site.lives}" if process.name == "programs" else ""
                if process.age_s > _LOADED_S and (size := process.resident_mb):
                    self.memory[process.name + life].mb.append(size)
                self._read(process)
            for name in ("logs", "runs", "state"):
                self.disk[name].mb.append(_size_mb(self._site.folder / name))

    def _read(self, process: Started) -> None:
        try:
            told = self._site.status(process.name, "bench_told_timestamp_seconds")
            states = self._site.status(process.name, "bench_program_state")
        except ValueError as error:
            self.troubles.add(f"the status of {process.name} cannot be read: {error}")
            return
        self.states |= {state for (_, state), value in states.items() if value}
        self.read += len(told)
        silent_s = time.time() - min(told.values(), default=time.time())
        if process.lives and process.age_s > _SILENT_S and silent_s > _SILENT_S:
            self.troubles.add(f"{process.name} has told nothing for {silent_s:.0f} s")


def _size_mb(folder: Path) -> float:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return total / _BYTES_PER_MB
