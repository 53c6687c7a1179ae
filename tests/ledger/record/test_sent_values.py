"""The values last sent: all of the last ones, none of the older ones, and a process that is killed loses nothing."""

from __future__ import annotations

import io
import math
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.record.sent_values import SentValues, journal_bytes_in, row_in
from ledger.storage import Storage
from ledger.watched import KEPT_VALUES, Remembered
from utils.state_folder import StateError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "values.sent"


@pytest.fixture
def sent(file: Path) -> Iterator[SentValues]:
    with closing(SentValues(file)) as values:
        yield values


def values_in(file: Path, row: int) -> tuple[float, ...] | None:
    remembered = row_in(file, row, version=2)
    return None if remembered is None else remembered.values


def test_each_key_has_a_row_of_its_own(file: Path, sent: SentValues) -> None:
    rows = [sent.row("a"), sent.row("b")]
    sent.note({"a": 1.5})
    sent.note({"b": True})
    assert [values_in(file, row) for row in rows] == [(1.5,), (1.0,)]


def test_values_of_several_objects_are_one_write_that_leaves_those_between_alone(file: Path, sent: SentValues) -> None:
    rows = [sent.row(key) for key in "abc"]
    sent.note({"b": 2.5})
    sent.note({"a": 1.5, "c": 3.5, "somebody": 4.5})
    assert [values_in(file, row) for row in rows] == [(1.5,), (2.5,), (3.5,)]


def test_a_row_that_comes_later_leaves_the_others_alone(file: Path, sent: SentValues) -> None:
    first = sent.row("a")
    sent.note({"a": 1.5})
    later = sent.row("b")
    sent.note({"a": 2.5})
    assert (sent.row("a"), values_in(file, first), values_in(file, later)) == (first, (1.5, 2.5), ())


def test_only_the_last_values_are_kept_in_their_order(file: Path, sent: SentValues) -> None:
    row = sent.row("a")
    for value in range(3 * KEPT_VALUES + 5):
        sent.note({"a": value})
    assert values_in(file, row) == tuple(range(2 * KEPT_VALUES + 5, 3 * KEPT_VALUES + 5))


def test_how_an_object_stores_is_kept_with_its_values(file: Path, sent: SentValues) -> None:
    row, storage = sent.row("a"), Storage(steps=3, low=1.0, high=2.5, maximum=30.0)
    sent.note({"a": 2.5})
    sent.note_storage("a", storage)
    assert row_in(file, row, version=2) == Remembered((2.5,), storage)
    more = replace(storage, high=2.75)
    sent.note_storage("a", more)
    sent.note({"a": 2.75})
    assert row_in(file, row, version=2) == Remembered((2.5, 2.75), more)


def test_what_has_no_row_and_what_comes_after_the_end_is_forgotten(file: Path, sent: SentValues) -> None:
    row = sent.row("a")
    sent.note({"somebody": 1.5})
    sent.close()
    sent.note({"a": 1.5})
    assert values_in(file, row) == ()


class TestDamage:
    """A row that is not whole says nothing: that is not the same as that nothing was sent."""

    @pytest.fixture
    def raw(self, file: Path, sent: SentValues) -> bytes:
        for key in ("a", "b"):
            sent.row(key)
            sent.note({key: 1.5})
        return file.read_bytes()

    def told(self, tmp_path: Path, raw: bytes) -> list[tuple[float, ...] | None]:
        (tmp_path / "copy").write_bytes(raw)
        return [values_in(tmp_path / "copy", row) for row in (0, 1)]

    def test_a_file_that_was_cut_tells_its_whole_rows(self, tmp_path: Path, raw: bytes) -> None:
        assert self.told(tmp_path, raw[:-1]) == [(1.5,), None]
        assert self.told(tmp_path, b"") == [None, None]

    def test_a_file_that_is_gone_tells_nothing(self, tmp_path: Path) -> None:
        assert values_in(tmp_path / "absent", 0) is None

    def test_rows_of_zeros_tell_nothing(self, tmp_path: Path, raw: bytes) -> None:
        assert self.told(tmp_path, bytes(len(raw))) == [None, None]

    def test_a_row_at_anothers_place_tells_nothing(self, tmp_path: Path, raw: bytes) -> None:
        half = len(raw) // 2
        assert self.told(tmp_path, raw[half:] + raw[:half]) == [None, None]

    @pytest.mark.parametrize("place", range(0, 1024, 41))
    def test_a_flipped_bit_is_noticed_wherever_it_is(self, tmp_path: Path, raw: bytes, place: int) -> None:
        flipped = bytearray(raw)
        flipped[place] ^= 16
        assert self.told(tmp_path, bytes(flipped))[0] is None

    def test_rows_of_version_1_are_read_unless_they_are_cut_or_zeroed(self, tmp_path: Path) -> None:
        file = tmp_path / "old"
        row = struct.pack(f"<{KEPT_VALUES}d", 20.5, 21.25, *[math.nan] * (KEPT_VALUES - 2))
        file.write_bytes(row + bytes(len(row)) + row[:-8])
        told = [row_in(file, number, version=1) for number in range(3)]
        assert told == [Remembered((20.5, 21.25)), None, None]


