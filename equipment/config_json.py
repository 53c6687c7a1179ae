"""From a JSON file to a checked model, with every problem placed where a person finds it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from utils.errors import ConfigError, Problem
from utils.json_text import json_fault
from utils.names import did_you_mean, nearest

ModelT = TypeVar("ModelT", bound=BaseModel)
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Keys: TypeAlias = Mapping[tuple[str, ...], Sequence[str]]
Place: TypeAlias = tuple[int | str, ...]
"""The way into a document: keys, and positions in lists."""

_DEEPEST = 50
"""Brackets within brackets. Our deepest file has seven; far more exhausts whatever reads it."""
_MOST_DIGITS = 300
_TOKEN = re.compile(r'"(?P<key>(?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)

_WHAT_IS_WANTED = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object in braces",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number, without quotes",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must not be less than {ge:g}",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number, without quotes",
    "less_than_equal": "must not be more than {le:.10g}",
    "list_type": "must be a list in square brackets",
    "missing": "is missing; add it",
    "model_type": "must be an object in braces",
    "string_too_short": "must not be empty",
    "string_type": "must be a text in quotes",
    "too_long": "must not have more than {max_length} entries",
    "too_short": "must not have less than {min_length} entries",
    "tuple_type": "must be a list in square brackets",
}
"""What pydantic's errors ask for, in the words of somebody who writes JSON."""


_UNKNOWN = "extra_forbidden"


class JsonObject(dict[str, Json]):
    """A JSON object that remembers which of its keys were written more than once."""

    repeated: tuple[str, ...] = ()

    def mapped(self, change: Callable[[Json], Json], without: str = "") -> JsonObject:
        """With other values under the same keys."""
        made = JsonObject({key: change(value) for key, value in self.items() if key != without})
        made.repeated = self.repeated
        return made


class _EndlessInteger(float):
    """A whole number with more digits than any number here can have."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON file that could be read: its text, and what the text says."""

    file: Path
    text: str
    content: Json
    label: str = ""
    """What messages call it, where that is not the file's name."""

    def items(self, key: str) -> list[Json]:
        """Return the list under a key of the top object, empty when there is none."""
        found = self.content.get(key) if isinstance(self.content, dict) else None
        return found if isinstance(found, list) else []

    def where(self, *path: int | str) -> str:
        """Return the file and a JSON path, ``AHU.json: points[3].us_unit``."""
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
        name = self.label or self.file.name
        return f"{name}: {text.lstrip('.')}" if text else name

    def line_of(self, key: str) -> int:
        """The line, from 1 on, in which a key of the top object stands. Raises KeyError where there is none."""
        depth = 0
        for token in _TOKEN.finditer(self.text):
            depth += (token[0] in "[{") - (token[0] in "]}")
            if depth == 1 and token["key"] == key:
                return self.text.count("\n", 0, token.start()) + 1
        raise KeyError(key)

    @property
    def repeated(self) -> list[Place]:
        """Where the keys are that are written twice in one object: JSON would silently take the last."""
        return [
            (*path, name)
            for path, part in _parts(self.content, ())
            if isinstance(part, JsonObject)
            for name in part.repeated
        ]

    @property
    def repeated_keys(self) -> list[Problem]:
        """The same as problems."""
        return [Problem(self.where(*place), "is written twice in the same object; keep one") for place in self.repeated]


def read_document(file: Path) -> JsonDocument:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises :class:`ConfigError` when it is not JSON, or holds what no JSON of ours can: brackets without end, or a
    number without end.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        _refuse_depth(file, text)
        document = JsonDocument(file, text, json.loads(text, object_pairs_hook=_object, parse_int=_integer))
    except json.JSONDecodeError as error:
        line, column, fault = json_fault(error)
        raise ConfigError([Problem(f"{file.name}: line {line} column {column}", f"is not JSON: {fault}")]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(file.name, f"is not UTF-8 at byte {error.start}; save it as UTF-8")]) from None
    except OSError as error:
        raise ConfigError([Problem(file.name, f"cannot be read: {error.strerror}")]) from None
    endless = [path for path, part in _parts(document.content, ()) if isinstance(part, _EndlessInteger)]
    if endless:
        what = f"is a number of more than {_MOST_DIGITS} digits"
        raise ConfigError(Problem(document.where(*path), what) for path in endless)
    return document


