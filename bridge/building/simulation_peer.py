"""What a run needs of a simulation: a BOPTEST server behind its client, or a recording that is played again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from clients.boptest_client import BenchOffer
from utils.values import PointMetadata, SimulationState


class SimulationPeer(Protocol):
    """The methods of :class:`clients.boptest_client.BOPTestClient` that a run calls, with the errors named there."""

    @property
    def api(self) -> str:
        """Which family of servers it is."""

    @property
    def server_version(self) -> str:
        """The version that it tells; empty when it does not."""

    @property
    def testcase(self) -> str:
        """What is simulated."""

    @property
    def clipped(self) -> Mapping[str, str]:
        """Every input that was cut to its limits, with what happened first."""

    def connect(self, testcase: str | None = None, points: Collection[str] = ()) -> None:
        """Find it, and make it ours."""

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """Its points by name."""

    def set_scenario(
        self, *, electricity_price: str | None = None, time_period: str | None = None
    ) -> SimulationState | None:
        """Choose price and period; a period begins with the state that is returned."""

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        """Begin at a model time (s)."""

    def set_step_time(self, step_time_s: float) -> float:
        """Choose the step (s); returns the one in force."""

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step, once."""

    def offers(self, what: BenchOffer) -> bool:
        """Whether it has something beyond BOPTEST."""

    def save_state(self) -> bytes:
        """All that it is now."""

    def restore_state(self, state: bytes, *, take_back: bool = False) -> SimulationState:
        """Go back to a state; a refusal leaves everything as it is."""

    def get_own_control(self) -> SimulationState:
        """What its own control would command now."""

    def get_kpis(self) -> Mapping[str, float]:
        """The KPIs since the start."""

    def keep_alive(self) -> None:
        """Say that it is still wanted."""

    def stop(self) -> None:
        """Give it back."""

    def abort(self) -> None:
        """Abandon the call in flight, from any thread."""

    def resume(self) -> None:
        """Let calls through again."""

    def close(self) -> None:
        """Close the connections."""
