"""One file for several drafts that differ in a word of each point: ``for_each`` says which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from mapping.results.drafts import Content, Point

_VARIABLE = "PLACE"
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+|[^A-Za-z0-9]")


def folded(drafts: Sequence[dict[str, Content]]) -> dict[str, Content] | None:
    """One config of several; None where they differ in more than names, addresses and a word of each point."""
    first = drafts[0]
    listed = [cast(list[Point], one["points"]) for one in drafts]
    if len(drafts) < 2 or any(len(points) != len(listed[0]) for points in listed):
        return None
    entries: list[dict[str, Content]] = [{} for _ in drafts]
    content: dict[str, Content] = {}
    for key in first:
        if key != "points":
            if any(key not in one for one in drafts):
                return None
            content[key] = _as_variable(entries, key.upper(), [one[key] for one in drafts])
    points = [_folded_point(entries, list(alike)) for alike in zip(*listed, strict=True)]
    if any(point is None for point in points):
        return None
    return {"for_each": cast(Content, entries), **content, "points": cast(Content, points)}


def _as_variable(entries: Sequence[dict[str, Content]], name: str, values: Sequence[Content]) -> Content:
    if all(value == values[0] for value in values):
        return values[0]
    for entry, value in zip(entries, values, strict=True):
        entry[name] = value
    return f"${{{name}}}"


def _folded_point(entries: Sequence[dict[str, Content]], points: Sequence[Point]) -> Point | None:
    if any(point.keys() != points[0].keys() for point in points):
        return None
    made: Point = {}
    for key in points[0]:
        values = [point[key] for point in points]
        if all(value == values[0] for value in values):
            made[key] = values[0]
        elif all(isinstance(value, str) for value in values) and key.startswith("bop_"):
            template = _template(entries, [str(value) for value in values])
            if template is None:
                return None
            made[key] = template
        else:
            return None
    return made


def _template(entries: Sequence[dict[str, Content]], names: Sequence[str]) -> str | None:
    """Word by word, as ``Nor`` in ``ZonNor_TZon``: what all have in common, and a variable for the others."""
    words = [_WORD.findall(name) for name in names]
    if any(len(own) != len(words[0]) for own in words):
        return None
    columns = list(zip(*words, strict=True))
    return "".join(own[0] if len(set(own)) == 1 else f"${{{_variable(entries, own)}}}" for own in columns)


def _variable(entries: Sequence[dict[str, Content]], values: Sequence[str]) -> str:
    for name in entries[0]:
        if [entry[name] for entry in entries] == list(values):
            return name
    name = _VARIABLE if _VARIABLE not in entries[0] else f"{_VARIABLE}_{len(entries[0])}"
    for entry, value in zip(entries, values, strict=True):
        entry[name] = value
    return name
