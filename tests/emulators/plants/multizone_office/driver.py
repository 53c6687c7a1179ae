"""Drives the office plant in tests: start at a moment of the year, override, look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters

DAY_S = 86400.0
KELVIN = 273.15
ZONES = ("Cor", "Sou", "Eas", "Nor", "Wes")
AHU = "hvac_reaAhu_"
OVERRIDE = "hvac_oveAhu_"

WINTER_DAY = 14
COLD_DAY = 26
MILD_DAY = 84
SUMMER_DAY = 196


def office(day: float, hour: float = 0.0, parameters: OfficeParameters | None = None) -> MultizoneOffice:
    """An office at an hour of a day of the year (counted from 0), as the year has left it."""
    return MultizoneOffice(parameters, start_time_s=day * DAY_S + hour * 3600.0)


def take(**values: float) -> dict[str, float]:
    """Overrides of the air handler: value and activation together."""
    return taken({OVERRIDE + name: value for name, value in values.items()})


def taken(values: Mapping[str, float]) -> dict[str, float]:
    """Any overrides by their base name: value and activation together."""
    body: dict[str, float] = {}
    for name, value in values.items():
        body |= {f"{name}_u": value, f"{name}_activate": 1.0}
    return body


def history(plant: MultizoneOffice, step_s: float, duration_s: float) -> Iterator[Mapping[str, float]]:
    """The states at the ends of equal steps."""
    for _ in range(round(duration_s / step_s)):
        yield plant.advance(step_s, {})


def zone_temperatures(state: Mapping[str, float]) -> list[float]:
    """degC, in the order of ``ZONES``."""
    return [state[f"hvac_reaZon{zone}_TZon_y"] - KELVIN for zone in ZONES]


def celsius(state: Mapping[str, float], name: str) -> float:
    """A temperature of the air handler, degC."""
    return state[AHU + name] - KELVIN
