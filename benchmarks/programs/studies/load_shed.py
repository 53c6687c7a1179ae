"""Set-points that give way before a demand limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.programs import figures
from benchmarks.programs.days import Day, day_alone, day_with
from benchmarks.programs.studies.study import SIXTH_OF_JULY, Study, curves, warmest
from recording.charts import Curve, Panel

_LIMITS_KW = (28.0, 27.0, 26.0)
_SHOWN_KW = 27.0
_SHED_H = (7.0, 19.0)


def load_shed() -> Study:
    """The highest demand of a summer day alone, and with three limits."""
    alone = day_alone(SIXTH_OF_JULY)
    limited = {limit_kw: day_with(SIXTH_OF_JULY, "load_shed", {"limit_kw": limit_kw}) for limit_kw in _LIMITS_KW}
    shed = limited[_SHOWN_KW]
    return Study(
        f"6 July: load shed at {_SHOWN_KW:g} kW",
        (
            "limit",
            "highest quarter hour, kW",
            "against alone",
            "kWh of the day",
            "warmest zone, °C",
            "K h above 24.2 °C",
        ),
        [
            _shed_row("none", alone, alone),
            *(_shed_row(f"{limit_kw:g} kW", day, alone) for limit_kw, day in limited.items()),
        ],
        shed.hours,
        (
            Panel("Demand of each quarter of an hour, kW", (*curves(figures.demand_kw, alone, shed, "alone", "shed"),)),
            Panel("Stage", (Curve("stage in force", _stages(shed)),)),
            Panel("Warmest zone, °C", (warmest("alone", alone, True), warmest("shed", shed)), from_zero=False),
        ),
    )


def _shed_row(name: str, day: Day, alone: Day) -> tuple[str, ...]:
    peak, base = figures.highest_kw(day, _SHED_H), figures.highest_kw(alone, _SHED_H)
    change = f"{100.0 * (peak / base - 1.0):+.0f} %" if day is not alone else ""
    energy, warmest = figures.kwh(day, figures.ALL), figures.warmest_degc(day, _SHED_H)
    return (name, f"{peak:.1f}", change, f"{energy:.0f}", f"{warmest:.1f}", f"{figures.kelvin_hours(day, 24.2):.1f}")


def _stages(day: Day) -> list[float]:
    return [float(max([0, *_shed_zones(record.facts.get("shed"))])) for record in day.records[: len(day.states)]]


def _shed_zones(told: object) -> Sequence[int]:
    return list(told.values()) if isinstance(told, Mapping) else []
