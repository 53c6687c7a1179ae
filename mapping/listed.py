"""A point in a list: of the simulation, of a controller, or of whatever an integrator has in hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from utils.values import ObjectType


class Way(Enum):
    """Which way a value goes."""

    SHOWN = "shown to the controller"
    """A measurement of the simulation, an input or a value of a controller."""
    COMMANDED = "commanded by the controller"
    """An input of the simulation, an output of a controller."""
    EITHER = "either way"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list tells of a point. ``unit`` is in words that a config may have; None where none is told.

    ``equipment`` is what the list says that it belongs to, a controller or a unit: empty where it does not.
    ``where`` is the list's place of it, for messages.
    """

    name: str
    description: str = ""
    unit: str | None = None
    equipment: str = ""
    object_type: ObjectType | None = None
    instance: int | None = None
    is_input: bool | None = None
    """Of the simulation's: whether it is told to the simulation; None of a controller's."""
    where: str = ""
    states: tuple[str, ...] = ()
    """Texts of a multi-state object's states from 1 on, or of inactive and active."""

    @property
    def way(self) -> Way:
        """By the type of the object, or of the simulation's point."""
        if self.is_input is not None:
            return Way.COMMANDED if self.is_input else Way.SHOWN
        if self.object_type is None:
            return Way.EITHER
        if self.object_type.is_output:
            return Way.COMMANDED
        return Way.SHOWN if self.object_type.is_input else Way.EITHER
