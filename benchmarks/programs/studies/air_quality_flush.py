"""The air of the night, replaced before people come: in winter by the unit's application, else by its outputs.

On the bench's case, whose flow station tells how much came in; the program has only the balance of the mixed air.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from benchmarks.programs import figures
from benchmarks.programs.controlled import STEP_S as FINE_STEP_S
from benchmarks.programs.controlled import Bench, run
from benchmarks.programs.days import STEP_S, Day, day_alone, day_with
from benchmarks.programs.studies.study import FIFTEENTH_OF_JANUARY, FIRST_OF_MAY, SIXTH_OF_JULY, Study
from emulators.plants.multizone_office import BenchOffice
from recording.charts import Curve, Panel

_WINTER_H = (4.0, 7.0)
"""The program joins after half an hour, and is there before the flush is due."""
_ABOUT_AS_FAST = 60.0
_HOURS = (3.5, 7.0)
_COME_H = 6.0
_VOLUME_M3 = 4556.0
_OUTDOOR_AIR = "hvac_reaAhu_V_flow_out_y"
_BY_CLOCK = {"hvac_oveAhu_yFan": 0.5, "hvac_oveAhu_yOA": 0.6, "hvac_oveAhu_yRet": 0.4}
_PROGRAM = "air_quality_flush"
_THREE_CHANGES: Mapping[str, object] = {
    "minimum_outdoor_air_m3_s": None,
    "hours": 2.0,
    "outdoor_air_percent": 100.0,
    "assumed_outdoor_share": 1.0,
}


def air_quality_flush() -> Study:
    """Three mornings: air changes before people come, and what they take."""
    winter = {"the building's own": _controlled(None), "minimum for an hour": _controlled(_PROGRAM)}
    mornings = {"15 January": winter, "1 May": _driven(FIRST_OF_MAY), "6 July": _driven(SIXTH_OF_JULY)}
    alone, flushed = winter.values()
    return Study(
        "15 January: flush before occupancy",
        (
            "day",
            "control",
            "air changes",
            "of the night's air left",
            "fan, kWh",
            "chiller",
            "heating",
            "all",
            "against own",
        ),
        [
            _row(name, way, day, ways["the building's own"])
            for name, ways in mornings.items()
            for way, day in ways.items()
        ],
        flushed.hours,
        (
            Panel("Outdoor air, m³/s", _both(_OUTDOOR_AIR, alone, flushed)),
            Panel("Mixed air, °C", _both("hvac_reaAhu_TMix_y", alone, flushed, offset=-273.15)),
            Panel("Heat pump, kW", _both("heaPum_reaPHeaPum_y", alone, flushed, 1e-3)),
            Panel("Coldest zone, °C", (_coldest("own", alone, True), _coldest("flushed", flushed)), from_zero=False),
        ),
        shown_h=_WINTER_H,
    )


def _controlled(program: str | None) -> Day:
    """The emulated controllers' applications run the building; the program asks the air handler's to run."""
    states = run(Bench(FIFTEENTH_OF_JANUARY, _WINTER_H, program=program, plant=BenchOffice, time_scale=_ABOUT_AS_FAST))
    every = round(STEP_S / FINE_STEP_S)
    return Day(tuple(states[every - 1 :: every]), from_h=_WINTER_H[0])


def _driven(number: int) -> dict[str, Day]:
    """The building's own control is off at this hour; the program drives fan and dampers."""
    clock_h = (_COME_H - 1.0, _COME_H)
    return {
        "the building's own": day_alone(number, hours=_HOURS, plant=BenchOffice),
        "by the clock": day_alone(number, _BY_CLOCK, _HOURS, BenchOffice, clock_h),
        "minimum for an hour": day_with(number, _PROGRAM, hours=_HOURS, plant=BenchOffice),
        "three air changes": day_with(number, _PROGRAM, _THREE_CHANGES, _HOURS, BenchOffice),
    }


def _row(name: str, way: str, day: Day, own: Day) -> tuple[str, ...]:
    changes = sum(state[_OUTDOOR_AIR] for state in day.between(day.from_h, _COME_H)) * STEP_S / _VOLUME_M3
    parts = (figures.kwh(day, group) for group in (figures.FAN, figures.CHILLER, figures.HEAT_PUMP))
    all_kwh = figures.kwh(day, figures.ALL)
    change = "" if day is own else f"{all_kwh - figures.kwh(own, figures.ALL):+.1f}"
    left = f"{100.0 * exp(-changes):.0f} %"
    return (name, way, f"{changes:.2f}", left, *(f"{part:.1f}" for part in parts), f"{all_kwh:.1f}", change)


def _both(point: str, own: Day, flushed: Day, factor: float = 1.0, offset: float = 0.0) -> tuple[Curve, Curve]:
    shown = [[value * factor + offset for value in day.column(point)] for day in (own, flushed)]
    return Curve("own", shown[0], dashed=True), Curve("flushed", shown[1])


def _coldest(name: str, day: Day, dashed: bool = False) -> Curve:
    zones = [figures.zone_degc(day, zone) for zone in figures.ZONES]
    return Curve(name, [min(values) for values in zip(*zones, strict=True)], dashed)
