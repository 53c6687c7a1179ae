"""A YAML file as the document that configs are checked as: dates stay text, and no key is silently taken twice."""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, cast

import yaml

from equipment.config_json import JsonDocument
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_LARGEST_BYTES = 10_000_000
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Refused(Exception):
    """What YAML would take, and we do not."""


class _Loader(yaml.SafeLoader):
    """YAML without dates, which cells spell in their own way."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """As PyYAML does, but nothing stands for something else: ten lines could stand for a billion."""
        if self.check_event(yaml.AliasEvent):
            event = cast(Any, self).get_event()  # as PyYAML has it, without types
            raise _Refused(f"line {event.start_mark.line + 1}: *{event.anchor} stands for something else; write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """As PyYAML does, unless a key stands twice."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for place, ((key, _), name) in enumerate(zip(node.value, keys, strict=True)):
            if name in keys[:place]:
                raise _Refused(f"line {key.start_mark.line + 1}: {name!r} is written twice; keep one")
        return super().construct_mapping(node, deep=True)


def read_yaml(file: Path) -> JsonDocument:
    """Read a file. Raises :class:`ConfigError` for what is no YAML, or no mapping of names."""
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise _problem(file, f"has more than {_LARGEST_BYTES // 1_000_000} MB; a grid is a few lines")
        content = yaml.load(file.read_text(encoding="utf-8-sig"), _Loader)  # noqa: S506 - it derives from SafeLoader
    except _Refused as error:
        raise _problem(file, str(error)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1} column {mark.column + 1}: " if mark is not None else ""
        raise _problem(file, f"is not YAML: {place}{error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _problem(file, f"is not YAML: {str(error) or type(error).__name__}") from None
    except OSError as error:
        raise _problem(file, f"cannot be read: {error.strerror}{_near(file)}") from None
    if not isinstance(content, dict):
        raise _problem(file, "has no keys at its top; a campaign begins with base, grid or cells")
    return JsonDocument(file, _text(file, content), content)


def _text(file: Path, content: dict[str, Any]) -> str:
    try:
        return json.dumps(content, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise _problem(
            file, "has something that is neither text, number, list nor mapping (.inf or .nan, say)"
        ) from None


def _near(file: Path) -> str:
    others = [other.name for other in file.absolute().parent.glob("*.y*ml")]
    return did_you_mean(file.name, others)


def _problem(file: Path, what: str) -> ConfigError:
    return ConfigError([Problem(file.name, what)])
