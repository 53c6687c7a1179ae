"""An application without logic: values that somebody else writes, for displays and trend logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulators.program import ObjectSpec, ProgramIO
from emulators.programs.objects import ObjectTable, ProgramObject, Quantity, UnitSystem


def _value(name: str, quantity: Quantity, description: str) -> ProgramObject:
    return ProgramObject("AnalogValue", name, quantity, 0.0, description)


PLANT_POINTS = (
    _value("ChillerSupplyTemp", Quantity.TEMPERATURE, "Chilled water leaving the chiller"),
    _value("ChillerReturnTemp", Quantity.TEMPERATURE, "Chilled water entering the chiller"),
    _value("ChillerFlow", Quantity.WATER_FLOW, "Chilled water flow"),
    _value("ChillerPower", Quantity.POWER, "Electric power of the chiller"),
    _value("ChilledWaterPumpPower", Quantity.POWER, "Electric power of the chilled water distribution pump"),
    _value("HeatPumpSupplyTemp", Quantity.TEMPERATURE, "Hot water leaving the heat pump"),
    _value("HeatPumpReturnTemp", Quantity.TEMPERATURE, "Hot water entering the heat pump"),
    _value("HeatPumpFlow", Quantity.WATER_FLOW, "Hot water flow"),
    _value("HeatPumpPower", Quantity.POWER, "Electric power of the heat pump"),
    _value("HotWaterPumpPower", Quantity.POWER, "Electric power of the hot water distribution pump"),
)

ENERGY_POINTS = (
    _value("TotalCost", Quantity.NUMBER, "Operating cost per floor area since the start of the test"),
    _value("TotalEnergy", Quantity.ENERGY_DENSITY, "Energy per floor area since the start of the test"),
    _value("TotalEmissions", Quantity.NUMBER, "Emissions per floor area since the start of the test, kgCO2/m2"),
    _value("ThermalDiscomfort", Quantity.NUMBER, "Thermal discomfort since the start of the test, K h per zone"),
    _value("AirQualityDiscomfort", Quantity.NUMBER, "Indoor air quality discomfort, ppm h per zone"),
    _value("PeakDemand", Quantity.POWER_DENSITY, "Peak electric demand per floor area"),
    _value("SupplyFanPower", Quantity.POWER, "Electric power of the supply fan"),
    _value("CoolingPower", Quantity.POWER, "Electric power of the chiller"),
    _value("HeatingPower", Quantity.POWER, "Electric power of the heat pump"),
    _value("Tariff", Quantity.NUMBER, "Price of electricity in force, per kWh"),
)

SITE_POINTS = (
    _value("SitePower", Quantity.POWER, "Electric power of the building, by its meter"),
    _value("BaseLoad", Quantity.POWER, "Electric power of lights and plugs"),
    _value("OutdoorAirTemp", Quantity.TEMPERATURE, "Outdoor air temperature"),
    _value("OutdoorAirHumidity", Quantity.FRACTION, "Outdoor air relative humidity"),
    _value("TotalCost", Quantity.NUMBER, "Operating cost per floor area since the start of the test"),
    _value("TotalEnergy", Quantity.ENERGY_DENSITY, "Energy per floor area since the start of the test"),
    _value("ThermalDiscomfort", Quantity.NUMBER, "Thermal discomfort since the start of the test, K h per zone"),
    _value("PeakDemand", Quantity.POWER_DENSITY, "Peak electric demand per floor area"),
)


class MonitorProgram:
    """Offers objects and leaves them alone."""

    def __init__(self, points: Sequence[ProgramObject], unit_system: UnitSystem) -> None:
        self._table = ObjectTable(points, unit_system)

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """The objects that are displayed."""
        return self._table.specs

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Nothing to control."""
