"""A thermostat that somebody has turned down so far that its box cannot follow, and a reset that listens to it."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.programs import figures
from benchmarks.programs.days import Day, PlantFactory, State, day_alone, day_with_all, mean
from benchmarks.programs.studies.study import SIXTH_OF_JULY, Study
from emulators.plants.multizone_office import MultizoneOffice
from recording.charts import Curve, Panel

_PROGRAM = "rogue_zones"
_DAYS = 4
_HOURS = (0.0, 24.0 * _DAYS)
_FIXED_PA = 250.0
_ROGUE, _TURNED_DEGC, _USUAL_DEGC = "south", 21.0, 24.0
_SETPOINT = "hvac_oveZonSupSou_TZonCooSet"
_OTHERS = [zone for zone in figures.ZONES if zone != _ROGUE]
_EXCLUDED = {_ROGUE: 0.0}
_KELVIN = 273.15


class TurnedDown(MultizoneOffice):
    """The office with one thermostat at 21 °C, day and night."""

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> State:
        """Advance, whatever else is commanded."""
        turned = {f"{_SETPOINT}_u": _TURNED_DEGC + _KELVIN, f"{_SETPOINT}_activate": 1.0}
        return super().advance(step_s, {**inputs, **turned})


def rogue_zones() -> Study:
    """Four summer days with the zone counted, with it left out, and with a pressure that does not listen."""
    fixed = day_alone(SIXTH_OF_JULY, {"hvac_oveAhu_dpSet": _FIXED_PA}, _HOURS, TurnedDown)
    counted = _reset_beside(TurnedDown)
    excluded = _reset_beside(TurnedDown, _EXCLUDED)
    rows = [
        _row("no rogue zone", _reset_beside(MultizoneOffice), _USUAL_DEGC),
        _row("south at 21 °C", counted, _TURNED_DEGC),
        _row("south at 21 °C, importance 0", excluded, _TURNED_DEGC),
        _row(f"south at 21 °C, fixed {_FIXED_PA:.0f} Pa", fixed, _TURNED_DEGC),
    ]
    *_, last_counted = counted.whole_days()
    *_, last_excluded = excluded.whole_days()
    return Study(
        "9 July: the fourth day with a thermostat at 21 °C",
        (
            "6 to 9 July",
            "fan, kWh",
            "mean pressure, Pa",
            "south, K h above its set-point",
            "others, K h above 24.2 °C",
            "first in the ranking",
        ),
        rows,
        last_counted.hours,
        _panels(last_counted, last_excluded),
    )


def _reset_beside(plant: PlantFactory, importance: Mapping[str, float] | None = None) -> Day:
    programs: Mapping[str, Mapping[str, object]] = {
        _PROGRAM: {"pressure_importance": importance or {}},
        "duct_static_reset": {"importance": importance or {}},
    }
    return day_with_all(SIXTH_OF_JULY, programs, _HOURS, plant).of(_PROGRAM)


def _row(name: str, day: Day, wish_degc: float) -> tuple[str, ...]:
    days = list(day.whole_days())
    pressure = mean([state["hvac_reaAhu_dp_sup_y"] for one in days for state in one.between(*figures.OPEN_H)])
    missed = sum(figures.kelvin_hours(one, wish_degc, zones=[_ROGUE]) for one in days)
    others = sum(figures.kelvin_hours(one, 24.2, zones=_OTHERS) for one in days)
    ranking = day.records[-1].facts["ranking"] if day.records else ()
    first = str(ranking[0]) if isinstance(ranking, list) and ranking else ""
    return (name, f"{figures.kwh(day, figures.FAN):.1f}", f"{pressure:.0f}", f"{missed:.1f}", f"{others:.2f}", first)


def _panels(counted: Day, excluded: Day) -> tuple[Panel, ...]:
    def both(point: str, factor: float = 1.0, offset: float = 0.0) -> list[Curve]:
        def shown(day: Day) -> list[float]:
            return [value * factor + offset for value in day.column(point)]

        return [Curve("counted", shown(counted), dashed=True), Curve("importance 0", shown(excluded))]

    temperature = "hvac_reaZonSou_TZon_y"
    return (
        Panel("Duct static pressure, Pa", both("hvac_reaAhu_dp_sup_y")),
        Panel("Fan power, kW", both("hvac_reaAhu_PFanSup_y", 1e-3)),
        Panel("South, °C", both(temperature, offset=-_KELVIN), from_zero=False),
        Panel("Rogue zones told", [Curve("told", _told(counted))]),
    )


def _told(day: Day) -> list[float]:
    return [float(len(record.alarms)) for record in day.records]
