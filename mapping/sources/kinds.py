"""Of which type a schedule's point is: by a word in one column, or by a mark in one of several."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mapping.sources.table import TableRow, filled
from utils.values import ObjectType

_KINDS: Mapping[str, ObjectType] = {
    spelling: kind
    for kind, spellings in {
        ObjectType.ANALOG_INPUT: "ai ui uai analogin ea ae",
        ObjectType.ANALOG_OUTPUT: "ao uo analogout sa aa",
        ObjectType.ANALOG_VALUE: "av",
        ObjectType.BINARY_INPUT: "bi di binaryin digitalin digitalinput en eb de be",
        ObjectType.BINARY_OUTPUT: "bo do binaryout digitalout digitaloutput sn sb da ba",
        ObjectType.BINARY_VALUE: "bv dv digitalvalue",
        ObjectType.MULTI_STATE_INPUT: "mi msi mvi",
        ObjectType.MULTI_STATE_OUTPUT: "mo mso mvo",
        ObjectType.MULTI_STATE_VALUE: "mv msv mvv",
    }.items()
    for spelling in (*spellings.split(), str(kind).casefold())
}
"""In English, French (entrée, sortie) and German (Eingang, Ausgang)."""
_HEADED = frozenset(["ai", "ao", "av", "bi", "bo", "bv", "di", "do", "dv", "ui", "uo"])
"""What heads a column of marks: EN and DE may be languages."""
_TYPE = re.compile(r"([a-z]+)[^a-z]*?(\d*)", re.IGNORECASE)
_UNMARKED = frozenset(("", "0", "-", "–", "n", "no"))


def kind_of(text: str) -> ObjectType | None:
    """The type that a word says; None where it says none."""
    found = _TYPE.match(_squeezed(text))
    return _KINDS.get(found[1].casefold()) if found is not None else None


def number_in(text: str) -> str:
    """The instance behind a type, as in ``analog-input,3``; empty where there is none."""
    squeezed = _squeezed(text)
    number = re.search(r"\d+", squeezed)
    return number[0] if number is not None and re.search(r"[:,]\d", squeezed) else ""


def marked_kinds(head: TableRow) -> Mapping[int, ObjectType]:
    """Columns that are headed by a type each, with a mark or a count in the one that a point is of."""
    kinds = {place: _KINDS[cell.casefold()] for place, cell in enumerate(head.cells) if cell.casefold() in _HEADED}
    return kinds if len(kinds) > 1 else {}


def marked(row: TableRow, kinds: Mapping[int, ObjectType]) -> list[ObjectType]:
    """The types that a row has a mark for."""
    return [kind for place, kind in kinds.items() if filled(row.cells, place).casefold() not in _UNMARKED]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_-]", "", text)
