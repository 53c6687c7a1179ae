"""Inputs of the simulation that somebody holds by hand: sent in place of whatever controllers command."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from utils.clocks import UnixSeconds
from utils.values import Frame

_VALUE, _ACTIVATE = "_u", "_activate"


@dataclass(frozen=True, slots=True)
class HeldInput:
    """An input ``name`` (``..._u``), its value in the simulation's unit, who holds it, and since when (Unix s).

    Without a value the input is left to the building's own control. ``activation`` is what puts it in force, if the
    simulation has that.
    """

    name: str
    value: float | None
    activation: str | None
    who: str
    since_s: UnixSeconds


@dataclass(slots=True)
class _Leaving:
    """An input that was released. ``told_in`` is the frame whose answer has said so."""

    held: HeldInput
    told_in: int | None = None


class HeldInputs:
    """Used by any thread; what is asked takes effect with the next answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, HeldInput] = {}
        self._leaving: dict[str, _Leaving] = {}
        self._before: dict[str, float] = {}
        """Values of inputs that nothing puts out of force again."""
        self._sent: set[HeldInput] = set()

    @property
    def all(self) -> tuple[HeldInput, ...]:
        """What is held, oldest first."""
        with self._lock:
            return tuple(self._held.values())

    def is_in_force(self, held: HeldInput) -> bool:
        """Whether it is part of an answer already."""
        return held in self._sent

    def hold(self, held: HeldInput) -> None:
        """In place of whatever the input was held at."""
        with self._lock:
            self._held.pop(held.name, None)
            self._held[held.name] = held
            self._leaving.pop(held.name, None)

    def release(self, name: str) -> HeldInput | None:
        """No more. Returns what was held."""
        with self._lock:
            held = self._held.pop(name, None)
            if held is not None:
                self._leaving[name] = _Leaving(held)
            return held

    def begin_anew(self, in_force: Mapping[str, float]) -> None:
        """The building begins anew, with these values in force.

        A saved state may have an input overridden by a hand that does not hold it any more: it is let go.
        """
        with self._lock:
            self._before.clear()
            self._leaving = {
                name: _Leaving(HeldInput(name, None, activation, "", UnixSeconds(0.0)))
                for activation, value in in_force.items()
                if activation.endswith(_ACTIVATE) and value
                if (name := activation.removesuffix(_ACTIVATE) + _VALUE) in in_force and name not in self._held
            }

    def over(self, frame: Frame, inputs: Mapping[str, float]) -> dict[str, float]:
        """What is to be sent in answer to a frame, with what is held in place of what was commanded.

        What is released and commanded by nobody is put out of force once, together with the value in force: old servers
        ignore a lone 0 (boptest-api §13).
        """
        with self._lock:
            sent = dict(inputs)
            for name, leaving in tuple(self._leaving.items()):
                if leaving.told_in not in (None, frame.number):
                    del self._leaving[name]
                    continue
                leaving.told_in = frame.number
                if name not in inputs and leaving.held.activation not in inputs:
                    sent |= self._let_go(leaving.held, frame)
            for held in self._held.values():
                if held.activation is None:
                    self._before.setdefault(held.name, frame.values.get(held.name, math.nan))
                sent |= _asserted(held, frame)
            self._sent = set(self._held.values())
            return sent

    def _let_go(self, held: HeldInput, frame: Frame) -> dict[str, float]:
        if held.activation is None:
            return _known(held.name, self._before.pop(held.name, math.nan))
        return _known(held.name, frame.values.get(held.name, math.nan)) | {held.activation: 0.0}


def _asserted(held: HeldInput, frame: Frame) -> dict[str, float]:
    if held.value is None:
        value, switch = frame.values.get(held.name, math.nan), 0.0
    else:
        value, switch = held.value, 1.0
    return _known(held.name, value) | ({held.activation: switch} if held.activation is not None else {})


def _known(name: str, value: float) -> dict[str, float]:
    return {name: value} if math.isfinite(value) else {}
