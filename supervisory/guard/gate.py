"""The only way from a program to a controller: everything written passes here, and what is owned is given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger import Receipt
from utils.errors import DeviceError
from utils.values import ObjectRef, PointValue


@dataclass(frozen=True, slots=True)
class SlotCommand:
    """One value for one slot of an object's priority array, in the object's own unit; None gives the slot back.

    A slot that somebody else uses is taken only with ``take_occupied``, and its value is put back at the end.
    """

    device: str
    ref: ObjectRef
    name: str
    value: PointValue | None
    priority: int
    take_occupied: bool = False


@dataclass(frozen=True, slots=True)
class SlotResult:
    """What became of a command; ``error`` is None when the controller took it."""

    command: SlotCommand
    error: DeviceError | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to write, for one program, until its enable changes once more."""

    program: str
    generation: int


class Gate(Protocol):
    """Guards the slots of all programs of one runtime. Used by several threads.

    It keeps clients of its own, so that no read of somebody else's can hold up a release.
    """

    def admit(self, program: str) -> Pass | None:
        """A pass for this program; None while it is disabled.

        Ask before the inputs of a step are read: then whatever is written with the pass was computed from values that
        are younger than the last enable.
        """

    def write(self, leave: Pass, commands: Sequence[SlotCommand]) -> tuple[SlotResult, ...]:
        """Write one batch per controller, all controllers in parallel; one result per command, in their order.

        A first command to a slot is entered in the ledger before it is sent; where that fails nothing is sent. A slot
        in which somebody else has put a value is left to him until the program is enabled anew. Raises
        :class:`Disabled` when the leave has run out; what other controllers have been sent by then is given back.
        """

    def release(self, reason: str, program: str | None = None) -> list[Receipt]:
        """Take leave away and give back everything that the program (without one: every program) owns.

        What cannot be given back now is tried again until it has been. A program whose switches are on may run again
        once everything of it has been given back.
        """

    def end(self, reason: str) -> list[Receipt]:
        """As :meth:`release` of everything, for good: nothing runs again after that."""

    def owned(self, program: str | None = None) -> int:
        """How many slots are owned now."""


class Disabled(RuntimeError):
    """The program has been disabled since its leave was given."""
