"""A plain BACpypes3 client in a thread of its own, and controllers for it to talk to: none of the bench's clients."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeAlias

from bacpypes3.apdu import (
    APDU,
    ConfirmedCOVNotificationRequest,
    ErrorRejectAbortNack,
    IAmRequest,
    IHaveRequest,
    ReadPropertyMultipleRequest,
    SimpleAckPDU,
    SubscribeCOVRequest,
    UnconfirmedCOVNotificationRequest,
    WritePropertyMultipleRequest,
    WritePropertyRequest,
)
from bacpypes3.app import Application
from bacpypes3.basetypes import (
    HostNPort,
    IPMode,
    PropertyReference,
    PropertyValue,
    ReadAccessSpecification,
    WriteAccessSpecification,
)
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.pdu import Address, GlobalBroadcast
from bacpypes3.primitivedata import Null, ObjectIdentifier, PropertyIdentifier

from emulators.ecy.access.sessions import Account
from emulators.ecy.bacnet.server import BacnetServer
from emulators.ecy.controller import ControllerSpec, EmulatedController, EmulatorSettings
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import WallScan
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests.emulators.ecy.client import PASSWORD, SOME_OBJECTS, USER, EcyClient, signed_in
from tests.waiting import DEADLINE_S

Value: TypeAlias = Any
"""A value of BACpypes3."""
NULL = Null(())


class _Listener(Application):  # type: ignore[misc]
    """Keeps what comes without being an answer. While ``silent``, it confirms nothing."""

    def __init__(self, **options: Value) -> None:
        super().__init__(**options)
        self.heard: list[APDU] = []
        self.arrived = threading.Condition()
        self.silent = False

    async def do_IAmRequest(self, apdu: IAmRequest) -> None:  # noqa: N802 - found by its name
        self._keep(apdu)

    async def do_IHaveRequest(self, apdu: IHaveRequest) -> None:  # noqa: N802 - found by its name
        self._keep(apdu)

    async def do_UnconfirmedCOVNotificationRequest(self, apdu: UnconfirmedCOVNotificationRequest) -> None:  # noqa: N802 - found by its name
        self._keep(apdu)

    async def do_ConfirmedCOVNotificationRequest(self, apdu: ConfirmedCOVNotificationRequest) -> None:  # noqa: N802 - found by its name
        self._keep(apdu)
        await _until(lambda: not self.silent)
        await self.response(SimpleAckPDU(context=apdu))

    def _keep(self, apdu: APDU) -> None:
        with self.arrived:
            self.heard.append(apdu)
            self.arrived.notify_all()


class BacnetClient:
    """Talks to one controller, and with ``bbmd`` to all of them by broadcast. Answers come as BACpypes3 values."""

    def __init__(self, address: str, bbmd: str | None = None, *, timeout_s: float = DEADLINE_S / 3) -> None:
        self.address = Address(address)
        self._bbmd = bbmd
        self._timeout_ms = int(timeout_s * 1000)
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._run, name="bacnet-test-client")
        self.app: _Listener

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)

    def read(self, target: str, name: str = "present-value", index: int | None = None) -> Value:
        return self.run(self.app.read_property(self.address, target, name, index))

    def slots(self, target: str) -> list[float | None]:
        """The priority array in plain numbers."""
        array = self.read(target, "priority-array")
        return [None if chosen(slot) == () else float(chosen(slot)) for slot in array]

    def write(
        self, target: str, name: str, value: Value, priority: int | None = None, index: int | None = None
    ) -> APDU:
        """Send the value in the datatype that it has."""
        request = WritePropertyRequest(
            objectIdentifier=ObjectIdentifier(target),
            propertyIdentifier=PropertyIdentifier(name),
            propertyArrayIndex=index,
            propertyValue=value,
            priority=priority,
        )
        return self.send(request)

    def command(self, target: str, value: Value, priority: int | None = None) -> APDU:
        return self.write(target, "present-value", value, priority)

    def read_multiple(self, *wanted: tuple[str, Sequence[str]]) -> dict[tuple[str, str], Any]:
        """The results by object and property: what is told, or the code of the error."""
        specifications = [
            ReadAccessSpecification(
                objectIdentifier=ObjectIdentifier(target),
                listOfPropertyReferences=[
                    PropertyReference(propertyIdentifier=PropertyIdentifier(name)) for name in names
                ],
            )
            for target, names in wanted
        ]
        answer = self.send(ReadPropertyMultipleRequest(listOfReadAccessSpecs=specifications))
        return {
            (str(result.objectIdentifier), str(element.propertyIdentifier)): element.readResult
            for result in answer.listOfReadAccessResults
            for element in result.listOfResults
        }

    def write_multiple(self, *writes: tuple[str, str, Any, int | None]) -> APDU:
        specifications = [
            WriteAccessSpecification(
                objectIdentifier=ObjectIdentifier(target),
                listOfProperties=[
                    PropertyValue(propertyIdentifier=PropertyIdentifier(name), value=value, priority=priority)
                ],
            )
            for target, name, value, priority in writes
        ]
        return self.send(WritePropertyMultipleRequest(listOfWriteAccessSpecs=specifications))

    def subscribe(self, target: str, *, confirmed: bool | None = False, lifetime_s: int | None = 60) -> APDU:
        request = SubscribeCOVRequest(
            subscriberProcessIdentifier=7,
            monitoredObjectIdentifier=ObjectIdentifier(target),
            issueConfirmedNotifications=confirmed,
            lifetime=lifetime_s,
        )
        return self.send(request)

    def send(self, request: APDU) -> APDU:
        """Send a confirmed request and give its answer. Raises what the controller refuses with."""
        request.pduDestination = self.address

        async def answered() -> APDU:
            return await self.app.request(request)

        return self.run(answered())

    def tell(self, request: APDU, *, everybody: bool = False) -> None:
        """Send a request that is not acknowledged."""
        request.pduDestination = GlobalBroadcast() if everybody else self.address

        async def told() -> None:
            await self.app.request(request)

        self.run(told())

    def heard(self, kind: type[APDU], count: int) -> list[Any]:
        """Wait until so many of this kind have come."""
        with self.app.arrived:
            self.app.arrived.wait_for(lambda: len(self._of(kind)) >= count, DEADLINE_S)
            return self._of(kind)

    def _of(self, kind: type[APDU]) -> list[APDU]:
        return [one for one in self.app.heard if isinstance(one, kind)]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        device = DeviceObject(objectIdentifier=("device", 599001), objectName="client")
        device.apduTimeout, device.numberOfApduRetries = self._timeout_ms, 0
        port = NetworkPortObject("127.0.0.1/32:0", objectIdentifier=("network-port", 1), objectName="port")
        if self._bbmd is not None:
            port.bacnetIPMode = IPMode.foreign
            port.fdBBMDAddress = HostNPort(self._bbmd)
            port.fdSubscriptionLifetime = 30
        self.app = _Listener.from_object_list([device, port])
        [self._link] = self.app.link_layers.values()
        if self._bbmd is not None:
            await _until(lambda: self._link.bbmdRegistrationStatus == 0)

    async def _close(self) -> None:
        if self._bbmd is not None:
            self._link.unregister()
        self.app.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@dataclass(frozen=True)
class BacnetBench:
    """A client, and the controller that it talks to."""

    client: BacnetClient
    controller: EmulatedController
    server: BacnetServer


@contextmanager
def bacnet_bench(
    profile: Profile | None = None,
    objects: Sequence[ObjectSpec] = SOME_OBJECTS,
    *,
    spec: Mapping[str, Value] = MappingProxyType({}),
    timeout_s: float = 2.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    monotonic: Callable[[], float] = monotonic,
) -> Iterator[BacnetBench]:
    """One controller called AHU, device 1, without its REST side, and a client that has its address."""
    settings = EmulatorSettings(Account(USER, PASSWORD), WallScan(), profile or Profile(), now, monotonic, journal=True)
    controller = EmulatedController(ControllerSpec("AHU", objects=objects, **spec), settings)
    with bacnet_server(controller) as server, BacnetClient(server.addresses["AHU"], timeout_s=timeout_s) as client:
        yield BacnetBench(client, controller, server)


def some_controller(profile: Profile | None = None) -> EmulatedController:
    """A controller called AHU with an object of most types."""
    account, chosen_profile = Account(USER, PASSWORD), profile or Profile()
    settings = EmulatorSettings(account, WallScan(), chosen_profile, lambda: datetime.now(UTC), monotonic)
    return EmulatedController(ControllerSpec("AHU", objects=SOME_OBJECTS), settings)


def bacnet_server(controller: EmulatedController) -> BacnetServer:
    """Its BACnet side alone, on free ports."""
    return BacnetServer([controller], "127.0.0.1", [0, 0])


@contextmanager
def both_sides() -> Iterator[tuple[BacnetClient, EcyClient]]:
    """A BACnet client and a REST client of one controller."""
    spec = ControllerSpec("AHU", objects=SOME_OBJECTS)
    with (
        EcyServer([spec], username=USER, password=PASSWORD, bacnet_port=0) as server,
        BacnetClient(server.bacnet_addresses["AHU"]) as client,
        signed_in(server, "AHU") as rest,
    ):
        yield client, rest


def chosen(choice: Value) -> Value:
    """What one of BACpypes3's choices has chosen."""
    return getattr(choice, choice._choice)


def refusal(action: Callable[[], object]) -> str:
    """What the controller answers instead of carrying it out: ``property: write-access-denied``, ``reject ...``."""
    try:
        action()
    except ErrorRejectAbortNack as answer:
        return str(answer)
    raise AssertionError("it was not refused")


async def _until(holds: Callable[[], bool]) -> None:
    end_s = monotonic() + DEADLINE_S
    while not holds():
        assert monotonic() < end_s, "it did not happen"
        await asyncio.sleep(0.002)
