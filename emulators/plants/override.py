"""One place in a building's control where a value from outside can take over: three cells."""

from __future__ import annotations

from emulators.plants.cells import Cells

STORED, ACTIVE, IN_FORCE, OVERRIDE_CELLS = range(4)
"""What was given last, whether it is in force, and what is in force: that, or the building's own value."""


def resolve(b: Cells, at: int, own: float) -> float:
    """What is in force at an override: the value from outside while active, else the building's own."""
    in_force = b[at + STORED] if b[at + ACTIVE] else own
    b[at + IN_FORCE] = in_force
    return in_force
