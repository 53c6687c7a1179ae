"""The heat pump's application: zone temperature by compressor and electric back-up."""

from emulators.programs.heat_pump.program import HeatPumpProgram

__all__ = ["HeatPumpProgram"]
