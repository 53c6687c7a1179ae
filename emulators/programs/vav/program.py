"""The VAV terminal's program: reads, decides, commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulators.program import ObjectSpec, ProgramIO
from emulators.programs.blocks import CheckedSensor, LinearReset, PIBlock, clamp
from emulators.programs.objects import ObjectTable, UnitSystem
from emulators.programs.schedule import OccupancySchedule
from emulators.programs.vav.boxes import BoxSize
from emulators.programs.vav.points import VAV_POINTS, BoxMode
from emulators.programs.vav.zone import ZoneDemand, ZoneTemperature, ventilation_flow_m3_s

_FLOW_PROOF = 0.05
# How many minutes earlier to start, by how many kelvins the zone is too cold.
_EARLY_BY_DEFICIT = LinearReset(0.5, 0.0, 3.0, 90.0)
_REHEAT_GAIN_PER_K = 0.015
_REHEAT_RESET_S = 90.0
_TEMPERATURE_RANGE_C = (-10.0, 60.0)
_CO2_RANGE_PPM = (200.0, 5000.0)
_FLOW_RANGE_M3_S = (0.0, 50.0)
# What the reheat valve is taken to be, by discharge air above zone air.
_TAKE_OVER_VALVE = LinearReset(-8.0, 0.0, 12.0, 0.8)


class VavReheatProgram:
    """Pressure-independent terminal with hot water reheat. ``DamperCmd`` is the share of the design flow.

    Without a zone temperature it gives its minimum flow; without air flow the reheat valve stays shut. Whoever commands
    ``MinFlowSp`` leads the minimum in place of the schedule and the CO2.
    """

    def __init__(self, unit_system: UnitSystem, size: BoxSize) -> None:
        self._table = ObjectTable(VAV_POINTS, unit_system)
        self._size = size
        self._schedule = OccupancySchedule(self._table)
        self._zone = ZoneTemperature(size)
        self._reheat = PIBlock(_REHEAT_GAIN_PER_K, _REHEAT_RESET_S)
        self._space_temp = CheckedSensor(*_TEMPERATURE_RANGE_C)
        self._discharge_temp = CheckedSensor(*_TEMPERATURE_RANGE_C)
        self._air_flow = CheckedSensor(*_FLOW_RANGE_M3_S)
        self._co2 = CheckedSensor(*_CO2_RANGE_PPM)
        self._controlling = False

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """The terminals, set-points and states of the box."""
        return self._table.specs

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Run one scan; see :class:`emulators.program.ControlProgram`."""
        self._read_sensors(io, dt_s)
        self._schedule.step(io, now, self._early_start_min(io))
        demand = self._demand(io, dt_s)
        self._command(io, demand, dt_s)
        io.write("SensorAlarm", float(self._space_temp.failed))
        io.write("OperatingMode", float(self._mode(demand)))

    def _early_start_min(self, io: ProgramIO) -> float:
        if self._space_temp.failed:
            return 0.0
        return _EARLY_BY_DEFICIT.at(self._table.read(io, "OccHeatSp") - self._space_temp.value)

    def _read_sensors(self, io: ProgramIO, dt_s: float) -> None:
        sensors = {
            "SpaceTemp": self._space_temp,
            "DischAirTemp": self._discharge_temp,
            "AirFlow": self._air_flow,
            "SpaceCO2": self._co2,
        }
        for name, sensor in sensors.items():
            sensor.step(self._table.read(io, name), dt_s)

    def _demand(self, io: ProgramIO, dt_s: float) -> ZoneDemand:
        cool_sp_c, heat_sp_c = self._setpoints(io)
        controlling = not self._space_temp.failed
        if controlling and not self._controlling and self._air_moves:
            self._take_over(nearer_to_cooling=2.0 * self._space_temp.value > cool_sp_c + heat_sp_c)
        self._controlling = controlling
        minimum_m3_s = self._table.lead(io, "MinFlowSp", self._minimum_flow_m3_s())
        if not controlling:
            return ZoneDemand(minimum_m3_s, heat_sp_c)
        return self._zone.step(self._space_temp.value, cool_sp_c, heat_sp_c, minimum_m3_s, dt_s)

    @property
    def _air_moves(self) -> bool:
        return not self._air_flow.failed and self._size.fraction(self._air_flow.value) > _FLOW_PROOF

    def _take_over(self, nearer_to_cooling: bool) -> None:
        """Go on from what the box does already, whoever drove it until now."""
        if nearer_to_cooling:
            self._zone.start_cooling(self._air_flow.value)
        elif not self._discharge_temp.failed:
            self._zone.start_heating(self._discharge_temp.value, self._space_temp.value)
            self._reheat.preset(_TAKE_OVER_VALVE.at(self._discharge_temp.value - self._space_temp.value))

    def _setpoints(self, io: ProgramIO) -> tuple[float, float]:
        """Cooling and heating set-point in force, which others may command."""
        prefix = "Occ" if self._schedule.in_use else "Unocc"
        for name in ("CoolSp", "HeatSp"):
            io.write(f"Eff{name}", io.read(f"{prefix}{name}"))
        return self._table.read(io, "EffCoolSp"), self._table.read(io, "EffHeatSp")

    def _minimum_flow_m3_s(self) -> float:
        if self._co2.failed or not self._schedule.in_use:
            return self._size.minimum_m3_s
        return ventilation_flow_m3_s(self._size, self._co2.value)

    def _command(self, io: ProgramIO, demand: ZoneDemand, dt_s: float) -> None:
        self._table.write(io, "AirFlowSp", demand.flow_m3_s)
        self._table.write(io, "DischAirTempSp", demand.discharge_c)
        flow = self._size.fraction(self._table.read(io, "AirFlowSp"))
        self._table.write(io, "DamperCmd", clamp(flow, 0.0, 1.0))
        self._table.write(io, "ReheatValve", self._reheat_valve(io, demand, dt_s))

    def _reheat_valve(self, io: ProgramIO, demand: ZoneDemand, dt_s: float) -> float:
        if demand.heating == 0.0 or not self._air_moves:
            self._reheat.preset(0.0)
            return 0.0
        if self._discharge_temp.failed:
            return demand.heating
        error_k = self._table.read(io, "DischAirTempSp") - self._discharge_temp.value
        return self._reheat.step(error_k, dt_s)

    def _mode(self, demand: ZoneDemand) -> BoxMode:
        if self._space_temp.failed:
            return BoxMode.SENSOR_FAULT
        if not self._schedule.in_use:
            return BoxMode.UNOCCUPIED
        if demand.cooling > 0.0:
            return BoxMode.COOLING
        return BoxMode.HEATING if demand.heating > 0.0 else BoxMode.DEADBAND
