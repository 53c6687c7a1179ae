"""A heat pump's program: two stages by the zone temperature, and what others may ask of the unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulators.program import ObjectSpec, ProgramIO
from emulators.programs.blocks import CheckedSensor, OnDelay, ProofMonitor
from emulators.programs.heat_pump.points import HEAT_PUMP_POINTS, HeatPumpMode
from emulators.programs.objects import ObjectTable, UnitSystem
from emulators.programs.schedule import WORKING_DAYS, OccupancySchedule

_BAND_K = 0.5
_BACKUP_BELOW_K = 1.5
_BACKUP_AFTER_S = 600.0
_BACKUP_OUTDOOR_C = 5.0
_PROOF_S = 600.0
"""A compressor may have to rest for five minutes before it starts."""
_SHORTEST_RUN_S = 180.0
_SHORTEST_OFF_S = 300.0
_TEMPERATURE_RANGE_C = (-10.0, 60.0)


class CompressorTimer:
    """Follows a call, but neither starts nor stops a compressor too soon after the last change."""

    def __init__(self, shortest_run_s: float, shortest_off_s: float) -> None:
        self._shortest_run_s = shortest_run_s
        self._shortest_off_s = shortest_off_s
        self._unchanged_s = 0.0
        self.runs = False

    def preset(self, runs: bool) -> None:
        """It is found so, and may have been so for long."""
        self.runs = runs
        self._unchanged_s = max(self._shortest_run_s, self._shortest_off_s)

    def step(self, call: bool, dt_s: float) -> bool:
        """Return whether it is to run."""
        self._unchanged_s += dt_s
        shortest_s = self._shortest_run_s if self.runs else self._shortest_off_s
        if call != self.runs and self._unchanged_s >= shortest_s:
            self.runs, self._unchanged_s = call, 0.0
        return self.runs


class HeatPumpProgram:
    """Compressor within half a kelvin of ``EffHeatSp``; back-up when that has not sufficed for ten minutes.

    ``UnitEnable`` off stands above all, ``WarmUpCmd`` brings the occupied set-point forward, ``BackupLockout`` leaves
    it to the compressor. Without a zone temperature the unit stands.
    """

    def __init__(self, unit_system: UnitSystem) -> None:
        self._table = ObjectTable(HEAT_PUMP_POINTS, unit_system)
        self._schedule = OccupancySchedule(self._table, WORKING_DAYS)
        self._space_temp = CheckedSensor(*_TEMPERATURE_RANGE_C)
        self._timer = CompressorTimer(_SHORTEST_RUN_S, _SHORTEST_OFF_S)
        self._too_cold = OnDelay(_BACKUP_AFTER_S)
        self._unproven = ProofMonitor(_PROOF_S)
        self._controlling = self._calls = self._calls_backup = False

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """The terminals, set-points and states of the unit."""
        return self._table.specs

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Run one scan; see :class:`emulators.program.ControlProgram`."""
        self._space_temp.step(self._table.read(io, "SpaceTemp"), dt_s)
        self._schedule.step(io, now, 0.0)
        controlling, enabled = not self._space_temp.failed, io.read("UnitEnable") > 0.5
        if controlling and not self._controlling:
            self._take_over(io)
        self._controlling = controlling
        self._call(io, controlling and enabled, dt_s)
        self._command(io, enabled, dt_s)
        io.write("SensorAlarm", float(self._space_temp.failed))
        io.write("OperatingMode", float(self._mode(io, enabled)))

    def _take_over(self, io: ProgramIO) -> None:
        """Go on from what the unit does already, whoever drove it until now."""
        self._calls = io.read("CompStatus") > 0.5
        self._timer.preset(self._calls)

    def _call(self, io: ProgramIO, may_run: bool, dt_s: float) -> None:
        cold_by_k = self._set_point_c(io) - self._space_temp.value
        self._calls = may_run and (cold_by_k > _BAND_K or (self._calls and cold_by_k >= -_BAND_K))
        allowed = may_run and io.read("BackupLockout") < 0.5
        allowed = allowed and self._table.read(io, "OutdoorAirTemp") <= _BACKUP_OUTDOOR_C
        waited = self._too_cold.step(allowed and cold_by_k > _BACKUP_BELOW_K, dt_s)
        self._calls_backup = allowed and (waited or (self._calls_backup and cold_by_k >= _BAND_K))

    def _set_point_c(self, io: ProgramIO) -> float:
        """The set-point in force, which others may command."""
        in_use = self._schedule.in_use or io.read("WarmUpCmd") > 0.5
        io.write("EffHeatSp", io.read("OccHeatSp" if in_use else "UnoccHeatSp"))
        return self._table.read(io, "EffHeatSp")

    def _command(self, io: ProgramIO, enabled: bool, dt_s: float) -> None:
        runs = self._timer.step(self._calls, dt_s)
        tempers = enabled and io.read("DefrostStatus") > 0.5 and io.read("BackupLockout") < 0.5
        backup = self._calls_backup or tempers
        io.write("CompCmd", float(runs))
        self._table.write(io, "BackupCmd", float(backup))
        io.write("FanCmd", float(runs or backup or (enabled and self._controlling and self._schedule.occupied)))
        proven = io.read("CompStatus") > 0.5
        io.write("CompAlarm", float(self._unproven.step(runs, proven, dt_s)))

    def _mode(self, io: ProgramIO, enabled: bool) -> HeatPumpMode:
        if self._space_temp.failed:
            return HeatPumpMode.SENSOR_FAULT
        if not enabled:
            return HeatPumpMode.DISABLED
        if io.read("DefrostStatus") > 0.5:
            return HeatPumpMode.DEFROST
        if self._calls_backup:
            return HeatPumpMode.HEATING_WITH_BACKUP
        return HeatPumpMode.HEATING if self._timer.runs else HeatPumpMode.OFF
