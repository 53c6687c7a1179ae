"""``$select``: which members of a resource tree a GET asks for (ecy-rest-api §6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import unquote

from emulators.ecy.refusals import INVALID_REQUEST, Refusal

_KEYWORD = "$select="


@dataclass(frozen=True, slots=True)
class Item:
    """A member name, ``*`` or a prefix with a star, and what to pick inside; None picks the whole subtree."""

    pattern: str
    inner: Selection | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the pattern names one member."""
        return not self.pattern.endswith("*")

    def matches(self, name: str) -> bool:
        """Whether the pattern covers this member."""
        return name == self.pattern if self.is_exact else name.startswith(self.pattern[:-1])


Selection: TypeAlias = tuple[Item, ...]


@lru_cache(maxsize=256)
def parse_query(query: str) -> Selection | None:
    """The selection in a raw query string; None when there is none.

    Siblings are separated by commas or by ``&$select=``, at every level; percent-encoding is accepted. Other
    parameters are ignored. Raises Refusal for unbalanced parentheses and empty names.
    """
    decoded = unquote(query)
    parts = [part for part in _split(decoded, "&") if part.startswith(_KEYWORD)]
    if not parts:
        return None
    return tuple(item for part in parts for item in _items(part))


def _selection(text: str) -> Selection:
    return tuple(item for part in _split(text, "&") for item in _items(part))


def _items(part: str) -> Iterator[Item]:
    if not part.startswith(_KEYWORD):
        raise Refusal(INVALID_REQUEST, f"expected {_KEYWORD} at {part!r}")
    for text in _split(part[len(_KEYWORD) :], ","):
        yield _item(text)


def _item(text: str) -> Item:
    pattern, opened, rest = text.partition("(")
    if not pattern or "*" in pattern[:-1] or ")" in pattern:
        raise Refusal(INVALID_REQUEST, f"cannot select {text!r}")
    if not opened:
        return Item(pattern)
    if not rest.endswith(")"):
        raise Refusal(INVALID_REQUEST, f"text after the parenthesis of {pattern!r}")
    return Item(pattern, _selection(rest[:-1]))


def _split(text: str, separator: str) -> list[str]:
    parts = [""]
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth != 0:
        raise Refusal(INVALID_REQUEST, f"unbalanced parentheses in {text!r}")
    return parts
