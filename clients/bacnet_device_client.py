"""The client of one controller over BACnet/IP: the same questions and answers as its REST client's."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Self, TypeAlias, TypeVar

from clients.bacnet.client import DISCOVERY_TIMEOUT_S, BACnetClient
from clients.bacnet.errors import StackError
from clients.bacnet.names import device_key, object_identifier, ref_of, station
from clients.bacnet.results import BacnetReading, BacnetRef, BacnetWrite, BacnetWriteResult
from clients.bacnet.stack import BACnetStack, Question
from clients.bacnet.states import (
    name_refs,
    names_of,
    sample_of,
    sample_refs,
    slot_refs,
    slots_of,
    state_of,
    state_refs,
    write_of,
)
from clients.bacnet_clock import BacnetClock
from clients.device_client import ClockState, Exchanging, SettableClock, WithoutAccount
from clients.object_limits import limit_properties, limits_of
from utils.bacnet import slot_of
from utils.errors import DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import (
    AnyObjectType,
    Endpoint,
    Exchange,
    ObjectLimits,
    ObjectRef,
    ObjectState,
    ObjectType,
    Write,
    WriteResult,
)

_VIA = " via "
"""Between our own address and that of the BBMD that passes our broadcasts on."""

Answer = TypeVar("Answer")
Exchanged: TypeAlias = tuple[tuple[BacnetWriteResult, ...], dict[BacnetRef, BacnetReading]]


class BACnetDeviceClient(Exchanging, WithoutAccount):
    """One controller. Used by one thread at a time, except :meth:`abort`. Several may share a stack.

    Methods raise DeviceUnreachable (may pass by itself) or DeviceRefused (somebody has to act); those about single
    objects raise ObjectError.
    """

    def __init__(
        self, stack: BACnetStack, address: str, *, timeout_s: float = 10.0, instance: int | None = None
    ) -> None:
        """``address`` with or without ``bacnet://``; ``timeout_s`` bounds each call as a whole.

        ``instance`` is the device number that it has to have; without it, that which it has at the first contact.
        Raises ConfigError for an address that is none. Nothing is sent before the first call.
        """
        self._stack = stack
        self._address = str(station(address))
        self.timeout_s = timeout_s
        self._instance = instance
        self._lock = threading.Lock()
        self._is_aborted = False
        self._in_flight: concurrent.futures.Future[Any] | None = None
        self._services: frozenset[str] | None = None

    @property
    def device(self) -> str:
        """``bacnet://`` and the address, as ledger and messages name the controller."""
        return device_key(self._address)

    @property
    def address(self) -> str:
        """The address as the BACnet client takes it."""
        return self._address

    def meet(self) -> None:
        """Make sure that a device answers, and the right one."""
        self.connect()

    def connect(self) -> None:
        """Make sure that a device answers, and the right one: of the number that was wanted, or the one of before."""
        traits = self._call(lambda client: client.traits(self._address, afresh=True, timeout_s=self.timeout_s))
        if None not in (self._instance, traits.instance) and traits.instance != self._instance:
            what = f"device {traits.instance} answers where device {self._instance} was expected"
            raise DeviceRefused(self.device, what)
        if traits.instance is not None:  # who does not tell it this time is no reason to forget who it has to be
            self._instance = traits.instance

    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = tuple(ObjectType)) -> tuple[Endpoint, ...]:
        """The objects of the types, with their names and units; kept for :meth:`get_instance_number`."""
        limit_s = max(self.timeout_s, DISCOVERY_TIMEOUT_S)
        types = tuple(object_types)
        if not types:
            return ()
        points = self._call(lambda client: client.discover_points(self._address, types, timeout_s=limit_s), limit_s)
        found = tuple(
            Endpoint(ref_of(object_identifier(point.object)), point.name, point.unit, point.description)
            for point in points
        )
        self._keep(found)
        return found

    def commandable_objects(self) -> tuple[ObjectRef, ...]:
        """Every object that has, or may have, a priority array: of the standard's types, and of all others."""
        limit_s = max(self.timeout_s, DISCOVERY_TIMEOUT_S)
        names = self._call(lambda client: client.objects(self._address, timeout_s=limit_s), limit_s)
        refs = dict.fromkeys(ref_of(object_identifier(name)) for name in names)
        return tuple(ref for ref in refs if not ref.bacnet_type.is_input)

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        """How objects are found: value, service, priority array, units, name."""
        wanted = list(dict.fromkeys(refs))
        told = self._read([ref for target in wanted for ref in state_refs(target)])
        return {target: state_of(target, told) for target in wanted}

    def get_limits(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectLimits]:
        """What these objects say that they take; one that tells nothing of it has empty limits."""
        asked = {ref: [BacnetRef(ref, name) for name in limit_properties(ref.bacnet_type)] for ref in refs}
        told = self._read([one for questions in asked.values() for one in questions])
        return {ref: limits_of({one.property: told[one].value for one in asked[ref]}) for ref in asked}

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """Write in order, and after that read values, names and priority arrays; a result for each."""
        orders = [write_of(write) for write in writes]
        wanted = [ref for target in reads for ref in sample_refs(target)]
        results, told = self._exchanged(orders, [*wanted, *name_refs(names), *slot_refs(slots)])
        samples = {target: sample_of(target, told) for target in reads}
        taken = tuple(WriteResult(write, result.error) for write, result in zip(writes, results, strict=True))
        return Exchange(taken, samples, names_of(names, told), slots_of(slots, told))

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        """Give a slot back: True when the priority array shows it, False when that cannot be read.

        Raises ObjectError when the slot stays taken.
        """
        self._call(lambda client: client.release(self._address, ref, priority, timeout_s=self.timeout_s))
        try:
            slots = self._call(lambda client: client.read_priority_array(self._address, ref, timeout_s=self.timeout_s))
        except ObjectError:
            return False
        if slot_of(slots, priority) is not None:
            raise ObjectError(self.device, f"{ref}: slot {priority} is still taken after its release")
        return True

    def get_clock(self) -> ClockState:
        """The controller's local time. It tells no zone by this protocol, and nothing of NTP.

        Raises ObjectError where it has none to tell, or one that nobody has set yet.
        """
        told = self.read_own(["local-date", "local-time"])
        for reading in told:
            if reading.error is not None:
                raise reading.error
        date, clock = (reading.value for reading in told)
        try:
            local = datetime.fromisoformat(f"{date}T{clock}")
        except ValueError:
            raise ObjectError(self.device, f"it tells no whole date and time: {date} {clock}") from None
        return ClockState("", local, None)

    @property
    def clock(self) -> SettableClock:
        """The way to tell it the time."""
        return BacnetClock(self)

    def get_device_name(self) -> str:
        """The name of the controller's device object. Raises ObjectError when it does not tell it."""
        [reading] = self.read_own(["object-name"])
        if reading.error is not None:
            raise reading.error
        return str(reading.value)

    def read_own(self, names: Sequence[str]) -> Sequence[BacnetReading]:
        """Properties of the device object; what it does not tell is a reading too."""
        device = f"device,{self._instance_number()}"
        refs = [BacnetRef(device, name) for name in names]
        told = self._read(refs)
        return [told[ref] for ref in refs]

    def services(self) -> frozenset[str]:
        """The services that it says it has, in ASHRAE's spelling; asked once."""
        if self._services is None:
            [reading] = self.read_own(["protocol-services-supported"])
            self._services = frozenset(str(reading.value).split(";")) if reading.error is None else frozenset()
        return self._services

    def send_time(self, when: datetime, utc: bool) -> None:
        """Tell it the time, which it does not acknowledge: local (naive), or in UTC (aware)."""
        self._call(lambda client: client.synchronize_time(self._address, when, utc=utc))

    def abort(self) -> None:
        """Abandon the call in flight and every later one, from any thread, until :meth:`resume`.

        Abandoned calls raise DeviceUnreachable.
        """
        with self._lock:
            self._is_aborted = True
            if self._in_flight is not None:
                self._in_flight.cancel()

    def resume(self) -> None:
        """Let calls through again after :meth:`abort`."""
        with self._lock:
            self._is_aborted = False

    def close(self) -> None:
        """Nothing more will be asked of it. What was written stays written; the stack is its owner's to close."""
        self.abort()

    def _instance_number(self) -> int:
        if self._instance is None:
            self.connect()
        if self._instance is None:
            raise DeviceUnreachable(self.device, "it does not tell its device instance (give it: device_instance)")
        return self._instance

    def _read(self, refs: Sequence[BacnetRef]) -> dict[BacnetRef, BacnetReading]:
        """Readings by reference, each asked for once."""
        return self._exchanged((), refs)[1]

    def _exchanged(self, orders: Sequence[BacnetWrite], refs: Sequence[BacnetRef]) -> Exchanged:
        """Results by write, and after them readings by reference, each asked for once. One visit to the loop."""
        wanted = list(dict.fromkeys(refs))

        async def ask(client: BACnetClient) -> Exchanged:
            results = await client.write_multiple(self._address, orders, timeout_s=self.timeout_s) if orders else ()
            told = await client.read_multiple(self._address, wanted, timeout_s=self.timeout_s) if wanted else ()
            return results, dict(zip(wanted, told, strict=True))

        return self._call(ask, 2 * self.timeout_s) if orders or wanted else ((), {})

    def _call(self, ask: Question[Answer], timeout_s: float | None = None) -> Answer:
        """Ask inside the loop and wait. A stack that is closed is a device that cannot be reached."""
        try:
            future = self._submit(ask)
            return self._stack.wait_for(future, timeout_s or self.timeout_s)
        except StackError as error:
            raise self._abandoned() if self._is_aborted else DeviceUnreachable(self.device, str(error)) from None
        finally:
            self._in_flight = None

    def _submit(self, ask: Question[Answer]) -> concurrent.futures.Future[Answer]:
        with self._lock:
            if self._is_aborted:
                raise self._abandoned()
            self._in_flight = future = self._stack.submit(ask(self._stack.client))
            return future

    def _abandoned(self) -> DeviceUnreachable:
        return DeviceUnreachable(self.device, "the call was abandoned")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"BACnetDeviceClient({self.device!r})"


