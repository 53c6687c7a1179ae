"""The state folder: what outlives a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from utils.state_folder import StateError, StateFolder

SERVER = "http://127.0.0.1:5000"
ROOT = Path(__file__).parents[2]
DIES_WITH_A_TEST = """
import os, pathlib, sys
from utils.state_folder import StateFolder
StateFolder(pathlib.Path(sys.argv[1])).tests.remember(sys.argv[2], "id-2")
os._exit(9)
"""


def test_a_value_is_there_for_the_next_process(tmp_path: Path) -> None:
    StateFolder(tmp_path / "state").pins.set("10.0.0.1:443", "AB:CD")
    assert StateFolder(tmp_path / "state").pins.get("10.0.0.1:443") == "AB:CD"


def test_an_absent_value_is_none(tmp_path: Path) -> None:
    assert StateFolder(tmp_path).pins.get("10.0.0.1:443") is None


def test_setting_one_value_keeps_the_others(tmp_path: Path) -> None:
    pins = StateFolder(tmp_path).pins
    pins.set("a", "1")
    pins.set("b", "2")
    assert (pins.get("a"), pins.get("b")) == ("1", "2")


def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    pins = StateFolder(tmp_path).pins
    pins.file.write_text("{", encoding="utf-8")
    with pytest.raises(StateError, match=r"certificate-pins\.json.*delete it to begin anew"):
        pins.get("a")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StateError, match="cannot create the state folder"):
        StateFolder(tmp_path / "file" / "state")


def test_a_test_of_a_living_process_is_no_orphan(tmp_path: Path) -> None:
    tests = StateFolder(tmp_path).tests
    tests.remember(SERVER, "id-1")
    assert StateFolder(tmp_path).tests.orphans(SERVER) == []
    tests.forget(SERVER, "id-1")


def test_a_test_of_a_dead_process_is_an_orphan_of_its_server_only(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", DIES_WITH_A_TEST, str(tmp_path), SERVER], check=False, cwd=ROOT)  # noqa: S603
    tests = StateFolder(tmp_path).tests
    assert tests.orphans(SERVER) == ["id-2"]
    assert tests.orphans("http://127.0.0.1:80") == []


def test_a_forgotten_test_leaves_nothing_behind(tmp_path: Path) -> None:
    tests = StateFolder(tmp_path).tests
    tests.remember(SERVER, "id-3")
    tests.forget(SERVER, "id-3")
    assert list((tmp_path / "tests").iterdir()) == []
