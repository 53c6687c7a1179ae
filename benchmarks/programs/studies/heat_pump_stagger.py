"""Heat pumps on cold mornings: all at once by their own clocks, by a fixed time program, and staggered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from benchmarks.programs.days import DAY_S, HOUR_S, STEP_S, Day, PlantFactory, day_alone, day_with
from benchmarks.programs.studies.study import Study, curves
from emulators.plants.heat_pump_office import HeatPumpOffice
from recording.charts import Curve, Panel

_MILD_DAY, _MILD_K_PER_H = 21, 8.0
"""How fast zones warm up on the mild morning, once that has been learned."""
_MORNINGS = {"15 January": 14, "29 January": 28, "22 January": _MILD_DAY}
"""Mondays of the model's year, from cold to mild."""
_SHOWN = "15 January"
_HOURS = (3.0, 12.0)
_OCCUPIED_H = (7.0, 12.0)
_WARM_K = 273.15 + 20.0
_LIMITS_KW = (30.0, 24.0)
_CUT_H = (5.5, 6.0)
_WINDOW_S = 900.0
_ZONES = ("Ope", "Mee", "Rec", "Wor", "Lib", "Tra", "Caf", "Arc")
_PAIRS_H = {4.0: ("Ope", "Lib"), 4.5: ("Wor", "Tra"), 5.0: ("Arc", "Mee"), 5.5: ("Caf", "Rec")}
"""A time program as a careful engineer would have set it: large and northern zones first, two every half hour."""
_METER = "sit_reaMet_PEle_y"

Act = Callable[[float], Mapping[str, float]]
"""What is put on the building's inputs at an hour of the day."""


