"""A gate that lets nothing through: what would be written is told instead."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ledger import Receipt
from supervisory.guard.gate import Pass, SlotCommand, SlotResult
from utils.values import ObjectRef, PointValue


class DryGate:
    """Admits every program and remembers what it would own; see :class:`supervisory.guard.gate.Gate`."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        """``tell`` is called with a program's name and a line about each command."""
        self._tell = tell
        self._owned: dict[tuple[str, ObjectRef, int], tuple[str, SlotCommand]] = {}
        self._failed: set[str] = set()
        self._generations: dict[str, int] = {}
        self._lock = threading.Lock()

    def admit(self, program: str) -> Pass | None:
        """A pass, unless the program has failed."""
        with self._lock:
            return None if program in self._failed else Pass(program, self._generations.get(program, 0))

    def write(self, leave: Pass, commands: Sequence[SlotCommand]) -> tuple[SlotResult, ...]:
        """Tell each command that would change something."""
        for command in commands:
            self._note(leave.program, command)
        return tuple(SlotResult(command) for command in commands)

    def release(self, reason: str, program: str | None = None) -> list[Receipt]:
        """Tell what would be given back."""
        with self._lock:
            gone = {key: held for key, held in self._owned.items() if program in (None, held[0])}
            for key, (owner, _) in gone.items():
                del self._owned[key]
                self._generations[owner] = self._generations.get(owner, 0) + 1
        for owner, command in gone.values():
            self._tell(owner, f"would release {_named(command)} ({reason})")
        return []

    def end(self, reason: str) -> list[Receipt]:
        """Tell what would be given back."""
        return self.release(reason)

    def owned(self, program: str | None = None) -> int:
        """How many slots would be owned."""
        with self._lock:
            return sum(program in (None, owner) for owner, _ in self._owned.values())

    def fault(self, program: str, reason: str) -> None:
        """The program may not go on."""
        with self._lock:
            self._failed.add(program)
        self._tell(program, f"has failed: {reason}")
        self.release(reason, program)

    def retry(self, program: str) -> bool:
        """It may."""
        with self._lock:
            self._failed.discard(program)
        return True

    def reason(self, program: str) -> str:
        """Nothing switches programs off here."""
        return "the dry run has ended"

    def releasing(self) -> tuple[str, ...]:
        """What is only told is given back at once."""
        return ()

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """Nothing changes by itself."""

    def _note(self, program: str, command: SlotCommand) -> None:
        key = (command.device, command.ref, command.priority)
        with self._lock:
            before = self._owned.pop(key, None)
            if command.value is not None:
                self._owned[key] = (program, command)
        if command.value is None:
            self._tell(program, f"would release {_named(command)}")
        elif before is None or before[1].value != command.value:
            self._tell(program, f"would write {_shown(command.value)} to {_named(command)}")


def _named(command: SlotCommand) -> str:
    return f"{command.device} {command.ref.bacnet_type} {command.name} at {command.priority}"


def _shown(value: PointValue) -> str:
    return f"{value:.6g}" if isinstance(value, float) else f"{value}"
