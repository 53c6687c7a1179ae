"""The undo file: what goes in comes out, and what cannot be written is not released."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from supervisory.site_access import OccupiedSlot
from supervisory.undo_file import UndoError, UndoFile
from utils.errors import ConfigError
from utils.values import ObjectRef, ObjectType

SLOTS = (
    OccupiedSlot("ahu", ObjectRef(ObjectType.ANALOG_VALUE, 7), "Sollwert Süd", 8, 21.5),
    OccupiedSlot("ahu", ObjectRef(ObjectType.BINARY_OUTPUT, 1), "Fan", 9, True),
    OccupiedSlot("ahu", ObjectRef(ObjectType.MULTI_STATE_VALUE, 2), "Mode", 8, 3),
)


def test_what_was_noted_is_read_back_in_order(tmp_path: Path) -> None:
    undo = UndoFile(tmp_path / "new folder" / "undo.jsonl", now=lambda: 0.0)
    for slot in SLOTS:
        undo.note(slot)
    assert undo.slots() == SLOTS
    first = undo.path.read_text(encoding="utf-8").splitlines()[0]
    assert json.loads(first)["released"] == "1970-01-01T00:00:00+00:00"


def test_a_file_that_cannot_be_written_is_said_before_anything_is_released(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UndoError, match="nothing is released"):
        UndoFile(tmp_path / "file" / "undo.jsonl").note(SLOTS[0])


def test_lines_that_are_no_slots_are_all_told(tmp_path: Path) -> None:
    undo = UndoFile(tmp_path / "undo.jsonl")
    undo.note(SLOTS[0])
    with undo.path.open("a", encoding="utf-8") as file:
        file.write('{"device": "ahu"}\nnonsense\n')
    with undo.path.open("ab") as file_of_bytes:
        file_of_bytes.write(b"\xff\n" + b"[" * 100_000 + b"\n")
    with pytest.raises(ConfigError) as caught:
        undo.slots()
    assert [problem.where.rpartition(" ")[2] for problem in caught.value.problems] == ["2", "3", "4", "5"]


def test_an_absent_file_is_a_clear_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        UndoFile(tmp_path / "undo.jsonl").slots()


def test_a_line_that_was_cut_takes_no_later_one_with_it(tmp_path: Path) -> None:
    undo = UndoFile(tmp_path / "undo.jsonl")
    undo.note(SLOTS[0])
    undo.path.write_bytes(undo.path.read_bytes() + b'{"released": "20')
    undo.note(SLOTS[1])
    undo.note(SLOTS[2])
    with pytest.raises(ConfigError, match="line 2"):
        undo.slots()
    first, _, *others = undo.path.read_bytes().splitlines(keepends=True)
    undo.path.write_bytes(b"".join([first, *others]))
    assert undo.slots() == SLOTS