class BacnetStacks:
    """Stacks that are opened with the first client that needs them. Used by several threads."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._stacks: dict[str, BACnetStack] = {}
        self._open = ExitStack()
        self._lock = threading.Lock()

    def client_for(
        self, address: str, interface: str, timeout_s: float | None = None, instance: int | None = None
    ) -> BACnetDeviceClient:
        """A client of its own. Raises what :class:`clients.bacnet.stack.BACnetStack` raises.

        ``interface`` is our own address on the network, as ``10.8.0.5 via 10.0.0.1`` with the BBMD to register with.
        """
        stack = self._stack(_own_address(address, interface))
        return BACnetDeviceClient(stack, address, timeout_s=timeout_s or self._timeout_s, instance=instance)

    def find(self, instance: int, interface: str) -> str | None:
        """The device of a number, as :attr:`BACnetDeviceClient.device`; None where nobody says that it is that.

        Everybody on the network is asked, from the network's own port. Raises DeviceRefused where several say so,
        and as :meth:`client_for`.
        """
        told = self._stack(_for_everybody(interface)).ask(lambda client: client.who_is(instance, instance))
        devices = sorted({device_key(one.address) for one in told})
        if len(devices) > 1:
            what = f"{' and '.join(devices)} all say that they are device {instance}; numbers must differ"
            raise DeviceRefused(devices[0], what)
        return devices[0] if devices else None

    def prepare(self, address: str, interface: str) -> None:
        """Open the stack beforehand. One that needs a port that is somebody's for now is left for later."""
        if not _is_routed(address):
            self.client_for(address, interface)

    def _stack(self, own: str) -> BACnetStack:
        with self._lock:
            if own not in self._stacks:
                address, _, bbmd = own.partition(_VIA)
                stack = BACnetStack(address, foreign=bbmd or None, is_hidden=True, takes_turns=True)
                self._stacks[own] = self._open.enter_context(stack)
            return self._stacks[own]

    def close(self) -> None:
        """Close all stacks."""
        with self._lock:
            self._stacks.clear()
            self._open.close()


def _own_address(address: str, interface: str) -> str:
    """From where to call a controller: any free port will do, but what routers tell comes to the network's port."""
    if _is_routed(address):
        return _for_everybody(interface)
    return _any_port(interface.partition(_VIA)[0])


def _for_everybody(interface: str) -> str:
    """From where to ask the whole network: its own port, or any one that is registered with a BBMD."""
    own, via, bbmd = interface.partition(_VIA)
    return f"{_any_port(own)}{via}{bbmd}" if via else own


def _any_port(own: str) -> str:
    return f"{own.rpartition(':')[0] or own}:0"


def _is_routed(address: str) -> bool:
    return station(address).addrNet is not None
