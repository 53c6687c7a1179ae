"""Lines on the screen in which peers have their words."""

from __future__ import annotations

from rich.text import Text

from utils.text import one_line

_LONGEST = 4000


def plain(text: str) -> Text:
    """The text as one line that is shown as it is: markup means nothing in it, and leading blanks stay."""
    blanks = len(text) - len(text.lstrip(" "))
    return Text(" " * blanks + one_line(text, _LONGEST))
