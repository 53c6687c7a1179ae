"""Values as elements that the browser can renew, and text that cannot become markup."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from page.seeing.board import Board, ShownPoint
from page.seeing.moment import ShownMoment
from page.seeing.standing import PointState
from page.seeing.units import Readout, System

__all__ = ["PageView", "escape"]

_BINARY = ("off", "on")
_LACKING = "–"


@dataclass(frozen=True, slots=True)
class PageView:
    """A moment as one viewer sees it."""

    moment: ShownMoment
    system: System

    @property
    def board(self) -> Board:
        """What is shown."""
        return self.moment.board

    def reading(self, point: ShownPoint) -> Readout:
        """How a point is read here."""
        return point.reading(self.system)

    def number(self, point: ShownPoint, tag: str = "span") -> str:
        """A value that is renewed, without its unit."""
        return f'<{tag} data-v="{point.number}" data-d="{self.digits(point)}">{self.text(point)}</{tag}>'

    def sign(self, point: ShownPoint) -> str:
        """Its unit."""
        return escape(self.reading(point).sign)

    def digits(self, point: ShownPoint) -> str:
        """How its number is written: so many digits, or ``b`` for on and off."""
        return "b" if point.is_binary else str(self.reading(point).digits)

    def text(self, point: ShownPoint) -> str:
        """Its value now, as the browser would write it."""
        value = self.moment.values[point.number]
        if value is None:
            return _LACKING
        return _BINARY[bool(value)] if point.is_binary else self.reading(point).written(value)

    def state(self, point: ShownPoint, tag: str = "span") -> str:
        """What is to be known of it, which is renewed."""
        state = self.moment.standing.states[point.number]
        return f'<{tag} class="state" data-s="{point.number}">{state.value}</{tag}>'

    def own(self, point: ShownPoint, tag: str = "span") -> str:
        """What the building's own control would command, which is renewed."""
        own = self.moment.own.get(point.number)
        words = ""
        if own is not None:
            value = _BINARY[own >= 0.5] if point.is_binary else self.reading(point).written(own)
            words = f"own control {value} {self.sign(point)}".rstrip()
        digits, sign = self.digits(point), self.sign(point)
        return f'<{tag} class="own" data-o="{point.number}" data-d="{digits}" data-u="{sign}">{words}</{tag}>'

    def button(self, point: ShownPoint) -> str:
        """A value with its unit, which opens what is to be known of it."""
        label = escape(f"{point.name}: {point.words}")
        return (
            f'<button class="value" data-p="{point.number}" title="{label}" aria-label="{label}">'
            f"{self.number(point, 'b')} <i>{self.sign(point)}</i></button>{self.state(point)}"
        )

    def is_away(self, point: ShownPoint) -> bool:
        """Whether nobody knows its value."""
        return self.moment.standing.states[point.number] is PointState.STALE


def breakable(name: str) -> str:
    """A name that may go on in the next line after each of its parts."""
    return escape(name).replace("_", "_<wbr>")
