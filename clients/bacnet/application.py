"""BACpypes3's application as we run it: built inside its loop, ready or an error, with listeners for what comes in.

The few private members of BACpypes3 that we need are used here, in ``served`` and in ``requests``; it is pinned.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from bacpypes3.apdu import (
    APDU,
    ConfirmedCOVNotificationRequest,
    IAmRequest,
    IHaveRequest,
    SimpleAckPDU,
    UnconfirmedCOVNotificationRequest,
    UnconfirmedRequestPDU,
    WhoIsRequest,
)
from bacpypes3.basetypes import HostNPort, IPMode, Segmentation
from bacpypes3.comm import bind
from bacpypes3.errors import ExecutionError, RejectException, ServicesError
from bacpypes3.netservice import NetworkServiceAccessPoint
from bacpypes3.pdu import Address, IPv4Address
from bacpypes3.primitivedata import ObjectIdentifier

from clients.bacnet.errors import StackError
from clients.bacnet.results import Untyped
from clients.bacnet.served.device import ServedDevice, ServedPort
from clients.bacnet.served.frames import NetworkElement, Routes, sift
from clients.bacnet.served.subscribing import ServedSubscriptions
from clients.bacnet.served.transactions import AccessPoint
from clients.bacnet.served.writing import ServedWrites

Heard = Callable[[Any], None]

MAX_APDU = 1024
"""Bytes that we take in one piece: fits the tunnels that sites are reached through."""

_MAX_SEGMENTS = 64
_FOREIGN_LIFETIME_S = 60
_VENDOR = 999
_MODEL = "building-bench"


class BenchApplication(ServedWrites, ServedSubscriptions):
    """Serves our own objects, and tells listeners of I-Am, I-Have and COV notifications."""

    def prepare(self, *, apdu_timeout_s: float, retries: int, is_hidden: bool = False) -> None:
        """How requests are repeated, and how long answers may be; who is hidden does not answer to Who-Is.

        BACpypes3 would look all of it up in the device object for every request, which is slow.
        """
        self.listeners: dict[type, list[Heard]] = {IAmRequest: [], IHaveRequest: []}
        self.subscriptions: dict[tuple[Address, int], Heard] = {}
        self.is_hidden = is_hidden
        access, device = self.asap, self.device_object
        access.device_object = None
        access.apduTimeout = access.segmentTimeout = int(apdu_timeout_s * 1000)
        access.numberOfApduRetries = retries
        access.maxApduLengthAccepted = MAX_APDU
        access.maxSegmentsAccepted = _MAX_SEGMENTS
        access.segmentationSupported = Segmentation.segmentedBoth
        device.apduTimeout = device.apduSegmentTimeout = access.apduTimeout
        device.numberOfApduRetries = retries

    async def indication(self, apdu: APDU) -> None:
        """A request. What is wrong with one that nobody waits for an answer to is not told to anybody."""
        if isinstance(apdu, UnconfirmedRequestPDU):
            with contextlib.suppress(RejectException, ExecutionError):
                await getattr(self, f"do_{type(apdu).__name__}")(apdu)
        else:
            await super().indication(apdu)

    async def confirmation(self, apdu: APDU) -> None:
        """The answer to a request of ours, unless its caller has given up in the same moment."""
        waiting = self._requests.get(apdu.pduSource, ())
        if not any(future.done() for request, future in waiting if request.apduInvokeID == apdu.apduInvokeID):
            await super().confirmation(apdu)

    async def do_WhoIsRequest(self, apdu: WhoIsRequest) -> None:  # noqa: N802 - BACpypes3 finds it by this name
        """Somebody asks for devices; as long as our number may be another's, there is none here."""
        if not self.is_hidden:
            await super().do_WhoIsRequest(apdu)

    def show(self, instance: int) -> None:
        """Be a device with this number from now on."""
        device = self.device_object
        del self.objectIdentifier[device.objectIdentifier]
        device.objectIdentifier = ObjectIdentifier(("device", instance))
        self.objectIdentifier[device.objectIdentifier] = device
        self.is_hidden = False

    async def do_IAmRequest(self, apdu: IAmRequest) -> None:  # noqa: N802
        """A device has told of itself."""
        await super().do_IAmRequest(apdu)
        self._tell(IAmRequest, apdu)

    async def do_IHaveRequest(self, apdu: IHaveRequest) -> None:  # noqa: N802
        """A device has told of an object."""
        await super().do_IHaveRequest(apdu)
        self._tell(IHaveRequest, apdu)

    def _tell(self, kind: type, apdu: Untyped) -> None:
        for listener in list(self.listeners[kind]):
            listener(apdu)

    async def do_UnconfirmedCOVNotificationRequest(self, apdu: UnconfirmedCOVNotificationRequest) -> None:  # noqa: N802
        """A change that we subscribed to, or somebody's stray one."""
        self._notify(apdu)

    async def do_ConfirmedCOVNotificationRequest(self, apdu: ConfirmedCOVNotificationRequest) -> None:  # noqa: N802
        """The same, for an acknowledgement."""
        if not self._notify(apdu):
            raise ServicesError(errorCode="unknownSubscription")
        await self.response(SimpleAckPDU(context=apdu))

    def _notify(self, apdu: Untyped) -> bool:
        heard = self.subscriptions.get((apdu.pduSource, apdu.subscriberProcessIdentifier))
        if heard is not None:
            heard(apdu)
        return heard is not None


