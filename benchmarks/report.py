"""How long the report of a week takes, and how large it is."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Measured
from recording import open_run
from recording.columns import read_run
from recording.report import report
from tests.recording.made_run import Values, made_office

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
DAYS, STEP_S = 7.0, 60.0
SIGNALS = 240
"""As many as a demo's recording has."""


def rows(folder: Path) -> Iterator[Measured]:
    """A week at 60 s steps with five zones, in process and as a command."""
    file = _recorded(folder)
    times, size = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with open_run(file) as run:
            size = len(report(read_run(run)).encode())
        times.append(time.perf_counter() - began)
    yield Measured("report of a week, in process", f"{min(times):.2f} s", "<= 3 s", f"{SIGNALS} signals, 60 s steps")
    yield Measured(
        "report of a week, as a command", f"{_command(file, folder):.2f} s", "<= 3 s", "process start included"
    )
    yield Measured("report of a week, its size", f"{size / 1e6:.2f} MB", "<= 1 MB")


def _recorded(folder: Path) -> Path:
    """The week of an office, and as many other points as a real one has."""
    office = made_office(DAYS, STEP_S)
    known = office.values
    others = [f"other_rea{number}_y" for number in range(SIGNALS - len(known(0.0)) - len(office.tied) - 3)]

    def values(time_s: float) -> Values:
        return {**known(time_s), **dict.fromkeys(others, math.sin(time_s))}

    office.values = values
    return office.write(folder / "week")


def _command(file: Path, folder: Path) -> float:
    command = [sys.executable, str(ROOT / "main.py"), "report", str(file), "-o", str(folder / "week.html")]
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        times.append(time.perf_counter() - began)
    return min(times)
