"""The state folder: what outlives a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from utils.state_folder import LOADING_S, StateError, StateFolder, TestIdFile

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


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 5}', "[" * 100_000])
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, text: str) -> None:
    pins = StateFolder(tmp_path).pins
    pins.file.write_text(text, encoding="utf-8")
    with pytest.raises(StateError, match=r"certificate-pins\.json.*delete it to begin anew"):
        pins.get("a")


def test_a_file_from_which_somebody_deleted_a_line_in_windows_notepad_is_read(tmp_path: Path) -> None:
    pins = StateFolder(tmp_path).pins
    pins.file.write_bytes(b'\xef\xbb\xbf{\r\n "a": "1"\r\n}')
    assert pins.get("a") == "1"


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


def test_a_test_that_was_stopped_before_it_ran_is_an_orphan_that_may_still_load_for_a_quarter_of_an_hour(
    tmp_path: Path,
) -> None:
    now_s = [1e9]
    tests = TestIdFile(tmp_path / "tests", lambda: now_s[0])
    tests.remember(SERVER, "id-4")
    assert not tests.may_still_load("id-4")
    tests.abandon(SERVER, "id-4")
    assert (tests.orphans(SERVER), tests.servers()) == (["id-4"], [SERVER])
    now_s[0] += LOADING_S - 1.0
    assert tests.may_still_load("id-4")
    now_s[0] += 2.0
    assert not tests.may_still_load("id-4")


HOSTILE = ["../certificate-pins", "/etc/passwd", "..", "", "a/b", "a\\b", "a.json", "nul", "a\n", "ä", "x" * 200, "-a"]


@pytest.mark.parametrize("testid", HOSTILE)
def test_a_test_id_that_is_no_token_becomes_no_file_and_removes_none(tmp_path: Path, testid: str) -> None:
    folder = StateFolder(tmp_path)
    folder.pins.set("10.0.0.5", "AA:BB")
    for act in (folder.tests.remember, folder.tests.abandon, folder.tests.forget):
        with pytest.raises(StateError, match="is no test id"):
            act(SERVER, testid)
    assert folder.pins.get("10.0.0.5") == "AA:BB"
    assert not folder.tests.may_still_load(testid)


@pytest.mark.parametrize(
    "note",
    [
        {"server": SERVER, "testid": "../certificate-pins"},
        {"server": SERVER, "testid": "another"},
        {"server": SERVER, "testid": ["id-5"]},
        {"server": "file:///etc/passwd", "testid": "id-5"},
        {"testid": "id-5"},
        ["id-5"],
        None,
    ],
)
def test_a_file_that_is_no_note_of_ours_is_left_alone(tmp_path: Path, note: object) -> None:
    file = tmp_path / "tests" / "id-5.json"
    file.parent.mkdir()
    file.write_text(json.dumps(note), encoding="utf-8")
    tests = StateFolder(tmp_path).tests
    assert tests.orphans(SERVER) == tests.servers() == []
    assert file.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 5000])
def test_a_note_that_cannot_be_read_hides_no_other(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "broken.json").write_bytes(content)
    (tmp_path / "tests" / "folder.json").mkdir()
    StateFolder(tmp_path).tests.abandon(SERVER, "id-6")
    assert StateFolder(tmp_path).tests.orphans(SERVER) == ["id-6"]


def test_a_note_of_todays_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    written = {"server": SERVER, "testid": "8a5d9c1e-4b02-4d35-9f3f-2f5b6f0f0a11"}
    note = json.dumps(written, indent=1)
    (tmp_path / "tests" / f"{written['testid']}.json").write_text(note, encoding="utf-8")
    (tmp_path / "tests" / f"{written['testid']}.lock").write_text("", encoding="utf-8")
    assert StateFolder(tmp_path).tests.orphans(SERVER) == [written["testid"]]
