"""Whether a process lives: a lock that is looked at by many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import Timeout

from utils.process.process_lock import ProcessLock, _is_held_for, is_held


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.lock"


def test_it_is_held_until_it_is_let_go_of(file: Path) -> None:
    lock = ProcessLock(file)
    assert not is_held(file)
    lock.acquire()
    assert is_held(file)
    assert _is_held_for(file, 0.0)
    with pytest.raises(Timeout):
        ProcessLock(file).acquire()
    lock.release()
    assert not is_held(file)
    assert not _is_held_for(file, 0.0)


def test_those_who_look_at_once_do_not_take_one_another_for_a_living_process(file: Path) -> None:
    file.touch()
    with ThreadPoolExecutor(8) as lookers:
        assert not any(lookers.map(lambda _: is_held(file), range(2000)))


def test_a_look_does_not_keep_anybody_from_taking_the_lock(file: Path) -> None:
    assert not is_held(file)
    ProcessLock(file).acquire()
