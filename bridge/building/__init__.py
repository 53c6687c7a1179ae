"""The simulated building as a run sees it: advanced, watched while it is awaited, and judged by its model time."""

from bridge.building.building import Building, Started
from bridge.building.overdue import OverdueWatch
from bridge.building.own_control import OwnControl
from bridge.building.simulation_peer import SimulationPeer

__all__ = ["Building", "OverdueWatch", "OwnControl", "SimulationPeer", "Started"]
