"""Curves as SVG paths, thinned to what a column of pixels can show: its first, least, greatest and last value.

Whole coordinates, relative to the point before, and no point in the midst of a level stretch: so a week of minutes
is some kilobytes, and no peak of it is lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise

Point = tuple[int, int]
Columns = Sequence[tuple[int, int, int]]


def columns_of(places: Sequence[int]) -> Columns:
    """The stretches of values that fall on one place: the place, and the first and the last but one number."""
    starts = [number for number, (one, two) in enumerate(pairwise(places), 1) if one != two]
    bounds = [0, *starts, len(places)] if places else []
    return [(places[first], first, last) for first, last in pairwise(bounds)]


def strokes(columns: Columns, values: Sequence[float], height_of: Callable[[float], int]) -> list[list[Point]]:
    """The points of a curve, a list for each stretch without a gap."""
    if not math.isnan(sum(values)):
        return [_level_joined(_thinned(columns, values, height_of))]
    found: list[list[Point]] = []
    for is_gap, stretch in groupby(_split_at_gaps(columns, values), key=lambda column: math.isnan(values[column[1]])):
        if not is_gap:
            found.append(_level_joined(_thinned(list(stretch), values, height_of)))
    return found


def line_path(points: Sequence[Point]) -> str:
    """Straight from point to point."""
    if not points:
        return ""
    moves = (_pair(two[0] - one[0], two[1] - one[1]) for one, two in pairwise(points))
    start = f"M{points[0][0]} {points[0][1]}"
    return start + ("l" + _packed(moves) if len(points) > 1 else "h1")


def step_path(points: Sequence[Point]) -> str:
    """Level until the next value comes."""
    if not points:
        return ""
    moves = [
        f"h{right}" * bool(right) + f"v{down}" * bool(down)
        for right, down in ((two[0] - one[0], two[1] - one[1]) for one, two in pairwise(points))
    ]
    return f"M{points[0][0]} {points[0][1]}" + ("".join(moves) or "h1")


def band_path(low: Sequence[Point], high: Sequence[Point]) -> str:
    """The area between two step curves of one stretch."""
    corners = [*_corners(low), *reversed(list(_corners(high)))]
    return line_path(corners) + "z" if corners else ""


def _thinned(columns: Columns, values: Sequence[float], height_of: Callable[[float], int]) -> Iterator[Point]:
    for place, first, last in columns:
        inside = values[first:last]
        heights = [inside[0], inside[-1]]
        if len(inside) > 2:
            ends = sorted((min(inside), max(inside)), key=inside.index)
            heights = [inside[0], *ends, inside[-1]]
        for height, _ in groupby(map(height_of, heights)):
            yield place, height


def _split_at_gaps(columns: Columns, values: Sequence[float]) -> Iterator[tuple[int, int, int]]:
    for place, first, last in columns:
        for _, numbers in groupby(range(first, last), key=lambda number: math.isnan(values[number])):
            inside = list(numbers)
            yield place, inside[0], inside[-1] + 1


def _level_joined(points: Iterable[Point]) -> list[Point]:
    """Without the points in the midst of a level stretch."""
    kept: list[Point] = []
    for point in points:
        if len(kept) > 1 and kept[-2][1] == kept[-1][1] == point[1]:
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def _corners(points: Sequence[Point]) -> Iterator[Point]:
    yield from points[:1]
    for one, two in pairwise(points):
        yield two[0], one[1]
        yield two


def _pair(right: int, down: int) -> str:
    return f"{right}{down}" if down < 0 else f"{right} {down}"


def _packed(pairs: Iterable[str]) -> str:
    """One after another; a minus parts them by itself."""
    return "".join(pair if pair.startswith("-") or not number else f" {pair}" for number, pair in enumerate(pairs))
