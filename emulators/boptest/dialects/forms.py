"""Forms as Express reads them: by the nested notation of the library qs (``a[]=1``, ``a[0]=1``, ``a[b]=1``).

Every value is text. A key that comes again makes a list. What is between brackets is an index or a name.
"""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import unquote

from emulators.boptest.replies import Json
from utils.errors import BridgeError

_MOST_PARAMETERS = 1000
_DEEPEST = 32
_LEAST_ARRAY_LIMIT = 100

_ESCAPED_BRACKETS = {"%5B": "[", "%5b": "[", "%5D": "]", "%5d": "]"}
_GROUP = re.compile(r"\[([^\[\]]*)\]")
_INDEX = re.compile(r"0|[1-9]\d*")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class FormError(BridgeError):
    """A form that Express refuses; the message is its own."""


class _Array:
    """An array in the making: values by index, with holes."""

    def __init__(self) -> None:
        self.at: dict[int, _Node] = {}

    def push(self, node: _Node) -> None:
        self.at[max(self.at, default=-1) + 1] = node

    def extend(self, other: _Array) -> None:
        end = max(self.at, default=-1) + 1
        self.at.update((end + index, node) for index, node in other.at.items())

    def values(self) -> list[_Node]:
        return [self.at[index] for index in sorted(self.at)]


_Node: TypeAlias = "str | bool | dict[str, _Node] | _Array"


def parse_form(text: str) -> dict[str, Json]:
    """The members of a form, each text, a list or an object. Raises FormError."""
    separators = text.count("&")
    if separators >= _MOST_PARAMETERS:
        raise FormError("too many parameters")
    for escaped, bracket in _ESCAPED_BRACKETS.items():
        text = text.replace(escaped, bracket)
    values: dict[str, _Node] = {}
    for part in text.split("&"):
        key, value = _pair(part)
        values[key] = _array(values[key], value) if key in values else value
    form: _Node = {}
    for key, node in values.items():
        if key:
            form = _merged(form, _nested(key, node, max(_LEAST_ARRAY_LIMIT, separators)))
    plain = _plain(form)
    return plain if isinstance(plain, dict) else {}


def _pair(part: str) -> tuple[str, str]:
    bracket = part.find("]=")
    position = part.find("=") if bracket < 0 else bracket + 1
    return (_decoded(part), "") if position < 0 else (_decoded(part[:position]), _decoded(part[position + 1 :]))


def _decoded(text: str) -> str:
    """Text with anything wrong in its escapes stays as it is."""
    text = text.replace("+", " ")
    try:
        return text if _NO_ESCAPE.search(text) else unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _nested(key: str, leaf: _Node, array_limit: int) -> _Node:
    """``a[b][]`` and a leaf make an object in an object with an array."""
    groups = list(_GROUP.finditer(key))
    if len(groups) > _DEEPEST:
        raise FormError("The input exceeded the depth")
    node = leaf
    for group in reversed(groups):
        node = _under(group[1], node, array_limit)
    parent = key[: groups[0].start()] if groups else key
    return _object(parent, node) if parent else node


def _under(inside: str, node: _Node, array_limit: int) -> _Node:
    if not inside:
        return _array(node)
    if _INDEX.fullmatch(inside) and int(inside) <= array_limit:
        array = _Array()
        array.at[int(inside)] = node
        return array
    return _object(inside, node)


def _object(name: str, node: _Node) -> _Node:
    return {} if name == "__proto__" else {name: node}


def _array(*nodes: _Node) -> _Array:
    """The nodes behind each other, the items of arrays among them instead of the arrays."""
    array = _Array()
    for node in nodes:
        if isinstance(node, _Array):
            array.extend(node)
        else:
            array.push(node)
    return array


def _merged(target: _Node, source: _Node) -> _Node:
    """What two keys of the same parent make together; ``target`` came first and is changed."""
    if isinstance(source, str | bool):
        return _with_text(target, source) if source else target
    if isinstance(target, str | bool):
        return _array(target, source)
    if isinstance(target, _Array) and isinstance(source, _Array):
        return _joined(target, source)
    members = _members(target)
    for name, node in _members(source).items():
        members[name] = _merged(members[name], node) if name in members else node
    return members


def _members(node: dict[str, _Node] | _Array) -> dict[str, _Node]:
    return {str(index): item for index, item in node.at.items()} if isinstance(node, _Array) else node


def _with_text(target: _Node, text: str | bool) -> _Node:
    if isinstance(target, _Array):
        target.push(text)
        return target
    if not isinstance(target, dict):
        return _array(target, text)
    target[str(text)] = True
    return target


def _joined(target: _Array, source: _Array) -> _Array:
    for index, node in source.at.items():
        there = target.at.get(index)
        if there is None:
            target.at[index] = node
        elif isinstance(there, str | bool) or isinstance(node, str | bool):
            target.push(node)
        else:
            target.at[index] = _merged(there, node)
    return target


def _plain(node: _Node) -> Json:
    if isinstance(node, _Array):
        return [_plain(item) for item in node.values()]
    return {key: _plain(item) for key, item in node.items()} if isinstance(node, dict) else node
