"""What stands in an example for something that only its reader knows."""

from __future__ import annotations

_ADDRESS = "XXX.XXX.XXX.XXX"
_WORDS = frozenset({"{USERNAME}", "{PASSWORD}"})
"""Those of ``.env.example``. Other words in braces may be somebody's password."""


def is_placeholder(text: str) -> bool:
    """Whether a text is one of the examples' placeholders, or an address made with one."""
    return text.strip() in _WORDS or _ADDRESS in text
