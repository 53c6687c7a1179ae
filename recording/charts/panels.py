"""What is drawn: curves of one unit in a panel, with the bands that they should be in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import cycle


class Stroke(Enum):
    """A curve's colour and stroke by what it is; no two that meet in a panel look the same in black and white."""

    MEASURED = ("#1f5a93", 1.6, "")
    SECOND = ("#c8501e", 1.4, "7 3")
    THIRD = ("#3b8f4a", 1.4, "2 2")
    FOURTH = ("#7a4f9a", 1.4, "8 3 2 3")
    FIFTH = ("#707070", 1.4, "1 3")
    SET_POINT = ("#000000", 1.1, "5 4")
    COMMAND = ("#c8501e", 1.4, "")
    COMPARED = ("#8a8a8a", 1.2, "4 2")
    """Of another run."""

    @property
    def stroke(self) -> str:
        """The attributes of a line."""
        return self.scaled(1)

    def scaled(self, factor: int) -> str:
        """The same, of a line that is drawn so many times as large."""
        colour, width, dashes = self.value
        long = " ".join(str(factor * int(length)) for length in dashes.split())
        return f"stroke='{colour}' stroke-width='{factor * width:g}'" + (f" stroke-dasharray='{long}'" if long else "")


_TURN = (Stroke.MEASURED, Stroke.SECOND, Stroke.THIRD, Stroke.FOURTH, Stroke.FIFTH)


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve; NaN is a gap in it. ``dashed`` for what is only compared with, ``stepped`` for what is held."""

    name: str
    values: Sequence[float]
    dashed: bool = False
    stepped: bool = False
    look: Stroke | None = None


def looks_of(lines: Sequence[Curve]) -> list[Stroke]:
    """How each curve of a panel looks: what is only compared with takes no turn."""
    turn = cycle(_TURN)
    return [line.look or (Stroke.COMPARED if line.dashed else next(turn)) for line in lines]


@dataclass(frozen=True, slots=True)
class Band:
    """Where values should be: between two curves, NaN where nothing is said. The axis is that of the lines."""

    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves in one unit, which the title names; the axis begins at 0 where ``from_zero``.

    ``grey`` are the spans of the horizontal axis that are greyed out. ``height`` is that of the drawing.
    """

    title: str
    lines: Sequence[Curve]
    from_zero: bool = True
    band: Band | None = None
    grey: Sequence[tuple[float, float]] = ()
    height: float = 190.0
    low: float | None = None
    high: float | None = None
    has_times: bool = True
    ticks: int = 5
