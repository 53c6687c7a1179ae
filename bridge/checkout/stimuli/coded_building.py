"""Coded values in the place of the simulation: whatever controllers command, the next round is the next state.

What a checkout has to know of the simulation, it is asked: who it is, and which points it has. It is not begun, and
nothing is advanced.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from bridge.building import SimulationPeer
from clients.boptest_client import BenchOffer
from utils.clocks import ModelSeconds
from utils.errors import BeginningRefused, SimulationAborted, SimulationRefused
from utils.values import PointMetadata, SimulationState

_NO_BUILDING = "a checkout shows coded values, and no building"


class CodedBuilding:
    """A :class:`bridge.building.SimulationPeer` that shows one round after the other, before the ``behind`` one."""

    def __init__(self, behind: SimulationPeer) -> None:
        self.behind = behind
        """The simulation itself, for whoever looks at how it responds."""
        self._rounds: Sequence[Mapping[str, float]] = ()
        self._step_s = 1.0
        self._shown = 0
        self._aborted = threading.Event()

    def code(self, rounds: Sequence[Mapping[str, float]]) -> None:
        """What to show, from the next :meth:`initialize_system` on."""
        self._rounds, self._shown = rounds, 0

    @property
    def api(self) -> str:
        """That of the simulation."""
        return self.behind.api

    @property
    def server_version(self) -> str:
        """That of the simulation."""
        return self.behind.server_version

    @property
    def testcase(self) -> str:
        """What would be simulated."""
        return self.behind.testcase

    @property
    def clipped(self) -> Mapping[str, str]:
        """Nothing is sent, and nothing cut."""
        return MappingProxyType({})

    def connect(self, testcase: str | None = None, points: Collection[str] = ()) -> None:
        """Find the simulation, which has to have the points."""
        self.behind.connect(testcase, points)

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """The simulation's."""
        return self.behind.get_metadata()

    def set_scenario(
        self, *, electricity_price: str | None = None, time_period: str | None = None
    ) -> SimulationState | None:
        """Raises :class:`BeginningRefused`: there is no day here."""
        raise BeginningRefused(_NO_BUILDING)

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        """The first round."""
        self._shown = 0
        return self.advance_simulation({})

    def set_step_time(self, step_time_s: float) -> float:
        """Any will do."""
        self._step_s = step_time_s
        return step_time_s

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """The next round, whatever is commanded; behind the last one the end."""
        if self._aborted.is_set():
            raise SimulationAborted("stopped on request")
        time_s, self._shown = ModelSeconds(self._shown * self._step_s), self._shown + 1
        if self._shown > len(self._rounds):
            return SimulationState(time_s, ended=True)
        return SimulationState(time_s, self._rounds[self._shown - 1])

    def offers(self, what: BenchOffer) -> bool:
        """What the simulation does."""
        return self.behind.offers(what)

    def save_state(self) -> bytes:
        """Raises :class:`SimulationRefused`."""
        raise SimulationRefused(_NO_BUILDING)

    def restore_state(self, state: bytes, *, take_back: bool = False) -> SimulationState:
        """Raises :class:`SimulationRefused`."""
        raise SimulationRefused(_NO_BUILDING)

    def get_own_control(self) -> SimulationState:
        """Raises :class:`SimulationRefused`."""
        raise SimulationRefused(_NO_BUILDING)

    def get_kpis(self) -> Mapping[str, float]:
        """None."""
        return {}

    def keep_alive(self) -> None:
        """The simulation is still wanted."""
        self.behind.keep_alive()

    def stop(self) -> None:
        """Give the simulation back."""
        self.behind.stop()

    def abort(self) -> None:
        """Abandon what is asked of the simulation; no more rounds."""
        self._aborted.set()
        self.behind.abort()

    def resume(self) -> None:
        """Let calls through again."""
        self._aborted.clear()
        self.behind.resume()

    def close(self) -> None:
        """Close its connections."""
        self.behind.close()
