"""Empty zones that are set back, alone and beside ventilation by demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.programs import air, figures
from benchmarks.programs.days import HOUR_S, STEP_S, Day, day_alone, day_with_all
from benchmarks.programs.studies.study import FIFTEENTH_OF_JANUARY, FIRST_OF_MAY, SIXTH_OF_JULY, Study
from emulators.plants.multizone_office import BenchOffice
from recording.charts import Curve, Panel

_DAYS = {"15 January": FIFTEENTH_OF_JANUARY, "1 May": FIRST_OF_MAY, "6 July": SIXTH_OF_JULY}
_STANDBY, _DEMAND = "occupied_standby", "demand_controlled_ventilation"
_WAYS: Mapping[str, Sequence[str]] = {
    "the building's own": (),
    "standby": (_STANDBY,),
    "ventilation by demand": (_DEMAND,),
    "both": (_STANDBY, _DEMAND),
}
_SHOWN = "15 January"


def occupied_standby() -> Study:
    """A cold, a mild and a hot day: the building's own, each program by itself, and both together."""
    days = {day: {name: _day(number, programs) for name, programs in _WAYS.items()} for day, number in _DAYS.items()}
    own, standby = days[_SHOWN]["the building's own"], days[_SHOWN]["standby"]
    return Study(
        f"{_SHOWN}: empty zones in standby",
        (
            "",
            "electricity, kWh",
            "zone hours in standby",
            "K·h beyond set-points, with people",
            "ppm·h above set-points",
            "min under 62.1",
            "least 3 h of 62.1",
        ),
        [_row(f"{day}: {name}", ran) for day, ways in days.items() for name, ran in ways.items()],
        standby.hours,
        (
            Panel("People in the meeting rooms", (Curve("west", standby.column("hvac_reaZonWes_nPeo_y")),)),
            Panel("Air flow to the meeting rooms, m³/s", _both("hvac_reaZonWes_V_flow_y", own, standby)),
            Panel(
                "Meeting rooms, °C",
                (
                    Curve("own", figures.zone_degc(own, "west"), dashed=True),
                    Curve("standby", figures.zone_degc(standby, "west")),
                ),
                from_zero=False,
            ),
            Panel("CO2 in the meeting rooms, ppm", _both("hvac_reaZonWes_CO2Zon_y", own, standby), from_zero=False),
            Panel("Zones in standby", (Curve("standby", _zones_in_standby(standby)),)),
        ),
    )


def _day(number: int, programs: Sequence[str]) -> Day:
    if not programs:
        return day_alone(number, plant=BenchOffice)
    return day_with_all(number, {program: {} for program in programs}, plant=BenchOffice)


def _zones_in_standby(day: Day) -> list[float]:
    """How many, in each step."""
    told = [record.facts.get("standby", {}) for record in day.records if record.program == _STANDBY]
    return [float(len(zones)) if isinstance(zones, Mapping) else 0.0 for zones in told][: len(day.states)]


def _both(point: str, own: Day, standby: Day) -> tuple[Curve, Curve]:
    return Curve("own", own.column(point), dashed=True), Curve("standby", standby.column(point))


def _row(name: str, day: Day) -> tuple[str, ...]:
    return (
        name,
        f"{figures.kwh(day, figures.ALL):.1f}",
        f"{sum(_zones_in_standby(day)) * STEP_S / HOUR_S:.1f}",
        f"{air.discomfort_kh(day):.2f}",
        f"{air.ppm_hours(day):.0f}",
        f"{air.minutes_short(day):.0f}",
        f"{100.0 * air.least_share(day):.0f} %",
    )
