"""The page "As a library": its scripts as they stand, against the emulators; and a file that hides ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulators.process import emulator_process
from tests.command_line import MAIN, ROOT, environment
from tests.pages import text_of

SCRIPTS = re.findall(r"```python\n(.*?)```", text_of(ROOT / "docs" / "library.md"), re.DOTALL)
SERVERS = 9
DOORS = (
    "bridge.run",
    "clients.boptest_client",
    "emulators.door",
    "equipment.config",
    "hvac_templates.expand",
    "ledger.ledger",
    "points",
    "recording",
    "supervisory",
)


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, str]]:
    """The ports of the page, and what they are here."""
    command = [*MAIN, "emulate", "--until-stdin-closes", "--boptest-port", "0", "--ecy-port", "0"]
    with emulator_process(command, SERVERS) as lines:
        ports = {line.split()[-2]: line.rpartition(":")[2] for line in lines}
        yield {"5000": ports["BOPTEST"], "8449": ports["VAV_South"]}


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    return subprocess.run(  # noqa: S603 - a script of the page
        [sys.executable, str(file)],
        cwd=ROOT,
        env=environment(PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.splitlines()[0] for script in SCRIPTS])
def test_a_script_of_the_page_runs_as_it_stands(script: str, places: dict[str, str], tmp_path: Path) -> None:
    for of_the_page, here in places.items():
        script = re.sub(rf"\b{of_the_page}\b", here, script)
    done = run(script, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout or "print" not in script


@pytest.mark.parametrize("door", DOORS)
def test_a_utils_of_somebody_else_is_named_beside_the_file_that_needs_ours(door: str, tmp_path: Path) -> None:
    theirs = tmp_path / "utils.py"
    theirs.write_text("def helper(): ...\n", encoding="utf-8")
    done = run(f"import {door}\n", tmp_path)
    assert done.returncode == 1
    told = done.stderr.strip().splitlines()[-1]
    assert told.startswith(f"ImportError: {theirs} hides the bench's own utils, which {ROOT}{os.sep}")
    assert told.endswith("needs: give it another name")
