"""One file for several equipments that are alike: ``for_each`` names what differs, ``${NAME}`` stands for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from equipment.config_json import Json, JsonDocument, JsonObject
from utils.errors import ConfigError, Problem, Problems
from utils.for_each import FOR_EACH, PLACE, Variables, filled
from utils.names import did_you_mean

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def expanded(document: JsonDocument) -> list[JsonDocument]:
    """The document of each equipment; the document itself where it is of one alone.

    A text that is nothing but ``${NAME}`` becomes what stands for it, a number or a truth too. Raises
    :class:`utils.errors.ConfigError` with every entry that is none and every name that is not told, or not used.
    """
    content = document.content
    if not isinstance(content, JsonObject) or FOR_EACH not in content:
        return [document]
    entries = list(_entries(document, content[FOR_EACH]))
    rest = content.mapped(lambda value: value, without=FOR_EACH)
    problems = Problems()
    problems.add(_misnamed(document, rest, entries))
    problems.refuse()
    return [_filled(document, rest, entry, place) for place, entry in enumerate(entries)]


def _filled(document: JsonDocument, rest: Json, entry: Variables, place: int) -> JsonDocument:
    content = _replaced(rest, entry)
    label = f"{document.file.name} ({FOR_EACH}[{place}])"
    return replace(document, content=content, text=json.dumps(content), label=label)


def _entries(document: JsonDocument, told: Json) -> Iterator[Variables]:
    """Raises :class:`ConfigError` for what is no list of objects with one value to a name."""
    if not isinstance(told, list) or not told:
        what = 'must be a list with an object for each equipment, as in [{"ZONE": "Sou"}, {"ZONE": "Eas"}]'
        raise ConfigError([Problem(document.where(FOR_EACH), what)])
    problems = Problems()
    for place, entry in enumerate(told):
        problems.add(_unfit(document, place, entry))
    problems.refuse()
    for entry in told:
        assert isinstance(entry, dict)  # noqa: S101 - looked at above
        yield {name: value for name, value in entry.items() if isinstance(value, str | int | float | bool)}


def _unfit(document: JsonDocument, place: int, entry: Json) -> Iterator[Problem]:
    if not isinstance(entry, dict):
        yield Problem(document.where(FOR_EACH, place), "must be an object in braces")
        return
    for name, value in entry.items():
        where = document.where(FOR_EACH, place, name)
        if not _NAME.fullmatch(name):
            yield Problem(where, "is not a name that can be used here: letters, digits and _")
        elif not isinstance(value, str | int | float | bool):
            yield Problem(where, "must be a text, a number, true or false")


def _misnamed(document: JsonDocument, rest: Json, entries: Sequence[Variables]) -> Iterator[Problem]:
    used = set(_names_in(rest))
    for place, entry in enumerate(entries):
        for name in sorted(used - entry.keys()):
            guess = did_you_mean(name, sorted(entry))
            yield Problem(document.where(FOR_EACH, place), f"does not say what ${{{name}}} is{guess or '; add it'}")
        for name in sorted(entry.keys() - used):
            yield Problem(document.where(FOR_EACH, place, name), f"is not used: nothing in the file is ${{{name}}}")


def _names_in(content: Json) -> Iterator[str]:
    if isinstance(content, str):
        yield from PLACE.findall(content)
    elif isinstance(content, dict):
        for value in content.values():
            yield from _names_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from _names_in(value)


def _replaced(content: Json, entry: Variables) -> Json:
    if isinstance(content, JsonObject):
        return content.mapped(lambda value: _replaced(value, entry))
    if isinstance(content, list):
        return [_replaced(value, entry) for value in content]
    return filled(content, entry) if isinstance(content, str) else content
