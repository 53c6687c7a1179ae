"""Moves one actuator of the simulation at a time, each from the same state, and writes down all measurements."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from bridge.building import SimulationPeer
from bridge.checkout.response.expecting.plan import ResponsePlan
from bridge.checkout.response.seeing.courses import Frames, MovedActuator
from bridge.startup import initialize
from clients.boptest_client import BenchOffer
from utils.clocks import DAY_S, Clocks

SETTLE_S = 600.0
"""Simulated time for which all actuators are held before the first is moved."""
DAY_STEP_S = 900.0


class MovingStopped(Exception):
    """Whoever runs this has asked for its end."""


class ActuatorMover:
    """One situation of the simulation. Every method raises :class:`MovingStopped`, and what the simulation raises.

    Where the server can save its state each run goes back to it; else the simulation is initialized anew.
    """

    def __init__(
        self, peer: SimulationPeer, plan: ResponsePlan, step_s: float, stop: threading.Event, clocks: Clocks
    ) -> None:
        self._peer = peer
        self._plan = plan
        self._step_s = step_s
        self._stop = stop
        self._clocks = clocks
        self._start: tuple[float, float] = (0.0, 0.0)
        self._state: bytes | None = None
        self._has_moved = False
        self.steps = 0
        self.spent_s = 0.0
        """Wall time of so many steps, and of what goes before them."""

    def begin(self, start_s: float, warmup_s: float) -> None:
        """Go to a model time, hold the actuators until the building has settled, and keep that state."""
        self._start, self._state, self._has_moved = (start_s, warmup_s), None, False
        self._initialize()
        if self._peer.offers(BenchOffer.STATES):
            self._state = self._peer.save_state()

    def hold(self, for_s: float) -> Frames:
        """The run in which nothing is moved."""
        return self._run(self._plan.held, for_s)

    def move(self, name: str, for_s: float) -> MovedActuator:
        """An actuator at its low end, and at its high end."""
        low, high = self._plan.ends(name)
        at_low, at_high = (
            self._run({**self._plan.held, **self._plan.override(name, end)}, for_s) for end in (low, high)
        )
        return MovedActuator(name, low, high, at_low, at_high, self._step_s)

    def day(self, start_s: float, warmup_s: float) -> Frames:
        """A day of the building under its own control, from a model time on."""
        self._start, self._state = (start_s, warmup_s), None
        self._initialize(settles=False)
        self._peer.set_step_time(DAY_STEP_S)
        return self._advance({}, int(DAY_S / DAY_STEP_S))

    def _initialize(self, settles: bool = True) -> None:
        self._check()
        began_s = self._clocks.monotonic()
        initialize(self._peer, *self._start, self._step_s)
        self._peer.set_step_time(self._step_s)
        self.spent_s += self._clocks.monotonic() - began_s
        if settles:
            self._advance(self._plan.held, round(SETTLE_S / self._step_s))
        self._has_moved = False

    def _run(self, inputs: Mapping[str, float], for_s: float) -> Frames:
        if self._state is not None:
            self._peer.restore_state(self._state)
        elif self._has_moved:
            self._initialize()
        self._has_moved = True
        return self._advance(inputs, max(round(for_s / self._step_s), 1))

    def _advance(self, inputs: Mapping[str, float], steps: int) -> Frames:
        frames: list[Mapping[str, float]] = []
        began_s = self._clocks.monotonic()
        for _ in range(steps):
            self._check()
            state = self._peer.advance_simulation(inputs)
            if state.ended:
                break
            frames.append({name: state.values[name] for name in self._plan.kinds if name in state.values})
        self.steps += len(frames)
        self.spent_s += self._clocks.monotonic() - began_s
        return frames

    def _check(self) -> None:
        if self._stop.is_set():
            raise MovingStopped
