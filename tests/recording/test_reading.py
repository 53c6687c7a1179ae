"""A file that is no recording, or none that can be read: one line that names it, and nothing else."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from recording import GOOD, EventKind, RecordedStep, Recorder, Signal, open_run
from tests.recording.samples import SIGNALS, folder, step
from utils.clocks import ModelSeconds, UnixSeconds
from utils.errors import ConfigError


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A recording of some length."""
    with closing(Recorder(folder(tmp_path), "bridge")) as recorder:
        recorder.stream("bridge", SIGNALS)
        for number in range(2000):
            recorder.step("bridge", step(number, float(number), True))
    return folder(tmp_path).part(recorder.name, 1)


def _cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def _of_another_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as base:
        base.execute("PRAGMA user_version = 99")


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


def _text(file: Path) -> None:
    file.write_text("step,value\n" * 200)


def _of_somebody_else(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as base:
        base.execute("CREATE TABLE part (run TEXT)")


def _with_a_strange_step(file: Path) -> None:
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("UPDATE steps SET \"values\" = x'00' WHERE number = 7")


def _with_a_short_step(file: Path) -> None:
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("UPDATE steps SET \"values\" = x'0000000000000000' WHERE number = 7")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            _cut,
            "cannot be read as a recording: database disk image is malformed; it was cut or is damaged: copy it again",
        ),
        (_of_another_version, "recorded in format 99, and this version of the bench reads format 1"),
        (_emptied, "this is no recording of the bench"),
        (_text, "cannot be read as a recording"),
        (_of_somebody_else, "this is no recording of the bench"),
        (_with_a_strange_step, "cannot be read as a recording"),
        (_with_a_short_step, "cannot be read as a recording: a step has not a value per signal"),
        (Path.unlink, "there is no such recording"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(recorded: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(recorded)
    with pytest.raises(ConfigError) as told, open_run(recorded) as run:
        list(run.streams["bridge"].steps())
    (problem,) = told.value.problems
    assert problem.where == str(recorded)
    assert problem.what.startswith(words)


def test_a_recording_that_was_renamed_is_read(recorded: Path) -> None:
    renamed = recorded.rename(recorded.with_name("monday.run"))
    with open_run(renamed) as run:
        assert len(run.streams["bridge"].column(SIGNALS[0].title)) == 2000


def test_a_part_of_another_run_under_its_name_is_refused(recorded: Path, tmp_path: Path) -> None:
    with closing(Recorder(folder(tmp_path / "other"), "bridge")) as other:
        other.stream("bridge", SIGNALS)
    folder(tmp_path / "other").part(other.name, 1).rename(folder(tmp_path).part(recorded.stem, 2))
    with pytest.raises(ConfigError, match="is of another recording"):
        open_run(recorded)


def test_columns_are_read_one_by_one_or_all_at_once(recorded: Path) -> None:
    with open_run(recorded) as run:
        stream = run.streams["bridge"]
        together = stream.columns()
        assert list(together) == [signal.title for signal in SIGNALS]
        for title, values in together.items():
            assert values == stream.column(title)
        assert list(together[SIGNALS[0].title])[:3] == [0.0, 1.0, 2.0]
        with pytest.raises(KeyError):
            stream.column("AHU.RoomTemp")


def test_a_column_of_a_damaged_step_is_refused_as_the_step_is(recorded: Path) -> None:
    _with_a_short_step(recorded)
    with open_run(recorded) as run:
        for read in (run.streams["bridge"].columns, lambda: run.streams["bridge"].column(SIGNALS[0].title)):
            with pytest.raises(ConfigError, match="a step has not a value per signal"):
                read()


def test_pandas_gets_a_row_per_step(recorded: Path) -> None:
    pytest.importorskip("pandas")
    with open_run(recorded) as run:
        frame = run.streams["bridge"].to_pandas()
    assert frame.shape == (2000, 8)
    assert str(frame["local_time"][1]) == "2023-07-06 05:30:01"
    assert frame[SIGNALS[0].title].sum() == sum(range(2000))


def test_without_pandas_the_way_to_it_is_said(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with open_run(recorded) as run, pytest.raises(ConfigError, match=r"pandas: is not installed: pip install -r"):
        run.streams["bridge"].to_pandas()


def test_a_part_that_is_missing_in_the_middle_is_said_where_it_was(recorded: Path) -> None:
    third = recorded.with_name(f"{recorded.stem}.3.run")
    third.write_bytes(recorded.read_bytes())
    with closing(sqlite3.connect(third)) as base, base:
        base.execute("UPDATE part SET number = 3")
    with open_run(recorded) as run:
        assert run.missing == (2,)
        assert [(event.kind, event.words) for event in run.events()] == [
            (EventKind.GAP, "1 part(s) are missing before this")
        ]
        assert run.steps == 3999


def test_half_a_batch_that_a_killed_process_has_left_is_rolled_back(recorded: Path) -> None:
    """Where no write-ahead log can be had: the file as it is on disk in the middle of a transaction."""
    with closing(sqlite3.connect(recorded, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = TRUNCATE")
        base.execute("PRAGMA cache_size = 1")
        base.execute("BEGIN IMMEDIATE")
        base.execute("UPDATE steps SET wall_s = 0")
        killed = recorded.with_name("killed.run")
        for suffix in ("", "-journal"):
            killed.with_name(killed.name + suffix).write_bytes(Path(f"{recorded}{suffix}").read_bytes())
        base.execute("ROLLBACK")
    with open_run(killed) as run:
        assert all(step.wall_s > 0 for step in run.streams["bridge"].steps())


def test_one_that_was_killed_between_two_parts_has_no_end(recorded: Path) -> None:
    with closing(sqlite3.connect(recorded)) as base, base:
        base.execute("UPDATE part SET ending = 'goes on in the next part'")
    with open_run(recorded) as run:
        assert (run.ended_s, run.ending) == (None, None)


def test_a_stretch_of_an_episode_is_found_without_reading_the_rest(tmp_path: Path) -> None:
    recorder = Recorder(folder(tmp_path), "bridge")
    for name in ("bridge", "program"):
        recorder.stream(name, [Signal("a")])
    for row in range(200):
        for name, value in (("program", -1.0), ("bridge", float(row))):
            moment = ModelSeconds(5.0 * (row % 100))
            recorder.step(
                name, RecordedStep(row % 100, moment, UnixSeconds(row), [value], bytes([GOOD]), episode=row // 100)
            )
    recorder.close()
    file = folder(tmp_path).part(recorder.name, 1)
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("UPDATE steps SET \"values\" = x'00' WHERE episode = 0 OR number NOT BETWEEN 10 AND 20")
    with open_run(file) as run:
        stream = run.streams["bridge"]
        with pytest.raises(ConfigError):
            list(stream.steps())
        assert [step.values[0] for step in stream.between(1, 50.0, 100.0)] == [float(row) for row in range(110, 121)]
        assert [step.number for step in stream.between(1, 52.0, 61.0)] == [11, 12]
        assert list(stream.between(1, 501.0, 1e9)) == list(stream.between(2, 0.0, 1e9)) == []


def test_the_newest_step_is_that_of_the_last_part_that_has_one(tmp_path: Path) -> None:
    recorder = Recorder(folder(tmp_path), "bridge")
    recorder.stream("bridge", [Signal("a")])
    recorder.close()
    with open_run(folder(tmp_path).part(recorder.name, 1)) as run:
        assert run.streams["bridge"].newest() is None
