"""The air handling unit's program: reads, decides, commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulators.program import ObjectSpec, ProgramIO
from emulators.programs.ahu.conditioning import Conditioning, Position, Setpoints
from emulators.programs.ahu.fan import FanControl, FanInputs
from emulators.programs.ahu.outdoor_air import MinimumOutdoorAir
from emulators.programs.ahu.points import AHU_POINTS, BY_POSITION, AhuMode
from emulators.programs.ahu.pumps import CoilPump
from emulators.programs.ahu.sensors import AhuReadings, AhuSensors
from emulators.programs.ahu.supervision import Calls, ModeSelector, early_start_min, supply_setpoint_c
from emulators.programs.blocks import clamp
from emulators.programs.objects import ObjectTable, UnitSystem
from emulators.programs.schedule import OccupancySchedule

DESIGN_FLOW_M3_S = 5.595


class AhuProgram:
    """Single-duct variable-air-volume air handling unit with economizer, hot water and chilled water coil."""

    def __init__(self, unit_system: UnitSystem, design_flow_m3_s: float = DESIGN_FLOW_M3_S) -> None:
        self._table = ObjectTable(AHU_POINTS, unit_system)
        self._sensors = AhuSensors(self._table, design_flow_m3_s)
        self._schedule = OccupancySchedule(self._table)
        self._modes = ModeSelector()
        self._minimum = MinimumOutdoorAir(design_flow_m3_s)
        self._fan = FanControl()
        self._conditioning = Conditioning()
        self._heating_pump = CoilPump()
        self._cooling_pump = CoilPump()

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """The terminals, set-points and states of the unit."""
        return self._table.specs

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Run one scan; see :class:`emulators.program.ControlProgram`."""
        readings = self._sensors.step(io, dt_s)
        self._schedule.step(io, now, early_start_min(readings))
        mode = self._run_fan(io, readings, dt_s)
        position = self._conditioning.step(mode, readings, self._setpoints(io, mode, readings, dt_s), dt_s)
        self._minimum.follow(position.outdoor_air)
        self._command(io, position)
        self._run_pump(io, "HeatingPump", self._heating_pump, position.heating, dt_s)
        self._run_pump(io, "CoolingPump", self._cooling_pump, position.cooling, dt_s)
        self._tell(io, mode, readings)

    def _run_fan(self, io: ProgramIO, readings: AhuReadings, dt_s: float) -> AhuMode:
        proven = io.read("DischFanStatus") > 0.5
        inputs = FanInputs(
            run=self._schedule.in_use and not readings.failed,
            proven=proven,
            pressure_pa=readings.pressure_pa,
            pressure_sp_pa=self._table.read(io, "DuctPressSp"),
            flow_fraction=readings.flow_fraction,
        )
        self._table.write(io, "DischFanSpeed", self._fan.step(inputs, dt_s))
        calls = Calls(
            sensor_fault=readings.failed,
            fan_fault=self._fan.failed,
            occupied=self._schedule.occupied,
            starting_up=self._schedule.starting_up,
            fan_proven=proven,
            return_c=readings.return_c,
        )
        return self._modes.step(calls)

    def _setpoints(self, io: ProgramIO, mode: AhuMode, readings: AhuReadings, dt_s: float) -> Setpoints:
        """Write our own, and go by what then stands there: others may command them."""
        flow_sp_m3_s = self._table.lead(io, "MinOutdoorAirFlowSp", BY_POSITION)
        if mode is not AhuMode.OCCUPIED:
            flow_sp_m3_s = BY_POSITION
        position = self._minimum.step(readings.flow_fraction, flow_sp_m3_s, readings.outdoor_m3_s, dt_s)
        minimum = position if mode is AhuMode.OCCUPIED else 0.0
        self._table.write(io, "SupplyAirTempSp", supply_setpoint_c(mode, readings))
        self._table.write(io, "MinOutdoorAirSp", minimum)
        in_force = clamp(self._table.read(io, "MinOutdoorAirSp"), 0.0, 1.0)
        return Setpoints(self._table.read(io, "SupplyAirTempSp"), in_force)

    def _command(self, io: ProgramIO, position: Position) -> None:
        self._table.write(io, "OutdoorAirDamper", position.outdoor_air)
        self._table.write(io, "ReturnAirDamper", position.return_air)
        self._table.write(io, "HeatingValve", position.heating)
        self._table.write(io, "CoolingValve", position.cooling)

    def _run_pump(self, io: ProgramIO, name: str, pump: CoilPump, valve: float, dt_s: float) -> None:
        pump.step(valve, io.read(f"{name}Status") > 0.5, dt_s)
        io.write(f"{name}Cmd", float(pump.on))
        io.write(f"{name}Alarm", float(pump.failed))

    def _tell(self, io: ProgramIO, mode: AhuMode, readings: AhuReadings) -> None:
        io.write("OperatingMode", float(mode))
        io.write("SensorAlarm", float(readings.failed))
        io.write("FanAlarm", float(self._fan.failed))
        io.write("EconomizerEnabled", float(self._conditioning.economizer))
        io.write("LowLimitAlarm", float(self._conditioning.low_limit))
