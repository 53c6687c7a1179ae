"""Plain BACpypes3 devices on loopback, each on a port of its own, with the faults that devices have."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Self, TypeVar

from bacpypes3.apdu import (
    AbortPDU,
    ComplexAckPDU,
    ReadPropertyACK,
    ReadPropertyMultipleACK,
    RejectPDU,
    SimpleAckPDU,
    UnconfirmedRequestPDU,
    WritePropertyMultipleError,
)
from bacpypes3.app import Application
from bacpypes3.basetypes import HostNPort, IPMode
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.constructeddata import ArrayOf
from bacpypes3.errors import ExecutionError, PropertyError
from bacpypes3.local.analog import AnalogInputObject, AnalogOutputObject, AnalogValueObject, AnalogValueObjectCmd
from bacpypes3.local.binary import BinaryInputObject, BinaryOutputObject, BinaryValueObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.multistate import MultiStateInputObject, MultiStateOutputObject, MultiStateValueObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.primitivedata import Date, ObjectIdentifier, Time

from clients.bacnet.results import Untyped
from clients.bacnet.stack import BACnetStack
from tests.ports import free_port

INSTANCE = 500
_START_S = 5.0
_UNRECOGNIZED_SERVICE = 9
_CONFIRMED = 0  # the type of a confirmed request's packet
_SPOILT = ObjectIdentifier("analog-input,103")
_WILDCARD = ObjectIdentifier("device,4194303")
Result = TypeVar("Result")


class ReadOnlyValue(AnalogValueObject):  # type: ignore[misc]
    """A value that nobody may write."""

    async def write_property(self, *_: Untyped, **__: Untyped) -> None:
        raise PropertyError("write-access-denied")


class AloneValue(AnalogValueObject):  # type: ignore[misc]
    """A value that refuses what comes with others, and takes it by itself."""

    async def write_property(self, *what: Untyped, **where: Untyped) -> None:
        if self._app.writes_a_list:
            raise PropertyError("write-access-denied")
        await super().write_property(*what, **where)


@dataclass
class Faults:
    """What a device does otherwise than BACpypes3, mostly wrong. Requests are named by their class."""

    delay_s: float = 0.0
    one_at_a_time: bool = False
    busy_beyond: int | None = None
    is_silent: bool = False
    rejects: set[str] = field(default_factory=set)
    swallows: set[str] = field(default_factory=set)
    tells_refused_writes: bool = True
    answers_about: str | None = None
    cannot_send_whole: str | None = None
    denies_property: str | None = None
    knows_wildcard: bool = False
    pretends_to_write: bool = False
    tells_no_elements: bool = False
    spoils: str | None = None
    """How an answer about ``analog-input,103`` goes wrong: one of several properties, or of the list of objects."""
    tells_at_most: int | None = None
    """So many objects of its list, if it is asked for it whole."""
    local_time: tuple[tuple[int, ...], tuple[int, ...]] | None = None


class _Owner(DeviceObject):  # type: ignore[misc]
    """A device whose clock may be wrong."""

    async def read_property(self, attr: Untyped, index: Untyped = None) -> Untyped:
        told = self._app.faults.local_time
        if told is not None and str(attr) in ("local-date", "local-time"):
            return Date(told[0]) if str(attr) == "local-date" else Time(told[1])
        return await super().read_property(attr, index)


@dataclass
class Traffic:
    """What is under way to devices that share a wire."""

    in_flight: int = 0
    most_in_flight: int = 0
    token: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def one_more(self) -> AsyncIterator[None]:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1


class FaultyDevice(Application):  # type: ignore[misc]
    """BACpypes3's, with faults."""

    def prepare(self, traffic: Traffic | None = None) -> None:
        self.faults = Faults()
        self.counts: Counter[str] = Counter()
        self.times: list[Untyped] = []
        self.traffic = traffic or Traffic()
        self.repeated = 0
        self.writes_a_list = False
        self._confirmation = self.asap.confirmation
        self.asap.confirmation = self._hear

    async def _hear(self, pdu: Untyped) -> None:
        """Every packet, also those that BACpypes3 drops: it is at work on the first of its kind."""
        if pdu.pduData[0] >> 4 == _CONFIRMED:
            running = {(each.invokeID, each.pdu_address) for each in self.asap.serverTransactions}
            self.repeated += (pdu.pduData[2], pdu.pduSource) in running
        await self._confirmation(pdu)

    async def indication(self, apdu: Untyped) -> None:
        name = type(apdu).__name__.removesuffix("Request")
        self.counts[name] += 1
        if self.faults.is_silent or name in self.faults.swallows:
            return
        if name in self.faults.rejects:
            await self.response(RejectPDU(reason=_UNRECOGNIZED_SERVICE, context=apdu))
            return
        if isinstance(apdu, UnconfirmedRequestPDU):
            await super().indication(apdu)
            return
        async with self.traffic.one_more():
            if self.faults.busy_beyond is not None and self.traffic.in_flight > self.faults.busy_beyond:
                await self.response(AbortPDU(srv=True, reason="out-of-resources", context=apdu))
                return
            await self._take_time()
        await super().indication(apdu)

    async def _take_time(self) -> None:
        if not self.faults.one_at_a_time:
            await asyncio.sleep(self.faults.delay_s)
            return
        async with self.traffic.token:
            await asyncio.sleep(self.faults.delay_s)

    async def do_ReadPropertyMultipleRequest(self, apdu: Untyped) -> None:  # noqa: N802
        asked = [specification.objectIdentifier for specification in apdu.listOfReadAccessSpecs]
        if self.faults.spoils is None or _SPOILT not in asked or not await self._spoil(apdu):
            await super().do_ReadPropertyMultipleRequest(apdu)

    async def _spoil(self, apdu: Untyped) -> bool:
        """Answer wrongly, or not at all; False where the answer is made as always, and cut short afterwards."""
        if self.faults.spoils == "leaves out":
            return False
        if self.faults.spoils == "garbles":
            rubbish = ComplexAckPDU(service_choice=apdu.apduService, context=apdu)
            rubbish.pduData = bytearray(b"\xff\x0c\x3e")
            await self.response(rubbish)
        elif self.faults.spoils != "swallows":
            await self.response(AbortPDU(srv=True, reason=self.faults.spoils, context=apdu))
        return True

    async def response(self, apdu: Untyped) -> None:
        if self.faults.spoils == "leaves out" and isinstance(apdu, ReadPropertyMultipleACK):
            told = apdu.listOfReadAccessResults
            apdu.listOfReadAccessResults = [result for result in told if result.objectIdentifier != _SPOILT]
        await super().response(apdu)

    async def do_ReadPropertyRequest(self, apdu: Untyped) -> None:  # noqa: N802
        if str(apdu.propertyIdentifier) == "object-list":
            held = self.device_object.objectList
            at_most = self.faults.tells_at_most
            if apdu.propertyArrayIndex is None and at_most is not None:
                answer = ReadPropertyACK(
                    objectIdentifier=apdu.objectIdentifier, propertyIdentifier=apdu.propertyIdentifier, context=apdu
                )
                answer.propertyValue = AnyValue(ArrayOf(ObjectIdentifier)(held[:at_most]))
                await self.response(answer)
                return
            place = apdu.propertyArrayIndex
            if place and held[place - 1] == _SPOILT and self.faults.spoils and await self._spoil(apdu):
                return
        if self.faults.answers_about is not None:
            apdu.objectIdentifier = ObjectIdentifier(self.faults.answers_about)
        if apdu.objectIdentifier == _WILDCARD and self.faults.knows_wildcard:
            apdu.objectIdentifier = self.device_object.objectIdentifier
        if self.faults.tells_no_elements and apdu.propertyArrayIndex is not None:
            raise ExecutionError(errorClass="property", errorCode="propertyIsNotAnArray")
        if str(apdu.propertyIdentifier) == self.faults.denies_property:
            raise ExecutionError(errorClass="property", errorCode="readAccessDenied")
        if str(apdu.propertyIdentifier) == self.faults.cannot_send_whole and apdu.propertyArrayIndex is None:
            await self.response(AbortPDU(srv=True, reason="segmentation-not-supported", context=apdu))
            return
        await super().do_ReadPropertyRequest(apdu)

    async def do_WritePropertyRequest(self, apdu: Untyped) -> None:  # noqa: N802
        if self.faults.pretends_to_write:
            await self.response(SimpleAckPDU(context=apdu))
            return
        await super().do_WritePropertyRequest(apdu)

    async def do_TimeSynchronizationRequest(self, apdu: Untyped) -> None:  # noqa: N802
        self.times.append(apdu.time)

    async def do_UTCTimeSynchronizationRequest(self, apdu: Untyped) -> None:  # noqa: N802
        self.times.append(apdu.time)

    async def do_WritePropertyMultipleRequest(self, apdu: Untyped) -> None:  # noqa: N802
        """BACpypes3's own server leaves a refused write without an answer."""
        if self.faults.pretends_to_write:
            await self.response(SimpleAckPDU(context=apdu))
            return
        self.writes_a_list = True
        try:
            await super().do_WritePropertyMultipleRequest(apdu)
        except WritePropertyMultipleError as error:
            if self.faults.tells_refused_writes:
                error.set_context(apdu)
                await self.response(error)
        finally:
            self.writes_a_list = False


