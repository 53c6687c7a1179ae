"""What a disk does to the journal of a process that was killed, and what the journal tells no more because of it.

Reads journals as ``docs/safety.md`` describes them, with code of its own: a checksum, a space and a JSON document.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLOCK = ""
"""Stands for an object's name where a controller's clock is meant."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done to which journal, and the things (address and object) of which it does not tell any more."""

    file: Path
    hidden: frozenset[tuple[str, str]]


def damage_journal(folder: Path, kind: str, where: float) -> Damage | None:
    """Damage the newest journal in a folder at this part of its length, 0 to 1. None where there is none."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        return None
    before = _open_in(files[-1])
    _KINDS[kind](files[-1], where)
    return Damage(files[-1], frozenset(before - _open_in(files[-1])))


def _flip(file: Path, where: float) -> None:
    content = bytearray(file.read_bytes())
    bit = int(where * len(content) * 8)
    content[bit // 8] ^= 1 << (bit % 8)
    file.write_bytes(content)


def _cut(file: Path, where: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(where * len(content))])


def _zero_values(file: Path, where: float) -> None:
    values = file.with_suffix(".sent")
    if values.exists():
        values.write_bytes(bytes(values.stat().st_size))


def _halve_values(file: Path, where: float) -> None:
    values = file.with_suffix(".sent")
    if values.exists():
        _cut(values, where)


def _lose_values(file: Path, where: float) -> None:
    file.with_suffix(".sent").unlink(missing_ok=True)


_KINDS: Mapping[str, Callable[[Path, float], None]] = {
    "a bit of its journal flips": _flip,
    "its journal is cut": _cut,
    "its values sent are zeroed": _zero_values,
    "its values sent are cut": _halve_values,
    "its values sent are lost": _lose_values,
}
DAMAGES = tuple(_KINDS)


def _open_in(file: Path) -> set[tuple[str, str]]:
    """What a journal says is taken: address, of whatever protocol, and object name."""
    open_entries: dict[str, tuple[str, str]] = {}
    for line in file.read_bytes().rstrip(b"\0").split(b"\n")[:-1]:
        record = _record(line)
        if "take" in record:
            entry = record["take"]
            open_entries[json.dumps(entry)] = entry["device"].removeprefix("bacnet://"), entry.get("name", CLOCK)
        elif "back" in record:
            open_entries.pop(json.dumps(record["back"]), None)
    return set(open_entries.values())


def _record(line: bytes) -> Mapping[str, Any]:
    checksum, _, document = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(document):
        return {}
    record: Mapping[str, Any] = json.loads(document)
    return record
