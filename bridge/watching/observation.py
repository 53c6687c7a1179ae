"""What somebody who watches a run is told: each answered frame, and what happens.

A watcher is a luxury (docs/decisions/21): it may fail, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bridge.acting import LedSetPoint
from bridge.device_loop import Heard
from recording import Event
from utils.clocks import UnixSeconds
from utils.values import Commands, Frame, PointValue, Target


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame that was answered: what the building told, and what controllers made of it.

    ``commands`` is what the building is advanced on next, in SI units; after the last frame of a run nobody advances
    it any more. ``values`` are in the controllers' units: what those that are there hold of ours, and what was read
    from them. ``local_time`` is naive, and None where a model time has no date.
    """

    frame: Frame
    heard: Heard
    commands: Commands
    is_late: bool
    active_groups: tuple[str, ...]
    local_time: datetime | None
    wall_s: UnixSeconds
    values: Mapping[Target, PointValue | None]
    set_points: tuple[LedSetPoint, ...] = ()
    """Those that somebody acts on, if anybody does."""
    kpis: Mapping[str, float] = field(default_factory=dict)
    """The building's of this very frame; nothing where it was not asked for them."""


class Watcher(Protocol):
    """Looks at a run. Neither method may wait for anything; one that raises is not called again.

    ``step`` is called by the simulation thread, ``event`` by any.
    """

    def step(self, seen: Observation) -> None:
        """A frame was answered."""

    def event(self, event: Event) -> None:
        """Something has happened."""
