"""The values last sent to each object, and how it stores them, where a process that is killed cannot lose them.

A file of rows of fixed size, each written whole at every change, without syncing, by calls that raise. A row has a
checksum, as files can be cut, zeroed or mixed up, and lies within one page, so that not even a process that dies in the
middle of a write leaves half of one. It also tells how long the journal was then: what is shorter now has lost lines.
Rows that files of version 1 have are 64 bare doubles.
"""

from __future__ import annotations

import contextlib
import logging
import math
import struct
import threading
import zlib
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import fields
from operator import attrgetter
from pathlib import Path

from ledger.storage import Storage
from ledger.watched import KEPT_VALUES, Remembered
from utils.state_folder import StateError
from utils.values import PointValue, kept_number

log = logging.getLogger(__name__)

_VALUES = struct.Struct(f"<{KEPT_VALUES}d")
_STORAGE = struct.Struct("<q6d")
_HEAD = struct.Struct("<4sIII")
"""Magic, checksum of everything behind it, number of the row, number of values."""
_UNUSED = (math.nan,) * KEPT_VALUES
_MAGIC = b"SENT"
_CHECKED_FROM = 8
_JOURNAL = struct.Struct("<Q")
_NOBODY = 0xFFFF_FFFF
"""The number of a row that is no object's, and tells only how long the journal is."""
_ROW_BYTES = 1024
_JOURNAL_AT = _HEAD.size + _STORAGE.size + _VALUES.size
_PADDING = b"\0" * (_ROW_BYTES - _JOURNAL_AT - _JOURNAL.size)
_numbers = attrgetter(*(field.name for field in fields(Storage)))


class SentValues:
    """A new file of rows, one per key. Used by several threads.

    While the disk takes no more, the file tells at most how long the journal is; every value that is noted tries anew.
    """

    def __init__(self, file: Path) -> None:
        self.journal_bytes = 0
        """How much of the journal is on disk; every row that is written from here on tells of it."""
        self._file = file
        self._stream = file.open("w+b", buffering=0)
        self._rows: dict[Hashable, int] = {}
        self._packed: list[bytes] = []
        """All rows as they are on disk, or about to be."""
        self._values: dict[Hashable, deque[float]] = {}
        """As :func:`kept_number` has them."""
        self._storage: dict[Hashable, Storage] = {}
        self._guard = threading.Lock()
        self._is_open = True
        self._has_ended = False
        self._failure: StateError | None = None

    def row(self, key: Hashable) -> int:
        """The number of the key's row; a new one is on disk already. Raises OSError where there is no room."""
        with self._guard:
            if key not in self._rows:
                number = len(self._rows)
                empty = _packed(number, (), Storage(), self.journal_bytes)
                if self._is_open:
                    self._put(number, empty)
                self._packed.append(empty)
                self._rows[key] = number
                self._values[key], self._storage[key] = deque(maxlen=KEPT_VALUES), Storage()
            return self._rows[key]

    def note(self, values: Mapping[Hashable, PointValue]) -> None:
        """Remember values, each in place of its oldest; one of a key without a row is forgotten.

        Raises :class:`StateError` where the disk does not take them and the file cannot be taken away either: then
        nothing may be sent, as a value that is not known is not recognised after a crash.
        """
        with self._guard:
            known = {key: value for key, value in values.items() if key in self._rows}
            for key, value in known.items():
                self._values[key].append(kept_number(value))
            self._write(known)

    def note_storage(self, key: Hashable, storage: Storage) -> None:
        """Remember how the object stores; what is more than the first knowledge goes to disk with its next value.

        Raises like :meth:`note`.
        """
        with self._guard:
            if key not in self._rows:
                return
            is_first = not self._storage[key].is_known
            self._storage[key] = storage
            if is_first:
                self._write([key])

    def close(self) -> None:
        """Nothing more will be noted."""
        with self._guard:
            self._is_open, self._has_ended = False, True
            self._stream.close()

    def _write(self, keys: Iterable[Hashable]) -> None:
        """One call of the system for all of them: each lets other threads in, and waits for its turn again."""
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        numbers = []
        for key in keys:
            number = self._rows[key]
            self._packed[number] = _packed(number, self._values[key], self._storage[key], self.journal_bytes)
            numbers.append(number)
        if self._has_ended or not numbers:
            return
        first = min(numbers)
        try:
            if self._is_open:
                self._put(first, b"".join(self._packed[first : max(numbers) + 1]))
            else:
                self._begin_again()
        except OSError as error:
            self._give_up(error)

    def _begin_again(self) -> None:
        """The disk may have room again: then everything that is known goes there. Raises OSError."""
        self._stream = self._file.open("r+b" if self._file.exists() else "w+b", buffering=0)
        self._put(1, b"".join(self._packed[1:]))
        self._put(0, self._packed[0])  # last: until all is there, the length stands in its place
        self._is_open = True
        log.info("%s: the values that are sent can be kept again", self._file)

    def _put(self, number: int, rows: bytes) -> None:
        self._stream.seek(number * _ROW_BYTES)
        if self._stream.write(rows) != len(rows):
            raise OSError(f"{self._file} took a part of its rows only")

    def _give_up(self, error: OSError) -> None:
        """Without values, what is found is judged as after a power cut; with old ones, wrongly."""
        if self._is_open:
            log.warning("%s: the values that are sent cannot be kept for now (%s)", self._file, error)
        self._is_open = False
        if self._stream.closed:
            return  # it could not even be opened again, and is as it was left
        is_emptied = self._has_kept_length_only()
        with contextlib.suppress(OSError):
            self._stream.close()
        try:
            if not is_emptied and self._file.exists():
                self._file.unlink()
        except OSError:
            self._failure = StateError(f"cannot keep the values that are sent ({error}); nothing more is sent")
            raise self._failure from error

    def _has_kept_length_only(self) -> bool:
        """All rows make way for one, which is there before the others go: we may be killed at any moment."""
        try:
            self._put(0, _packed(_NOBODY, (), Storage(), self.journal_bytes))
            self._stream.truncate(_ROW_BYTES)
        except OSError:
            return False
        return True


