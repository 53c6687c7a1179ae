"""The simulation as one more controller: alive for programs, and ended for who gives back after a crash."""

from clients.simulation.device import SIMULATION, SimulationDevice
from clients.simulation.ended import EndedSimulation

__all__ = ["SIMULATION", "EndedSimulation", "SimulationDevice"]
