"""Runs some tests of a copy of the tree, in a process that has imported everything but our own code already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_IMPORTED_ONCE = (
    "bacpypes3.apdu",
    "cryptography.x509",
    "filelock",
    "pint",
    "pydantic",
    "pytest",
    "pytz",
    "requests",
    "rich.console",
    "uvicorn",
)
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(_IMPORTED_ONCE))


def run_tests(copy: Path, tests: Sequence[str], timeout_s: float) -> tuple[int | None, str]:
    """pytest's exit code and what it printed; None where it did not end in time. POSIX only."""
    printed = copy / "printed.txt"
    process = _context.Process(target=_run, args=(copy, printed, tests))
    process.start()
    process.join(timeout_s)
    code = process.exitcode
    if code is None and process.pid is not None:
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
    return code, printed.read_text(encoding="utf-8", errors="replace")


def _run(copy: Path, printed: Path, tests: Sequence[str]) -> None:
    os.setsid()  # what the tests start is ended with them
    os.chdir(copy)
    stream = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]  # those of the tree that was copied
    sys.path[0] = str(copy)
    import pytest

    sys.exit(pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "", *tests]))
