"""The client of one Distech ECY controller, REST v2 (ecy-rest-api)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self

from clients.device_client import Binding, ClockState, CovSubscription, Exchanging, Nameplate, SettableClock
from clients.ecy.batch import BatchReply, BatchRequest, BatchSender
from clients.ecy.clock import Clock
from clients.ecy.directory import discover
from clients.ecy.nameplate import read_nameplate
from clients.ecy.neighbours import read_bindings, read_cov_subscriptions, read_device_name
from clients.ecy.points import PointAccess
from clients.ecy.session import EcySession
from clients.ecy.survey import limits_told, survey
from clients.ecy.wire import API, object_url, sample_of, unwrap
from clients.http.funnel import Json
from clients.http.tls import PassingPins, TlsMode, TlsPolicy
from utils.errors import AccountRefused, ObjectError
from utils.values import (
    AnyObjectType,
    Endpoint,
    Exchange,
    ObjectLimits,
    ObjectRef,
    ObjectState,
    ObjectType,
    Write,
)

__all__ = ["API", "ECYDeviceClient", "object_url"]


class ECYDeviceClient(Exchanging):
    """One controller. Used by one thread at a time, except :meth:`abort`.

    Every method raises DeviceUnreachable (may pass by itself) or DeviceRefused (somebody has to act); those about
    single objects raise ObjectError. Nothing is sent before the first call.
    """

    def __init__(
        self,
        address: str,
        username: str,
        password: str,
        port: int | None = None,
        *,
        tls: TlsPolicy | None = None,
        timeout_s: float = 10.0,
        account: str = "",
    ) -> None:
        """``address`` is ``host[:port]``; ``timeout_s`` bounds each call as a whole.

        Without a policy of ``tls`` the certificate of the first contact is trusted for as long as this client is there.
        ``account`` says where user name and password are written, for whoever has to mend them.
        """
        address = address if port is None else f"{address}:{port}"
        tls = tls or TlsPolicy(TlsMode.PIN, pins=PassingPins())
        self.timeout_s = timeout_s
        self._session = EcySession(address, username, password, tls, timeout_s, account)
        self._batch = BatchSender(self._session)
        self._points = PointAccess(self._session, self._batch)
        self._clock = Clock(self._session)

    @property
    def device(self) -> str:
        """The address, as messages name the controller."""
        return self._session.device

    @property
    def sign_ins(self) -> int:
        """How many sessions were opened: one more is a sign that the controller may have rebooted."""
        return self._session.sign_ins

    @property
    def has_account(self) -> bool:
        """It signs in."""
        return True

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate that it has shown; None before, and where the policy is not one of pins."""
        return self._session.pin.seen if self._session.pin is not None else None

    @property
    def is_pinned(self) -> bool:
        """Whether its certificate is judged by a pin."""
        return self._session.pin is not None

    @property
    def is_new(self) -> bool:
        """Whether its certificate is judged by a pin, and there is none on record."""
        return self._session.pin is not None and not self._session.pin.is_on_record

    def meet(self) -> None:
        """See its certificate and whether it may be an ECY, without credentials; nothing is kept."""
        self._session.meet()

    @property
    def rejection(self) -> AccountRefused | None:
        """The rejection of our password, where that was the controller's last word on it."""
        return self._session.rejection

    def connect(self) -> None:
        """Make sure that this is an ECY with firmware 2.x, and sign in."""
        self._session.open()

    def forget_session(self) -> None:
        """Drop the session. The next call signs in anew, even if the password was rejected before."""
        self._session.forget()

    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = tuple(ObjectType)) -> tuple[Endpoint, ...]:
        """Discover the objects of the types, and keep them for :meth:`get_instance_number`."""
        found = discover(self._session, object_types)
        self._keep(found)
        return found

    def get_described_endpoints(self) -> tuple[Endpoint, ...]:
        """Discover all objects with their descriptions; without, where the firmware refuses to tell them."""
        found = discover(self._session, tuple(ObjectType), is_described=True)
        self._keep(found)
        return found

    def get_property_value(self, object_name: str, object_type: ObjectType, property_name: str) -> Json:
        """One property of a named object, as JSON; a present-value in the object's own kind of number.

        Raises ObjectError for a present-value that is none (NaN, null).
        """
        ref = ObjectRef(object_type, self.get_instance_number(object_name, object_type))
        value = unwrap(self._session.get(f"{object_url(ref)}/{property_name}"))
        if property_name != "present-value":
            return value
        sample = sample_of(value, object_type)
        if sample.value is None:
            raise ObjectError(self.device, f"{object_name}: {sample.note}")
        return sample.value

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        """How objects are found: value, service, priority array, units."""
        return survey(self._batch, list(refs), self._points.flags)

    def get_limits(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectLimits]:
        """What these objects say that they take; one that tells nothing of it has empty limits."""
        return limits_told(self._batch, list(refs))

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """Write in order, and after that read values, names and priority arrays.

        In one batch unless something has to be repeated.
        """
        return self._points.exchange(writes, reads, names, slots)

    def send_batch_request(self, requests: Sequence[BatchRequest]) -> tuple[BatchReply, ...]:
        """Send any requests in order, in as few batches as the controller takes; one reply per request."""
        return self._batch.send(requests)

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        """Give a slot back: True when the priority array shows it, False when that cannot be read.

        Raises ObjectError when the slot stays taken.
        """
        return self._points.relinquish(ref, priority)

    def get_clock(self) -> ClockState:
        """Zone, local time and NTP."""
        return self._clock.read()

    @property
    def clock(self) -> SettableClock:
        """Its clock is set by these methods."""
        return self

    def listeners(self) -> Sequence[str]:
        """It passes its time on to nobody."""
        return ()

    def disable_ntp(self) -> None:
        """Turn time synchronisation off; a clock can be set only then."""
        self._clock.set_ntp(False)

    def set_ntp(self, enabled: bool) -> None:
        """Turn time synchronisation on or off."""
        self._clock.set_ntp(enabled)

    def set_time_and_timezone(self, timezone: str, unix_time: float) -> None:
        """Set zone and clock together (``unix_time`` in s) and read them back. Raises DeviceRefused if not taken."""
        self._clock.set(timezone, unix_time)

    def set_local_time(self, timezone: str, local_time: datetime) -> None:
        """The same with naive local time, for a zone that only the controller knows."""
        self._clock.set_local(timezone, local_time)

    def set_timezone(self, timezone: str) -> None:
        """Set the zone alone and read it back. Raises DeviceRefused if not taken."""
        self._clock.set_zone(timezone)

    def get_bindings(self) -> list[Binding]:
        """Event bindings that may write to the same objects; empty where the firmware has none."""
        return read_bindings(self._session)

    def get_cov_subscriptions(self) -> list[CovSubscription]:
        """BACnet peers that listen to objects; empty where the firmware does not tell."""
        return read_cov_subscriptions(self._session)

    def get_nameplate(self) -> Nameplate:
        """Model, firmware and application, as far as the controller tells."""
        return read_nameplate(self._session)

    def get_device_name(self) -> str:
        """The name of the controller's device object."""
        return read_device_name(self._session)

    def abort(self) -> None:
        """Abandon the call in flight and every later one, from any thread, until :meth:`resume`.

        Abandoned calls raise DeviceUnreachable.
        """
        self._session.funnel.abort()

    def resume(self) -> None:
        """Let calls through again after :meth:`abort`."""
        self._session.funnel.resume()

    def close(self) -> None:
        """Close the connections. What was written stays written."""
        self._session.funnel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ECYDeviceClient({self.device!r})"
