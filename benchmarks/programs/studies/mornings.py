"""Spring mornings under the emulated controllers with something wrong, and with a program that mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.programs import figures
from benchmarks.programs.controlled import STEP_S as FINE_STEP_S
from benchmarks.programs.controlled import Bench, run
from benchmarks.programs.days import HOUR_S, STEP_S, State, mean
from benchmarks.programs.studies.study import FIRST_OF_MAY, Study
from recording.charts import Curve, Panel

_MORNING_H = (8.0, 10.5)
_SUN_K = 10.0


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