class Loop:
    """A thread with an event loop, for servers."""

    def __enter__(self) -> Self:
        self.loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._run, name="bacnet server")
        self._thread.start()
        return self

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        remaining = asyncio.all_tasks(self.loop)
        for task in remaining:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*remaining, return_exceptions=True))
        self.loop.close()

    def do(self, work: Callable[[], Result]) -> Result:
        """Call something on the loop's thread."""

        async def called() -> Result:
            return work()

        return self.wait(called())

    def wait(self, work: Coroutine[Untyped, Untyped, Result]) -> Result:
        """Run a coroutine on the loop's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_START_S)

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()


@dataclass(frozen=True)
class Server:
    """A running device."""

    loop: Loop
    application: Untyped
    address: str

    @property
    def faults(self) -> Faults:
        faults: Faults = self.application.faults
        return faults

    @property
    def counts(self) -> Counter[str]:
        counts: Counter[str] = self.application.counts
        return counts

    @property
    def times(self) -> list[Untyped]:
        """What it was told that the time is."""
        return list(self.application.times)

    @property
    def is_bbmd(self) -> bool:
        return "bbmd" in str(self.object("network-port,1").bacnetIPMode)

    @property
    def most_in_flight(self) -> int:
        return int(self.application.traffic.most_in_flight)

    @property
    def repeated(self) -> int:
        """How many requests came again while the device was at work on them."""
        return int(self.application.repeated)

    def object(self, name: str) -> Untyped:
        return self.application.objectIdentifier[ObjectIdentifier(name)]

    def add(self, objects: Callable[[], Iterable[Untyped]]) -> None:
        """Serve more of them, made on the right thread."""
        self.loop.do(lambda: [self.application.add_object(item) for item in objects()])

    def set(self, name: str, attribute: str, value: Untyped) -> None:
        """Change an object's property, on the right thread."""
        self.loop.do(lambda: setattr(self.object(name), attribute, value))

    def slot(self, name: str, priority: int) -> Untyped:
        """What a slot holds, as BACpypes3 has it; None where it is free."""
        held = self.object(name).priorityArray[priority - 1]
        return None if held._choice == "null" else getattr(held, held._choice)


