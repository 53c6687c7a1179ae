"""What an environment acts on: a building in this process, one on a BOPTEST server, or controllers that run one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from utils.errors import BridgeError

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Start:
    """Where an episode begins: at a model time (s), or with one of BOPTEST's periods, whose end is then the episode's.

    ``parameters`` of the building differ by their paths; ``seed`` is that of the errors of forecasts. With
    ``own_control`` no action is taken: the mask is empty all along, for something to compare with.
    """

    time_s: float = 0.0
    period: str | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    own_control: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What a world tells at the start of an episode, and at the end of each step. SI units, NaN for what is missing.

    ``measured`` (m,), ``forecast`` (points * times,; a point's times follow one another) and ``kpis`` (k,; since the
    start) are in the order of the spaces. ``actions`` (a,) are the values that are in force, ``mask`` (a,) tells which
    actions the next step takes. ``is_over`` is the scenario's end; ``ended`` says why the episode cannot go on.
    """

    time_s: float
    measured: FloatArray
    forecast: FloatArray
    kpis: FloatArray
    actions: FloatArray
    mask: BoolArray
    is_over: bool = False
    ended: str = ""
    info: Mapping[str, object] = field(default_factory=dict)


class WorldClosed(BridgeError):
    """What was acted on has been given back, and does not begin again."""


class World(Protocol):
    """One of them. Used by one thread at a time."""

    @property
    def identity(self) -> str:
        """What computes it: two worlds of one identity answer alike, as far as a world can."""

    @property
    def kpi_names(self) -> Sequence[str]:
        """The KPIs that a situation has, in its order."""

    def start(self, start: Start) -> Situation:
        """Begin an episode. Raises :class:`utils.errors.BridgeError`."""

    def act(self, values: FloatArray) -> Situation:
        """A step with these values of the actions (a,), in the units and within the bounds of the spaces.

        Those that the last mask left out are not looked at. What ends the episode is told in the situation, not raised.
        """

    def close(self) -> None:
        """Give back whatever was taken."""
