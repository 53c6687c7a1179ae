"""Machine code is made once, whoever else begins at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, SimpleNamespace

import pytest

from emulators.plants import compiled
from emulators.plants.multizone_office.overrides import first_wrong
from utils.process.process_lock import ProcessLock, is_held


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "__pycache__" / "compiled.lock"
    monkeypatch.setattr(compiled, "_LOCK", file)
    return file


@pytest.fixture
def held(lock: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the lock was held, each time that numba was asked for machine code that is kept."""
    seen: list[bool] = []

    def njit(*signature: str, **how: bool) -> Callable[[FunctionType], object]:
        if how.get("cache"):
            seen.append(is_held(lock))
        return lambda function: SimpleNamespace(stats=SimpleNamespace(cache_misses=Counter()), of=function)

    monkeypatch.setattr(compiled, "import_module", lambda name: SimpleNamespace(njit=njit))
    return seen


def test_one_process_compiles_and_the_others_wait_and_find_it(lock: Path, held: list[bool]) -> None:
    assert len(compiled.compiled("it", {first_wrong: "int64(float64[::1])"})) == 1
    assert held == [True]
    assert not is_held(lock)


def test_one_that_takes_too_long_holds_nobody_up(lock: Path, held: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_LONGEST_S", 0.0)
    lock.parent.mkdir()
    (other := ProcessLock(lock)).acquire()
    assert len(compiled.compiled("it", {first_wrong: "int64(float64[::1])"})) == 1
    assert held == [True]
    assert is_held(lock)
    other.release()


def test_where_nothing_can_be_written_everybody_is_on_his_own(
    held: list[bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compiled, "_LOCK", tmp_path / "absent" / "__pycache__" / "compiled.lock")
    assert len(compiled.compiled("it", {first_wrong: "int64(float64[::1])"})) == 1
    assert len(held) == 1