def some_objects() -> list[Untyped]:
    """One object of each kind, and what a test needs besides."""
    return [
        AnalogInputObject(
            objectIdentifier="analog-input,1",
            objectName="SupplyTemp",
            presentValue=12.5,
            units="degreesCelsius",
            covIncrement=0.1,
            outOfService=False,
            description="Supply air",
            reliability="noFaultDetected",
        ),
        AnalogOutputObject(objectIdentifier="analog-output,1", objectName="Damper", presentValue=30.0, units="percent"),
        AnalogValueObjectCmd(
            objectIdentifier="analog-value,7", objectName="Setpoint", presentValue=21.0, units="degreesCelsius"
        ),
        AnalogValueObject(objectIdentifier="analog-value,8", objectName="Plain", presentValue=1.0, units="pascals"),
        ReadOnlyValue(objectIdentifier="analog-value,9", objectName="Fixed", presentValue=2.0, units="pascals"),
        BinaryInputObject(objectIdentifier="binary-input,1", objectName="FanStatus", presentValue="active"),
        BinaryOutputObject(objectIdentifier="binary-output,1", objectName="Pump", presentValue="inactive"),
        BinaryValueObject(objectIdentifier="binary-value,1", objectName="Occupied", presentValue="inactive"),
        MultiStateInputObject(
            objectIdentifier="multi-state-input,1", objectName="Mode", presentValue=2, numberOfStates=3
        ),
        MultiStateOutputObject(
            objectIdentifier="multi-state-output,1", objectName="Speed", presentValue=1, numberOfStates=3
        ),
        MultiStateValueObject(
            objectIdentifier="multi-state-value,1", objectName="Stage", presentValue=3, numberOfStates=3
        ),
    ]


