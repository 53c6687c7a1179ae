"""What was seen of each object last, of all that is read anyway: nothing is asked for here."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from bridge.link.duty import Duty
from bridge.link.in_use import STALE_S
from utils.clocks import MonotonicSeconds
from utils.values import Exchange, ObjectRef, ObjectState, PriorityArray, Quality, Sample


@dataclass(frozen=True, slots=True)
class Sighting:
    """One object as it was told last, each part at its own time; None is what has not been told.

    ``heard_at_s`` (monotonic) is when anything of it was heard, a write that was taken included.
    """

    sample: Sample | None = None
    slots: PriorityArray | None = None
    out_of_service: bool | None = None
    has_fault: bool | None = None
    """Whether its status flags said so when everything was looked at."""
    is_refused: bool = False
    """Whether the last write to it was refused."""
    heard_at_s: float = -math.inf

    @property
    def is_in_fault(self) -> bool:
        """Whether its value cannot be trusted, status flags included where they are read, or a write was refused."""
        is_bad = self.sample is not None and self.sample.quality is Quality.BAD
        return self.is_refused or is_bad or bool(self.has_fault)


class Sightings(Duty):
    """The objects of one controller. Written by its link's thread, read by any."""

    def __init__(self) -> None:
        self._samples: dict[ObjectRef, Sample] = {}
        self._slots: dict[ObjectRef, PriorityArray | None] = {}
        self._out_of_service: dict[ObjectRef, bool | None] = {}
        self._has_fault: dict[ObjectRef, bool | None] = {}
        self._refused: dict[ObjectRef, bool] = {}
        self._heard_at_s: dict[ObjectRef, float] = {}
        self._exchanges_s: deque[float] = deque(maxlen=3)
        """When the last ones were: a paced step has two, one for the writes and one for the reads."""

    def of(self, ref: ObjectRef) -> Sighting:
        """What was seen last; nothing, of what has never been seen."""
        return Sighting(
            self._samples.get(ref),
            self._slots.get(ref),
            self._out_of_service.get(ref),
            self._has_fault.get(ref),
            self._refused.get(ref, False),
            self._heard_at_s.get(ref, -math.inf),
        )

    def is_stale(self, seen: Sighting, now_s: MonotonicSeconds) -> bool:
        """Whether nothing was heard of what was seen so for longer than reads can be stale and a round takes."""
        round_s = self._exchanges_s[-1] - self._exchanges_s[0] if self._exchanges_s else 0.0
        return now_s - seen.heard_at_s > STALE_S + round_s

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Note all that was told. In every step of every controller: whole dictionaries at once."""
        self._exchanges_s.append(now_s)
        refused = {result.write.ref: result.error is not None for result in exchange.writes}
        told = {ref: one for ref, one in exchange.samples.items() if one.quality is not Quality.MISSING}
        slots = {ref: one for ref, one in exchange.slots.items() if one is not None}
        self._refused |= refused
        self._samples |= told
        self._slots |= slots
        heard = [*(ref for ref, is_refused in refused.items() if not is_refused), *told, *slots]
        self._heard_at_s |= dict.fromkeys(heard, now_s)

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Note how everything has been found."""
        told = {ref: one for ref, one in states.items() if one.present_value.quality is not Quality.MISSING}
        self._samples |= {ref: one.present_value for ref, one in told.items()}
        self._slots |= {ref: one.priority_array for ref, one in told.items()}
        self._out_of_service |= {ref: one.out_of_service for ref, one in told.items()}
        self._has_fault |= {ref: one.in_fault for ref, one in told.items()}
        self._heard_at_s |= dict.fromkeys(told, now_s)
