"""Whether a zone's CO2 can be trusted: sensors drift, fall silent and get stuck, and people pay with their air."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Co2Limits:
    """What no room can have, in ppm, and how long a reading may stand still while people are there."""

    lowest_ppm: float = 300.0
    highest_ppm: float = 5000.0
    still_within_ppm: float = 0.5
    stuck_after_s: float = 7200.0


class Co2Verdict(Enum):
    """What is thought of a reading."""

    GOOD = "good"
    MISSING = "cannot be read"
    IMPLAUSIBLE = "is out of range"
    STUCK = "does not move"


class Co2Sensor:
    """Judges the readings of one zone."""

    def __init__(self, limits: Co2Limits) -> None:
        self._limits = limits
        self._moved_ppm: float | None = None
        self._moved_s = 0.0

    def step(self, time_s: float, co2_ppm: float | None, has_people: bool) -> Co2Verdict:
        """Judge a reading. In an empty room it may stand still for as long as it likes."""
        if co2_ppm is None:
            self._moved_ppm = None
            return Co2Verdict.MISSING
        moved = self._moved_ppm is None or abs(co2_ppm - self._moved_ppm) > self._limits.still_within_ppm
        if moved or not has_people:
            self._moved_ppm, self._moved_s = co2_ppm, time_s
        if not self._limits.lowest_ppm <= co2_ppm <= self._limits.highest_ppm:
            return Co2Verdict.IMPLAUSIBLE
        is_stuck = time_s - self._moved_s >= self._limits.stuck_after_s
        return Co2Verdict.STUCK if is_stuck else Co2Verdict.GOOD
