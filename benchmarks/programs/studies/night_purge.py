"""The night's outdoor air into the building, and what it is worth by the next evening."""

from __future__ import annotations

from benchmarks.programs import figures
from benchmarks.programs.days import Day, day_alone, day_with
from benchmarks.programs.studies.study import SIXTH_OF_JULY, Study, curves, degc, warmest
from recording.charts import Curve, Panel

_HOURS = (20.0, 44.0)
_NEXT_DAY_H = (30.0, 43.0)
"""Occupied hours of the day after."""
_NIGHTS = {"11 May": 130, "25 May": 144, "18 June": 168, "6 July": SIXTH_OF_JULY}
_SHOWN = "18 June"
_BY_CLOCK_H = (22.0, 29.0)
_BY_CLOCK = {
    "hvac_oveAhu_yFan": 0.4,
    "hvac_oveAhu_yOA": 1.0,
    "hvac_oveAhu_yRet": 0.0,
    **{f"hvac_oveZonSup{zone}_TZonCooSet": 294.15 for zone in figures.ZONES.values()},
}
"""As the program commands, whatever the weather."""


def night_purge() -> Study:
    """From 8 in the evening for 24 hours: alone, by the clock, by the program, and with a faster fan."""
    runs = {name: _ways(number) for name, number in _NIGHTS.items()}
    alone, purged = runs[_SHOWN]["the building's own"], runs[_SHOWN]["night purge"]
    outdoor = Curve("outdoor", degc(purged.column("weaSta_reaWeaTDryBul_y")))
    before, after = warmest("alone", alone, dashed=True), warmest("purged", purged)
    return Study(
        f"{_SHOWN} and the day after: night purge",
        (
            "night",
            "control",
            "fan, kWh",
            "chiller",
            "heating",
            "all",
            "against own",
            "coldest at 6 h, °C",
            "K h > 24.2 °C",
        ),
        [_row(name, way, day, ways["the building's own"]) for name, ways in runs.items() for way, day in ways.items()],
        purged.hours,
        (
            Panel("Warmest zone and outdoor air, °C", (before, after, outdoor), from_zero=False),
            Panel("Fan power, kW", (*curves(_fan_kw, alone, purged, "alone", "purged"),)),
            Panel("Electricity, kW", (*curves(figures.power_kw, alone, purged, "alone", "purged"),)),
        ),
        shown_h=_HOURS,
    )


def _ways(number: int) -> dict[str, Day]:
    return {
        "the building's own": day_alone(number, hours=_HOURS),
        "by the clock": day_alone(number, _BY_CLOCK, _HOURS, held_h=_BY_CLOCK_H),
        "night purge": day_with(number, "night_purge", hours=_HOURS),
        "... fan at 80 %": day_with(number, "night_purge", {"fan_speed_percent": 80.0}, _HOURS),
    }


def _row(night: str, way: str, day: Day, own: Day) -> tuple[str, ...]:
    parts = (figures.kwh(day, group) for group in (figures.FAN, figures.CHILLER, figures.HEAT_PUMP))
    all_kwh = figures.kwh(day, figures.ALL)
    change = "" if day is own else f"{all_kwh - figures.kwh(own, figures.ALL):+.1f}"
    comfort = f"{figures.kelvin_hours(day, 24.2, _NEXT_DAY_H):.1f}"
    return (night, way, *(f"{part:.1f}" for part in parts), f"{all_kwh:.1f}", change, f"{_coldest(day):.1f}", comfort)


def _fan_kw(day: Day) -> list[float]:
    return [value * 1e-3 for value in day.column("hvac_reaAhu_PFanSup_y")]


def _coldest(day: Day) -> float:
    """The coldest zone when people come, degC."""
    come = next(number for number, hour in enumerate(day.hours) if hour >= _NEXT_DAY_H[0])
    return min(figures.zone_degc(day, zone)[come] for zone in figures.ZONES)
