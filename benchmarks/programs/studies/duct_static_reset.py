"""Trim and respond on the duct static pressure."""

from __future__ import annotations

from benchmarks.programs import figures
from benchmarks.programs.days import Day, day_alone, day_with, mean
from benchmarks.programs.studies.study import SIXTH_OF_JULY, Study, both, facts, warmest
from recording.charts import Curve, Panel

_FIXED_PA = 250.0


def duct_static_reset() -> Study:
    """Fan energy of trim and respond against a fixed pressure, on a summer day."""
    fixed = day_alone(SIXTH_OF_JULY, {"hvac_oveAhu_dpSet": _FIXED_PA})
    reset = day_with(SIXTH_OF_JULY, "duct_static_reset")
    others = {
        f"ignoring {count}": day_with(SIXTH_OF_JULY, "duct_static_reset", {"ignored_requests": count})
        for count in (1, 2)
    }
    days = {f"fixed {_FIXED_PA:.0f} Pa": fixed, "trim and respond": reset, **others}
    days["the building's own"] = day_alone(SIXTH_OF_JULY)
    base_kwh = figures.kwh(fixed, figures.FAN)
    return Study(
        "6 July: duct static pressure by trim and respond",
        ("", "fan, kWh", "saved", "mean pressure, Pa", "K h above 24.0 °C", "K h above 24.2 °C"),
        [_duct_row(name, day, base_kwh) for name, day in days.items()],
        reset.hours,
        (
            Panel("Duct static pressure, Pa", (*both("hvac_reaAhu_dp_sup_y", fixed, reset),)),
            Panel("Fan power, kW", (*both("hvac_reaAhu_PFanSup_y", fixed, reset, 1e-3),)),
            Panel("Requests", (Curve("all zones", facts(reset, "requests")),)),
            Panel("Warmest zone, °C", (warmest("fixed", fixed, True), warmest("reset", reset)), from_zero=False),
        ),
    )


def _duct_row(name: str, day: Day, base_kwh: float) -> tuple[str, ...]:
    fan = figures.kwh(day, figures.FAN)
    occupied = [state["hvac_reaAhu_dp_sup_y"] for state in day.between(*figures.OPEN_H)]
    saved = f"{100.0 * (1.0 - fan / base_kwh):.1f} %" if fan != base_kwh else ""
    comfort = (f"{figures.kelvin_hours(day, limit):.2f}" for limit in (24.0, 24.2))
    return (name, f"{fan:.1f}", saved, f"{mean(occupied):.0f}", *comfort)
