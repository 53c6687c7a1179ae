"""What the bridge and supervisory programs ask of a controller, whichever protocol it speaks.

:class:`clients.ecy_device_client.ECYDeviceClient` answers over REST, ``BACnetDeviceClient`` over BACnet/IP, and the
simulation can stand behind it too. Who only reads, commands and gives back need not know which.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from utils.errors import AccountRefused, ObjectError
from utils.values import (
    AnyObjectType,
    Endpoint,
    Exchange,
    ObjectLimits,
    ObjectRef,
    ObjectState,
    ObjectType,
    Sample,
    Write,
    WriteKind,
    WriteResult,
)


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a controller's clock says. ``local_time`` is naive, in ``time_zone``; NTP is None where it does not tell.

    ``is_utc`` is whether the time may be that of UTC instead: told so, in a zone that only the controller knows. One
    that does not keep a zone has only a local time, and ``objection`` says why it cannot be told another.
    """

    time_zone: str
    local_time: datetime
    ntp_enabled: bool | None
    is_utc: bool = False
    keeps_zone: bool = True
    objection: str | None = None


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What a controller says that it is. What it does not tell is empty."""

    name: str = ""
    model: str = ""
    firmware: str = ""
    application: str = ""
    application_version: str = ""
    database_revision: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """An event binding: it copies between two data paths. ``write_priority`` is None when it does not tell."""

    name: str
    element_a: str
    element_b: str
    write_priority: int | None = None


@dataclass(frozen=True, slots=True)
class CovSubscription:
    """A BACnet peer that is told when an object changes. ``ref`` is None for objects of other kinds."""

    recipient: str
    ref: ObjectRef | None


class SettableClock(Protocol):
    """A controller whose clock can be set: seconds since 1970, or naive local time. Raises as the client does."""

    @property
    def device(self) -> str:
        """The controller's address."""

    def connect(self) -> None:
        """Make sure that the controller is there."""

    def get_clock(self) -> ClockState:
        """Zone, local time and NTP."""

    def listeners(self) -> Sequence[str]:
        """To whom it passes its time on."""

    def disable_ntp(self) -> None:
        """Turn time synchronisation off; a clock can be set only then."""

    def set_ntp(self, enabled: bool) -> None:
        """Turn time synchronisation on or off."""

    def set_time_and_timezone(self, timezone: str, unix_time: float) -> None:
        """Set zone and clock together, and read them back."""

    def set_local_time(self, timezone: str, local_time: datetime) -> None:
        """The same for a zone that only the controller knows."""

    def set_timezone(self, timezone: str) -> None:
        """Set the zone alone, and read it back."""


class DeviceClient(Protocol):
    """One controller. Used by one thread at a time, except :meth:`abort`.

    Methods raise :class:`utils.errors.DeviceUnreachable` (may pass by itself) or :class:`utils.errors.DeviceRefused`
    (somebody has to act); what concerns one object only is in that object's result.
    """

    @property
    def device(self) -> str:
        """The address by which ledger and messages name the controller, its protocol included where it is not REST."""

    @property
    def timeout_s(self) -> float:
        """How long one call may take, in s."""

    @property
    def sign_ins(self) -> int:
        """How many sessions were opened: one more is a sign that the controller may have rebooted."""

    @property
    def rejection(self) -> AccountRefused | None:
        """The rejection of our password, where that was the controller's last word on it."""

    @property
    def clock(self) -> SettableClock | None:
        """The way to set its clock; None where the protocol has none."""

    def connect(self) -> None:
        """Make sure that the controller is there and is what it should be."""

    def forget_session(self) -> None:
        """The next call signs in anew, even if the password was rejected before."""

    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = ...) -> tuple[Endpoint, ...]:
        """The objects of the types, with their names and units."""

    def get_nameplate(self) -> Nameplate:
        """What the controller says that it is."""

    def commandable_objects(self) -> tuple[ObjectRef, ...]:
        """Every object that has, or may have, a priority array."""

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        """How objects are found: value, service, priority array, units, name."""

    def get_limits(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectLimits]:
        """What these objects say that they take; one that tells nothing of it has empty limits."""

    def read_names(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, str | None]:
        """The objects' names: None for one that does not exist; one that the controller does not tell is absent."""

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


