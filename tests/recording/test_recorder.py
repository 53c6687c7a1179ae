"""A recording as it is written: whole after any end, never in the way, and never too large."""

from __future__ import annotations

import io
import logging
import math
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bridge.display.console import print_recording
from recording import NOT_ASKED, EventKind, Recorder, RunsFolder, open_run
from recording.finding import find_run
from recording.part_file import Batch, PartFile
from recording.parts import RollingParts
from recording.runs_folder import FREE_BYTES
from tests.recording.samples import BEGAN_S, SIGNALS, folder, offline, step
from tests.waiting import eventually
from utils.clocks import HOST
from utils.errors import ConfigError

ROOT = Path(__file__).parents[2]
_CHILD = """
import sys
from pathlib import Path
from recording import Recorder
from tests.recording.samples import SIGNALS, folder, step
recorder = Recorder(folder(Path(sys.argv[1])), "bridge")
recorder.stream("bridge", SIGNALS)
for number in range(2000):
    recorder.step("bridge", step(number, number / 7, True))
print(recorder.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _write_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recording.recorder._WRITE_PERIOD_S", 0.01)


def recorded(where: RunsFolder, *values: float) -> str:
    """A whole recording of one stream, and its name."""
    with closing(Recorder(where, "bridge")) as recorder:
        recorder.stream("bridge", SIGNALS)
        for number, value in enumerate(values):
            recorder.step("bridge", step(number, value, None))
    return recorder.name


def columns(where: RunsFolder, name: str) -> list[float]:
    with open_run(where.part(name, 1)) as run:
        return list(run.streams["bridge"].column(SIGNALS[0].title))


class TestWhatIsKept:
    def test_a_step_is_read_as_it_was_handed_over(self, tmp_path: Path) -> None:
        where = folder(tmp_path)
        name = recorded(where, 12.5, 13.0)
        with open_run(where.part(name, 1)) as run:
            first, second = run.streams["bridge"].steps()
            assert (run.name, run.ending, run.streams["bridge"].signals) == (name, "ended", SIGNALS)
        wanted = step(1, 13.0, None)
        assert (second.number, second.time_s, second.wall_s) == (1, wanted.time_s, wanted.wall_s)
        assert (second.local_time, second.exchange_s, second.qualities) == (
            wanted.local_time,
            wanted.exchange_s,
            wanted.qualities,
        )
        assert first.values[0] == 12.5
        assert math.isnan(first.values[1] or 0.0)

    def test_events_and_facts_are_kept_and_a_fact_that_is_said_again_replaces_the_former(self, tmp_path: Path) -> None:
        where = folder(tmp_path)
        with closing(Recorder(where, "bridge")) as recorder:
            recorder.facts({"server": "http://127.0.0.1:5000", "kpis": {}})
            recorder.event(offline(3))
            recorder.facts({"kpis": {"ener_tot": 0.5}})
        with open_run(where.part(recorder.name, 1)) as run:
            assert run.facts == {"server": "http://127.0.0.1:5000", "kpis": {"ener_tot": 0.5}}
            assert list(run.events()) == [offline(3)]

    def test_a_stream_may_begin_in_mid_run_and_each_has_its_own_signals(self, tmp_path: Path) -> None:
        where = folder(tmp_path)
        with closing(Recorder(where, "supervise")) as recorder:
            recorder.stream("one", SIGNALS[:1])
            recorder.step("one", step(0, 1.0))
            recorder.stream("two", SIGNALS[1:])
            recorder.step("two", step(0, True))
            recorder.step("one", step(1, 2.0))
        with open_run(where.part(recorder.name, 1)) as run:
            assert [list(s.column(s.signals[0].title)) for s in run.streams.values()] == [[1.0, 2.0], [1.0]]

    def test_what_nobody_asked_for_is_not_told_from_a_miss_by_its_value_alone(self, tmp_path: Path) -> None:
        where = folder(tmp_path)
        with closing(Recorder(where, "bridge")) as recorder:
            recorder.stream("bridge", SIGNALS[:1])
            recorder.step("bridge", step(0, None))
        with open_run(where.part(recorder.name, 1)) as run:
            (only,) = run.streams["bridge"].steps()
            assert only.qualities != bytes([NOT_ASKED])


class TestWhileItIsWritten:
    def test_it_can_be_read_and_the_folder_says_that_it_runs(self, tmp_path: Path) -> None:
        where = folder(tmp_path)
        with closing(Recorder(where, "bridge")) as recorder:
            recorder.stream("bridge", SIGNALS)
            recorder.step("bridge", step(0, 12.5, True))
            eventually(lambda: where.part(recorder.name, 1).exists() and columns_so_far(where, recorder.name) == [12.5])
            (run,) = where.runs()
            assert run.is_running
            with open_run(run.parts[0]) as opened:
                assert opened.ended_s is None
        (run,) = where.runs()
        assert not run.is_running
        assert [file.name for file in tmp_path.iterdir()] == [f"{recorder.name}.run"]

    def test_a_process_that_is_killed_leaves_all_but_the_last_moment(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", _CHILD, str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:  # noqa: S603
            assert child.stdout is not None
            name = child.stdout.readline().strip()
            where = folder(tmp_path)
            eventually(lambda: len(columns_so_far(where, name)) == 2000)
            child.kill()
        (run,) = where.runs()
        assert (run.name, run.is_running) == (name, False)
        with open_run(run.parts[0]) as opened:
            assert opened.ended_s is None
            assert len(opened.streams["bridge"].column(SIGNALS[0].title)) == 2000


def columns_so_far(where: RunsFolder, name: str) -> list[float]:
    try:
        return columns(where, name)
    except (ConfigError, KeyError):  # its tables are not there yet
        return []


class TestRoom:
    def test_a_long_run_goes_on_in_further_parts_which_readers_join(self, tmp_path: Path) -> None:
        where = folder(tmp_path, most_bytes=8 * 200_000)
        parts = RollingParts(where, where.new_name("bridge", HOST.wall()), HOST)
        total = write_steps(parts, 2000)
        parts.end("ended")
        (run,) = where.runs()
        assert len(run.parts) > 1
        with open_run(run.parts[-1]) as opened:
            assert [one.number for one in opened.streams["bridge"].steps()] == list(range(total))

    def test_the_oldest_ended_runs_go_first_and_then_the_oldest_parts_of_our_own(self, tmp_path: Path) -> None:
        old, young = (recorded(folder(tmp_path), 1.0) for _ in range(2))
        where = folder(tmp_path, most_bytes=8 * 200_000)
        parts = RollingParts(where, "99991231-000000-bridge-0000", HOST)
        write_steps(parts, 5000)
        parts.end("ended")
        names = {run.name: run for run in where.runs()}
        assert not {old, young} & set(names)
        mine = names["99991231-000000-bridge-0000"]
        assert not mine.parts[0].name.endswith("0000.run")
        assert sum(file.stat().st_size for file in mine.parts) <= where.most_bytes * 1.1

    def test_what_a_part_will_take_is_made_room_for_before_it_begins(self, tmp_path: Path) -> None:
        old = recorded(folder(tmp_path), 1.0)
        size = folder(tmp_path).part(old, 1).stat().st_size
        where = folder(tmp_path, most_bytes=size + 1)
        RollingParts(where, "99991231-000000-bridge-0000", HOST).end("ended")
        assert [run.name for run in where.runs()] == ["99991231-000000-bridge-0000"]

    def test_a_run_whose_oldest_part_has_gone_is_still_found(self, tmp_path: Path) -> None:
        where = folder(tmp_path)
        with closing(Recorder(where, "bridge")) as recorder:
            eventually(recorder.file.exists)
        second = recorder.file.rename(where.part(recorder.name, 2))
        assert recorder.file == second
        assert find_run(where, second.stem) == second
        told = io.StringIO()
        print_recording(Console(file=told, width=500), recorder.file)
        assert f"python main.py report {recorder.name} tells" in told.getvalue()

    def test_what_another_process_records_stays(self, tmp_path: Path) -> None:
        other = Recorder(folder(tmp_path), "bridge")
        eventually(lambda: folder(tmp_path).part(other.name, 1).exists())
        folder(tmp_path, most_bytes=1).make_room("mine")
        other.close()
        assert folder(tmp_path).part(other.name, 1).exists()

    def test_what_a_killed_process_has_only_begun_goes(self, tmp_path: Path) -> None:
        (tmp_path / "20260706-101500-bridge-0000.draft").write_text("")
        (tmp_path / "holiday.draft").write_text("")
        folder(tmp_path).make_room("mine")
        assert [file.name for file in tmp_path.iterdir()] == ["holiday.draft"]

    def test_files_that_are_not_ours_stay(self, tmp_path: Path) -> None:
        (tmp_path / "holiday.run").write_text("sun")
        folder(tmp_path, most_bytes=1).make_room("mine")
        assert (tmp_path / "holiday.run").exists()

    def test_little_is_left_on_the_disk_it_falls_silent_and_goes_on_when_there_is_more(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        free = FREE_BYTES + 1
        where = RunsFolder(tmp_path, 10**9, lambda _: free)
        parts = RollingParts(where, where.new_name("bridge", HOST.wall()), HOST)
        write_steps(parts, 1)
        free = FREE_BYTES - 1
        with caplog.at_level(logging.WARNING):
            write_steps(parts, 1, first=1, is_new=False)
            write_steps(parts, 1, first=2, is_new=False)
        assert len(caplog.records) == 1
        free = FREE_BYTES + 1
        write_steps(parts, 1, first=3, is_new=False)
        parts.end("ended")
        (run,) = where.runs()
        with open_run(run.parts[0]) as opened:
            assert [one.number for one in opened.streams["bridge"].steps()] == [0, 3]
            assert [event.kind for event in opened.events()] == [EventKind.GAP]

    def test_a_run_that_ends_while_little_is_left_says_that_its_end_is_missing_and_keeps_what_ran(
        self, tmp_path: Path
    ) -> None:
        free = FREE_BYTES - 1
        where = RunsFolder(tmp_path, 10**9, lambda _: free)
        parts = RollingParts(where, where.new_name("bridge", HOST.wall()), HOST)
        write_steps(parts, 1)
        parts.append(Batch({}, (), (), {"receipts": ["released"]}))
        parts.end("ended")
        (run,) = where.runs()
        with open_run(run.parts[0]) as opened:
            assert [event.kind for event in opened.events()] == [EventKind.GAP]
            assert opened.facts == {"receipts": ["released"]}
            assert opened.ending == "ended"


def write_steps(parts: RollingParts, count: int, first: int = 0, *, is_new: bool = True) -> int:
    for number in range(first, first + count):
        streams = {"bridge": SIGNALS} if is_new and number == first else {}
        parts.append(Batch(streams, [("bridge", step(number, float(number), True))], (), {}))
    return count


class TestFaults:
    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(ConfigError, match=r"BRIDGE_RUNS_DIR.*cannot be made"):
            Recorder(folder(tmp_path / "file" / "runs"), "bridge")

    def test_a_disk_that_fails_in_mid_run_ends_the_recording_with_one_message_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        where = folder(tmp_path)
        recorder = Recorder(where, "bridge")
        recorder.stream("bridge", SIGNALS)
        recorder.step("bridge", step(0, 1.0, True))
        eventually(lambda: columns_so_far(where, recorder.name) == [1.0])

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr("recording.part_file.PartFile.append", full)
        with caplog.at_level(logging.WARNING):
            for number in range(1, 4):
                recorder.step("bridge", step(number, 2.0, True))
            eventually(lambda: bool(caplog.records))
            recorder.step("bridge", step(5, 2.0, True))
            recorder.close()
        assert [record.getMessage() for record in caplog.records] == [
            "the recording ends here, the run goes on: database or disk is full"
        ]
        assert columns(where, recorder.name) == [1.0]

    def test_a_disk_that_hangs_keeps_nobody(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        hangs = threading.Event()
        monkeypatch.setattr("recording.part_file.PartFile.append", lambda *_: hangs.wait())
        monkeypatch.setattr("recording.recorder._LAST_WRITE_S", 0.01)
        recorder = Recorder(folder(tmp_path), "bridge")
        recorder.close()
        assert "the disk does not answer" in caplog.text
        hangs.set()

    def test_more_lines_than_a_disk_can_have_missed_are_not_kept_in_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        hangs = threading.Event()
        monkeypatch.setattr("recording.part_file.PartFile.append", lambda *_: hangs.wait())
        monkeypatch.setattr("recording.recorder._MOST_WAITING", 3)
        recorder = Recorder(folder(tmp_path), "bridge")
        for number in range(20):
            recorder.step("bridge", step(number, 1.0, True))
        assert caplog.text.count("the disk does not keep up") == 1
        hangs.set()
        recorder.close()
        with open_run(recorder.file) as opened:
            assert opened.ending is None

    @pytest.mark.skipif(sys.platform == "win32", reason="needs a way to open files without shared memory")
    def test_where_no_write_ahead_log_can_be_had_another_journal_is_kept_and_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        connect = sqlite3.connect

        def without_shared_memory(file: Path, **how: Any) -> sqlite3.Connection:  # noqa: ANN401 - as sqlite3's
            base: sqlite3.Connection = connect(f"{file.as_uri()}?vfs=unix-dotfile", uri=True, **how)
            return base

        where = folder(tmp_path)
        with monkeypatch.context() as patch, caplog.at_level(logging.INFO):
            patch.setattr(sqlite3, "connect", without_shared_memory)
            name = recorded(where, 1.0, 2.0)
        assert f"recording: {tmp_path} takes no write-ahead log; a truncate journal is kept" in caplog.text
        assert columns(where, name) == [1.0, 2.0]


def test_a_recording_that_was_removed_ends_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its file can still be written to, on most systems, and nobody would ever read it."""
    where = folder(tmp_path)
    with closing(Recorder(where, "bridge")) as recorder:
        recorder.stream("bridge", SIGNALS)
        recorder.step("bridge", step(0, 12.5, None))
        eventually(lambda: recorder.file.exists() and columns_so_far(where, recorder.name) == [12.5])
        for file in tmp_path.glob("*.run*"):
            file.unlink()
        recorder.step("bridge", step(1, 13.0, None))
        eventually(lambda: "the recording ends here, the run goes on" in caplog.text)
    assert "the file was removed" in caplog.text
    assert not recorder.file.exists()


def test_a_part_that_cannot_be_begun_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: PartFile, lines: Batch) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(PartFile, "append", full)
    with pytest.raises(sqlite3.OperationalError):
        PartFile(tmp_path / "20260706-093000-bridge-00ab.run", "run", 1, BEGAN_S, Batch({}, [], [], {}))
    assert list(tmp_path.iterdir()) == []
