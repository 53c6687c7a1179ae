"""The simulation as a dead process left it: its overrides end with the test, so giving them back is stopping that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from clients.boptest_client import BOPTestClient
from clients.device_client import ClockState, Exchanging, WithoutAccount
from clients.simulation.device import SIMULATION
from utils.bacnet import SLOTS
from utils.errors import DeviceRefused, DeviceUnreachable, SimulationError
from utils.values import (
    AnyObjectType,
    Endpoint,
    Exchange,
    ObjectRef,
    ObjectState,
    Quality,
    Sample,
    Write,
    WriteResult,
)

_FREE = ObjectState(Sample(None, Quality.MISSING, "the test has ended"), priority_array=(None,) * SLOTS)


class EndedSimulation(Exchanging, WithoutAccount):
    """Every test that dead processes have left on a server, as one controller whose slots are free.

    A server of the old kind has one test case, which keeps nothing beyond its next initialize.
    """

    def __init__(self, client: BOPTestClient) -> None:
        self._client = client

    @property
    def device(self) -> str:
        """``simulation``."""
        return SIMULATION

    def connect(self) -> None:
        """Stop the tests."""
        try:
            self._client.stop_leftovers()
        except SimulationError as error:
            raise DeviceUnreachable(SIMULATION, str(error)) from None

    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = ()) -> tuple[Endpoint, ...]:
        """There is nothing any more."""
        return ()

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        """All slots are free."""
        return dict.fromkeys(refs, _FREE)

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """Slots can be given back, which does nothing, as they are free; nothing has a value."""
        refusal = DeviceRefused(SIMULATION, "the test has ended")
        results = tuple(WriteResult(write, None if write.value is None else refusal) for write in writes)
        samples = dict.fromkeys(reads, _FREE.present_value)
        return Exchange(results, samples, slots=dict.fromkeys(slots, _FREE.priority_array))

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        """It is free."""
        return True

    def get_clock(self) -> ClockState:
        """No time passes any more."""
        return ClockState("", datetime.min, None)

    def abort(self) -> None:
        """Abandon the call in flight and every later one."""
        self._client.abort()

    def resume(self) -> None:
        """Let calls through again."""
        self._client.resume()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
