"""May a program write, and if not, why: the states behind the kill switch.

Disabled means that no slot is owned. So a program that loses its leave is RELEASING until everything that it had has
been given back, and only then DISABLED, in FAULT, or running again. Every loss of leave begins a new generation: what
was allowed in an older one is not allowed any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where a program stands, or all of them together."""

    RUN = "run"
    RELEASING = "releasing"
    """It may not write any more; what it owns is being given back."""
    DISABLED = "disabled"
    """It owns nothing, and runs as soon as the switches allow it."""
    FAULT = "fault"
    """It owns nothing, and runs only after somebody has switched it (or everything) off and on again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a program stands. ``reason`` is why it had to release last; empty where it never had to."""

    state: State = State.DISABLED
    reason: str = ""
    generation: int = 0
    is_on: bool = True
    """Its own switch."""
    has_failed: bool = False


Listener = Callable[[str], None]


class Enabling:
    """The states of all programs of one runtime. Used by several threads; nothing here waits for a controller.

    As long as nobody has told how the switch for everything stands, it is off.
    """

    def __init__(self, programs: Iterable[str]) -> None:
        self._programs = {program: Standing() for program in programs}
        self._is_on = False
        self._has_ended = False
        self._last_reason = ""
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.RLock()

    @property
    def programs(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self._programs)

    def standing(self, program: str) -> Standing:
        """Where a program stands, with its reason. Raises KeyError."""
        with self._lock:
            return self._programs[program]

    def state(self, program: str | None = None) -> State:
        """The state of one program, or what there is to say of all: RELEASING before RUN before FAULT."""
        if program is not None:
            return self.standing(program).state
        with self._lock:
            states = {standing.state for standing in self._programs.values()}
        order = (State.RELEASING, State.RUN, State.FAULT)
        return next((state for state in order if state in states), State.DISABLED)

    def reason(self, program: str | None = None) -> str:
        """Why something was released last, by one program or at all."""
        with self._lock:
            return self._last_reason if program is None else self._programs[program].reason

    def releasing(self) -> tuple[str, ...]:
        """The programs that have something to give back, as far as is known here."""
        with self._lock:
            return tuple(name for name, one in self._programs.items() if one.state is State.RELEASING)

    def generation(self, program: str) -> int | None:
        """The generation in which the program may write now; None while it may not."""
        standing = self.standing(program)
        return standing.generation if standing.state is State.RUN else None

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener`` with a program's name after each of its changes, in the thread that made it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def switch(self, on: bool, program: str | None = None, reason: str = "switched off") -> None:
        """Tell how a switch stands: that of a program, or the one for everything. To turn it on clears a fault."""
        with self._lock:
            names = self.programs if program is None else (program,)
            if on and not self._stands(program):
                self._forgive(names)
            if program is None:
                self._is_on = on
            else:
                self._change(program, is_on=on)
            changed = self._settle(names, reason)
        self._tell(changed)

    def fault(self, program: str, reason: str) -> None:
        """The program may not go on: it releases, and stays off until somebody has switched it off and on."""
        with self._lock:
            self._change(program, has_failed=True, reason=reason)
            changed = self._settle((program,), reason)
        self._tell(changed)

    def retry(self, program: str) -> bool:
        """Clear a fault, as somebody would who switches off and on; False where everything is not yet given back."""
        with self._lock:
            if self._programs[program].state is State.RELEASING:
                return False
            self._change(program, has_failed=False)
            changed = self._settle((program,), "")
        self._tell(changed)
        return True

    def interrupt(self, reason: str, program: str | None = None) -> None:
        """Have a program (or all) give everything back; afterwards it runs again if the switches allow it."""
        with self._lock:
            names = self.programs if program is None else (program,)
            changed = [name for name in names if self._stop(name, reason)]
        self._tell(changed)

    def end(self, reason: str) -> None:
        """The runtime ends: nothing runs any more, whatever the switches say."""
        with self._lock:
            self._has_ended = True
            changed = self._settle(self.programs, reason)
        self._tell(changed)

    def released(self, program: str) -> None:
        """A program that was releasing owns nothing any more."""
        with self._lock:
            if self._programs[program].state is not State.RELEASING:
                return
            self._change(program, state=State.DISABLED)
            self._settle((program,), "")
        self._tell([program])

    def _stands(self, program: str | None) -> bool:
        return self._is_on if program is None else self._programs[program].is_on

    def _forgive(self, names: Iterable[str]) -> None:
        for name in names:
            self._change(name, has_failed=False)

    def _settle(self, names: Iterable[str], reason: str) -> list[str]:
        """Bring states in line with the switches; the names of those that have changed."""
        return [name for name in names if self._settled(name, reason)]

    def _settled(self, name: str, reason: str) -> bool:
        now = self._programs[name]
        may_run = self._is_on and now.is_on and not now.has_failed and not self._has_ended
        if now.state is State.RUN:
            return not may_run and self._stop(name, reason)
        if now.state is State.RELEASING:
            return False
        if may_run:
            self._change(name, state=State.RUN, generation=now.generation + 1)
        else:
            self._change(name, state=State.FAULT if now.has_failed else State.DISABLED)
        return self._programs[name].state is not now.state

    def _stop(self, name: str, reason: str) -> bool:
        now = self._programs[name]
        if now.state is not State.RUN:
            return False
        self._last_reason = f"{name}: {reason}"
        self._change(name, state=State.RELEASING, reason=reason, generation=now.generation + 1)
        return True

    def _change(self, name: str, **changes: object) -> None:
        self._programs[name] = replace(self._programs[name], **changes)  # type: ignore[arg-type]

    def _tell(self, names: Iterable[str]) -> None:
        for name in names:
            for listener in self._listeners:
                listener(name)
