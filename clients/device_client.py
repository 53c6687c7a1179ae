"""What the bridge and supervisory programs ask of a controller, whichever protocol it speaks.

:class:`clients.ecy_device_client.ECYDeviceClient` answers over REST, ``BACnetDeviceClient`` over BACnet/IP, and the
simulation can stand behind it too. Who only reads, commands and gives back need not know which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from utils.values import Endpoint, Exchange, ObjectRef, ObjectState, ObjectType, Sample, Write, WriteResult


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a controller's clock says. ``local_time`` is naive, in ``time_zone``; NTP is None where it does not tell.

    ``is_utc`` is whether the time may be that of UTC instead: told so, in a zone that only the controller knows.
    """

    time_zone: str
    local_time: datetime
    ntp_enabled: bool | None
    is_utc: bool = False


class DeviceClient(Protocol):
    """One controller. Used by one thread at a time, except :meth:`abort`.

    Methods raise :class:`utils.errors.DeviceUnreachable` (may pass by itself) or :class:`utils.errors.DeviceRefused`
    (somebody has to act); what concerns one object only is in that object's result.
    """

    @property
    def device(self) -> str:
        """The address by which ledger and messages name the controller, its protocol included where it is not REST."""

    def connect(self) -> None:
        """Make sure that the controller is there and is what it should be."""

    def get_existing_endpoints(self, object_types: Iterable[ObjectType] = ...) -> tuple[Endpoint, ...]:
        """The objects of the types, with their names and units."""

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        """How objects are found: value, service, priority array, units, name."""

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """Write in order, and after that read values, names and priority arrays; a result for each."""

    def read_values_from_endpoints(self, refs: Iterable[ObjectRef]) -> dict[ObjectRef, Sample]:
        """Present-values by object; what did not answer is a sample too (MISSING)."""

    def write_values_from_endpoints(self, writes: Sequence[Write]) -> tuple[WriteResult, ...]:
        """Write in order; one result per write."""

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        """Give a slot back: True when the priority array shows it, False when that cannot be read.

        Raises :class:`utils.errors.ObjectError` when the slot stays taken.
        """

    def get_clock(self) -> ClockState:
        """The controller's local time."""

    def abort(self) -> None:
        """Abandon the call in flight and every later one, from any thread, until :meth:`resume`."""

    def resume(self) -> None:
        """Let calls through again after :meth:`abort`."""

    def close(self) -> None:
        """Close the connections. What was written stays written."""
