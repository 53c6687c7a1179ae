"""The case heat_pump_office: eight zones with an air-source heat pump each, behind one meter, in Chicago's winter."""

from emulators.plants.heat_pump_office.parameters import HeatPumpOfficeParameters
from emulators.plants.heat_pump_office.plant import HeatPumpOffice

__all__ = ["HeatPumpOffice", "HeatPumpOfficeParameters"]
