"""BACpypes3's application as we run it: built inside its loop, ready or an error, with listeners for what comes in.

The few private members of BACpypes3 that we need are used here and in ``bacnet_requests``; the release is pinned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bacpypes3.apdu import (
    ConfirmedCOVNotificationRequest,
    IAmRequest,
    IHaveRequest,
    SimpleAckPDU,
    UnconfirmedCOVNotificationRequest,
    WritePropertyMultipleError,
    WritePropertyMultipleRequest,
)
from bacpypes3.app import Application
from bacpypes3.basetypes import HostNPort, IPMode, Segmentation
from bacpypes3.errors import PropertyError, ServicesError
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.pdu import Address, IPv4Address
from bacpypes3.primitivedata import PropertyIdentifier

from clients.bacnet.errors import StackError
from clients.bacnet.results import Untyped

Heard = Callable[[Any], None]

MAX_APDU = 1024
"""Bytes that we take in one piece: fits the tunnels that sites are reached through."""

_MAX_SEGMENTS = 64
_FOREIGN_LIFETIME_S = 60
_VENDOR = 999
_MODEL = "building-bench"


class ReadOnly:
    """An object of ours of which nobody can write anything."""

    async def write_property(self, *_: object, **__: object) -> None:
        """Refuse."""
        raise PropertyError("writeAccessDenied")


class _OwnDevice(ReadOnly, DeviceObject):  # type: ignore[misc]
    """Our device object: with another name or number nobody would find our switches again."""


class _OwnPort(ReadOnly, NetworkPortObject):  # type: ignore[misc]
    """Our network port."""


class BenchApplication(Application):  # type: ignore[misc]
    """Serves our own objects, and tells listeners of I-Am, I-Have and COV notifications."""

    def prepare(self, *, apdu_timeout_s: float, retries: int) -> None:
        """How requests are repeated, and how long answers may be.

        BACpypes3 would look all of it up in the device object for every request, which is slow.
        """
        self.listeners: dict[type, list[Heard]] = {IAmRequest: [], IHaveRequest: []}
        self.subscriptions: dict[tuple[Address, int], Heard] = {}
        access = self.asap
        access.device_object = None
        access.apduTimeout = access.segmentTimeout = int(apdu_timeout_s * 1000)
        access.numberOfApduRetries = retries
        access.maxApduLengthAccepted = MAX_APDU
        access.maxSegmentsAccepted = _MAX_SEGMENTS
        access.segmentationSupported = Segmentation.segmentedBoth

    async def do_IAmRequest(self, apdu: IAmRequest) -> None:  # noqa: N802 - BACpypes3 finds it by this name
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

    async def do_WritePropertyMultipleRequest(self, apdu: WritePropertyMultipleRequest) -> None:  # noqa: N802
        """As BACpypes3 does it, but with an answer where a write is refused: its own error escapes it."""
        try:
            await super().do_WritePropertyMultipleRequest(apdu)
        except WritePropertyMultipleError as error:
            failed = error.firstFailedWriteAttempt
            if failed.propertyIdentifier is None:  # of an unknown object; it could not be encoded
                failed.propertyIdentifier = PropertyIdentifier("present-value")
            error.set_context(apdu)
            await self.response(error)


def build(address: IPv4Address, instance: int, name: str, foreign: IPv4Address | None) -> BenchApplication:
    """The application with its device and network port. To be called inside the loop."""
    device = _OwnDevice(
        objectIdentifier=("device", instance),
        objectName=name,
        vendorIdentifier=_VENDOR,
        vendorName=_MODEL,
        modelName=_MODEL,
        maxApduLengthAccepted=MAX_APDU,
    )
    port = _OwnPort(str_of(address), objectIdentifier=("network-port", 1), objectName="NetworkPort-1")
    if foreign is not None:
        port.bacnetIPMode = IPMode.foreign
        port.fdBBMDAddress = HostNPort(str_of(foreign, is_peer=True))
        port.fdSubscriptionLifetime = _FOREIGN_LIFETIME_S
    application: BenchApplication = BenchApplication.from_object_list([device, port])
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
