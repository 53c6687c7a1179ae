"""HTML of tables and sections. Whatever is no :class:`Markup` is foreign text, and is escaped."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import TypeAlias

from utils.text import printable


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Cell: TypeAlias = "str | float | int | None"
NOTHING = "–"
FOOTNOTES = ("comfort", "CO2", "energy", "travel", "hunting")
"""In the order of their numbers."""
_LONG_WORD = 20
_LONGEST_WORD = 36
_BREAKS = re.compile(r"(?<=_)(?=\w)|(?<=[.,])(?=[^\W\d])")
"""Between the parts of a name; a number is none."""


def text(value: Cell) -> str:
    """A cell's content as HTML."""
    if isinstance(value, Markup):
        return value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    return escape(printable(str(value)))


def shown(value: float, digits: int = 1) -> str:
    """A number with so many digits behind the point, thousands apart by narrow spaces; a dash of what is unknown."""
    if not math.isfinite(value):
        return NOTHING
    rounded = round(value, digits) + 0.0  # no minus zero
    return f"{rounded:,.{digits}f}".replace(",", "\u202f")


def significant(value: float) -> str:
    """A number with four digits that matter; a dash of what is unknown."""
    return shown(value, digits_of(value))


def digits_of(value: float) -> int:
    """How many digits behind the point four that matter need."""
    if not math.isfinite(value) or value == 0.0:
        return 0
    return max(0, 3 - math.floor(math.log10(abs(value))))


def table(
    head: Sequence[Cell], rows: Iterable[Sequence[Cell]], numbers: Sequence[int] = (), caption: str = ""
) -> Markup:
    """A table; ``numbers`` are the columns that are set to the right. Without rows it is a line that says so."""
    lines = [_row(row, "td", numbers) for row in rows]
    if not lines:
        return paragraph("None.")
    told = f"<caption>{text(caption)}</caption>" if caption else ""
    top = f"<thead>{_row(head, 'th', numbers)}</thead>" if head else ""
    return Markup(f"<table>{told}{top}<tbody>{''.join(lines)}</tbody></table>")


def facts_table(rows: Iterable[tuple[str, Cell]]) -> Markup:
    """Names and what they are; those of which nothing is known are left out."""
    known = [(name, value) for name, value in rows if text(value) not in ("", NOTHING)]
    lines = (f"<tr><th scope='row'>{text(name)}</th><td>{text(value)}</td></tr>" for name, value in known)
    return Markup(f"<table class='facts'><tbody>{''.join(lines)}</tbody></table>") if known else Markup()


def paragraph(*pieces: Cell) -> Markup:
    """A paragraph of pieces."""
    return Markup(f"<p>{''.join(map(text, pieces))}</p>")


def points(lines: Iterable[Cell]) -> Markup:
    """A list of lines."""
    items = "".join(f"<li>{text(line)}</li>" for line in lines)
    return Markup(f"<ul>{items}</ul>") if items else Markup()


def section(title: str, anchor: str, *parts: Cell) -> Markup:
    """A section with a heading that can be linked to."""
    return Markup(f"<section id='{anchor}'><h2>{text(title)}</h2>{''.join(map(text, parts))}</section>")


def heading(title: str) -> Markup:
    """A heading within a section."""
    return Markup(f"<h3>{text(title)}</h3>")


def figure(svg: str, caption: Cell) -> Markup:
    """A picture with what it shows."""
    return Markup(f"<figure>{svg}<figcaption>{text(caption)}</figcaption></figure>")


def noted(words: str, note: str) -> Markup:
    """Words with a mark that leads to a footnote."""
    return Markup(f"{text(words)}<sup><a href='#note-{note}'>{1 + FOOTNOTES.index(note)}</a></sup>")


def unbroken(words: str | None) -> Cell:
    """Words that stay in one line."""
    return None if words is None else Markup(text(words).replace(" ", "&nbsp;"))


def breakable(name: str) -> Markup:
    """A long name, which breaks where it is put together."""
    return Markup("<wbr>".join(map(text, _BREAKS.split(name))))


def _row(cells: Sequence[Cell], tag: str, numbers: Sequence[int]) -> str:
    return f"<tr>{''.join(_cell(cell, tag, place in numbers) for place, cell in enumerate(cells))}</tr>"


def _cell(cell: Cell, tag: str, is_number: bool) -> str:
    """Long names break where they are put together, and anywhere when there is nothing for it."""
    content, kind = text(cell), " class=n" if is_number else ""
    if isinstance(cell, str) and not isinstance(cell, Markup):
        longest = max(map(len, cell.split()), default=0)
        if longest > _LONG_WORD:
            content = breakable(cell)
        if longest > _LONGEST_WORD:
            kind = " class=long"
    return f"<{tag}{kind}>{content}</{tag}>"
