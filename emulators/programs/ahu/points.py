"""The objects of the air handling unit: terminals, set-points and states."""

from __future__ import annotations

from enum import IntEnum

from emulators.programs.objects import OPEN_CIRCUIT_C, ProgramObject, Quantity
from emulators.programs.schedule import SCHEDULE_POINTS


class AhuMode(IntEnum):
    """What the unit does; state numbers of the multi-state value ``OperatingMode``."""

    OFF = 1
    START = 2
    WARM_UP = 3
    COOL_DOWN = 4
    OCCUPIED = 5
    SENSOR_FAULT = 6
    FAN_FAULT = 7

    @property
    def moves_air(self) -> bool:
        """Whether the fan is proven, so that the air can be conditioned."""
        return self in (AhuMode.WARM_UP, AhuMode.COOL_DOWN, AhuMode.OCCUPIED)


NO_SIGNAL = -1.0
"""What a transmitter's input shows with nothing wired to it: less than it can measure."""
BY_POSITION = -1.0
"""What the outdoor air flow set-point shows while nobody commands it: no flow, so that 0 is one."""


def _temperature_input(name: str, description: str) -> ProgramObject:
    return ProgramObject("AnalogInput", name, Quantity.TEMPERATURE, OPEN_CIRCUIT_C, description)


def _output(name: str, description: str) -> ProgramObject:
    return ProgramObject("AnalogOutput", name, Quantity.FRACTION, 0.0, description)


def _setting(name: str, quantity: Quantity, initial: float, description: str) -> ProgramObject:
    return ProgramObject("AnalogValue", name, quantity, initial, description)


def _binary(object_type: str, name: str, description: str) -> ProgramObject:
    return ProgramObject(object_type, name, None, 0.0, description)


AHU_POINTS = (
    _setting("OutdoorAirTemp", Quantity.TEMPERATURE, 15.0, "Outdoor air temperature"),
    _setting("OutdoorAirHumidity", Quantity.FRACTION, 0.5, "Outdoor air relative humidity"),
    ProgramObject("AnalogInput", "SupplyAirFlow", Quantity.AIR_FLOW, 0.0, "Supply air flow"),
    _temperature_input("DischAirTemp", "Supply air temperature after the fan"),
    _temperature_input("RetAirTemp", "Return air temperature"),
    _temperature_input("MixedAirTemp", "Mixed air temperature"),
    ProgramObject("AnalogInput", "DischAirPress", Quantity.PRESSURE, 0.0, "Supply duct static pressure"),
    _output("DischFanSpeed", "Supply fan speed"),
    _output("OutdoorAirDamper", "Outdoor air damper position"),
    _output("ReturnAirDamper", "Return air damper position"),
    _output("CoolingValve", "Chilled water valve position"),
    _output("HeatingValve", "Hot water valve position"),
    _binary("BinaryInput", "DischFanStatus", "Supply fan runs"),
    _binary("BinaryInput", "HeatingPumpStatus", "Heating coil pump runs"),
    _binary("BinaryInput", "CoolingPumpStatus", "Cooling coil pump runs"),
    _binary("BinaryOutput", "CoolingPumpCmd", "Cooling coil pump command"),
    _binary("BinaryOutput", "HeatingPumpCmd", "Heating coil pump command"),
    _setting("HeatingCoilSupplyTemp", Quantity.TEMPERATURE, 20.0, "Hot water entering the heating coil"),
    _setting("HeatingCoilReturnTemp", Quantity.TEMPERATURE, 20.0, "Hot water leaving the heating coil"),
    _setting("CoolingCoilSupplyTemp", Quantity.TEMPERATURE, 20.0, "Chilled water entering the cooling coil"),
    _setting("CoolingCoilReturnTemp", Quantity.TEMPERATURE, 20.0, "Chilled water leaving the cooling coil"),
    *SCHEDULE_POINTS,
    _setting("SupplyAirTempSp", Quantity.TEMPERATURE, 12.0, "Supply air temperature set-point in force"),
    _setting("DuctPressSp", Quantity.PRESSURE, 180.0, "Duct static pressure set-point"),
    _setting("MinOutdoorAirSp", Quantity.FRACTION, 0.0, "Minimum outdoor air damper position in force"),
    _binary("BinaryValue", "EconomizerEnabled", "Outdoor air is good for cooling"),
    _binary("BinaryValue", "LowLimitAlarm", "Mixed air too cold: outdoor air shut, heating open"),
    _binary("BinaryValue", "FanAlarm", "Supply fan commanded but not proven"),
    _binary("BinaryValue", "SensorAlarm", "A sensor that the unit cannot do without has failed"),
    _binary("BinaryValue", "CoolingPumpAlarm", "Cooling coil pump commanded but not proven"),
    _binary("BinaryValue", "HeatingPumpAlarm", "Heating coil pump commanded but not proven"),
    ProgramObject(
        "MultiStateValue",
        "OperatingMode",
        initial=AhuMode.OFF,
        description="What the unit does",
        states=tuple(mode.name.replace("_", " ").capitalize() for mode in AhuMode),
    ),
    ProgramObject("AnalogInput", "OutdoorAirFlow", Quantity.AIR_FLOW, NO_SIGNAL, "Outdoor air flow station"),
    _setting(
        "MinOutdoorAirFlowSp",
        Quantity.AIR_FLOW,
        BY_POSITION,
        "Minimum outdoor air flow set-point; negative: by position",
    ),
)