def row_in(file: Path, number: int, version: int) -> Remembered | None:
    """What a row remembers; None where the file does not tell, or tells it damaged."""
    size = _ROW_BYTES if version > 1 else _VALUES.size
    try:
        with file.open("rb") as stream:
            stream.seek(number * size)
            raw = stream.read(size)
    except OSError:
        return None
    if len(raw) < size:
        return None
    return _unpacked(raw, number) if version > 1 else _of_version_1(raw)


def journal_bytes_in(file: Path) -> int:
    """How long the journal has been at least, as far as the file tells."""
    try:
        raw = file.read_bytes()
    except OSError:
        return 0
    rows = (raw[at : at + _ROW_BYTES] for at in range(0, len(raw) - _ROW_BYTES + 1, _ROW_BYTES))
    told = (
        _JOURNAL.unpack_from(row, _JOURNAL_AT)[0]
        for number, row in enumerate(rows)
        if _is_whole(row, number) or _is_whole(row, _NOBODY)
    )
    return max(told, default=0)


def _packed(number: int, values: Collection[float], storage: Storage, journal_bytes: int) -> bytes:
    ring = (*values, *_UNUSED[len(values) :])
    body = _STORAGE.pack(*_numbers(storage)) + _VALUES.pack(*ring) + _JOURNAL.pack(journal_bytes) + _PADDING
    counted = struct.pack("<II", number, len(values)) + body
    return _MAGIC + struct.pack("<I", zlib.crc32(counted)) + counted


def _is_whole(raw: bytes, number: int) -> bool:
    magic, checksum, told, _ = _HEAD.unpack_from(raw)
    return bool(magic == _MAGIC and told == number and zlib.crc32(raw[_CHECKED_FROM:]) == checksum)


def _unpacked(raw: bytes, number: int) -> Remembered | None:
    if not _is_whole(raw, number):
        return None
    count = _HEAD.unpack_from(raw)[-1]
    storage = Storage(*_STORAGE.unpack_from(raw, _HEAD.size))
    values = _VALUES.unpack_from(raw, _HEAD.size + _STORAGE.size)
    return Remembered(values[:count], storage)


def _of_version_1(raw: bytes) -> Remembered | None:
    """Rows had no checksum; a whole one is never all the same number, as a value is not noted twice running."""
    values = tuple(value for value in _VALUES.unpack(raw) if not math.isnan(value))
    is_zeroed = len(values) == KEPT_VALUES and len(set(values)) == 1
    return None if is_zeroed else Remembered(values)