class LedOffice(HeatPumpOffice):
    """The building, with something done to it by the clock beside whoever else acts on it."""

    def __init__(self, act: Act) -> None:
        self._act = act
        super().__init__()

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Do what the hour asks for, and advance."""
        return super().advance(step_s, {**inputs, **self._act(self.time_s % DAY_S / HOUR_S)})


def heat_pump_stagger() -> Study:
    """The peak of three mornings, their energy, and when the zones were warm; and a power cut."""
    mornings = {name: _ways(day) for name, day in _MORNINGS.items()}
    shown = mornings[_SHOWN]
    own, fixed, staggered, *_ = shown.values()
    runs = {"own": _own(_MORNINGS[_SHOWN]), "staggered": _staggered(_MORNINGS[_SHOWN], {"limit_kw": _LIMITS_KW[0]})}
    times = f"power cut {_clock(_CUT_H[0])} to {_clock(_CUT_H[1])}"
    cut = {f"{name}, {times}": run(partial(LedOffice, _cut)) for name, run in runs.items()}
    return Study(
        f"{_SHOWN}: eight heat pumps, staggered under {_LIMITS_KW[0]:g} kW",
        ("morning", "", "kW before 7 h", "kW to 12 h", "kWh", "all warm at", "K h below 20 °C"),
        [
            *(_row(morning, way, day) for morning, ways in mornings.items() for way, day in ways.items()),
            *(_row(_SHOWN, way, day) for way, day in cut.items()),
        ],
        staggered.hours,
        (
            Panel("Demand of each quarter of an hour, kW", _three(_quarters_kw, own, fixed, staggered)),
            Panel("Compressors that run", _three(_running, own, fixed, staggered)),
            Panel("Electric back-up, kW", (*curves(_backup_kw, own, staggered, "own", "staggered"),)),
            Panel("Coldest zone, °C", _three(_coldest_degc, own, fixed, staggered), from_zero=False),
        ),
        shown_h=(3.0, 10.0),
    )


def _ways(number: int) -> Mapping[str, Day]:
    """The same morning under each control."""
    learned = {"limit_kw": _LIMITS_KW[0], "warm_up_k_per_h": _MILD_K_PER_H}
    ways = {f"staggered, {limit_kw:g} kW": {"limit_kw": limit_kw} for limit_kw in _LIMITS_KW}
    ways |= {f"staggered, {_LIMITS_KW[0]:g} kW, learned": learned} if number == _MILD_DAY else {}
    return {
        "own": _own(number)(HeatPumpOffice),
        "fixed times": _own(number)(partial(LedOffice, _time_program)),
        **{name: _staggered(number, parameters)(HeatPumpOffice) for name, parameters in ways.items()},
    }


def _own(number: int) -> Callable[[PlantFactory], Day]:
    return lambda plant: day_alone(number, hours=_HOURS, plant=plant)


def _staggered(number: int, parameters: Mapping[str, float]) -> Callable[[PlantFactory], Day]:
    return lambda plant: day_with(number, "heat_pump_stagger", parameters, hours=_HOURS, plant=plant)


def _time_program(hour: float) -> Mapping[str, float]:
    """Each pair is disabled until its time, and warms up from then on."""
    inputs: dict[str, float] = {}
    for start_h, pair in _PAIRS_H.items():
        waits, warms_up = min(_PAIRS_H) <= hour < start_h, start_h <= hour < _OCCUPIED_H[0]
        for zone in pair:
            base = f"hvac_oveZonSup{zone}_"
            inputs |= {f"{base}yEna_u": 0.0, f"{base}yEna_activate": float(waits)}
            inputs |= {f"{base}yWarUp_u": 1.0, f"{base}yWarUp_activate": float(warms_up)}
    return inputs


def _cut(hour: float) -> Mapping[str, float]:
    return {"sit_oveMet_yGri_u": 0.0, "sit_oveMet_yGri_activate": float(_CUT_H[0] <= hour < _CUT_H[1])}


def _row(morning: str, way: str, day: Day) -> tuple[str, ...]:
    kwh = sum(day.column(_METER)) * STEP_S / 3.6e6
    cold = sum(max(0.0, _WARM_K - degk) for state in day.between(*_OCCUPIED_H) for degk in _zones_k(state))
    return (
        morning,
        way,
        f"{_highest_kw(day, _OCCUPIED_H[0]):.1f}",
        f"{_highest_kw(day, _HOURS[1]):.1f}",
        f"{kwh:.0f}",
        _clock(_warm_at(day)),
        f"{cold * STEP_S / HOUR_S:.1f}",
    )


def _zones_k(state: Mapping[str, float]) -> Sequence[float]:
    return [state[f"hvac_reaZon{zone}_TZon_y"] for zone in _ZONES]


def _quarters_kw(day: Day) -> list[float]:
    """The mean power of the quarter of an hour that each half minute belongs to."""
    power, size = day.column(_METER), round(_WINDOW_S / STEP_S)
    means = [sum(power[first : first + size]) / size / 1e3 for first in range(0, len(power), size)]
    return [means[number // size] for number in range(len(power))]


def _highest_kw(day: Day, to_h: float) -> float:
    return max(kw for hour, kw in zip(day.hours, _quarters_kw(day), strict=True) if hour <= to_h)


def _running(day: Day) -> list[float]:
    return [sum(state[f"hvac_reaZon{zone}_yCom_y"] for zone in _ZONES) for state in day.states]


def _backup_kw(day: Day) -> list[float]:
    return [sum(state[f"hvac_reaZon{zone}_PAux_y"] for zone in _ZONES) / 1e3 for state in day.states]


def _coldest_degc(day: Day) -> list[float]:
    return [min(_zones_k(state)) - 273.15 for state in day.states]


def _warm_at(day: Day) -> float:
    """When the last of the zones has been warm for the first time."""
    firsts = []
    for zone in _ZONES:
        column = day.column(f"hvac_reaZon{zone}_TZon_y")
        firsts.append(next((hour for hour, degk in zip(day.hours, column, strict=True) if degk >= _WARM_K), _HOURS[1]))
    return max(firsts)


def _clock(hour: float) -> str:
    return f"{int(hour)}:{int(hour % 1.0 * 60.0):02d}"


def _three(of: Callable[[Day], list[float]], own: Day, fixed: Day, staggered: Day) -> tuple[Curve, ...]:
    before, after = curves(of, own, staggered, "own", "staggered")
    return before, after, Curve("fixed times", of(fixed))
