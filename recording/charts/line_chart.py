"""Line charts as SVG text: panels above one another over the same time, nothing but this file needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import accumulate

from recording.charts.axes import Axis, hours_axis, value_axis
from recording.charts.panels import Band, Curve, Panel, looks_of
from recording.charts.paths import Columns, band_path, columns_of, line_path, step_path, strokes

_WIDTH, _GAP, _GAP_WITHOUT_TIMES = 860.0, 46.0, 28.0
_LEFT, _RIGHT, _TOP, _TOP_WITHOUT_TITLE = 62.0, 16.0, 58.0, 26.0
_FINE = 2
"""Places of a curve per length of the drawing, which is about a pixel."""
_LETTER = 7.0
"""How wide a letter of a legend is, in the widest of the fonts that a browser may take."""
_FONT = "font-family='Helvetica, Arial, sans-serif'"


def chart(title: str, times: Sequence[float], panels: Sequence[Panel], axis: Axis | None = None) -> str:
    """Draw the panels over the same times; every curve has a value for each of them.

    Without an ``axis`` the times are hours of a day. A chart without a ``title`` is a part of a page that has one.
    """
    axis = axis or hours_axis(times)
    top = _TOP if title else _TOP_WITHOUT_TITLE
    heights = [panel.height + (_GAP if panel.has_times else _GAP_WITHOUT_TIMES) for panel in panels]
    places = [round(_FINE * _across(axis, time)) for time in times]
    columns = columns_of(places)
    tops = accumulate(heights, initial=top)
    body = [line for panel, at in zip(panels, tops, strict=False) for line in _panel(_Frame(panel, axis, columns, at))]
    height = top + sum(heights)
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH:.0f} {height:.0f}' {_FONT} font-size='12'>"
    back = f"<rect width='{_WIDTH:.0f}' height='{height:.0f}' fill='white'/>"
    name = [f"<text x='{_LEFT:.0f}' y='22' font-size='15' font-weight='bold'>{escape(title)}</text>"] if title else []
    return "\n".join([head, back, *name, *body, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel is."""

    panel: Panel
    axis: Axis
    columns: Columns
    top: float

    @property
    def bottom(self) -> float:
        return self.top + self.panel.height

    def down(self, heights: Axis, value: float) -> float:
        return self.bottom - (value - heights.first) / (heights.last - heights.first) * self.panel.height


def _across(axis: Axis, time: float) -> float:
    return _LEFT + (time - axis.first) / (axis.last - axis.first) * (_WIDTH - _LEFT - _RIGHT)


def _panel(frame: _Frame) -> Iterator[str]:
    panel, heights = frame.panel, _heights(frame.panel)
    yield f"<text x='{_LEFT:.0f}' y='{frame.top - 8:.1f}' font-weight='bold'>{escape(panel.title)}</text>"
    yield from _legend(panel.lines, frame.top)
    height_of = partial(_fine, frame, heights)
    if panel.band is not None:
        yield from _band(panel.band, frame.columns, heights, height_of)
    yield from _grid(frame, heights)
    for line, look in zip(panel.lines, looks_of(panel.lines), strict=True):
        path_of = step_path if line.stepped else line_path
        path = "".join(map(path_of, strokes(frame.columns, line.values, height_of)))
        yield _scaled(f"<path d='{path}' fill='none' {look.scaled(_FINE)}/>")


def _heights(panel: Panel) -> Axis:
    ends = [end for line in panel.lines for end in _ends(line.values)]
    return value_axis(ends, 0.0 if panel.from_zero else panel.low, panel.high, panel.ticks)


def _ends(values: Sequence[float]) -> Sequence[float]:
    if values and math.isfinite(sum(values)):
        return min(values), max(values)
    finite = [value for value in values if math.isfinite(value)]
    return (min(finite), max(finite)) if finite else ()


def _fine(frame: _Frame, heights: Axis, value: float) -> int:
    return round(_FINE * frame.down(heights, value))


def _grid(frame: _Frame, heights: Axis) -> Iterator[str]:
    for first, last in frame.panel.grey:
        left, right = (_across(frame.axis, time) for time in (first, last))
        width = f"width='{right - left:.1f}' height='{frame.panel.height:.1f}'"
        yield f"<rect x='{left:.1f}' y='{frame.top:.1f}' {width} fill='#000' fill-opacity='.07'/>"
    for value, text in heights.ticks:
        down = frame.down(heights, value)
        yield _rule(_LEFT, down, _WIDTH - _RIGHT, down)
        yield f"<text x='{_LEFT - 6:.0f}' y='{down + 4:.1f}' text-anchor='end'>{text}</text>"
    for time, text in frame.axis.ticks:
        across = _across(frame.axis, time)
        yield _rule(across, frame.top, across, frame.bottom)
        if frame.panel.has_times:
            yield f"<text x='{across:.1f}' y='{frame.bottom + 16:.1f}' text-anchor='middle'>{text}</text>"


def _band(band: Band, columns: Columns, heights: Axis, height_of: Callable[[float], int]) -> Iterator[str]:
    gaps = [0.0 * (low + high) for low, high in zip(band.low, band.high, strict=True)]
    low, high = (
        strokes(columns, [_cut(value, heights) + gap for value, gap in zip(values, gaps, strict=True)], height_of)
        for values in (band.low, band.high)
    )
    path = "".join(map(band_path, low, high))
    yield _scaled(f"<path d='{path}' fill='#3b8f4a' fill-opacity='.13'/>")


def _cut(value: float, heights: Axis) -> float:
    """A band may go on beyond what is shown."""
    return min(max(value, heights.first), heights.last)


def _legend(lines: Sequence[Curve], top: float) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for line, look in reversed(list(zip(lines, looks_of(lines), strict=True))):
        if not line.name:
            continue
        right -= _LETTER * len(line.name)
        yield f"<text x='{right:.1f}' y='{top - 8:.1f}'>{escape(line.name)}</text>"
        yield f"<path d='M{right - 26:.1f} {top - 12:.1f}h20' {look.stroke}/>"
        right -= 40.0


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"<path d='M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}' stroke='#e0e0e0'/>"


def _scaled(element: str) -> str:
    return f"<g transform='scale({1 / _FINE:g})'>{element}</g>"
