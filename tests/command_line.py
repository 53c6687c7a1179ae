"""The command line as a child process, or called in this one, and what it needs to run against a rig."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from commands import line
from tests import bench
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig
from tests.waiting import DEADLINE_S

ROOT = Path(__file__).parents[1]
MAIN = [sys.executable, str(ROOT / "main.py")]
_SETTINGS = ("BOP_", "BRIDGE_", "ECY", "RECORD", "TESTCASE")
_RUNS = tempfile.TemporaryDirectory(prefix="bench-runs-")
"""Where a demo records that is told nothing else: not among the recordings of whoever runs the tests."""
atexit.register(_RUNS.cleanup)


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without anything that would be a setting."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    return {**kept, "PYTHONUTF8": "1", "COLUMNS": "200", "BRIDGE_RUNS_DIR": _RUNS.name, **variables}


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [*MAIN, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment(**variables),
    )


def run(*arguments: str, **variables: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    with start(*arguments, **variables) as process:
        output, _ = process.communicate(timeout=120)
    assert "Traceback" not in output
    return process.returncode, output


class Call(Protocol):
    """Runs a command in this process, with settings from these variables alone."""

    def __call__(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Exit code and everything printed."""


def calling(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command line without a process of its own, of whose time most is spent importing."""

    def called(*arguments: str, **variables: str) -> tuple[int, str]:
        wanted = environment(**variables)
        for name in os.environ.keys() - wanted.keys():
            monkeypatch.delenv(name)
        for name, value in wanted.items():
            monkeypatch.setenv(name, value)
        level = logging.getLogger().level
        try:
            code = _exit_code(arguments)
        finally:
            logging.basicConfig(handlers=[], level=level, force=True)  # nothing of it outlives the capture
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return code, told.out + told.err

    return called


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        return line.main(arguments)
    except SystemExit as ended:  # argparse's way
        return int(ended.code or 0)


def press_until_it_ends(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Ctrl+C again and again: right after the first it is taken for the same one."""
    deadline_s = time.monotonic() + DEADLINE_S
    while process.poll() is None and time.monotonic() < deadline_s:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)


def configured(subject: Rig) -> list[str]:
    """The options of a run against the rig."""
    addresses = subject.controllers.addresses
    folder = bench.write_configs(
        subject.folder,
        bench.equipment("AHU", addresses["AHU"], AHU_POINTS),
        bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
    )
    return ["--configs", str(folder), "--env", str(subject.folder / "absent.env")]


def running(subject: Rig) -> list[str]:
    """The same of one to which somebody has agreed."""
    return [*configured(subject), "--yes"]


def variables(subject: Rig, **changed: str) -> Mapping[str, str]:
    """The settings of a run against the rig, as environment variables."""
    own = {"BOP_SERVER_URL": subject.building.url, "BRIDGE_STATE_DIR": str(subject.folder / "state")}
    return {**bench.VARIABLES, **own, "LOG_FILE": str(subject.folder / "app.log"), **changed}
