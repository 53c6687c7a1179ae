"""One study per program: the days that are compared, the table of its page, and its curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.programs import figures
from benchmarks.programs.controlled import STEP_S as FINE_STEP_S
from benchmarks.programs.controlled import Bench, run
from benchmarks.programs.days import HOUR_S, STEP_S, Day, State, day_alone, day_with, mean
from recording.charts import Curve, Panel

FIRST_OF_MAY = 120
SIXTH_OF_JULY = 186
EIGHTEENTH_OF_SEPTEMBER = 260
_FIXED_PA = 250.0
_LIMITS_KW = (33.0, 31.0, 29.0)
_SHOWN_KW = 31.0
_SHED_H = (7.0, 19.0)
_MORNING_H = (8.0, 10.5)
_SUN_K = 10.0


@dataclass(frozen=True, slots=True)
class Study:
    """What came out. ``rows`` are cells in the order of ``head``; ``hours`` and ``panels`` are the picture."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    hours: Sequence[float]
    panels: Sequence[Panel]


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
            Panel("Duct static pressure, Pa", (*_both("hvac_reaAhu_dp_sup_y", fixed, reset),)),
            Panel("Fan power, kW", (*_both("hvac_reaAhu_PFanSup_y", fixed, reset, 1e-3),)),
            Panel("Requests", (Curve("all zones", _facts(reset, "requests")),)),
            Panel("Warmest zone, °C", (_warmest("fixed", fixed, True), _warmest("reset", reset)), from_zero=False),
        ),
    )


def _duct_row(name: str, day: Day, base_kwh: float) -> tuple[str, ...]:
    fan = figures.kwh(day, figures.FAN)
    occupied = [state["hvac_reaAhu_dp_sup_y"] for state in day.between(*figures.OPEN_H)]
    saved = f"{100.0 * (1.0 - fan / base_kwh):.1f} %" if fan != base_kwh else ""
    comfort = (f"{figures.kelvin_hours(day, limit):.2f}" for limit in (24.0, 24.2))
    return (name, f"{fan:.1f}", saved, f"{mean(occupied):.0f}", *comfort)


def supply_air_temperature_reset() -> Study:
    """Electricity of the whole plant against a fixed 12 °C, on four days."""
    days = {"26 March": 84, "1 May": 120, "25 May": 144, "18 September": EIGHTEENTH_OF_SEPTEMBER}
    pairs = {name: (day_alone(day), day_with(day, "supply_air_temperature_reset")) for name, day in days.items()}
    fixed, reset = pairs["18 September"]
    outdoor = [value - 273.15 for value in reset.column("weaSta_reaWeaTDryBul_y")]
    shown = [_degc(day.column("hvac_reaAhu_TSup_y")) for day in (fixed, reset)]
    return Study(
        "18 September: supply air temperature by requests and outdoor air",
        ("day", "fixed 12 °C, kWh", "reset, kWh", "saved", "of it chiller", "of it fan", "K h above 24.2 °C"),
        [_air_row(name, *pair) for name, pair in pairs.items()],
        reset.hours,
        (
            Panel(
                "Supply air and outdoor air, °C",
                (Curve("fixed", shown[0], True), Curve("reset", shown[1]), Curve("outdoor", outdoor)),
                from_zero=False,
            ),
            Panel("Electricity, kW", (*_curves(figures.power_kw, fixed, reset),)),
            Panel("Fan power, kW", (*_both("hvac_reaAhu_PFanSup_y", fixed, reset, 1e-3),)),
            Panel("Warmest zone, °C", (_warmest("fixed", fixed, True), _warmest("reset", reset)), from_zero=False),
        ),
    )


def _air_row(name: str, fixed: Day, reset: Day) -> tuple[str, ...]:
    before, after = figures.kwh(fixed, figures.ALL), figures.kwh(reset, figures.ALL)
    parts = (figures.kwh(fixed, group) - figures.kwh(reset, group) for group in (figures.CHILLER, figures.FAN))
    comfort = " → ".join(f"{figures.kelvin_hours(day, 24.2):.2f}" for day in (fixed, reset))
    saved = f"{100.0 * (1.0 - after / before):.0f} %"
    return (name, f"{before:.1f}", f"{after:.1f}", saved, *(f"{part:+.1f} kWh" for part in parts), comfort)


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
            Panel(
                "Demand of each quarter of an hour, kW", (*_curves(figures.demand_kw, alone, shed, "alone", "shed"),)
            ),
            Panel("Stage", (Curve("stage in force", _stages(shed)),)),
            Panel("Warmest zone, °C", (_warmest("alone", alone, True), _warmest("shed", shed)), from_zero=False),
        ),
    )


def _shed_row(name: str, day: Day, alone: Day) -> tuple[str, ...]:
    peak, base = figures.highest_kw(day, _SHED_H), figures.highest_kw(alone, _SHED_H)
    change = f"{100.0 * (peak / base - 1.0):+.0f} %" if day is not alone else ""
    energy, warmest = figures.kwh(day, figures.ALL), figures.warmest_degc(day, _SHED_H)
    return (name, f"{peak:.1f}", change, f"{energy:.0f}", f"{warmest:.1f}", f"{figures.kelvin_hours(day, 24.2):.1f}")


