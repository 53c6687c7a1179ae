"""The table of EnergyPlus 25.2 objects that ships with the expansion, so that it works without the engine.

It holds what the expansion asks of the engine's schema (2.4 MB of notes and units are left out): for every object type
its fields, their kinds, choices, bounds, defaults and references. ``python -m hvac_templates.judge.schema_table``
writes it anew from the installed engine. The short keys below are the file's own.

=====  ==================================================================================================
key    of an object type
=====  ==================================================================================================
``f``  its fields, in the order of an IDF
``n``  its name: references (``r``), type references (``k``), lists it must be on (``o``), required (``q``)
``u``  1 where a model may hold one only
``e``  the field that is an extensible list
=====  ==================================================================================================

=====  ==================================================================================================
key    of a field
=====  ==================================================================================================
``t``  kind: n(umber), i(nteger), s(tring), c(hoice), m(ixed number or text), a(rray)
``d``  default
``c``  choices
``a``  1 Autosize, 2 Autocalculate is allowed in place of a number
``l``  lower bound, ``L`` where it is excluded; ``h``, ``H`` the upper one
``q``  1 where required
``o``  lists of names that the value must be on, ``r`` lists that the value joins
``i``  fields of one item of an array
=====  ==================================================================================================
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
Places: TypeAlias = Mapping[str, list[list[str]]]
"""List of names to the places that join it: ``[type]`` for the type's names, ``[type, field]`` for a field's values."""

VERSION = "25.2"
"""EnergyPlus version of the shipped table."""
_FILE = Path(__file__).with_name("energyplus_25_2.zlib")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by object type; who joins which list of names; which types are in which list of types."""

    rows: Mapping[str, Row]
    lists: Places
    classes: Mapping[str, list[str]]


class _Rows(Mapping[str, Row]):
    """Rows that are parsed when they are asked for: a model uses a tenth of them."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines
        self._rows: dict[str, Row] = {}

    def __getitem__(self, name: str) -> Row:
        if name not in self._rows:
            self._rows[name] = json.loads(self._lines[name])
        return self._rows[name]

    def __contains__(self, name: object) -> bool:
        return name in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def load() -> Table:
    """The shipped table."""
    head, *lines = zlib.decompress(_FILE.read_bytes()).decode("utf-8").splitlines()
    index = json.loads(head)
    return Table(_Rows(dict(line.split("\t", 1) for line in lines)), index["lists"], index["classes"])


def store(table: Table) -> Path:
    """Write the shipped table and return where."""
    lines = [_compact({"lists": table.lists, "classes": table.classes})]
    lines += [f"{name}\t{_compact(row)}" for name, row in table.rows.items()]
    _FILE.write_bytes(zlib.compress("\n".join(lines).encode("utf-8"), 9))
    return _FILE


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
