"""Trim and respond: a set-point creeps towards saving until enough zones ask for more (ASHRAE Guideline 36, 5.1.14).

The block knows neither units nor points: the programs for duct pressure and supply air temperature give it theirs.
Every time step trims; requests beyond the ignored ones are answered in the same step, on top of the trim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from supervisory.blocks.time.timers import clamp

_ROUNDING_S = 1e-6
"""By how much a time step may seem too early for no other reason than the sum of fractions of a second."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The variables of one loop, in the set-point's unit and in seconds; Guideline 36 names in brackets.

    ``initial`` (SP0), ``minimum`` and ``maximum`` (SPmin, SPmax), ``delay_s`` (Td), ``step_s`` (T), ``ignored`` (I),
    ``trim`` (SPtrim), ``respond`` (SPres) per request, ``respond_max`` (SPres-max) per step. Raises ValueError for
    values that contradict each other.
    """

    initial: float
    minimum: float
    maximum: float
    trim: float
    respond: float
    respond_max: float
    delay_s: float = 600.0
    step_s: float = 120.0
    ignored: int = 2

    def __post_init__(self) -> None:
        wrong = "; ".join(self._contradictions())
        if wrong:
            raise ValueError(wrong)

    def _contradictions(self) -> list[str]:
        checks = {
            "trim and respond must not be 0": self.trim != 0.0 and self.respond != 0.0,
            "respond must have the opposite sign of trim": self.trim * self.respond <= 0.0,
            "respond_max must have the sign of respond": self.respond_max * self.respond > 0.0,
            "respond_max must not be smaller than respond": abs(self.respond_max) >= abs(self.respond),
            "minimum must be below maximum": self.minimum < self.maximum,
            "initial must lie between minimum and maximum": self.minimum <= self.initial <= self.maximum,
            "the time step must be longer than 0 s and the delay not negative": self.step_s > 0.0 <= self.delay_s,
            "ignored requests must not be negative": self.ignored >= 0,
        }
        return [text for text, holds in checks.items() if not holds]

    def after(self, setpoint: float, requests: float) -> float:
        """The set-point one time step later."""
        moved = setpoint + self.trim
        if requests > self.ignored:
            response = min(abs(self.respond) * (requests - self.ignored), abs(self.respond_max))
            moved += response if self.respond > 0.0 else -response
        return clamp(moved, self.minimum, self.maximum)


class TrimPhase(Enum):
    """What the block does."""

    OFF = "device off: initial set-point"
    DELAY = "device on: waiting before the first change"
    RESET = "trim and respond"
    HOLD = "held"


class TrimAndRespond:
    """The state of one loop. ``setpoint`` is what is to be commanded now."""

    def __init__(self, reset: Reset) -> None:
        self.reset = reset
        self.setpoint = reset.initial
        self.phase = TrimPhase.OFF
        self._next_s: float | None = None

    def step(self, time_s: float, device_on: bool, requests: float, hold: bool = False) -> float:
        """Judge the loop at this plant time; return the set-point.

        The first change comes a delay and a time step after the device is proven on. Several time steps that have
        passed unseen count as one: a request is only as good as the moment it was counted in. ``hold`` keeps the
        set-point where it is, and counting goes on.
        """
        if not device_on:
            self.setpoint, self.phase, self._next_s = self.reset.initial, TrimPhase.OFF, None
            return self.setpoint
        if self._next_s is None:
            self._next_s = time_s + self.reset.delay_s + self.reset.step_s
            self.phase = TrimPhase.DELAY
        if time_s >= self._next_s - _ROUNDING_S:
            late_s = time_s - self._next_s
            self._next_s = (self._next_s if late_s < self.reset.step_s else time_s) + self.reset.step_s
            self._move(requests, hold)
        return self.setpoint

    def _move(self, requests: float, hold: bool) -> None:
        self.phase = TrimPhase.HOLD if hold else TrimPhase.RESET
        if not hold:
            self.setpoint = self.reset.after(self.setpoint, requests)


def weighted(requests: Mapping[str, int], importance: Mapping[str, float]) -> float:
    """R: the sum over zones of requests times importance multiplier (1 where none is given)."""
    return sum(count * importance.get(zone, 1.0) for zone, count in requests.items())
