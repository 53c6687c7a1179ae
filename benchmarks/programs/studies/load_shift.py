"""Zones that are cooled before electricity gets dear and give way while it is."""

from __future__ import annotations

from benchmarks.programs import figures
from benchmarks.programs.days import DAY_S, HOUR_S, Day, day_alone, day_with
from benchmarks.programs.studies.study import EIGHTEENTH_OF_SEPTEMBER, SIXTH_OF_JULY, Study, curves, degc, warmest
from emulators.plants.prices import CONSTANT, by_time_of_use
from recording.charts import Curve, Panel

_DAYS = {"25 May": 144, "6 July": SIXTH_OF_JULY, "18 September": EIGHTEENTH_OF_SEPTEMBER}
_DEAR_H = (14.0, 19.0)
_SETPOINT = "hvac_oveZonSupCor_TZonCooSet_u"
_WAYS: dict[str, dict[str, object]] = {
    "giving way only": {"precool_k": 0.0},
    "load shift": {"outdoor_above_degc": 15.0},
    "... 1.5 K for 3 h": {"outdoor_above_degc": 15.0, "precool_k": 1.5, "precool_h": 3.0},
    "... held above 28 kW": {"outdoor_above_degc": 15.0, "limit_kw": 28.0},
    "... along a line": {"outdoor_above_degc": 15.0, "shape": "linear"},
}
"""Zones are cooled before the window on the cool days, too, so that it is seen what that does."""


def load_shift() -> Study:
    """Cost by the case's tariff, peak and comfort, on three days."""
    runs = {name: {"fixed 24 °C": day_alone(number)} | _shifted(number) for name, number in _DAYS.items()}
    shown = runs["6 July"]
    alone, shifted = shown["fixed 24 °C"], shown["load shift"]
    prices = [by_time_of_use(SIXTH_OF_JULY * DAY_S + hour * HOUR_S - 1.0) for hour in shifted.hours]
    setpoint = Curve("shifted", degc(shifted.column(_SETPOINT)))
    return Study(
        "6 July: load shift across the dear hours",
        (
            "day",
            "control",
            "cost, $",
            "against fixed",
            "at one price, $",
            "kWh 14-19 h",
            "kWh else",
            "peak, kW",
            "K h > 24.2 °C",
        ),
        [
            _row(name, way, _DAYS[name], day, ways["fixed 24 °C"])
            for name, ways in runs.items()
            for way, day in ways.items()
        ],
        shifted.hours,
        (
            Panel("Price, $/kWh", (Curve("by time of use", prices),)),
            Panel(
                "Demand of each quarter of an hour, kW",
                (*curves(figures.demand_kw, alone, shifted, "alone", "shifted"),),
            ),
            Panel("Cooling set-point of the core, °C", (setpoint,), from_zero=False),
            Panel("Warmest zone, °C", (warmest("alone", alone, True), warmest("shifted", shifted)), from_zero=False),
        ),
    )


def _shifted(number: int) -> dict[str, Day]:
    return {way: day_with(number, "load_shift", parameters) for way, parameters in _WAYS.items()}


def _row(name: str, way: str, number: int, day: Day, fixed: Day) -> tuple[str, ...]:
    cost = figures.cost(day, number, by_time_of_use)
    change = "" if day is fixed else f"{100.0 * (cost / figures.cost(fixed, number, by_time_of_use) - 1.0):+.0f} %"
    dear = figures.kwh(day, figures.ALL, _DEAR_H)
    every = figures.kwh(day, figures.ALL)
    return (
        name,
        way,
        f"{cost:.2f}",
        change,
        f"{CONSTANT * every:.2f}",
        f"{dear:.0f}",
        f"{every - dear:.0f}",
        f"{figures.highest_kw(day, (0.0, 24.0)):.1f}",
        f"{figures.kelvin_hours(day, 24.2):.1f}",
    )
