"""Machine code is made once, whoever else begins at the same time, and whoever has to wait for it knows why."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, SimpleNamespace

import pytest

from emulators.plants.multizone_office.interface.overrides import INPUTS, first_wrong
from emulators.plants.weaving import compiled
from utils.process.process_lock import ProcessLock, is_held


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "__pycache__" / "compiled.lock"


@pytest.fixture
def held(lock: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the lock was held, each time that numba was asked for machine code that is kept."""
    seen: list[bool] = []

    class Dispatcher:
        stats = SimpleNamespace(cache_path=str(lock.parent))

        def compile(self, _: str) -> None:
            seen.append(lock.parent.is_dir() and is_held(lock))

        def disable_compile(self) -> None: ...

    def njit(**_: bool) -> Callable[[FunctionType], Dispatcher]:
        return lambda _: Dispatcher()

    monkeypatch.setattr(compiled, "import_module", lambda name: SimpleNamespace(njit=njit))
    monkeypatch.setattr(compiled, "_address_of_row", lambda: None)
    return seen


def test_one_process_compiles_and_the_others_wait_and_find_it(lock: Path, held: list[bool]) -> None:
    assert len(compiled.compiled("it", {first_wrong: "int64(float64[:,::1])"})) == 1
    assert held == [True]
    assert not is_held(lock)


def test_one_that_takes_too_long_holds_nobody_up(lock: Path, held: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_LONGEST_S", 0.0)
    lock.parent.mkdir()
    (other := ProcessLock(lock)).acquire()
    assert len(compiled.compiled("it", {first_wrong: "int64(float64[:,::1])"})) == 1
    assert held == [True]
    assert is_held(lock)
    other.release()


def test_where_nothing_can_be_written_everybody_is_on_his_own(held: list[bool], lock: Path) -> None:
    lock.parent.write_text("no folder", encoding="utf-8")
    assert len(compiled.compiled("it", {first_wrong: "int64(float64[:,::1])"})) == 1
    assert held == [False]


@pytest.mark.skipif(not compiled.can_compile(), reason="needs numba (requirements-fast.txt)")
def test_it_is_said_before_it_takes_its_time_and_read_from_where_it_is_kept_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import numpy
    from numba import config

    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setattr(compiled, "CACHE", tmp_path)
    for told in (["a part is being compiled; that takes some ten seconds, once"], []):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            [machine] = compiled.compiled("a part", {first_wrong: "int64(float64[:,::1])"})
        assert caplog.messages == told
        assert machine(numpy.array([[each.low for each in INPUTS.values()]])) == -1
    assert list(tmp_path.rglob("*.nbi"))