class ControllerClient(DeviceClient, Protocol):
    """What the bridge asks beyond: who a controller is before it is told anything, and who else is at its objects."""

    def get_described_endpoints(self) -> tuple[Endpoint, ...]:
        """All objects, with their descriptions as far as the controller tells them: for who looks, not for a run."""

    @property
    def has_account(self) -> bool:
        """Whether somebody's user and password are shown to it."""

    @property
    def is_pinned(self) -> bool:
        """Whether its certificate is judged by a pin."""

    @property
    def is_new(self) -> bool:
        """Whether its certificate is judged by a pin, and there is none on record."""

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate that it has shown, where it is judged by a pin."""

    def meet(self) -> None:
        """See whether it is there and may be what it should be, before it is told anything; nothing is kept."""

    def get_instance_number(self, object_name: str, object_type: ObjectType) -> int:
        """The instance of a named object. Raises :class:`utils.errors.ObjectError` for a name that it does not have."""

    def get_bindings(self) -> Sequence[Binding]:
        """Event bindings that may write to the same objects; none where the controller does not tell."""

    def get_cov_subscriptions(self) -> Sequence[CovSubscription]:
        """BACnet peers that listen to objects; none where the controller does not tell."""

    def get_device_name(self) -> str:
        """The name of the controller's device object. Raises :class:`utils.errors.ObjectError` when it has none."""


class WithoutAccount:
    """What a client answers that signs in nowhere, has no certificate, and cannot set a clock."""

    timeout_s = 10.0
    has_account = False
    is_pinned = False
    is_new = False
    fingerprint: str | None = None
    sign_ins = 0
    rejection: AccountRefused | None = None

    @property
    def clock(self) -> SettableClock | None:
        """There is no way to set one."""
        return None

    def forget_session(self) -> None:
        """There is none."""

    def get_nameplate(self) -> Nameplate:
        """What has no account has no way of telling it yet."""
        return Nameplate()

    def get_bindings(self) -> Sequence[Binding]:
        """None are told."""
        return ()

    def get_cov_subscriptions(self) -> Sequence[CovSubscription]:
        """None are told."""
        return ()

    def get_device_name(self) -> str:
        """None is told."""
        return ""


_COMMANDABLE = tuple(kind for kind in ObjectType if not kind.is_input)


class Exchanging(ABC):
    """What follows from an exchange and a discovery, whatever the protocol."""

    _known: dict[tuple[AnyObjectType, str], Endpoint] | None = None
    """What discovery has told last."""

    @property
    @abstractmethod
    def device(self) -> str:
        """The controller's address."""

    @abstractmethod
    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """As :meth:`DeviceClient.exchange`."""

    @abstractmethod
    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = ...) -> tuple[Endpoint, ...]:
        """As :meth:`DeviceClient.get_existing_endpoints`."""

    def get_limits(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectLimits]:
        """Nothing is told, unless a protocol has a way of asking."""
        return {ref: ObjectLimits() for ref in refs}

    def get_described_endpoints(self) -> tuple[Endpoint, ...]:
        """Discovery tells descriptions, or there are none."""
        return self.get_existing_endpoints()

    def commandable_objects(self) -> tuple[ObjectRef, ...]:
        """Every object that has, or may have, a priority array: of the types that configs know."""
        return tuple(endpoint.ref for endpoint in self.get_existing_endpoints(_COMMANDABLE))

    def get_instance_number(self, object_name: str, object_type: ObjectType) -> int:
        """The instance of a named object. Raises ObjectError (``missing``) for a name that discovery did not tell."""
        if self._known is None:
            self.get_existing_endpoints()
        endpoint = (self._known or {}).get((object_type, object_name))
        if endpoint is None:
            raise ObjectError(self.device, f"there is no {object_type} named {object_name!r}", missing=True)
        return endpoint.ref.instance

    def read_values_from_endpoints(self, refs: Iterable[ObjectRef]) -> dict[ObjectRef, Sample]:
        """Present-values by object; what did not answer is a sample too (MISSING)."""
        return dict(self.exchange((), list(refs)).samples)

    def read_names(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, str | None]:
        """The objects' names: None for one that does not exist; one that the controller does not tell is absent."""
        return self.exchange((), (), list(refs)).names

    def write_values_from_endpoints(self, writes: Sequence[Write]) -> tuple[WriteResult, ...]:
        """Write in order; one result per write."""
        return self.exchange(writes, ()).writes

    def set_out_of_service(self, object_type: ObjectType, instance_number: int, out_of_service: bool) -> None:
        """Take an object out of service or put it back. Raises ObjectError when it refuses."""
        ref = ObjectRef(object_type, instance_number)
        (result,) = self.write_values_from_endpoints([Write(ref, WriteKind.OUT_OF_SERVICE, out_of_service)])
        if result.error is not None:
            raise result.error

    def _keep(self, found: Iterable[Endpoint]) -> None:
        self._known = {(endpoint.ref.bacnet_type, endpoint.name): endpoint for endpoint in found}
