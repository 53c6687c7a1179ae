"""A recording in the place of the simulation: it tells the same states again, whatever controllers command.

That is open loop: a controller that integrates sees the same error for as long as it was there, and not what its own
command would have made of it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from types import MappingProxyType

from bridge.building.model_clock import agree
from bridge.replay.recorded_states import RecordedStates
from clients.boptest_client import BenchOffer
from utils.errors import BeginningRefused, SimulationAborted, SimulationRefused
from utils.values import PointMetadata, SimulationState

_OWN_DAY = "a replay has its recording's day, and no other"


class RecordedBuilding:
    """A :class:`bridge.building.simulation_peer.SimulationPeer` that plays an episode."""

    def __init__(self, episode: RecordedStates) -> None:
        self._episode = episode
        self._states = episode.states()
        self._time_s = episode.start_s
        self._aborted = threading.Event()

    @property
    def api(self) -> str:
        """No server's."""
        return "recording"

    @property
    def server_version(self) -> str:
        """None."""
        return ""

    @property
    def testcase(self) -> str:
        """What was simulated."""
        return str(self._episode.run.fact("test_case", "name") or "")

    @property
    def clipped(self) -> Mapping[str, str]:
        """Nothing is sent, and nothing cut."""
        return MappingProxyType({})

    def connect(self, testcase: str | None = None, points: Collection[str] = ()) -> None:
        """There is nobody to be found."""

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """As recorded."""
        return self._episode.metadata()

    def set_scenario(
        self, *, electricity_price: str | None = None, time_period: str | None = None
    ) -> SimulationState | None:
        """The day is the recording's. Raises :class:`BeginningRefused` for any other."""
        if time_period is not None:
            raise BeginningRefused(_OWN_DAY)
        return None

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        """Frame 0. Raises :class:`BeginningRefused` for another day."""
        if not agree(start_time_s, self._episode.start_s, self._episode.step_s):
            raise BeginningRefused(_OWN_DAY)
        self._states = self._episode.states()
        return next(self._states)

    def set_step_time(self, step_time_s: float) -> float:
        """The recording's."""
        return self._episode.step_s

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """The next recorded state, whatever is commanded."""
        if self._aborted.is_set():
            raise SimulationAborted("stopped on request")
        state = next(self._states, None)
        if state is None:
            return SimulationState(self._time_s, ended=True)
        self._time_s = state.time_s
        return state

    def offers(self, what: BenchOffer) -> bool:
        """Nothing beyond the recording."""
        return False

    def save_state(self) -> bytes:
        """Raises :class:`SimulationRefused`."""
        raise SimulationRefused(_OWN_DAY)

    def restore_state(self, state: bytes, *, take_back: bool = False) -> SimulationState:
        """Raises :class:`SimulationRefused`."""
        raise SimulationRefused(_OWN_DAY)

    def get_own_control(self) -> SimulationState:
        """Raises :class:`SimulationRefused`."""
        raise SimulationRefused("a recording controls nothing")

    def get_kpis(self) -> Mapping[str, float]:
        """None: they would be the recording's."""
        return {}

    def keep_alive(self) -> None:
        """Nobody forgets it."""

    def stop(self) -> None:
        """Nobody has it."""

    def abort(self) -> None:
        """No call takes long enough to be abandoned; the next is refused."""
        self._aborted.set()

    def resume(self) -> None:
        """Let calls through again."""
        self._aborted.clear()

    def close(self) -> None:
        """The recording belongs to whoever has opened it."""
