"""One actuator of the simulation after the other is moved, and what moves with it is held against the configs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.building import SimulationPeer
from bridge.checkout.response.expecting.plan import Paired, ResponsePlan
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.points import findings
from bridge.checkout.response.seeing.courses import Frames
from bridge.checkout.response.seeing.moving import DAY_STEP_S, ActuatorMover, MovingStopped
from bridge.checkout.response.seeing.winners import Observed
from bridge.checkout.results import PointFinding, PointVerdict
from points.meanings import Measure
from utils.clocks import DAY_S, HOST, Clocks, model_seconds
from utils.errors import SimulationAborted
from utils.values import PointMetadata

_STARTS = (datetime(2023, 1, 17, 10), datetime(2023, 7, 18, 10))
"""Cold and warm, in the middle of a week that begins with the year, and when people are there."""


@dataclass(frozen=True, slots=True)
class ResponseSettings:
    """When the simulation is begun, and how it is advanced; s of model time.

    ``starts_s`` are tried one after the other: what nothing moves clearly in the first is looked at again in the next,
    as a heating coil needs its plant to run, and a cooling coil warm air.
    """

    starts_s: tuple[float, ...] = tuple(model_seconds(start) for start in _STARTS)
    warmup_s: float = DAY_S
    step_s: float = 60.0
    days: bool = True
    """Whether a day of each start is simulated, for what nothing moves."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is, in actuators. ``left_s`` is wall time as it can be told from the steps so far."""

    done: int
    of: int
    says: str
    left_s: float


class Responses:
    """The response side of a checkout. For one thread, which has the simulation to itself meanwhile.

    The simulation is initialized, overridden and advanced, with a step of its own, and stands anywhere at the end:
    whoever goes on initializes it and sets the step.
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
        """``peer`` is connected to its test case. ``tell`` is called before each actuator, on the same thread."""
        self._settings = settings or ResponseSettings()
        self._plan = ResponsePlan(metadata, equipments)
        self._stop = stop
        self._mover = ActuatorMover(peer, self._plan, self._settings.step_s, stop, clocks)
        self._tell = tell
        self._observed: list[Observed] = []
        self._days: list[Frames] = []
        self._left_steps = 0.0

    def findings(self) -> Iterator[PointFinding]:
        """One for every point of the configs, in their order, when all actuators were moved.

        After ``stop``, which is heard within a step, what was seen until then is judged, and what it does not tell is
        not tested. Raises :class:`utils.errors.SimulationError` for what the simulation refuses, or when it is lost.
        """
        is_whole = self._observe()
        tried = self._tried_equipments()
        for found in findings(Evidence(self._plan, self._observed, self._days, is_whole=is_whole)):
            yield found if is_whole or found.equipment in tried else _stopped(found)

    def _observe(self) -> bool:
        """Returns whether it came to its end."""
        try:
            self._observe_all()
        except (MovingStopped, SimulationAborted):
            if not self._stop.is_set():
                raise
            return False
        return True

    def _tried_equipments(self) -> set[str]:
        """Those whose actuators were all moved, and that have any."""
        moved = {one.name for observed in self._observed for one in observed.moved}
        left = {one.equipment for one in self._plan.outputs if one.name not in moved}
        return {one.equipment for one in self._plan.outputs} - left

    def _observe_all(self) -> None:
        for start_s in self._settings.starts_s:
            names = self._unclear()
            if names:
                self._move(start_s, names)
        for start_s in self._settings.starts_s if self._settings.days else ():
            self._days.append(self._mover.day(start_s, self._settings.warmup_s))

    def _move(self, start_s: float, names: Sequence[str]) -> None:
        horizons = {name: self._plan.horizon_s(name) for name in names}
        self._left_steps = sum(map(self._steps_of, horizons.values())) + self._steps_of_days()
        self._mover.begin(start_s, self._settings.warmup_s)
        observed = Observed(self._mover.hold(max(horizons.values())), self._measures())
        self._observed.append(observed)
        for done, (name, horizon_s) in enumerate(horizons.items()):
            self._tell(Progress(done, len(horizons), f"{name} is moved", self._left_s()))
            observed.moved.append(self._mover.move(name, horizon_s))
            self._left_steps -= self._steps_of(horizon_s)
        self._tell(Progress(len(horizons), len(horizons), "all actuators were moved", self._left_s()))

    def _unclear(self) -> list[str]:
        """The actuators that have not told yet all that they might."""
        tried = dict.fromkeys(trial.output.name for trial in self._plan.trials)
        if not self._observed:
            return list(tried)
        evidence = Evidence(self._plan, self._observed)
        return [name for name in tried if evidence.is_open(name)]

    def _measures(self) -> dict[str, Measure | None]:
        return {name: kind.measure for name, kind in self._plan.kinds.items()}

    def _steps_of(self, horizon_s: float) -> float:
        return 2 * horizon_s / self._settings.step_s

    def _steps_of_days(self) -> float:
        return len(self._settings.starts_s) * DAY_S / DAY_STEP_S if self._settings.days else 0.0

    def _left_s(self) -> float:
        return self._left_steps * self._mover.spent_s / max(self._mover.steps, 1)


def _stopped(found: PointFinding) -> PointFinding:
    return replace(
        found, verdict=PointVerdict.NOT_TESTED, says="stopped before this could be told", fault=None, other=None
    )
