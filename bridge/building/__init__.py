"""The simulated building as a run sees it: advanced, watched while it is awaited, and judged by its model time."""

from bridge.building.building import Building, Started
from bridge.building.overdue import OverdueWatch

__all__ = ["Building", "OverdueWatch", "Started"]
