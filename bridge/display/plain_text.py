"""Lines on the screen in which peers have their words."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from utils.text import one_line

_LONGEST = 4000
INDENT = "    "
"""Before what is left of a line that was too long."""


def plain(text: str) -> Text:
    """The text as one line that is shown as it is: markup means nothing in it, and leading blanks stay."""
    blanks = len(text) - len(text.lstrip(" "))
    return Text(" " * blanks + one_line(text, _LONGEST))


def fitted(console: Console, line: str) -> str:
    """The line; where a screen is too narrow for it, in several that break between words and never in one.

    No word is broken, however long: people copy what it names.
    """
    if not console.is_terminal or cell_len(line) <= console.width:
        return line
    first, *words = line.split(" ")
    lines = [first]
    for word in words:
        if cell_len(f"{lines[-1]} {word}") > console.width:
            lines.append(f"{INDENT}{word}")
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines)
