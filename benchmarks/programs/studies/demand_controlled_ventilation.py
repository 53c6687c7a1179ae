"""Outdoor air by CO2 and occupancy sensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.programs import air, figures
from benchmarks.programs.days import Day, Sensors, State, day_alone, day_with_all
from benchmarks.programs.studies.study import FIFTEENTH_OF_JANUARY, FIRST_OF_MAY, SIXTH_OF_JULY, Study
from emulators.plants.multizone_office import BenchOffice
from recording.charts import Curve, Panel

_NAME = "demand_controlled_ventilation"
_OUTDOOR_AIR = "hvac_oveAhu_VOutMinSet"
_DESIGN_M3_S, _LESS_M3_S = 0.883, 0.5
_BIAS_PPM = 75.0
_TWENTIETH_OF_JULY = 200
_SHOWN = "6 July"
_DAYS = {
    "15 January": FIFTEENTH_OF_JANUARY,
    "1 May": FIRST_OF_MAY,
    "6 July": SIXTH_OF_JULY,
    "20 July": _TWENTIETH_OF_JULY,
}


def demand_controlled_ventilation() -> Study:
    """A cold, a mild and two hot days: own minima, those fixed for the largest meeting, by demand, and simply less."""
    runs = {f"{day}: {name}": run(number) for day, number in _DAYS.items() for name, run in _ways(day).items()}
    shown = {name.partition(": ")[2]: day for name, day in runs.items() if name.startswith(f"{_SHOWN}: ")}
    own, led = shown["the building's own"], shown["by demand"]
    return Study(
        f"{_SHOWN}: ventilation by demand",
        (
            "",
            "electricity, kWh",
            "outdoor air, mean m³/s",
            "ppm·h above set-points",
            "most CO2, ppm",
            "min under 62.1",
            "least 3 h of 62.1",
            "K·h beyond set-points",
        ),
        [_row(name, day) for name, day in runs.items()],
        led.hours,
        (
            Panel("Outdoor air, m³/s", _both("hvac_reaAhu_V_flow_out_y", own, led)),
            Panel("People in the meeting rooms", (Curve("west", led.column("hvac_reaZonWes_nPeo_y")),)),
            Panel("CO2 in the meeting rooms, ppm", _both("hvac_reaZonWes_CO2Zon_y", own, led), from_zero=False),
            Panel("Air flow to the meeting rooms, m³/s", _both("hvac_reaZonWes_V_flow_y", own, led)),
            Panel(
                "Electricity, kW",
                (Curve("own", figures.power_kw(own), True), Curve("by demand", figures.power_kw(led))),
            ),
        ),
    )


def _ways(day: str) -> Mapping[str, Callable[[int], Day]]:
    """How a day is run; biased sensors on the one that is shown only."""
    ways: dict[str, Callable[[int], Day]] = {
        "the building's own": lambda number: day_alone(number, plant=BenchOffice),
        "fixed for the design": lambda number: day_alone(number, _fixed(), plant=BenchOffice),
        "by demand": lambda number: _led(number),
        "own, with 0.5 m³/s": lambda number: day_alone(number, {_OUTDOOR_AIR: _LESS_M3_S}, plant=BenchOffice),
    }
    if day == _SHOWN:
        ways["CO2 sensors 75 ppm too high"] = lambda number: _led(number, _biased(_BIAS_PPM))
        ways["CO2 sensors 75 ppm too low"] = lambda number: _led(number, _biased(-_BIAS_PPM))
    return ways


def _led(number: int, sensors: Sensors = dict) -> Day:
    return day_with_all(number, {_NAME: {}}, plant=BenchOffice, sensors=sensors)


def _fixed() -> Mapping[str, float]:
    """Minima that are never too small, with the box of the meeting rooms at what the largest meeting needs."""
    minima = {
        f"hvac_oveZonSup{figures.ZONES[zone]}_VMinSet": design.fixed_minimum_m3_s
        for zone, design in air.designs().items()
    }
    return {_OUTDOOR_AIR: _DESIGN_M3_S, **minima}


def _biased(by_ppm: float) -> Sensors:
    """Every CO2 sensor shows so much more."""

    def shown(state: State) -> State:
        return {name: value + by_ppm if name.endswith("_CO2Zon_y") else value for name, value in state.items()}

    return shown


def _both(point: str, own: Day, led: Day) -> tuple[Curve, Curve]:
    return Curve("own", own.column(point), dashed=True), Curve("by demand", led.column(point))


def _row(name: str, day: Day) -> tuple[str, ...]:
    return (
        name,
        f"{figures.kwh(day, figures.ALL):.1f}",
        f"{air.taken_m3_s(day):.2f}",
        f"{air.ppm_hours(day):.0f}",
        f"{air.highest_ppm(day):.0f}",
        f"{air.minutes_short(day):.0f}",
        f"{100.0 * air.least_share(day):.0f} %",
        f"{air.discomfort_kh(day):.2f}",
    )