class _Refusing(io.FileIO):
    """A disk that takes no more, or half of it."""

    takes = 1 << 20

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        return super().write(bytes(data)[: self.takes])


def _no_room(_sent: SentValues, _number: int, _rows: bytes) -> None:
    raise OSError(28, "No space left on device")


def _half(put: Callable[..., None], file: Path, known: list[int]) -> Callable[..., None]:
    """A disk that takes one row, and half of several; ``known`` is what the file tells before and after."""

    def halved(sent: SentValues, number: int, rows: bytes) -> None:
        is_one = len(rows) <= 1024
        known.append(journal_bytes_in(file))
        put(sent, number, rows if is_one else rows[: len(rows) // 2])
        known.append(journal_bytes_in(file))
        if not is_one:
            raise OSError(28, "No space left on device")

    return halved


class TestADiskThatTakesNoMore:
    @pytest.fixture
    def refusing(self, sent: SentValues, file: Path, monkeypatch: pytest.MonkeyPatch) -> _Refusing:
        sent.row("a")
        stream = _Refusing(file, "r+b")
        monkeypatch.setattr(sent, "_stream", stream)
        return stream

    def test_values_that_cannot_be_kept_are_lost_as_a_whole_rather_than_out_of_date(
        self, file: Path, sent: SentValues, refusing: _Refusing
    ) -> None:
        refusing.takes = 100
        sent.note({"a": 1.5})
        assert not file.exists()

    def test_how_long_the_journal_is_stays_known_where_there_is_room_for_that(
        self, file: Path, sent: SentValues, refusing: _Refusing
    ) -> None:
        sent.row("b")
        sent.journal_bytes = 4711
        refusing.takes = file.stat().st_size // 2
        sent.note({"a": 1.5, "b": 7.5})
        assert journal_bytes_in(file) == 4711
        assert [row_in(file, number, version=2) for number in range(2)] == [None, None]

    def test_the_length_is_known_at_every_moment_of_a_disk_that_stays_full(
        self, file: Path, sent: SentValues, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed between any two calls of the system, it would be found so."""
        for key in "abc":
            sent.row(key)
        sent.journal_bytes = 4711
        sent.note({"c": 7.5})
        known: list[int] = []
        monkeypatch.setattr(SentValues, "_put", _half(SentValues._put, file, known))
        for value in (1.5, 2.5, 3.5):
            sent.note({"a": value, "b": value})
            known.append(journal_bytes_in(file))
        assert len(known) > 6
        assert set(known) == {4711}
        assert row_in(file, 1, version=2) is None

    def test_with_room_again_everything_is_kept_again_and_how_long_the_journal_is(
        self, file: Path, sent: SentValues, refusing: _Refusing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent.row("b")
        sent.note({"b": 7.5})
        refusing.takes = 100
        sent.note({"a": 1.5})
        with monkeypatch.context() as still_full:
            still_full.setattr(SentValues, "_put", _no_room)
            sent.note({"a": 2.5})
            sent.row("c")
            assert not file.exists()
        sent.journal_bytes = 4711
        sent.note({"a": 3.5})
        assert [values_in(file, number) for number in range(3)] == [(1.5, 2.5, 3.5), (7.5,), ()]
        assert journal_bytes_in(file) == 4711
        sent.close()
        file.unlink()
        sent.note({"a": 4.5})
        assert not file.exists()

    def test_where_the_file_cannot_even_be_taken_away_nothing_may_be_sent(
        self, sent: SentValues, refusing: _Refusing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read_only(_path: Path, missing_ok: bool = False) -> None:
            raise OSError(30, "Read-only file system")

        refusing.takes = 0
        monkeypatch.setattr(Path, "unlink", read_only)
        with pytest.raises(StateError, match="nothing more is sent"):
            sent.note({"a": 1.5})
        with pytest.raises(StateError, match="nothing more is sent"):
            sent.note({"a": 2.5})


def test_a_process_that_is_killed_loses_nothing(file: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ledger.record.sent_values import SentValues\n"
        "sent = SentValues(Path(sys.argv[1])); sent.row('a'); sent.note({'a': 1.5})\n"
        "print('noted', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", script, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as child:  # noqa: S603
        assert child.stdout is not None
        child.stdout.readline()
        child.kill()
    assert values_in(file, 0) == (1.5,)
