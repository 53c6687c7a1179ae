"""A controller's clock over BACnet: told its local time, which it does not acknowledge, and read back.

BACnet tells neither a time zone nor who else sets the clock (ASHRAE 135, 16.7 and 16.8); what is found and given back
is how far the clock was ahead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from clients.bacnet import BacnetReading
from clients.bacnet.errors import UNKNOWN_PROPERTY, BacnetRefusal
from clients.device_client import ClockState
from utils.clocks import UnixSeconds, unix_to_local
from utils.errors import DeviceRefused, DeviceUnreachable, ObjectError, Unconfirmed

_LOCAL_SERVICE, _UTC_SERVICE = "time-synchronization", "utc-time-synchronization"
_RECIPIENTS = ("time-synchronization-recipients", "utc-time-synchronization-recipients")
_TAKEN_S = 5.0
"""A clock that shows what it was told, but for the time that reading takes."""
_TRIES = 3
"""A time is sent once and never answered: it may be lost."""


class TimedDevice(Protocol):
    """What a clock is asked and told through."""

    @property
    def device(self) -> str:
        """The controller's address."""

    def connect(self) -> None:
        """Make sure that the controller is there."""

    def get_clock(self) -> ClockState:
        """Its local time."""

    def read_own(self, names: Sequence[str]) -> Sequence[BacnetReading]:
        """Properties of the device object."""

    def services(self) -> frozenset[str]:
        """The services that it says it has; all that matter here, where it does not say."""

    def send_time(self, when: datetime, utc: bool) -> None:
        """Tell it the time, and hear nothing of it."""


class BacnetClock:
    """The clock of one controller, as the bridge sets clocks; zones and NTP are nobody's business here."""

    def __init__(self, controller: TimedDevice) -> None:
        self._controller = controller

    @property
    def device(self) -> str:
        """The controller's address."""
        return self._controller.device

    def connect(self) -> None:
        """Make sure that the controller is there."""
        self._controller.connect()

    def get_clock(self) -> ClockState:
        """Local time, and whether it can be told another."""
        is_settable = bool({_LOCAL_SERVICE, _UTC_SERVICE} & self._controller.services())
        objection = None if is_settable else "takes no time over BACnet (it has no TimeSynchronization)"
        return ClockState("", self._controller.get_clock().local_time, False, keeps_zone=False, objection=objection)

    def listeners(self) -> Sequence[str]:
        """To whom it passes the time on, which would take simulated time for real."""
        return [one for reading in self._controller.read_own(_RECIPIENTS) for one in _recipients(reading)]

    def disable_ntp(self) -> None:
        """Nothing that BACnet knows of."""

    def set_ntp(self, enabled: bool) -> None:
        """Nothing that BACnet knows of."""

    def set_timezone(self, timezone: str) -> None:
        """Nothing that BACnet knows of."""

    def set_time_and_timezone(self, timezone: str, unix_time: float) -> None:
        """Tell it what time it is in a zone. Raises DeviceRefused where it goes on showing another."""
        self._tell(unix_to_local(UnixSeconds(unix_time), timezone))

    def set_local_time(self, timezone: str, local_time: datetime) -> None:
        """Tell it a local time; the zone is not told. Raises as :meth:`set_time_and_timezone`."""
        self._tell(local_time)

    def _tell(self, local: datetime) -> None:
        by_utc = _LOCAL_SERVICE not in self._controller.services()
        moment = (local - self._ahead_of_utc()).replace(tzinfo=UTC) if by_utc else local
        shown = None
        for _ in range(_TRIES):
            self._controller.send_time(moment, by_utc)
            shown = self._shown() or shown
            if shown is not None and abs((shown - local).total_seconds()) <= _TAKEN_S:
                return
        told = f"it was told that it is {local:%Y-%m-%d %H:%M:%S}, and"
        if shown is None:
            raise Unconfirmed(self.device, f"{told} does not show its time")
        what = f"{told} shows {shown:%Y-%m-%d %H:%M:%S}"
        remedy = 'somebody else may set its clock; "set_clock": false in its config leaves it alone'
        raise DeviceRefused(self.device, f"{what}: {remedy}")

    def _shown(self) -> datetime | None:
        """Its local time; None where it does not tell that alone. Raises where it tells nothing at all."""
        try:
            return self._controller.get_clock().local_time
        except ObjectError:
            return None
        except DeviceUnreachable:
            self._controller.connect()
            return None

    def _ahead_of_utc(self) -> timedelta:
        """How far its local time is ahead of UTC. Raises DeviceUnreachable where it does not tell."""
        offset, is_summer = self._controller.read_own(("utc-offset", "daylight-savings-status"))
        if not isinstance(offset.value, int):
            raise DeviceUnreachable(self.device, "it takes UTC alone, and does not tell how far it is from it")
        return timedelta(minutes=-offset.value, hours=1 if is_summer.value is True else 0)


def _recipients(reading: BacnetReading) -> Iterator[str]:
    """Those of one property, which need not be there; one that is there and not told may name anybody."""
    if reading.error is not None:
        is_absent = isinstance(reading.error, BacnetRefusal) and reading.error.code == UNKNOWN_PROPERTY
        yield from () if is_absent else (f"whom it does not tell: {reading.error.what}",)
        return
    listed = reading.value if isinstance(reading.value, tuple) else (reading.value,)
    yield from (_plainly(str(one)) for one in listed if one not in ("", None))


def _plainly(recipient: str) -> str:
    """``{"device": "device,12"}``, JSON of what BACnet builds of parts, as people say it."""
    try:
        parts = json.loads(recipient)
    except ValueError:
        return recipient
    return " ".join(str(part) for part in parts.values()).replace(",", " ") if isinstance(parts, dict) else recipient
