"""Line charts over the hours of a day as SVG text: panels above one another, nothing but this file needed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _PANEL, _GAP = 860.0, 190.0, 46.0
_LEFT, _RIGHT, _TOP = 62.0, 16.0, 58.0
_COLOURS = ("#1f5a93", "#c8501e", "#3b8f4a", "#7a4f9a", "#8a8a8a")
_TICKS = 5
_MOST_POINTS = 480
_FONT = "font-family='Helvetica, Arial, sans-serif'"


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve. ``dashed`` for what is only compared with."""

    name: str
    values: Sequence[float]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves in one unit; the axis begins at 0 where ``from_zero``."""

    title: str
    lines: Sequence[Curve]
    from_zero: bool = True


def chart(title: str, hours: Sequence[float], panels: Sequence[Panel]) -> str:
    """Draw the panels over the same hours; every line has a value for each of them."""
    height = _TOP + len(panels) * (_PANEL + _GAP)
    body = [
        line for number, panel in enumerate(panels) for line in _panel(panel, hours, _TOP + number * (_PANEL + _GAP))
    ]
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH:.0f} {height:.0f}' {_FONT} font-size='12'>"
    back = f"<rect width='{_WIDTH:.0f}' height='{height:.0f}' fill='white'/>"
    name = f"<text x='{_LEFT:.0f}' y='22' font-size='15' font-weight='bold'>{escape(title)}</text>"
    return "\n".join([head, back, name, *body, "</svg>", ""])


def _panel(panel: Panel, hours: Sequence[float], top: float) -> Iterator[str]:
    low, high, step = _axis(panel)
    first, last = math.floor(hours[0]), math.ceil(hours[-1])

    def x(hour: float) -> float:
        return _LEFT + (hour - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return top + _PANEL - (value - low) / (high - low) * _PANEL

    yield f"<text x='{_LEFT:.0f}' y='{top - 8:.1f}' font-weight='bold'>{escape(panel.title)}</text>"
    yield from _legend(panel.lines, top)
    for number in range(round((high - low) / step) + 1):
        value = low + number * step
        yield _rule(_LEFT, y(value), _WIDTH - _RIGHT, y(value))
        yield f"<text x='{_LEFT - 6:.0f}' y='{y(value) + 4:.1f}' text-anchor='end'>{value:g}</text>"
    for hour in range(first, last + 1, 2 if last - first > 12 else 1):
        yield _rule(x(hour), top, x(hour), top + _PANEL)
        yield f"<text x='{x(hour):.1f}' y='{top + _PANEL + 16:.1f}' text-anchor='middle'>{hour:02d}:00</text>"
    every = math.ceil(len(hours) / _MOST_POINTS)
    for line, colour in zip(panel.lines, _COLOURS, strict=False):
        points = zip(hours[::every], line.values[::every], strict=True)
        path = " ".join(f"{x(hour):.1f},{y(value):.1f}" for hour, value in points)
        yield f"<polyline points='{path}' fill='none' stroke='{colour}' {_stroke(line)}/>"


def _legend(lines: Sequence[Curve], top: float) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for line, colour in reversed(list(zip(lines, _COLOURS, strict=False))):
        right -= 6.3 * len(line.name)
        yield f"<text x='{right:.1f}' y='{top - 8:.1f}'>{escape(line.name)}</text>"
        yield f"<path d='M{right - 26:.1f} {top - 12:.1f}h20' stroke='{colour}' {_stroke(line)}/>"
        right -= 40.0


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"<path d='M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}' stroke='#e0e0e0'/>"


def _stroke(line: Curve) -> str:
    return "stroke-width='1.4' stroke-dasharray='5 4'" if line.dashed else "stroke-width='1.8'"


def _axis(panel: Panel) -> tuple[float, float, float]:
    """Lowest and highest value and the step of the axis, in round numbers."""
    values = [value for line in panel.lines for value in line.values]
    low = min(0.0, *values) if panel.from_zero else min(values)
    high = max(values)
    raw = max((high - low) / _TICKS, 1e-9)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * size for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * size >= raw)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step
