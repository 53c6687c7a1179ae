"""The file of a state: a line that says what it is, JSON, the stored samples as they lie in memory, a check sum."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from struct import Struct
from zlib import crc32

from emulators.states.errors import ForeignStateError, SavedStateError

_MAGIC = b"building-bench state "
_VERSION = 1
"""Of the file. What is in it has a version of its own: that of the building."""
_LENGTHS = Struct("<QQ")
_CHECK = Struct("<I")
_CELL_BYTES = 8


@dataclass(frozen=True, slots=True)
class StateFile:
    """``document`` is JSON; ``samples`` are stored numbers, 8 bytes each."""

    document: Mapping[str, object]
    samples: array[float]

    def packed(self) -> bytes:
        """The bytes of the file: little-endian, whatever computer this is."""
        text = json.dumps(_finite(self.document), allow_nan=False, separators=(",", ":")).encode()
        cells = _little_endian(self.samples)
        head = b"%s%d\n%s" % (_MAGIC, _VERSION, _LENGTHS.pack(len(text), len(cells)))
        check = crc32(cells, crc32(text, crc32(head)))
        return b"".join((head, text, memoryview(cells).cast("B"), _CHECK.pack(check)))

    @classmethod
    def unpacked(cls, packed: bytes) -> StateFile:
        """Read a file. Raises SavedStateError for what is not one, is of another version, or is not whole."""
        version, rest = _first_line(packed)
        if version != _VERSION:
            raise ForeignStateError(f"the state file is of version {version}; this bench reads version {_VERSION}")
        if len(rest) < _LENGTHS.size + _CHECK.size:
            raise SavedStateError("the state file is cut short")
        text_bytes, cells = _LENGTHS.unpack_from(rest)
        begin, end = _LENGTHS.size, len(rest) - _CHECK.size
        if cells > len(rest) or begin + text_bytes + cells * _CELL_BYTES != end:
            raise SavedStateError("the state file is cut short, or something follows it")
        if crc32(memoryview(packed)[: -_CHECK.size]) != _CHECK.unpack_from(rest, end)[0]:
            raise SavedStateError("the state file is damaged: its check sum does not fit")
        samples = array("d")
        samples.frombytes(rest[begin + text_bytes : end])
        return cls(_document(bytes(rest[begin : begin + text_bytes])), _little_endian(samples))


def _first_line(packed: bytes) -> tuple[int, memoryview]:
    """The version, and what follows the line. Raises SavedStateError."""
    line, newline, _ = packed[:64].partition(b"\n")
    number = line.removeprefix(_MAGIC)
    if not newline or not line.startswith(_MAGIC) or not number.isdigit():
        raise SavedStateError("this is not a state file of the bench")
    return int(number), memoryview(packed)[len(line) + 1 :]


def _document(text: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise SavedStateError("the state file is damaged: there is no JSON in it") from None
    if not isinstance(document, dict):
        raise SavedStateError("the state file holds no object")
    return document


def _refuse(name: str) -> object:
    raise ValueError(name)


def _finite(value: object) -> object:
    """JSON has no infinities: they are told as text."""
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _little_endian(cells: array[float]) -> array[float]:
    if sys.byteorder == "little":
        return cells
    swapped = array("d", cells)
    swapped.byteswap()
    return swapped
