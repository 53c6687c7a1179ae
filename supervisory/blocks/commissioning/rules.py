"""What readings may differ by, and how long each position is waited for. Temperatures in K, times in s."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 3.0
"""A damper is judged by a difference of so many times what all sensors together may be off by."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What sensors may be off by. ``returned_k`` to ``mixed_k`` are those of Guideline 36, 5.16.14 (passive faults)."""

    outdoor_k: float
    """1 of a sensor of the air handler's own, 3 of one that several share."""
    returned_k: float = 1.0
    supply_k: float = 1.0
    mixed_k: float = 3.0
    """While two streams meet: the air is not of one temperature there."""
    mixed_alone_k: float = 1.0
    """With one stream alone, a sensor's like any other."""
    repeat_k: float = 0.5
    """By how much a difference of two sensors changes by itself from one position to the next."""
    fan_heat_k: float = 1.0
    """The most that a fan warms the air by."""
    flow_share: float = 0.3

    @property
    def at_rest_k(self) -> float:
        """Mixed and return air, when the one is the other."""
        return self.mixed_alone_k + self.returned_k

    @property
    def over_coils_k(self) -> float:
        """Supply and mixed air, but for the fan."""
        return self.mixed_alone_k + self.supply_k

    def outdoor_air_k(self, *, matched: bool) -> float:
        """All that a share of outdoor air is made of; ``matched`` are mixed and return air that agreed at rest."""
        return (self.repeat_k if matched else self.mixed_k) + self.returned_k + self.outdoor_k


@dataclass(frozen=True, slots=True)
class Pace:
    """When a position counts as settled, and when it is given up."""

    rate_k_min: float = 0.1
    average_s: float = 180.0
    creep_k: float = 0.2
    """By what supply air may still move against mixed air while it stays settled."""
    limit_s: float = 1800.0
    fan_s: float = 180.0
    """For the air to flow once the fan is commanded."""
    response_k: float = 4.0
    """By how much an open valve has to change the supply air."""

    def longest_s(self, stages: int) -> float:
        """What a course of so many stages takes at the most."""
        return self.fan_s + stages * self.limit_s
