"""Which values a measurement may be shown at: usual for its quantity, and nothing that a point on its way would cut.

A measurement may have several points, in one controller or in many; what suits all of them is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from points import BadValue, Point
from points.bounds import Bounds
from utils.unit_conversion import UnitConverter, UnitError
from utils.values import PointMetadata, PointValue

USUAL: tuple[tuple[str, float, float], ...] = (
    ("degC", 12.0, 32.0),
    ("dimensionless", 0.1, 0.9),
    ("m**3/s", 0.05, 1.25),
    ("kg/s", 0.05, 1.25),
    ("Pa", 50.0, 350.0),
    ("W", 400.0, 4000.0),
    ("W/m**2", 100.0, 700.0),
    ("m/s", 1.0, 9.0),
    ("J", 4e5, 4e6),
    ("lux", 100.0, 700.0),
)
"""Where each quantity usually is, by a unit of it: what a bench may show without surprising anybody's application."""
PARTS_PER_MILLION = ("ppm", 450.0, 1350.0)
"""A share too, of another size."""
ELSEWHERE = (10.0, 90.0)
"""Of what has no unit, or one that is not in the table."""
_GRID = 240
_ENOUGH = 0.15
"""Part of a span that has to be left of it."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A measurement, or an indicator, that points are shown: what it may be, in the simulation's unit.

    ``span`` is for numbers; None where no point takes one. With ``states`` (off first) they are what is shown.
    ``off`` is a span below the threshold of a binary point, for a measurement that has both kinds.
    """

    name: str
    unit: str | None
    span: Span | None = None
    states: tuple[float, ...] = ()
    off: Span | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is anything that it may be."""
        return bool(self.states) or self.span is not None


@dataclass(frozen=True, slots=True)
class _Taking:
    """One point, and what its object takes."""

    point: Point
    limits: Bounds


def stimuli_of(
    points: Iterable[tuple[Point, Bounds]], metadata: Mapping[str, PointMetadata], converter: UnitConverter
) -> tuple[Stimulus, ...]:
    """Of all points that are shown something, each with what its object takes as the controller tells (device unit)."""
    takers: dict[str, list[_Taking]] = {}
    for point, limits in points:
        takers.setdefault(point.bop_point, []).append(_Taking(point, limits))
    return tuple(_stimulus(name, those, metadata.get(name), converter) for name, those in takers.items())


def span_of(unit: str | None, converter: UnitConverter) -> Span:
    """Where the quantity usually is, in its unit."""
    if unit is None:
        return ELSEWHERE
    for reference, low, high in (PARTS_PER_MILLION, *USUAL):
        if reference == "ppm" and unit != "ppm":
            continue
        try:
            return converter.convert(low, reference, unit), converter.convert(high, reference, unit)
        except UnitError:
            continue
    return ELSEWHERE


def _stimulus(name: str, takers: list[_Taking], told: PointMetadata | None, converter: UnitConverter) -> Stimulus:
    unit = next((one.point.unit for one in takers if one.point.unit), told.unit if told is not None else None)
    numbers = [one for one in takers if one.point.object_type.is_analog]
    binaries = [one for one in takers if one.point.object_type.is_binary]
    stages = [one for one in takers if one.point.object_type.is_multi_state]
    if stages:
        return Stimulus(name, unit, states=_stages(stages[0].point))
    if not numbers:
        return Stimulus(name, unit, states=_switched(binaries))
    span = _fitting(_spans(unit, numbers, told, converter), lambda value: all(_takes(one, value) for one in numbers))
    if not binaries or span is None:
        return Stimulus(name, unit, span)
    low, high = max(one.point.config.threshold for one in binaries), span[1]
    off = min(one.point.config.threshold - one.point.config.hysteresis for one in binaries)
    return Stimulus(name, unit, (max(span[0], low + 0.05 * (high - low)), high), off=(0.1 * off, 0.9 * off))


def _stages(point: Point) -> tuple[float, ...]:
    """The simulation's numbers for the states; without a table of them, the first two, which every object has."""
    states = point.config.states
    return tuple(states.values()) if states is not None and len(states) > 1 else (1.0, 2.0)


def _switched(takers: list[_Taking]) -> tuple[float, ...]:
    """A value below all thresholds and one above that every point takes; none where there is no such pair."""
    low = min(one.point.config.threshold - one.point.config.hysteresis for one in takers)
    high = max(one.point.config.threshold for one in takers)
    for reach in (0.5, 1.0, 0.1, 10.0, 0.01, 1000.0):
        off, on = low - reach, high + reach
        if all(_converted(one.point, value) is not None for one in takers for value in (off, on)):
            return off, on
    return ()


def _spans(
    unit: str | None, takers: list[_Taking], told: PointMetadata | None, converter: UnitConverter
) -> Iterator[Span]:
    """Where to look, the usual first: else wherever somebody says that the values are."""
    usual = span_of(unit, converter)
    yield usual
    for one in takers:
        config = one.point.config
        yield from _given(config.valid_min, config.valid_max, usual)
        way = _way(converter, one.point.device_unit, unit)
        for bounds in (one.limits, Bounds(config.minimum, config.maximum)):
            there = bounds.through(way)
            yield from _given(there.low, there.high, usual)
    if told is not None:
        yield from _given(told.minimum, told.maximum, usual)


def _given(low: float | None, high: float | None, usual: Span) -> Iterator[Span]:
    """What is open at one end is as wide as usual."""
    width = usual[1] - usual[0]
    if low is not None:
        yield low, low + width if high is None else high
    elif high is not None:
        yield high - width, high


def _way(converter: UnitConverter, source: str | None, target: str | None) -> Callable[[float], float]:
    return converter.conversion(source, target) if source and target else float


def _fitting(spans: Iterator[Span], takes: Callable[[float], bool]) -> Span | None:
    for low, high in spans:
        fit = [value for step in range(_GRID + 1) if takes(value := low + (high - low) * step / _GRID)]
        if len(fit) > _ENOUGH * _GRID:
            return min(fit), max(fit)
    return None


def _takes(one: _Taking, value: float) -> bool:
    """Whether a value goes through as it is: nothing calls it invalid, and nothing cuts it."""
    sent = _converted(one.point, value)
    config = one.point.config
    return sent is not None and one.limits.take(sent) and _is_between(config.minimum, sent, config.maximum)


def _is_between(low: float | None, value: float, high: float | None) -> bool:
    """At an end it may have been cut."""
    return (low is None or value > low) and (high is None or value < high)


def _converted(point: Point, value: float) -> PointValue | None:
    try:
        return point.process_bop_value(value)
    except BadValue:
        return None
