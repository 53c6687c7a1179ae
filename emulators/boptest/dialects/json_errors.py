"""Says what is wrong with a JSON text in the words of a JavaScript engine (V8 of Node 20).

The service answers broken JSON with that text (boptest-api §2), so that people know it from their logs.
"""

from __future__ import annotations

import json
import re

_STRING = r'"(?:[^"\\]|\\.)*"'
_CONSTANTS = re.compile(rf"{_STRING}|(NaN|-?Infinity)")
_BRACKETS = re.compile(rf"{_STRING}|([\[{{])|([\]}}])")
_CONTEXT = 10
"""How many characters of the text V8 shows on either side of an unexpected one."""

_WORDS = {
    "Expecting ':' delimiter": "Expected ':' after property name in JSON",
    "Invalid control character at": "Bad control character in string literal in JSON",
    "Invalid \\escape": "Bad escaped character in JSON",
    "Invalid \\uXXXX escape": "Bad Unicode escape in JSON",
    "Extra data": "Unexpected non-whitespace character after JSON",
}
"""Where Python and V8 find the same fault at the same place: Python's message and V8's."""


class ConstantError(Exception):
    """NaN or an infinity, which Python's reader would take."""


def constant_message(text: str) -> str:
    """What V8 says to the first NaN or infinity that stands outside a string."""
    position = next(match.start(1) for match in _CONSTANTS.finditer(text) if match[1])
    if text[position] == "-":
        return f"No number after minus sign in JSON at position {position + 1}"
    return _unexpected(text, position)


def syntax_message(text: str, error: json.JSONDecodeError) -> str:
    """What V8 says to a text that Python's reader refuses with ``error``."""
    position = _behind_comma(text, error.pos) if "trailing comma" in error.msg else error.pos
    if error.msg in _WORDS:
        return f"{_WORDS[error.msg]} at position {position}"
    if error.msg.startswith("Unterminated string"):
        return f"Unterminated string in JSON at position {len(text)}"
    if error.msg.startswith("Expecting ','"):
        return f"{_missing_comma(text[:position])} in JSON at position {position}"
    if "property name" in error.msg or "end of object" in error.msg:
        return f"{_missing_name(text[:position])} in JSON at position {position}"
    return _unexpected(text, position)


def _behind_comma(text: str, comma: int) -> int:
    """Newer Pythons point at a trailing comma, V8 at what follows it."""
    rest = text[comma + 1 :]
    return comma + 1 + len(rest) - len(rest.lstrip())


def _missing_comma(before: str) -> str:
    opened: list[str] = []
    for match in _BRACKETS.finditer(before):
        if match[1]:
            opened.append(match[1])
        elif match[2]:
            opened.pop()
    if opened[-1] == "{":
        return "Expected ',' or '}' after property value"
    return "Expected ',' or ']' after array element"


def _missing_name(before: str) -> str:
    if before.rstrip().endswith("{"):
        return "Expected property name or '}'"
    return "Expected double-quoted property name"


def _unexpected(text: str, position: int) -> str:
    if position >= len(text):
        return "Unexpected end of JSON input"
    begin, end = max(position - _CONTEXT, 0), position + _CONTEXT
    if len(text) <= 2 * _CONTEXT:
        begin, end = 0, len(text)
    left, right = "..." if begin else "", "..." if end < len(text) else ""
    return f"Unexpected token '{text[position]}', {left}\"{text[begin:end]}\"{right} is not valid JSON"
