"""The only way from a program to a controller: everything written passes here, and what is owned is given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.release import Receipt
from utils.errors import DeviceError
from utils.values import ObjectRef, PointValue


@dataclass(frozen=True, slots=True)
class SlotCommand:
    """One value for one slot of an object's priority array, in the object's own unit; None gives the slot back."""

    device: str
    ref: ObjectRef
    name: str
    value: PointValue | None
    priority: int


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
    """Guards the slots of all programs of one runtime. Used by several threads."""

    def admit(self, program: str) -> Pass | None:
        """A pass for this program; None while it is disabled."""

    def write(self, leave: Pass, commands: Sequence[SlotCommand]) -> tuple[SlotResult, ...]:
        """Write one batch per controller, all controllers in parallel; one result per command, in their order.

        A first command to a slot is entered in the ledger before it is sent. Raises :class:`Disabled` when the leave
        has run out, and then nothing is sent.
        """

    def release(self, reason: str, program: str | None = None) -> list[Receipt]:
        """Take leave away and give back everything that the program (without one: every program) owns."""

    def owned(self, program: str | None = None) -> int:
        """How many slots are owned now."""


class Disabled(RuntimeError):
    """The program has been disabled since its leave was given."""
