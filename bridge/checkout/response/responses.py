"""One actuator of the simulation after the other is moved, and what moves with it is held against the configs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.building import SimulationPeer
from bridge.checkout.results import PointFinding
from points import Point
from utils.clocks import HOST, Clocks
from utils.values import PointMetadata


class Paired(Protocol):
    """What is needed of an equipment: :class:`equipment.equipment_manager.Equipment` has it."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def points(self) -> Sequence[Point]:
        """Its enabled points."""


@dataclass(frozen=True, slots=True)
class ResponseSettings:
    """When the simulation is begun, and how it is advanced; s of model time.

    ``starts_s`` are tried one after the other: what nothing moves in the first is looked at again in the next, as a
    reheat valve needs hot water, and a cooling valve cold. The usual ones are mid-January and mid-July, in the middle
    of a week and of a morning.
    """

    starts_s: tuple[float, ...] = ()
    warmup_s: float = 86400.0
    step_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. ``left_s`` is wall time as it can be told from the steps so far, None before the first."""

    done: int
    of: int
    says: str
    left_s: float | None = None


class Responses:
    """The response side of a checkout. For one thread, which has the simulation to itself meanwhile.

    The simulation is initialized, overridden and advanced, and stands anywhere at the end, with nothing overridden
    that was not overridden before: whoever goes on initializes it.
    """

    def __init__(
        self,
        peer: SimulationPeer,
        metadata: Mapping[str, PointMetadata],
        equipments: Sequence[Paired],
        stop: threading.Event,
        settings: ResponseSettings | None = None,
        tell: Callable[[Progress], object] = lambda progress: None,
        clocks: Clocks = HOST,
    ) -> None:
        """``peer`` is connected to its test case. ``tell`` is called between two stimuli, first before any of them."""

    def findings(self) -> Iterator[PointFinding]:
        """One finding at least for every point, LEVEL or RESPONSE, equipment by equipment when all have been moved.

        After ``stop``, within a step, what was seen so far is judged; the rest is not tested. Raises
        :class:`utils.errors.SimulationError` for what the simulation refuses, or when it is lost.
        """
        raise NotImplementedError
