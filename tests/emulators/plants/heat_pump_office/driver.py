"""Drives the heat pump office in tests: one unit or thermostat on cells of its own, and days of the whole building."""

from __future__ import annotations

from collections.abc import Mapping

from emulators.plants.heat_pump_office import HeatPumpOffice, heat_pump, thermostat
from emulators.plants.heat_pump_office.heat_pump import fit_unit, run_unit, set_unit_step
from emulators.plants.heat_pump_office.parameters import ZONES, AirSourceHeatPump, Thermostat
from emulators.plants.heat_pump_office.thermostat import control, fit_thermostat
from emulators.plants.psychrometrics import KELVIN, saturation_humidity_ratio

DAY_S = 86400.0
HOUR_S = 3600.0
COLD_MONDAY = 14
NAMES = [zone.name.capitalize() for zone in ZONES]
AREA_M2 = 100.0


class Unit:
    """A heat pump for 100 m2, in steps of five seconds."""

    def __init__(self, dt_s: float = 5.0) -> None:
        self.cells = [0.0] * heat_pump.CELLS
        self.time_s = 0.0
        self._dt_s = dt_s
        fit_unit(self.cells, 0, AirSourceHeatPump(), AREA_M2, 20.0)
        set_unit_step(self.cells, 0, dt_s)

    def run(
        self,
        seconds: float,
        compressor: float = 1.0,
        outdoor_c: float = 0.0,
        humidity: float = 0.8,
        powered: bool = True,
        backup: float = 0.0,
    ) -> None:
        """Run under the same commands; ``humidity`` is relative."""
        outdoor = outdoor_c, humidity * saturation_humidity_ratio(outdoor_c)
        for _ in range(round(seconds / self._dt_s)):
            run_unit(self.cells, 0, self.time_s, self._dt_s, (compressor, backup, 0.0), outdoor, powered)
            self.time_s += self._dt_s

    def __getitem__(self, cell: int) -> float:
        return self.cells[cell]


class Controller:
    """A thermostat in a zone of the test's choice."""

    def __init__(self) -> None:
        self.cells = [0.0] * thermostat.CELLS
        self.time_s = 0.0
        fit_thermostat(self.cells, 0, Thermostat())

    def override(self, place: int, value: float) -> None:
        """From now on this value is in force."""
        self.cells[place : place + 2] = [value, 1.0]

    def step(
        self, zone_c: float, outdoor_c: float = -10.0, in_use: float = 1.0, defrosts: float = 0.0, minutes: float = 1.0
    ) -> tuple[float, float, float]:
        """Commands to compressor, back-up and fan, and so many minutes go by."""
        commands = control(self.cells, 0, self.time_s, zone_c, outdoor_c, in_use, in_use, defrosts)
        self.time_s += minutes * 60.0
        return commands


def office(day: float, hour: float = 0.0) -> HeatPumpOffice:
    """The building at an hour of a day of the year (counted from 0), as the year has left it."""
    return HeatPumpOffice(start_time_s=day * DAY_S + hour * HOUR_S)


def taken(values: Mapping[str, float]) -> dict[str, float]:
    """Overrides by their base name: value and activation together."""
    return {f"{name}_u": value for name, value in values.items()} | {f"{name}_activate": 1.0 for name in values}


def zones_c(state: Mapping[str, float]) -> dict[str, float]:
    """Zone temperatures, degC."""
    return {name: state[f"hvac_reaZon{name}_TZon_y"] - KELVIN for name in NAMES}


def running(state: Mapping[str, float]) -> int:
    """How many compressors run."""
    return round(sum(state[f"hvac_reaZon{name}_yCom_y"] for name in NAMES))
