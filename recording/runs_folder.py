"""The folder of all recordings: names, which of them are being written, and room for new ones."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from utils.clocks import UnixSeconds
from utils.errors import ConfigError, Problem
from utils.process.process_lock import ProcessLock, is_held

log = logging.getLogger(__name__)

SUFFIX, DRAFT = ".run", ".draft"
"""Of a part; of one that has no tables yet, so that a process that is killed leaves no half of one under its name."""
FREE_BYTES = 500_000_000
"""So much is left to the journals of what is taken: recording stops while there is less."""
_NAME = re.compile(r"(?P<run>\d{8}-\d{6}-[a-z]+-[0-9a-f]{4})(?:\.(?P<part>\d+))?\.run")


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The parts of one recording, oldest first, and whether its process lives."""

    name: str
    parts: tuple[Path, ...]
    is_running: bool

    @property
    def kind(self) -> str:
        """What was recorded, as its name says."""
        return self.name.split("-")[2]


class RunsFolder:
    """A folder of recordings, of at most ``most_bytes`` in all. Raises nothing but what a method says."""

    def __init__(self, path: Path, most_bytes: int, free_bytes: Callable[[Path], int] = _free_bytes) -> None:
        self.path = path
        self.most_bytes = most_bytes
        self._free_bytes = free_bytes

    def prepare(self) -> None:
        """Make it. Raises :class:`ConfigError` where that cannot be."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"the folder for recordings {self.path} cannot be made: {error.strerror}"
            raise ConfigError([Problem("BRIDGE_RUNS_DIR", what)]) from error

    def new_name(self, kind: str, now: UnixSeconds) -> str:
        """A name that no other run has: when it began (UTC), what it is, and four random digits."""
        return f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{kind}-{secrets.token_hex(2)}"

    def part(self, name: str, number: int) -> Path:
        """Where a part of a recording lies."""
        return self.path / (f"{name}{SUFFIX}" if number == 1 else f"{name}.{number}{SUFFIX}")

    def lock(self, name: str) -> ProcessLock:
        """What a process holds as long as it writes a recording."""
        return ProcessLock(self._lock_file(name))

    def forget_lock(self, name: str) -> None:
        """The recording has ended: remove the file of its lock. Raises OSError."""
        self._lock_file(name).unlink(missing_ok=True)

    def runs(self) -> list[RunFiles]:
        """All recordings, the oldest first. Files that are not ours are passed over. Raises OSError."""
        found: dict[str, dict[int, Path]] = {}
        for file in self.path.glob(f"*{SUFFIX}"):
            match = _NAME.fullmatch(file.name)
            if match is not None and file.is_file() and not file.is_symlink():
                found.setdefault(match["run"], {})[int(match["part"] or 1)] = file
        return [
            RunFiles(name, tuple(parts[number] for number in sorted(parts)), is_held(self._lock_file(name)))
            for name, parts in sorted(found.items())
        ]

    def is_low(self) -> bool:
        """Whether less is free on the disk than journals may need. Raises OSError."""
        return self._free_bytes(self.path) < FREE_BYTES

    def make_room(self, own: str, needed_bytes: int = 0) -> None:
        """Remove the oldest ended recordings, then the oldest parts of our own, until there is as much room again."""
        runs = self.runs()
        self._forget_drafts()
        sizes = {file: size_of(file) for run in runs for file in run.parts}
        total = sum(sizes.values())
        ended = [file for run in runs if not run.is_running and run.name != own for file in run.parts]
        mine = [file for run in runs if run.name == own for file in run.parts[:-1]]
        for file in (*ended, *mine):
            if total + needed_bytes <= self.most_bytes:
                return
            forget_file(file)
            total -= sizes[file]

    def _forget_drafts(self) -> None:
        """What killed processes have begun."""
        for draft in self.path.glob(f"*{DRAFT}"):
            match = _NAME.fullmatch(draft.with_suffix(SUFFIX).name)
            if match is not None and not is_held(self._lock_file(match["run"])):
                forget_file(draft)

    def _lock_file(self, name: str) -> Path:
        return self.path / f"{name}.lock"


def run_of(file: Path) -> str:
    """The name of the recording that a file is a part of; of a renamed one, the file's."""
    match = _NAME.fullmatch(file.name)
    return file.stem if match is None else match["run"]


def parts_beside(file: Path) -> tuple[Path, ...]:
    """The parts of the recording that a file belongs to, oldest first; of a renamed one, the file alone."""
    match = _NAME.fullmatch(file.name)
    if match is None:
        return (file,)
    siblings = ((_NAME.fullmatch(one.name), one) for one in file.parent.glob(f"{match['run']}*{SUFFIX}"))
    return tuple(one for _, one in sorted((int(found["part"] or 1), one) for found, one in siblings if found))


def _beside(file: Path) -> list[Path]:
    return [file, *(file.with_name(f"{file.name}{suffix}") for suffix in ("-wal", "-shm", "-journal"))]


def size_of(file: Path) -> int:
    """Bytes of a part with what lies beside it; of one that has gone meanwhile, none."""
    return sum(one.stat().st_size for one in _beside(file) if one.exists())


def forget_file(file: Path) -> None:
    """Remove it, and what lies beside it; what somebody reads stays."""
    for one in _beside(file):
        try:
            one.unlink(missing_ok=True)
        except OSError as error:  # Windows: somebody reads it
            log.info("recording: %s stays: %s", one, error.strerror)
