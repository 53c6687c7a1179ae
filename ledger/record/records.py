"""The lines of a journal: what they say, how they are told whole from damaged, and what older and newer ones mean.

A line of version 2 is the checksum of a JSON document and the document; version 1 had the document alone. The first
line says the version. Only an unterminated last line, or NULs at the end after a power cut, is a cut: its controller
was never touched for it, unless the journal is known to have been longer. Any other line that cannot be read is damage,
and is counted; one that can be read but not understood comes of another version, and is counted too. Neither keeps the
others from being read.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clients.making import Credentials
from ledger.entries import Entry, TakenClock, TakenInput, TakenOutput, TakenSlot
from utils.bacnet import object_type
from utils.values import ObjectRef, OtherValue

VERSION = 2
NO_ROW = -1

Record = Mapping[str, Any]
_KINDS: Mapping[str, type[Entry]] = {kind.__name__: kind for kind in (TakenSlot, TakenInput, TakenOutput, TakenClock)}
_CHECKSUM_DIGITS = 8
_TYPES: Mapping[str, tuple[type, ...]] = {
    "device": (str,),
    "name": (str,),
    "priority": (int,),
    "before": (int, float, dict, type(None)),
    "covered": (int, float, dict, type(None)),
    "was_out_of_service": (bool,),
    "reliability": (int, type(None)),
    "time_zone": (str,),
    "ntp_enabled": (bool,),
    "listeners": (list,),
}


@dataclass(slots=True)
class Content:
    """What a journal says."""

    pid: int = 0
    boot: str = ""
    """Of which start of the computer it is; empty where that line cannot be read."""
    version: int = VERSION
    open: dict[Entry, int] = field(default_factory=dict)
    """Open entries and their rows in the file of sent values."""
    credentials: dict[str, Credentials] = field(default_factory=dict)
    damaged_lines: int = 0
    is_cut: bool = False
    """Whether the last line has no end."""
    foreign_lines: int = 0
    """Lines that another version of this program understands."""

    @property
    def is_of_the_future(self) -> bool:
        """Whether a newer version wrote it: then nothing in it may be taken for understood."""
        return self.version > VERSION


def header(pid: int, boot: str) -> Record:
    """The first line of a journal."""
    return {"version": VERSION, "pid": pid, "boot": boot}


def access(device: str, known: Credentials) -> Record:
    """How a controller is reached by whoever gives back."""
    return {"device": device, **asdict(known)}


def taken(entry: Entry, row: int) -> Record:
    """An entry is about to be taken; its values are in a row of the file of sent values."""
    return {"take": _described(entry), "row": None if row == NO_ROW else row}


def given_back(entry: Entry) -> Record:
    """An entry has been undone."""
    return {"back": _described(entry)}


def encoded(records: Iterable[Record]) -> bytes:
    """Records as they are written."""
    return b"".join(_line(json.dumps(record).encode()) for record in records)


def read(file: Path, known_bytes: int = 0) -> Content:
    """All that can be read. Where lines ended after so many bytes and do not now, some are lost. Raises OSError."""
    content = Content()
    raw = file.read_bytes()
    if known_bytes and raw[known_bytes - 1 : known_bytes] != b"\n":
        content.damaged_lines += 1
    content.is_cut = not raw.rstrip(b"\0").endswith(b"\n")
    for number, line in enumerate(_whole_lines(raw)):
        document = _document(line)
        if document is None:
            content.damaged_lines += 1
        elif not _apply(document, content, is_first=number == 0):
            content.foreign_lines += 1
    return content


def _line(document: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(document), document)


def _whole_lines(raw: bytes) -> list[bytes]:
    return raw.rstrip(b"\0").split(b"\n")[:-1]


def _document(line: bytes) -> Record | None:
    """What a line says; None where it is damaged."""
    if not line.startswith(b"{"):
        checksum, line = line[:_CHECKSUM_DIGITS], line[_CHECKSUM_DIGITS + 1 :]
        if checksum != b"%08x" % zlib.crc32(line):
            return None
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _apply(record: Record, content: Content, *, is_first: bool) -> bool:
    """Take a line into account; False where it is not understood."""
    try:
        if is_first and "pid" in record:
            content.version = int(record.get("version", 1))
            content.pid, content.boot = int(record["pid"]), str(record["boot"])
        elif "take" in record:
            row = record["row"]
            content.open[_entry(record["take"])] = NO_ROW if row is None else int(row)
        elif "back" in record:
            content.open.pop(_entry(record["back"]), None)
        else:
            known = {name: value for name, value in record.items() if name != "device"}
            content.credentials[record["device"]] = Credentials(**known)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _described(entry: Entry) -> Record:
    """Without what only some slots have, so that older versions understand all others."""
    fields = {name: _told(value) for name, value in asdict(entry).items() if name != "covered" or value is not None}
    return {"kind": type(entry).__name__, **fields}


def _told(value: Any) -> Any:  # noqa: ANN401 - anything that a field may hold
    """A field in JSON."""
    if isinstance(value, OtherValue):
        return {"text": value.text, "datatype": value.datatype, "encoded": value.encoded}
    if isinstance(value, dict):  # an object's number
        return {"object_type": value["bacnet_type"], "instance": value["instance"]}
    return value


def _entry(record: Record) -> Entry:
    """Raises KeyError, TypeError or ValueError for a kind or fields that are not known."""
    return _KINDS[record["kind"]](**dict(_fields(record)))


def _fields(record: Record) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if name == "ref":
            yield name, ObjectRef(object_type(value["object_type"]), int(value["instance"]))
        elif name != "kind":
            if not isinstance(value, _TYPES.get(name, (object,))):
                raise TypeError(name)
            yield name, _field(value)


def _field(value: Any) -> Any:  # noqa: ANN401 - as in _told
    """A field out of JSON."""
    if isinstance(value, dict):
        return OtherValue(**value)
    return tuple(map(str, value)) if isinstance(value, list) else value
