"""The objects of a heat pump's controller."""

from __future__ import annotations

from enum import IntEnum

from emulators.programs.objects import OPEN_CIRCUIT_C, ProgramObject, Quantity
from emulators.programs.schedule import schedule_points


class HeatPumpMode(IntEnum):
    """What the unit does; state numbers of the multi-state value ``OperatingMode``."""

    OFF = 1
    HEATING = 2
    HEATING_WITH_BACKUP = 3
    DEFROST = 4
    DISABLED = 5
    SENSOR_FAULT = 6


def _temperature(object_type: str, name: str, initial_c: float, description: str) -> ProgramObject:
    return ProgramObject(object_type, name, Quantity.TEMPERATURE, initial_c, description)


def _binary(object_type: str, name: str, description: str, initial: float = 0.0) -> ProgramObject:
    return ProgramObject(object_type, name, None, initial, description)


HEAT_PUMP_POINTS = (
    _temperature("AnalogInput", "SpaceTemp", OPEN_CIRCUIT_C, "Zone air temperature"),
    _temperature("AnalogInput", "DischAirTemp", OPEN_CIRCUIT_C, "Supply air temperature"),
    _temperature("AnalogValue", "OutdoorAirTemp", 0.0, "Outdoor air temperature"),
    ProgramObject("AnalogValue", "UnitPower", Quantity.POWER, 0.0, "Electric power of the unit"),
    _binary("BinaryInput", "CompStatus", "Compressor runs"),
    _binary("BinaryInput", "DefrostStatus", "The unit defrosts"),
    _binary("BinaryOutput", "CompCmd", "Compressor command"),
    _binary("BinaryOutput", "FanCmd", "Fan command"),
    ProgramObject("AnalogOutput", "BackupCmd", Quantity.FRACTION, 0.0, "Electric back-up"),
    *schedule_points(start_h=7.0, stop_h=18.0, lead_min=120.0),
    _temperature("AnalogValue", "OccHeatSp", 20.5, "Occupied heating set-point"),
    _temperature("AnalogValue", "UnoccHeatSp", 16.0, "Unoccupied heating set-point"),
    _temperature("AnalogValue", "EffHeatSp", 16.0, "Heating set-point in force"),
    _binary("BinaryValue", "UnitEnable", "The unit may run", 1.0),
    _binary("BinaryValue", "WarmUpCmd", "The occupied set-point holds now"),
    _binary("BinaryValue", "BackupLockout", "Electric back-up locked out"),
    _binary("BinaryValue", "CompAlarm", "Compressor commanded but not proven"),
    _binary("BinaryValue", "SensorAlarm", "The zone temperature sensor has failed"),
    ProgramObject(
        "MultiStateValue",
        "OperatingMode",
        initial=HeatPumpMode.OFF,
        description="What the unit does",
        states=tuple(mode.name.replace("_", " ").capitalize() for mode in HeatPumpMode),
    ),
)