def build(address: IPv4Address, instance: int, name: str, foreign: IPv4Address | None) -> BenchApplication:
    """The application with its device and network port. To be called inside the loop."""
    device = ServedDevice(
        objectIdentifier=("device", instance),
        objectName=name,
        vendorIdentifier=_VENDOR,
        vendorName=_MODEL,
        modelName=_MODEL,
        maxApduLengthAccepted=MAX_APDU,
        maxSegmentsAccepted=_MAX_SEGMENTS,
    )
    port = ServedPort(str_of(address), objectIdentifier=("network-port", 1), objectName="NetworkPort-1")
    if foreign is not None:
        port.bacnetIPMode = IPMode.foreign
        port.fdBBMDAddress = HostNPort(str_of(foreign, is_peer=True))
        port.fdSubscriptionLifetime = _FOREIGN_LIFETIME_S
    return _stacked(device, port)


def _stacked(device: ServedDevice, port: ServedPort) -> BenchApplication:
    """As BACpypes3 stacks its layers, with ours in the place of those that trust everybody."""
    application = BenchApplication()
    application.asap = AccessPoint(device, application.device_info_cache)
    application.nsap = NetworkServiceAccessPoint(router_info_cache=Routes())
    application.nse = NetworkElement()
    bind(application.nse, application.nsap)
    bind(application, application.asap, application.nsap)
    for item in (device, port):
        application.add_object(item)
    for link in application.link_layers.values():
        sift(link)
    return application


def str_of(address: IPv4Address, *, is_peer: bool = False) -> str:
    """An address as BACpypes3 reads it back: with its mask where it is ours."""
    host, port = address.addrTuple
    return f"{host}:{port}" if is_peer else f"{host}/{address.netmask}:{port}"


async def until_ready(application: BenchApplication, timeout_s: float) -> None:
    """Wait until the sockets are open and a foreign device is registered. Raises StackError when they are not."""
    (link,) = application.link_layers.values()
    opening = list(link.server._transport_tasks)
    _, waiting = await asyncio.wait(opening, timeout=timeout_s) if opening else (set(), set())
    if waiting:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        raise StackError(
            f"BACnet: the sockets of {application_address(application)} cannot be opened; is the mask right?"
        )
    if hasattr(link, "_registration_event"):
        await _until_registered(link, timeout_s)


async def _until_registered(link: Untyped, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await link._registration_event.wait()
    except TimeoutError:
        said = "does not answer" if link.bbmdRegistrationStatus < 0 else "refuses to register us"
        raise StackError(f"BACnet: the BBMD {link.bbmdAddress} {said}") from None


def transport_of(application: BenchApplication) -> Untyped:
    """The socket of our own address, once it is open."""
    (link,) = application.link_layers.values()
    return link.server.local_transport


def application_address(application: BenchApplication) -> str:
    """Our own address as others see it."""
    (adapter,) = application.nsap.adapters.values()
    return str(adapter.adapterAddr)


def is_registered(application: BenchApplication) -> bool | None:
    """Whether a foreign device's registration stands; None where we are none."""
    (link,) = application.link_layers.values()
    return link.bbmdRegistrationStatus == 0 if hasattr(link, "_registration_event") else None


async def shut_down(application: BenchApplication) -> None:
    """Stop what is in flight and close the sockets, so that the port can be opened again at once."""
    for link in application.link_layers.values():
        if hasattr(link, "_registration_event"):
            link.unregister()
            await asyncio.sleep(0.01)
        for task in link.server._transport_tasks:
            task.cancel()
    for pending in [future for requests in application._requests.values() for _, future in requests]:
        pending.cancel()
    for transaction in [*application.asap.clientTransactions, *application.asap.serverTransactions]:
        transaction.stop_timer()
    application.close()
    await asyncio.sleep(0.01)