def inputs(count: int, name: str = "Input {}") -> list[Untyped]:
    """Analog inputs from 101 on, each with its instance as value."""
    return [
        AnalogInputObject(
            objectIdentifier=f"analog-input,{100 + n}",
            objectName=name.format(n),
            presentValue=float(100 + n),
            units="pascals",
        )
        for n in range(1, count + 1)
    ]


@contextmanager
def device(
    objects: Callable[[], Iterable[Untyped]] = some_objects,
    *,
    instance: int = INSTANCE,
    bbmd: str | None = None,
    is_bbmd: bool = False,
    **options: Untyped,
) -> Iterator[Server]:
    """Serve one device. ``options`` are properties of its device object; ``bbmd`` is one to register with."""
    with Loop() as loop:
        port = free_port()
        application = loop.do(lambda: _build(port, instance, bbmd, is_bbmd, objects, options))
        link = next(iter(application.link_layers.values()))
        try:
            loop.wait(ready(link))
            yield Server(loop, application, f"127.0.0.1:{port}")
        finally:
            loop.do(application.close)


async def ready(link: Untyped) -> None:
    await asyncio.gather(*link.server._transport_tasks)
    if hasattr(link, "_registration_event"):
        await link._registration_event.wait()


def _build(
    port: int,
    instance: int,
    bbmd: str | None,
    is_bbmd: bool,
    objects: Callable[[], Iterable[Untyped]],
    options: dict[str, Untyped],
) -> Untyped:
    owner = _Owner(
        objectIdentifier=("device", instance), objectName=f"device {instance}", vendorIdentifier=999, **options
    )
    network = NetworkPortObject(
        f"127.0.0.1/24:{port}", objectIdentifier=("network-port", 1), objectName="NetworkPort-1"
    )
    if bbmd is not None:
        network.bacnetIPMode = IPMode.foreign
        network.fdBBMDAddress = HostNPort(bbmd)
        network.fdSubscriptionLifetime = 30
    if is_bbmd:
        network.bacnetIPMode = IPMode.bbmd
        network.bbmdAcceptFDRegistrations = True
        network.bbmdForeignDeviceTable = []
        network.bbmdBroadcastDistributionTable = []
    application: Untyped = FaultyDevice.from_object_list([owner, network])
    application.prepare()
    for item in objects():
        application.add_object(item)
    return application


def stack(**options: Untyped) -> BACnetStack:
    """A stack of ours on a free port, impatient."""
    return BACnetStack("127.0.0.1/24:0", **{"apdu_timeout_s": 0.3, "retries": 1, **options})
