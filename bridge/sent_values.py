"""The values last sent to each object, where a process that is killed cannot lose them.

Rows of fixed size in a file that is mapped into memory. To note a value is a store, not a call of the system, because
it happens at every write of every step; what is stored belongs to the system, which outlives the process.
"""

from __future__ import annotations

import math
import mmap
import struct
import threading
from collections.abc import Hashable
from pathlib import Path

from bridge.ledger import KEPT_VALUES
from utils.values import PointValue

_ROW = struct.Struct(f"<{KEPT_VALUES}d")
_VALUE = struct.Struct("<d")
_EMPTY_ROW = _ROW.pack(*[math.nan] * KEPT_VALUES)


class SentValues:
    """A new file of rows, one per key. Raises OSError where the disk has no room for a row, not later."""

    def __init__(self, file: Path) -> None:
        self._stream = file.open("w+b", buffering=0)
        self._rows: dict[Hashable, int] = {}
        self._counts: dict[Hashable, int] = {}
        self._map: mmap.mmap | None = None
        self._guard = threading.Lock()

    def row(self, key: Hashable) -> int:
        """The number of the key's row; a new one is on disk before it is mapped."""
        with self._guard:
            if key not in self._rows:
                self._unmap()
                self._stream.seek(len(self._rows) * _ROW.size)
                self._stream.write(_EMPTY_ROW)
                self._rows[key], self._counts[key] = len(self._rows), 0
            return self._rows[key]

    def note(self, key: Hashable, value: PointValue) -> None:
        """Remember a value, in place of the oldest; one of a key without a row is forgotten."""
        with self._guard:
            row = self._rows.get(key)
            if row is None:
                return
            if self._map is None:
                self._map = mmap.mmap(self._stream.fileno(), 0)
            place = self._counts[key] % KEPT_VALUES
            self._counts[key] += 1
            _VALUE.pack_into(self._map, row * _ROW.size + place * _VALUE.size, float(value))

    def close(self) -> None:
        """Nothing more will be noted."""
        with self._guard:
            self._rows.clear()
            self._unmap()
            self._stream.close()

    def _unmap(self) -> None:
        if self._map is not None:
            self._map.close()
            self._map = None


def values_in(file: Path, row: int) -> list[float]:
    """The values of a row, as far as they reached the disk."""
    try:
        with file.open("rb") as stream:
            stream.seek(row * _ROW.size)
            raw = stream.read(_ROW.size)
    except OSError:
        return []
    whole = len(raw) // _VALUE.size * _VALUE.size
    return [value for (value,) in _VALUE.iter_unpack(raw[:whole]) if not math.isnan(value)]
