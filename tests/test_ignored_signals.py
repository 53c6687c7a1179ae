"""The suite may be started with ``nohup``, or with ``&`` from a script: signals are ignored then, in children, too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEAF = "trap '' HUP INT QUIT; exec \"$@\""
OF_SIGNALS = ("tests/utils/process/test_interruption.py", "tests/bridge/test_endings.py", "-k", "SIG or signal")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are ignored the POSIX way")
def test_tests_of_signals_pass_in_a_suite_that_was_started_to_ignore_them() -> None:
    ran = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", DEAF, "sh", sys.executable, "-m", "pytest", "-q", "-m", "", *OF_SIGNALS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
