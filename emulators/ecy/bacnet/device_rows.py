"""The properties of the device object, read from the controller at the moment of asking (ASHRAE 135, clause 12.11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from bacpypes3.basetypes import DeviceStatus, ObjectTypesSupported, Recipient, Segmentation, ServicesSupported
from bacpypes3.primitivedata import Boolean, CharacterString, Integer, ObjectIdentifier, Unsigned
from bacpypes3.primitivedata import ObjectType as BacnetType

from emulators.ecy.bacnet.object_rows import TYPE_NAMES, identifier_of
from emulators.ecy.bacnet.rows import Reading, Row, Rows, table
from emulators.ecy.bacnet.wire.values import Element, date_of, time_of
from emulators.ecy.controller import FIRMWARE, EmulatedController
from utils.values import ObjectType

_EMULATED = "emulated"
_MAX_SEGMENTS = 32
_APDU_TIMEOUT_MS, _SEGMENT_TIMEOUT_MS, _RETRIES = 3000, 2000, 3
_PROTOCOL_VERSION, _PROTOCOL_REVISION = 1, 14


@dataclass(frozen=True, slots=True)
class Device:
    """The device object of one controller.

    ``revision`` and ``subscriptions`` tell ``database-revision`` and ``active-cov-subscriptions`` of now.
    """

    controller: EmulatedController
    services: tuple[str, ...]
    revision: Callable[[], int]
    subscriptions: Callable[[], tuple[Element, ...]]

    @property
    def identifier(self) -> ObjectIdentifier:
        """``device`` and the controller's instance."""
        return ObjectIdentifier((BacnetType("device"), self.controller.spec.instance))

    @property
    def vendor(self) -> tuple[str, int]:
        """The maker's name, and the number that ASHRAE has given it."""
        profile = self.controller.profile.bacnet
        return profile.vendor_name, profile.vendor_number

    @property
    def max_apdu(self) -> int:
        """Octets."""
        return self.controller.profile.bacnet.max_apdu

    @property
    def segmentation(self) -> Segmentation:
        """Both ways, or not at all."""
        return Segmentation("segmented-both" if self.controller.profile.bacnet.segmentation else "no-segmentation")

    def limits(self) -> SimpleNamespace:
        """What BACpypes3's transactions go by, in its own names."""
        return SimpleNamespace(
            apduTimeout=_APDU_TIMEOUT_MS,
            apduSegmentTimeout=_SEGMENT_TIMEOUT_MS,
            numberOfApduRetries=_RETRIES,
            maxSegmentsAccepted=_MAX_SEGMENTS,
            maxApduLengthAccepted=self.max_apdu,
            segmentationSupported=self.segmentation,
        )


def object_list(device: Device) -> tuple[Element, ...]:
    """The device object, then the others by type and instance."""
    refs = sorted(device.controller.objects.names().values(), key=lambda ref: (_ORDER[ref.object_type], ref.instance))
    return (device.identifier, *(identifier_of(ref) for ref in refs))


_ORDER = {kind: place for place, kind in enumerate(ObjectType)}


def _utc_offset(device: Device) -> Reading:
    now = device.controller.clock.aware_now()
    standard = (now.utcoffset() or timedelta()) - (now.dst() or timedelta())
    return Integer(-int(standard.total_seconds()) // 60)


def _daylight_saving(device: Device) -> Reading:
    return Boolean(bool(device.controller.clock.aware_now().dst()))


def _of_clock(device: Device, part: Callable[[datetime], Element]) -> Element | None:
    controller = device.controller
    return part(controller.clock.now()) if controller.profile.bacnet.tells_time() else None


def _time_recipients(device: Device) -> tuple[Element, ...] | None:
    told = device.controller.profile.bacnet.time_recipients
    if told is None:
        return None
    return tuple(Recipient(device=ObjectIdentifier((BacnetType("device"), number))) for number in told)


def _segments(device: Device) -> Reading:
    return Unsigned(_MAX_SEGMENTS) if device.controller.profile.bacnet.segmentation else None


def _text(name: str, text: Callable[[Device], str], *, required: bool = True) -> Row[Device]:
    return Row(name, lambda device: CharacterString(text(device)), required=required)


def _count(name: str, count: Callable[[Device], int]) -> Row[Device]:
    return Row(name, lambda device: Unsigned(count(device)))


def _optional(name: str, read: Callable[[Device], Reading]) -> Row[Device]:
    return Row(name, read, required=False)


DEVICE_ROWS: Rows[Device] = table(
    [
        Row("object-identifier", lambda device: device.identifier),
        _text("object-name", lambda device: device.controller.spec.name),
        Row("object-type", lambda device: BacnetType("device")),
        Row("system-status", lambda device: DeviceStatus("operational")),
        _text("vendor-name", lambda device: device.vendor[0]),
        _count("vendor-identifier", lambda device: device.vendor[1]),
        _text("model-name", lambda device: device.controller.spec.model),
        _text("firmware-revision", lambda device: FIRMWARE),
        _text("application-software-version", lambda device: _EMULATED),
        _text("location", lambda device: device.controller.spec.location, required=False),
        _text("description", lambda device: device.controller.spec.description, required=False),
        _count("protocol-version", lambda device: _PROTOCOL_VERSION),
        _count("protocol-revision", lambda device: _PROTOCOL_REVISION),
        Row("protocol-services-supported", lambda device: ServicesSupported(list(device.services))),
        Row("protocol-object-types-supported", lambda device: ObjectTypesSupported(["device", *TYPE_NAMES])),
        Row("object-list", object_list, shape="array"),
        _count("max-apdu-length-accepted", lambda device: device.max_apdu),
        Row("segmentation-supported", lambda device: device.segmentation),
        _optional("max-segments-accepted", _segments),
        _count("apdu-timeout", lambda device: _APDU_TIMEOUT_MS),
        _count("apdu-segment-timeout", lambda device: _SEGMENT_TIMEOUT_MS),
        _count("number-of-apdu-retries", lambda device: _RETRIES),
        Row("device-address-binding", lambda device: (), shape="list"),
        _count("database-revision", lambda device: device.revision()),
        Row("active-cov-subscriptions", lambda device: device.subscriptions(), required=False, shape="list"),
        _optional("local-date", lambda device: _of_clock(device, date_of)),
        _optional("local-time", lambda device: _of_clock(device, time_of)),
        _optional("utc-offset", _utc_offset),
        _optional("daylight-savings-status", _daylight_saving),
        Row("time-synchronization-recipients", _time_recipients, required=False, shape="list"),
    ]
)
