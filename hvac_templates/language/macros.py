"""``Use``: named parts of the tree, shared by templates and files, with ``<parameters>`` put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from hvac_templates.language.text import TreeFault, entries, only, text_of

Parts: TypeAlias = Mapping[str, Any]
Node: TypeAlias = "dict[str, Node] | list[Node] | str | float | None"
"""Any data of a YAML file."""
DEFAULTS = "Defaults"


def expanded(raw: Mapping[str, Any], parts: Parts) -> Iterator[tuple[str, Node]]:
    """The (name, data) of each part that a block uses, parameters put in. Raises TreeFault."""
    uses = raw.get("Use", [])
    for use in uses if isinstance(uses, list) else [uses]:
        call = {"Part": use, "With": entries(raw, "With")} if isinstance(use, str) else use
        only(call, {"Part", "With"})
        name = text_of(call, "Part")
        yield name, _part(name, entries(call, "With"), parts)


def _part(name: str, given: Mapping[str, Any], parts: Parts) -> Node:
    if name not in parts:
        raise TreeFault(f"Use {name}: there is no such part")
    part = parts[name]
    defaults = entries(part, DEFAULTS) if isinstance(part, dict) else {}
    body = {word: value for word, value in part.items() if word != DEFAULTS} if isinstance(part, dict) else part
    return _filled(body, {**defaults, **given}, name)


def _filled(raw: Node, parameters: Mapping[str, Node], part: str) -> Node:
    if isinstance(raw, dict):
        return {str(_filled(key, parameters, part)): _filled(value, parameters, part) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_filled(value, parameters, part) for value in raw]
    return _filled_text(raw, parameters, part) if isinstance(raw, str) and "<" in raw else raw


def _filled_text(text: str, parameters: Mapping[str, Node], part: str) -> Node:
    """A text with its parameters; a text that is nothing but one parameter becomes that, whatever its form."""
    name = text[1:-1]
    if text == f"<{name}>" and name in parameters:
        return parameters[name]
    for parameter, value in parameters.items():
        if isinstance(value, (str, int, float)):
            text = text.replace(f"<{parameter}>", str(value))
    if "<" in text:
        raise TreeFault(f"Use {part}: {text} has a parameter that With does not give")
    return text
