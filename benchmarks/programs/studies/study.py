"""What a study is, and the curves that several of them draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.programs import figures
from benchmarks.programs.days import Day
from recording.charts import Curve, Panel

FIFTEENTH_OF_JANUARY = 14
FIRST_OF_MAY = 120
EIGHTH_OF_MAY = 127
SIXTH_OF_JULY = 186
EIGHTEENTH_OF_SEPTEMBER = 260


@dataclass(frozen=True, slots=True)
class Study:
    """What came out. ``rows`` are cells in the order of ``head``; ``hours`` and ``panels`` are the picture."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    hours: Sequence[float]
    panels: Sequence[Panel]
    shown_h: tuple[float, float] = (5.0, 20.0)
    """Hours of the day that the picture shows; the numbers beside it are of all."""
    notes: Sequence[str] = ()
    """What the table has no column for."""


def facts(day: Day, name: str) -> list[float]:
    """What a program explained in each step under this name, as numbers; 0 where it said nothing."""
    return [float(str(record.facts.get(name, 0.0))) for record in day.records[: len(day.states)]]


def degc(values: Sequence[float]) -> list[float]:
    """Kelvin in degrees Celsius."""
    return [value - 273.15 for value in values]


def warmest(name: str, day: Day, dashed: bool = False) -> Curve:
    """The warmest zone of each moment."""
    zones = [figures.zone_degc(day, zone) for zone in figures.ZONES]
    return Curve(name, [max(values) for values in zip(*zones, strict=True)], dashed)


def both(point: str, fixed: Day, reset: Day, factor: float = 1.0) -> tuple[Curve, Curve]:
    """One point of two days."""
    return curves(lambda day: [value * factor for value in day.column(point)], fixed, reset)


def curves(
    of: Callable[[Day], list[float]], fixed: Day, reset: Day, before: str = "fixed", after: str = "reset"
) -> tuple[Curve, Curve]:
    """The same of two days, the first of them dashed."""
    return Curve(before, of(fixed), dashed=True), Curve(after, of(reset))