def data_sharing() -> Study:
    """A spring morning with an air handler whose outdoor sensor is in the sun, alone and with a shared one."""
    changes = {"PLANT": _add_weather_station}
    in_the_sun = {**changes, "AHU": _put_sensor_in_the_sun}
    mornings = {
        "a good sensor": run(Bench(FIRST_OF_MAY, _MORNING_H, changes)),
        "a sensor in the sun": run(Bench(FIRST_OF_MAY, _MORNING_H, in_the_sun)),
        "shared from 8:30": run(Bench(FIRST_OF_MAY, _MORNING_H, in_the_sun, "data_sharing")),
    }
    return _mornings_study("1 May: an outdoor sensor that reads 10 K too much", mornings)


def override_release_bot() -> Study:
    """A spring morning with an outdoor damper that somebody has left nearly shut, and with the bot that releases it."""
    shut = {("AHU", "OutdoorAirDamper"): 20.0}
    acting = {"dry_run": False, "from_h": 0.0, "to_h": 24.0, "rules": {"release": [{"priorities": [8]}]}}
    mornings = {
        "nothing forgotten": run(Bench(FIRST_OF_MAY, _MORNING_H)),
        "damper left at 20 %": run(Bench(FIRST_OF_MAY, _MORNING_H, by_hand=shut)),
        "released at 8:30": run(Bench(FIRST_OF_MAY, _MORNING_H, {}, "override_release_bot", acting, shut)),
    }
    return _mornings_study("1 May: an outdoor damper commanded by hand and forgotten", mornings)


def _mornings_study(title: str, mornings: Mapping[str, Sequence[State]]) -> Study:
    """Mornings under the emulated controllers, the first of them without anything wrong."""
    every = round(STEP_S / FINE_STEP_S)
    shown = {name: states[every - 1 :: every] for name, states in mornings.items()}
    count = min(len(states) for states in shown.values())
    return Study(
        title,
        ("", "chiller, kWh", "fan, kWh", "outdoor damper, mean %"),
        [_sensor_row(name, states) for name, states in mornings.items()],
        [_MORNING_H[0] + (number + 1) * STEP_S / HOUR_S for number in range(count)],
        (
            Panel("Outdoor damper, %", _of_mornings(shown, "hvac_oveAhu_yOA_u", 100.0)),
            Panel("Chiller power, kW", _of_mornings(shown, "chi_reaPChi_y", 1e-3)),
            Panel("Supply air, °C", _of_mornings(shown, "hvac_reaAhu_TSup_y", 1.0, -273.15), from_zero=False),
        ),
    )


def _add_weather_station(config: dict[str, Any]) -> None:
    units = {"unit": "K", "si_unit": "degC", "us_unit": "degF"}
    names = {"bop_point": "weaSta_reaWeaTDryBul_y", "ecy_point": "WeatherStationTemp", "object_type": "AnalogValue"}
    config["points"].append({**names, **units})


def _put_sensor_in_the_sun(config: dict[str, Any]) -> None:
    [sensor] = [point for point in config["points"] if point["ecy_point"] == "OutdoorAirTemp"]
    sensor["offset"] = _SUN_K


def _sensor_row(name: str, states: Sequence[State]) -> tuple[str, ...]:
    def kwh(points: Sequence[str]) -> float:
        return sum(state[point] for state in states for point in points) * FINE_STEP_S / 3.6e6

    damper = mean([100.0 * state["hvac_oveAhu_yOA_u"] for state in states])
    return (name, f"{kwh(figures.CHILLER):.1f}", f"{kwh(figures.FAN):.1f}", f"{damper:.0f}")


def _of_mornings(
    mornings: Mapping[str, Sequence[State]], point: str, factor: float, offset: float = 0.0
) -> list[Curve]:
    return [
        Curve(name, [state[point] * factor + offset for state in states], dashed=number == 0)
        for number, (name, states) in enumerate(mornings.items())
    ]


def _stages(day: Day) -> list[float]:
    return [float(max([0, *_shed_zones(record.facts.get("shed"))])) for record in day.records[: len(day.states)]]


def _shed_zones(told: object) -> Sequence[int]:
    return list(told.values()) if isinstance(told, Mapping) else []


def _facts(day: Day, name: str) -> list[float]:
    return [float(str(record.facts.get(name, 0.0))) for record in day.records[: len(day.states)]]


def _degc(values: Sequence[float]) -> list[float]:
    return [value - 273.15 for value in values]


def _warmest(name: str, day: Day, dashed: bool = False) -> Curve:
    zones = [figures.zone_degc(day, zone) for zone in figures.ZONES]
    return Curve(name, [max(values) for values in zip(*zones, strict=True)], dashed)


def _both(point: str, fixed: Day, reset: Day, factor: float = 1.0) -> tuple[Curve, Curve]:
    return _curves(lambda day: [value * factor for value in day.column(point)], fixed, reset)


def _curves(
    of: Callable[[Day], list[float]], fixed: Day, reset: Day, before: str = "fixed", after: str = "reset"
) -> tuple[Curve, Curve]:
    return Curve(before, of(fixed), dashed=True), Curve(after, of(reset))


STUDIES: Mapping[str, Callable[[], Study]] = {
    "duct_static_reset": duct_static_reset,
    "supply_air_temperature_reset": supply_air_temperature_reset,
    "load_shed": load_shed,
    "data_sharing": data_sharing,
    "override_release_bot": override_release_bot,
}
