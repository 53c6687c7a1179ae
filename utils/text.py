"""Text that others wrote: names, words of errors, headers.

Where it is told, it is shown whole (:func:`printable`); where it becomes a part of our own words, it is shortened to
what can be read of it (:func:`one_line`); and no cell of a sheet becomes a formula (:func:`no_formula`).
"""

from __future__ import annotations

_FORMULAS = ("=", "+", "-", "@", "'")


def one_line(text: str, limit: int = 400) -> str:
    """Return what a person can read of a text, in one line of at most ``limit`` characters.

    White space of any kind becomes one blank. Characters that a terminal obeys rather than shows (escape sequences,
    bidirectional marks, surrogates) are dropped, so that a peer can neither forge a line nor paint over one.
    """
    words = " ".join(text[: 8 * limit].split())
    return "".join(character for character in words if character.isprintable())[:limit]


def cut_at_a_word(text: str, limit: int) -> str:
    """The text, or as many of its words as fit with a mark that there are more."""
    return text if len(text) <= limit else f"{text[:limit].rpartition(' ')[0] or text[:limit]} …"


def placed(where: str, what: str) -> str:
    """``where: what``; a text that begins with its place already says it once."""
    return what if what.startswith(f"{where}: ") else f"{where}: {what}"


def printable(text: object) -> str:
    """The text in one line: white space as spaces, and whatever else a screen would act on rather than show escaped.

    Markup is not touched: who prints to rich's console passes a ``Text``, or ``markup=False``.
    """
    line = str(text)
    return line if line.isprintable() else "".join(map(_shown, line))


def no_formula(cell: str) -> str:
    """The text as a spreadsheet shows it and does not calculate: with an apostrophe where it would begin a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULAS) or cell.startswith(("\t", "\r")) else cell


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")
