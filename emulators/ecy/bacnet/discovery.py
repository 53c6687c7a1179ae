"""Who-Is, Who-Has and the time that somebody sends: requests that nobody acknowledges (ASHRAE 135, clause 16)."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from bacpypes3.apdu import IAmRequest, IHaveRequest
from bacpypes3.primitivedata import CharacterString

from emulators.ecy.bacnet.device_rows import Device
from emulators.ecy.bacnet.object_rows import identifier_of, ref_of
from emulators.ecy.bacnet.reading import Directory
from emulators.ecy.bacnet.wire.values import Element, Request, moment_of
from emulators.ecy.refusals import Refusal


class Discovery:
    """Answers of one controller, each to whoever asked."""

    def __init__(self, device: Device, directory: Directory) -> None:
        self._device = device
        self._directory = directory

    def who_is(self, request: Request) -> IAmRequest | None:
        """I-Am, when the range has this device."""
        if not self._is_meant(request.deviceInstanceRangeLowLimit, request.deviceInstanceRangeHighLimit):
            return None
        return IAmRequest(
            iAmDeviceIdentifier=self._device.identifier,
            maxAPDULengthAccepted=self._device.max_apdu,
            segmentationSupported=self._device.segmentation,
            vendorID=self._device.vendor[1],
            destination=request.pduSource,
        )

    def who_has(self, request: Request) -> IHaveRequest | None:
        """I-Have, when the range has this device and this device has the object."""
        limits = request.limits
        if limits and not self._is_meant(limits.deviceInstanceRangeLowLimit, limits.deviceInstanceRangeHighLimit):
            return None
        found = self._found(request.object)
        if found is None:
            return None
        identifier, name = found
        return IHaveRequest(
            deviceIdentifier=self._device.identifier,
            objectIdentifier=identifier,
            objectName=CharacterString(name),
            destination=request.pduSource,
        )

    def _is_meant(self, lowest: int | None, highest: int | None) -> bool:
        if lowest is None or highest is None:
            return lowest is highest
        return bool(lowest <= self._device.controller.spec.instance <= highest)

    def _found(self, wanted: Element) -> tuple[Element, str] | None:
        controller = self._device.controller
        if wanted.objectIdentifier is not None and self._directory.is_device(wanted.objectIdentifier):
            return self._device.identifier, controller.spec.name
        if wanted.objectName == controller.spec.name:
            return self._device.identifier, controller.spec.name
        known = controller.objects.names()
        ref = known.get(str(wanted.objectName)) if wanted.objectName else ref_of(wanted.objectIdentifier)
        return next(((identifier_of(ref), name) for name, one in known.items() if one == ref), None)


class Timekeeping:
    """Follows the times that are sent, as far as the profile and NTP let it."""

    def __init__(self, device: Device) -> None:
        self._clock = device.controller.clock
        self._follows = device.controller.profile.bacnet.time_synchronization
        self._under_ntp = device.controller.profile.time_under_ntp

    def local(self, request: Request) -> None:
        """Set the clock to a local time."""
        self._follow(request.time, is_utc=False)

    def utc(self, request: Request) -> None:
        """Set the clock to a time in UTC."""
        self._follow(request.time, is_utc=True)

    def _follow(self, stamp: Element, *, is_utc: bool) -> None:
        if self._follows == "ignored" or (self._follows == "utc-only" and not is_utc):
            return
        try:
            moment = moment_of(stamp)
            if is_utc:
                moment = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self._clock.zone)).replace(tzinfo=None)
            self._clock.set(moment, None, under_ntp=self._under_ntp)
        except Refusal:
            pass  # nobody waits for an answer
