"""What a control program of an embedded controller sees: named objects, its own clock, a fixed scan.

Programs know neither HTTP nor the building. Whoever composes a controller gives it a program and the plain object
specs that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One BACnet object to create.

    ``object_type`` is spelled as in ``object-identifier`` (``AnalogInput``). ``units`` is BACnet enumeration text
    (``degrees-celsius``); None for binary and multi-state objects. ``initial`` is the relinquish default of a
    commandable object, and for an input what its terminal shows while it is in service (an open circuit, say).
    Without ``instance`` the controller counts from 1 within the type.
    """

    object_type: str
    name: str
    units: str | None = None
    initial: float = 0.0
    description: str = ""
    instance: int | None = None
    states: Sequence[str] = ()


class ProgramIO(Protocol):
    """The objects of the program's own controller, by name. Binary values are 0.0 or 1.0."""

    def read(self, name: str) -> float:
        """Present-value in the object's own units. Raises KeyError for an unknown name."""

    def write(self, name: str, value: float) -> None:
        """Command the object in the program's slot of the priority array."""


class ControlProgram(Protocol):
    """A controller application, called once every scan of controller time."""

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """The objects that the application reads and writes."""

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Run one scan.

        ``now`` is the controller's own local time (naive), ``dt_s`` the controller time since the last scan.
        """
