"""A config that is there gets points that it does not have; nothing that stands in it is changed, not even a blank."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from equipment.config_address import device_address
from equipment.config_json import Json, JsonDocument, read_document
from equipment.config_model import Protocol
from equipment.config_template import expanded
from mapping.results.drafts import Point
from utils.bacnet import SCHEME
from utils.errors import ConfigError, Problem
from utils.for_each import FOR_EACH

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


@dataclass(frozen=True, slots=True)
class Existing:
    """What a config has tied already."""

    file: Path
    equipment: str
    device: str | None
    """The controller, as a client would call it."""
    objects: frozenset[tuple[str, str]]
    """Names and types of the controller's objects."""
    bop_points: frozenset[str]
    is_of_several: bool
    """Whether it is made with ``for_each``; such a file is left to its writer."""


def existing_configs(folder: Path) -> list[Existing]:
    """What a folder's configs have, as far as they can be read. Raises :class:`ConfigError` for one that cannot."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [one for file in files for one in _existing(read_document(file))]


def completed(text: str, points: Sequence[Point]) -> str:
    """The text of a config with these points behind those that it has. Raises ValueError where it has no list."""
    end = _end_of_points(text)
    told = text[:end].rstrip()
    begun = "" if told.endswith("[") else ","
    lines = ",\n".join(textwrap.indent(json.dumps(point, indent=2, ensure_ascii=False), "    ") for point in points)
    made = f"{told}{begun}\n{lines}\n  {text[end:]}"
    before, after = json.loads(text), json.loads(made)
    if after != {**before, "points": [*before["points"], *points]}:
        raise ValueError("cannot be completed")
    return made


def complete(existing: Existing, points: Sequence[Point]) -> None:
    """Write points into a config's file. Raises :class:`ConfigError` where it cannot be."""
    try:
        text = existing.file.read_text(encoding="utf-8")
        existing.file.write_text(completed(text, points), encoding="utf-8", newline="\n" if "\r" not in text else None)
    except (OSError, ValueError, KeyError) as error:
        what = f"cannot be completed: {error}; its points are in the CSV"
        raise ConfigError([Problem(existing.file.name, what)]) from None


def _existing(document: JsonDocument) -> Iterator[Existing]:
    is_of_several = isinstance(document.content, dict) and FOR_EACH in document.content
    for one in expanded(document):
        content = one.content if isinstance(one.content, dict) else {}
        points = [point for point in one.items("points") if isinstance(point, dict)]
        yield Existing(
            document.file,
            str(content.get("equipment_name", document.file.stem)),
            _device(content),
            frozenset((str(point.get("ecy_point")), str(point.get("object_type"))) for point in points),
            frozenset(str(point.get("bop_point")) for point in points),
            is_of_several,
        )


def _device(content: Mapping[str, Json]) -> str | None:
    text, is_bacnet = content.get("device_ip"), content.get("protocol") == Protocol.BACNET
    if not isinstance(text, str):
        return None
    try:
        address = device_address(text, is_bacnet=is_bacnet)
    except ValueError:
        return None
    return f"{SCHEME}{address}" if is_bacnet else address


def _end_of_points(text: str) -> int:
    """Where the list under ``points`` of the top object closes."""
    depth, is_next, inside = 0, False, 0
    for token in _TOKEN.finditer(text):
        told = token[0]
        if told in "[{":
            depth += 1
            inside = depth if is_next and told == "[" else inside
        elif told in "]}":
            if inside == depth:
                return token.start()
            depth -= 1
        is_next = depth == 1 and told == '"points"' and text[token.end() :].lstrip().startswith(":")
    raise ValueError("has no list of points")
