"""A controller's clock, zone and NTP (ecy-rest-api §14)."""

from __future__ import annotations

import contextlib
import logging
import time
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import pytz

from clients.device_client import ClockState
from clients.ecy.session import EcySession
from clients.ecy.wire import API, flag_of, member, unwrap
from clients.http.funnel import Json
from utils.errors import DeviceUnreachable, ObjectError

log = logging.getLogger(__name__)
_PLATFORM = f"{API}/services/platform"
_TIME = f"{_PLATFORM}/time"
_NTP = f"{_TIME}/ntp"
_TOLERANCE = timedelta(seconds=5)
_SETTLE_S = 3.0
_SETTLE_POLL_S = 0.25
_NO_ZONE = (pytz.UnknownTimeZoneError, ValueError, OSError)


class Clock:
    """Reads and sets the clock of one controller."""

    def __init__(self, session: EcySession) -> None:
        self._session = session

    def read(self) -> ClockState:
        """The clock as it stands. Raises DeviceError."""
        told = self._session.get(_TIME)
        zone = str(member(told, "time-zone") or "")
        local = _local_time(member(told, "date-time"), zone)
        if local is None:
            raise DeviceUnreachable(self._session.device, f"{_TIME}: unreadable date-time")
        ntp = flag_of(member(member(told, "ntp"), "enabled"))
        is_utc = local.utcoffset() == timedelta(0)
        return ClockState(zone, local.replace(tzinfo=None), self._read_ntp() if ntp is None else ntp, is_utc)

    def set_ntp(self, enabled: bool) -> None:
        """Switch time synchronisation. Raises DeviceError."""
        self._session.post(_NTP, {"enabled": enabled})

    def set(self, zone: str, unix_time: float) -> None:
        """Set zone and time together and read them back.

        A zone that the controller does not know by the given name is tried by its other names. Raises DeviceRefused
        when the clock does not take.
        """
        self.set_local(zone, self._local_in(zone, unix_time))

    def set_local(self, zone: str, local: datetime) -> None:
        """The same with naive local time, which a zone that only the controller knows takes as well."""
        began = time.monotonic()
        spelled = self._post(zone, local)
        deadline = began + _SETTLE_S
        while (reason := self._difference(zone, local + timedelta(seconds=time.monotonic() - began))) is not None:
            if time.monotonic() >= deadline:
                raise self._session.refused(f"its clock does not take {local.isoformat()} {spelled}: {reason}")
            self._session.funnel.wait(_SETTLE_POLL_S)

    def set_zone(self, zone: str) -> None:
        """Set the zone and leave the instant, as :meth:`set` does."""
        spelled = self._post(zone, None)
        told = self.read().time_zone
        if told not in _names_of(zone):
            raise self._session.refused(f"its clock does not take the zone {spelled}: its zone is {told}")

    def _local_in(self, zone: str, unix_time: float) -> datetime:
        try:
            return datetime.fromtimestamp(unix_time, pytz.timezone(zone)).replace(microsecond=0, tzinfo=None)
        except _NO_ZONE:
            raise self._session.refused(f"there is no time zone {zone!r}") from None

    def _post(self, zone: str, local: datetime | None) -> str:
        """Send the zone, and a time, under the first name that the controller takes, and return that name."""
        refusal: ObjectError | None = None
        time_of_day: dict[str, Json] = {} if local is None else {"date-time": local.isoformat()}
        for spelled in (zone, *sorted(_names_of(zone) - {zone})):
            try:
                self._session.post(_TIME, {"time-zone": spelled, **time_of_day})
            except ObjectError as error:
                refusal = refusal or error
                continue
            if spelled != zone:
                log.warning("%s: does not know the zone %s, %s was set", self._session.device, zone, spelled)
            return spelled
        raise self._session.refused(f"its clock cannot be set: {refusal.what if refusal else zone}")

    def _difference(self, zone: str, expected: datetime) -> str | None:
        """How the clock differs from what was set; None when it does not."""
        state = self.read()
        if state.time_zone not in _names_of(zone):
            return f"its zone is {state.time_zone}"
        return f"it shows {state.local_time}" if abs(state.local_time - expected) > _TOLERANCE else None

    def _read_ntp(self) -> bool | None:
        """NTP on its own, for firmware that leaves it out of the time."""
        try:
            told = self._session.get(f"{_PLATFORM}?$select=time($select=ntp)")
        except ObjectError:
            return None
        return flag_of(member(member(member(told, "time"), "ntp"), "enabled"))


def _local_time(value: Json, zone: str) -> datetime | None:
    """A ``date-time`` with or without offset, fraction or Z, as local time; None when it is not one.

    It is naive, unless it was told with an offset in a zone that only the controller knows.
    """
    try:
        told = datetime.fromisoformat(str(unwrap(value)).strip())
    except ValueError:
        return None
    if told.tzinfo is not None:
        with contextlib.suppress(*_NO_ZONE):
            return told.astimezone(pytz.timezone(zone)).replace(tzinfo=None)
    return told


def _names_of(zone: str) -> frozenset[str]:
    """A zone's names: itself, the canonical one and its aliases."""
    canonical = _aliases().get(zone, zone)
    others = {alias for alias, target in _aliases().items() if target == canonical}
    return frozenset({zone, canonical, *others})


@cache
def _aliases() -> dict[str, str]:
    """The IANA database's links, alias to canonical name."""
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    links = (line.split() for line in lines if line.startswith("L "))
    return {alias: target for _, target, alias in links}
