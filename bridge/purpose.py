"""What a run is for: on which simulation, as what it is recorded, and when it may begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bridge.building import SimulationPeer
from bridge.device_loop import Heard


def at_once(heard: Heard) -> bool:
    """An ordinary run begins when the controllers have seen its first frame for long enough."""
    return True


@dataclass(frozen=True, slots=True)
class Purpose:
    """``kind`` and ``facts`` are what the recording says of it. Without a ``simulation`` it is the configured server.

    ``may_begin`` is asked with every answer to the first frame. ``state`` is the name of a saved state to begin in.
    """

    kind: str = "bridge"
    facts: Mapping[str, object] = field(default_factory=dict)
    simulation: SimulationPeer | None = None
    may_begin: Callable[[Heard], bool] = at_once
    state: str | None = None


DRIVE = Purpose()
"""A run of the configured simulation and controllers."""
