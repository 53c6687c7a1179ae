"""The objects of a VAV terminal with reheat."""

from __future__ import annotations

from enum import IntEnum

from emulators.programs.objects import OPEN_CIRCUIT_C, ProgramObject, Quantity
from emulators.programs.schedule import SCHEDULE_POINTS


class BoxMode(IntEnum):
    """What the terminal does; state numbers of the multi-state value ``OperatingMode``."""

    UNOCCUPIED = 1
    DEADBAND = 2
    COOLING = 3
    HEATING = 4
    SENSOR_FAULT = 5


def _setpoint(name: str, initial_c: float, description: str) -> ProgramObject:
    return ProgramObject("AnalogValue", name, Quantity.TEMPERATURE, initial_c, description)


VAV_POINTS = (
    ProgramObject("AnalogInput", "SpaceTemp", Quantity.TEMPERATURE, OPEN_CIRCUIT_C, "Zone air temperature"),
    ProgramObject("AnalogInput", "DischAirTemp", Quantity.TEMPERATURE, OPEN_CIRCUIT_C, "Discharge air temperature"),
    ProgramObject("AnalogInput", "AirFlow", Quantity.AIR_FLOW, 0.0, "Discharge air flow"),
    ProgramObject("AnalogInput", "SpaceCO2", Quantity.CONCENTRATION, 0.0, "Zone air CO2"),
    ProgramObject("AnalogOutput", "DamperCmd", Quantity.FRACTION, 0.0, "Air flow set-point, share of the design flow"),
    ProgramObject("AnalogOutput", "ReheatValve", Quantity.FRACTION, 0.0, "Reheat valve position"),
    *SCHEDULE_POINTS,
    _setpoint("OccCoolSp", 24.0, "Occupied cooling set-point"),
    _setpoint("OccHeatSp", 20.0, "Occupied heating set-point"),
    _setpoint("UnoccCoolSp", 30.0, "Unoccupied cooling set-point"),
    _setpoint("UnoccHeatSp", 12.0, "Unoccupied heating set-point"),
    _setpoint("EffCoolSp", 24.0, "Cooling set-point in force"),
    _setpoint("EffHeatSp", 20.0, "Heating set-point in force"),
    ProgramObject("AnalogValue", "AirFlowSp", Quantity.AIR_FLOW, 0.0, "Air flow set-point"),
    _setpoint("DischAirTempSp", 12.0, "Discharge air temperature set-point"),
    ProgramObject("BinaryValue", "SensorAlarm", description="The zone temperature sensor has failed"),
    ProgramObject(
        "MultiStateValue",
        "OperatingMode",
        initial=BoxMode.UNOCCUPIED,
        description="What the terminal does",
        states=tuple(mode.name.replace("_", " ").capitalize() for mode in BoxMode),
    ),
    ProgramObject("BinaryInput", "OccSensor", initial=1.0, description="Somebody is in the zone; so it says unwired"),
    ProgramObject("AnalogInput", "People", Quantity.NUMBER, 0.0, "People in the zone"),
    ProgramObject("AnalogValue", "MinFlowSp", Quantity.AIR_FLOW, 0.0, "Minimum air flow set-point in force"),
)
