"""One controller as a BACnet device: which services it has, and what becomes of a request for another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from bacpypes3.apdu import (
    APDU,
    ConfirmedRequestPDU,
    ReadPropertyMultipleRequest,
    ReadPropertyRequest,
    RejectPDU,
    SubscribeCOVRequest,
    TimeSynchronizationRequest,
    UnconfirmedRequestPDU,
    UTCTimeSynchronizationRequest,
    WhoHasRequest,
    WhoIsRequest,
    WritePropertyMultipleRequest,
    WritePropertyRequest,
)
from bacpypes3.app import Application
from bacpypes3.comm import bind
from bacpypes3.errors import RejectException
from bacpypes3.netservice import NetworkServiceAccessPoint, NetworkServiceElement

from emulators.ecy.access.writing import ObjectWriter
from emulators.ecy.bacnet.cov import Subscriptions
from emulators.ecy.bacnet.device_rows import Device
from emulators.ecy.bacnet.dialogue import AnswerPoint
from emulators.ecy.bacnet.discovery import Discovery, Timekeeping
from emulators.ecy.bacnet.link import BacnetLink
from emulators.ecy.bacnet.reading import Directory, ReadServices
from emulators.ecy.bacnet.trunk.token_line import StationLink
from emulators.ecy.bacnet.wire.errors import error_reply
from emulators.ecy.bacnet.wire.multiple import UsualRead, UsualWrite
from emulators.ecy.bacnet.writing import WriteServices
from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.database import Change
from emulators.ecy.refusals import Refusal

Handler = Callable[[Any], APDU | None]

_ALWAYS_SUPPORTED = ("read-property", "write-property", "who-is", "who-has", "i-am", "i-have")


class ControllerApplication(Application):  # type: ignore[misc]
    """BACpypes3's transactions and network layer, with the controller's own answers on top.

    BACpypes3's objects are not used: they take time to build and to keep up to date, and they let anybody write
    anything. To be made inside the loop; ``close`` it before the loop ends.
    """

    def __init__(self, controller: EmulatedController, link: BacnetLink | StationLink) -> None:
        super().__init__()
        self._controller = controller
        self._revision = 1
        device = Device(controller, _services(controller), lambda: self._revision, lambda: self.subscriptions.listed())
        directory = Directory(device, controller.reader)
        self.subscriptions = Subscriptions(device, directory, self.request, asyncio.get_running_loop())
        self._handlers = self._all_handlers(device, directory)
        self._bind(device, link)
        controller.objects.subscribe(self._count_revision)

    def close(self) -> None:
        """Let go of the database."""
        self._controller.objects.unsubscribe(self._count_revision)
        self.subscriptions.close()

    async def indication(self, apdu: APDU) -> None:
        """Answer a request: the access point lets none through that there is no handler for."""
        kind = apdu.kind if isinstance(apdu, UsualRead | UsualWrite) else type(apdu)
        self._controller.counters.bacnet[kind.__name__.removesuffix("Request")] += 1
        reply = _answer(self._handlers[kind], apdu)
        if isinstance(reply, UnconfirmedRequestPDU):
            self.request(reply)
        elif reply is not None and isinstance(apdu, ConfirmedRequestPDU):
            await self.response(reply)

    def _bind(self, device: Device, link: BacnetLink | StationLink) -> None:
        self.asap = AnswerPoint(device.limits(), self.device_info_cache, self._handlers)
        self.nsap = NetworkServiceAccessPoint()
        self.nse = NetworkServiceElement()
        bind(self.nse, self.nsap)
        bind(self, self.asap, self.nsap)
        self.nsap.bind(link, address=link.address)

    def _all_handlers(self, device: Device, directory: Directory) -> Mapping[type[APDU], Handler]:
        reading, discovery, timekeeping = (
            ReadServices(directory, self._controller.trigger_of("bacnet")),
            Discovery(device, directory),
            Timekeeping(device),
        )
        writing = WriteServices(directory, self._controller, _writer(self._controller))
        profile = self._controller.profile.bacnet
        handlers: dict[type[APDU], Handler] = {
            ReadPropertyRequest: reading.property,
            WritePropertyRequest: writing.property,
            WhoIsRequest: discovery.who_is,
            WhoHasRequest: discovery.who_has,
            TimeSynchronizationRequest: timekeeping.local,
            UTCTimeSynchronizationRequest: timekeeping.utc,
        }
        if profile.read_property_multiple:
            handlers[ReadPropertyMultipleRequest] = reading.multiple
        if profile.write_property_multiple:
            handlers[WritePropertyMultipleRequest] = writing.multiple
        if profile.cov:
            handlers[SubscribeCOVRequest] = self.subscriptions.subscribe
        return handlers

    def _count_revision(self, change: Change) -> None:
        if change.old is None or change.new is None or change.old.name != change.new.name:
            self._revision += 1


def _answer(handler: Handler, request: APDU) -> APDU | None:
    try:
        return handler(request)
    except Refusal as refusal:
        return error_reply(refusal, request)
    except RejectException as rejection:
        return RejectPDU(reason=rejection.rejectReason, context=request)


def _services(controller: EmulatedController) -> tuple[str, ...]:
    profile = controller.profile.bacnet
    optional = {
        "read-property-multiple": profile.read_property_multiple,
        "write-property-multiple": profile.write_property_multiple,
        "subscribe-cov": profile.cov,
        "time-synchronization": profile.time_synchronization == "followed",
        "utc-time-synchronization": profile.time_synchronization != "ignored",
    }
    return (*_ALWAYS_SUPPORTED, *(name for name, supported in optional.items() if supported))


def _writer(controller: EmulatedController) -> ObjectWriter:
    """Writes that are told where exchanges over BACnet pass the time."""
    journal, written = (
        controller.journal if controller.settings.journal else None,
        controller.trigger_of("bacnet").written,
    )
    return ObjectWriter(
        controller.objects, controller.profile, controller.counters, controller.faults, written, journal
    )
