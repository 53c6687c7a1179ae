"""Text that others have written (names, answers, reasons), made fit for a line of a screen, a log or a receipt."""

from __future__ import annotations


def printable(text: object) -> str:
    """The text in one line: white space as spaces, and whatever else a screen would act on rather than show escaped.

    Markup is not touched: who prints to rich's console passes a ``Text``, or ``markup=False``.
    """
    line = str(text)
    return line if line.isprintable() else "".join(map(_shown, line))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")
