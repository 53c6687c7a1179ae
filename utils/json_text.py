"""What is wrong with a text that is not JSON, where the eye looks for it."""

from __future__ import annotations

import json


def json_fault(error: json.JSONDecodeError) -> tuple[int, int, str]:
    """Line, column and words. A comma with nothing behind it is named where it stands, in every Python's words."""
    text, place = error.doc, error.pos
    if text[place : place + 1] in ("}", "]"):  # where Python complains before 3.13
        place = len(text[:place].rstrip()) - 1
    behind = text[place + 1 :].lstrip()[:1]
    if text[place : place + 1] != "," or behind not in ("}", "]"):
        return error.lineno, error.colno, error.msg
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return line, column, f"there is nothing between this comma and {behind}"
