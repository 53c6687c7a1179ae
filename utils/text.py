"""Text that others wrote: names, words of errors, headers."""

from __future__ import annotations


def one_line(text: str, limit: int = 400) -> str:
    """Return what a person can read of a text, in one line of at most ``limit`` characters.

    White space of any kind becomes one blank. Characters that a terminal obeys rather than shows (escape sequences,
    bidirectional marks, surrogates) are dropped, so that a peer can neither forge a line nor paint over one.
    """
    words = " ".join(text[: 8 * limit].split())
    return "".join(character for character in words if character.isprintable())[:limit]
