"""The slots of programs in custody: what a lost guardian means for them, and how their end comes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from supervisory.guard.custody import Charge, give_back_leftovers, guarded
from tests import bench
from tests.waiting import DEADLINE_S, eventually
from utils.state_folder import StateFolder

READ_ORDER = "import sys; sys.stdin.readline(); print('ready', flush=True); "


def script(code: str) -> Sequence[str]:
    return (sys.executable, "-c", code)


def test_a_guardian_that_cannot_be_replaced_puts_all_programs_into_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = tmp_path / "once"
    code = f"import pathlib; pathlib.Path({str(once)!r}).touch(exist_ok=False); {READ_ORDER} sys.stdin.read(2)"
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", script(code))
    charge = Charge(["one"], {})
    with guarded(charge, StateFolder(tmp_path)) as custody:
        custody.enabling.switch(True)
        eventually(lambda: custody.enabling.state("one") == "fault")
        assert "no guardian could be started" in custody.enabling.reason("one")


def test_the_end_does_not_wait_where_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", script(f"{READ_ORDER} sys.stdin.read()"))
    began_s = time.monotonic()
    with guarded(Charge(["one", "two"], {}, end_s=10 * DEADLINE_S), StateFolder(tmp_path)) as custody:
        custody.enabling.switch(True)
    assert time.monotonic() - began_s < DEADLINE_S
    assert custody.not_released == 0


def test_without_earlier_runs_there_is_nothing_to_give_back(tmp_path: Path) -> None:
    give_back_leftovers(StateFolder(tmp_path), bench.settings(tmp_path))
    assert not (tmp_path / "ledgers").exists()