@dataclass(frozen=True, slots=True)
class Judged(Generic[ModelT]):
    """What became of a document: a model, or what is wrong and where."""

    model: ModelT | None
    problems: tuple[Problem, ...] = ()
    places: frozenset[Place] = frozenset()


def check(document: JsonDocument, model: type[ModelT], keys: Keys) -> ModelT:
    """Make a model of a document. ``keys`` are the known keys by place, for suggestions.

    Raises :class:`ConfigError` with every missing and unknown key, wrong type and value out of range.
    """
    checked = judge(document, model, keys)
    if checked.model is None:
        raise ConfigError(checked.problems)
    return checked.model


def judge(document: JsonDocument, model: type[ModelT], keys: Keys) -> Judged[ModelT]:
    """The same without an end: a model, or every problem with its place. A misspelt key is one, and not missing too."""
    try:
        return Judged(model.model_validate_json(document.text))
    except ValidationError as error:
        items = error.errors()
    meant = {(*_place(item)[:-1], _meant(item["loc"], keys)) for item in items if item["type"] == _UNKNOWN}
    told = [item for item in items if not item["type"].startswith("missing") or _place(item) not in meant]
    problems = tuple(Problem(document.where(*_place(item)), _what(item, keys)) for item in told)
    return Judged(None, problems, frozenset(map(_place, items)))


def check_part(part: Json, model: type[ModelT]) -> ModelT | None:
    """Make a model of a part of a document, or None when it cannot be: :func:`check` tells why."""
    try:
        return model.model_validate_json(json.dumps(part))
    except ValidationError:
        return None


def _object(pairs: list[tuple[str, Json]]) -> JsonObject:
    result = JsonObject(pairs)
    names = [name for name, _ in pairs]
    result.repeated = tuple(name for name in result if names.count(name) > 1)
    return result


def _integer(digits: str) -> int | _EndlessInteger:
    return int(digits) if len(digits) <= _MOST_DIGITS else _EndlessInteger("inf")


def _refuse_depth(file: Path, text: str) -> None:
    """Look at the brackets alone, before anything follows them down."""
    depth, key = 0, ""
    for token in _TOKEN.finditer(text):
        key = token["key"] if token["key"] is not None else key
        depth += (token[0] in "[{") - (token[0] in "]}")
        if depth > _DEEPEST:
            line, column = text.count("\n", 0, token.start()) + 1, token.start() - text.rfind("\n", 0, token.start())
            where = f"{file.name}: line {line} column {column}"
            inside = f", in {key!r}" if key else ""
            raise ConfigError([Problem(where, f"has more than {_DEEPEST} brackets within brackets{inside}")])


def _parts(content: Json, path: Place) -> Iterator[tuple[Place, Json]]:
    """The content and everything in it, with its place."""
    yield path, content
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _parts(value, (*path, name))
    elif isinstance(content, list):
        for index, item in enumerate(content):
            yield from _parts(item, (*path, index))


def _place(item: ErrorDetails) -> Place:
    return tuple(part for part in item["loc"] if part != "[key]")


def _what(item: ErrorDetails, keys: Keys) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == _UNKNOWN:
        return _unknown_key(item["loc"], keys)
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", context["expected"])
        return f"{item['input']!r} is none of {', '.join(choices)}{did_you_mean(str(item['input']), choices)}"
    if kind == "string_pattern_mismatch":
        return f"{item['input']!r} is not a name that can be used here (empty, blanks at an end or odd characters)"
    if kind in _WHAT_IS_WANTED:
        return _WHAT_IS_WANTED[kind].format(**context)
    return str(context.get("error", item["msg"]))


def _unknown_key(path: Place, keys: Keys) -> str:
    return f"is not a known key{did_you_mean(str(path[-1]), _known(path, keys)) or '; remove it'}"


def _meant(path: Place, keys: Keys) -> str | None:
    return nearest(str(path[-1]), _known(path, keys))


def _known(path: Place, keys: Keys) -> Sequence[str]:
    """The keys of the object that a key stands in."""
    return keys.get(tuple(part for part in path[:-1] if isinstance(part, str)), ())
