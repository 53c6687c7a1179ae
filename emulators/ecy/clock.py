"""A controller's clock: its zone, its local time, and whether NTP keeps it (ecy-rest-api §14)."""

from __future__ import annotations

import threading
import zoneinfo
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from emulators.ecy.refusals import TIME_IS_SYNCHRONIZED, VALUE_OUT_OF_RANGE, Refusal
from emulators.states import Fields, SavedStateError


class Timebase(Protocol):
    """Counts controller seconds from an arbitrary start."""

    def elapsed_s(self) -> float:
        """Controller seconds since the start; never decreases."""


class ScaledTime:
    """Controller time that runs ``scale`` times as fast as ``monotonic`` (wall seconds)."""

    def __init__(self, scale: float, monotonic: Callable[[], float]) -> None:
        self._scale = scale
        self._monotonic = monotonic
        self._start = monotonic()

    def elapsed_s(self) -> float:
        """Controller seconds since the start."""
        return (self._monotonic() - self._start) * self._scale


class SharedSteps:
    """How far the furthest of several stepped controllers has come."""

    def __init__(self) -> None:
        self.furthest_s = 0.0


class SteppedTime:
    """Controller time that stands still until somebody advances it.

    One that nobody has ever advanced, because nothing is ever read of its controller, follows the ``others``. When it
    is advanced for the first time, others may be done with the same exchange, which takes ``exchange_s``.
    """

    def __init__(self, others: SharedSteps | None = None, exchange_s: float = 0.0) -> None:
        self._others = others or SharedSteps()
        self._exchange_s = exchange_s
        self._elapsed_s: float | None = None

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of controller time pass."""
        if self._elapsed_s is None:
            self._elapsed_s = max(self._others.furthest_s - max(seconds, self._exchange_s), 0.0)
        self._elapsed_s += seconds
        self._others.furthest_s = max(self._others.furthest_s, self._elapsed_s)

    def elapsed_s(self) -> float:
        """Controller seconds since the start."""
        return self._others.furthest_s if self._elapsed_s is None else self._elapsed_s


NO_ZONES: Mapping[str, float] = MappingProxyType({})


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def zone_named(name: str, own: Mapping[str, float]) -> tzinfo:
    """The IANA zone, aliases such as ``US/Mountain`` included, or one of the controller's own (hours ahead of UTC).

    Raises Refusal for any other name.
    """
    if name in own:
        return timezone(timedelta(hours=own[name]))
    if name not in _zone_names():
        raise Refusal(VALUE_OUT_OF_RANGE, f"time zone {name}")
    return ZoneInfo(name)


class ControllerClock:
    """Local time in a zone.

    With NTP enabled it is the host's true time; with NTP off it runs on by the timebase from where it was or was set.
    Thread-safe.
    """

    def __init__(
        self,
        timebase: Timebase,
        host_now: Callable[[], datetime],
        zone: str,
        ntp_enabled: bool,
        own_zones: Mapping[str, float] = NO_ZONES,
    ) -> None:
        self._lock = threading.Lock()
        self._timebase = timebase
        self._host_now = host_now
        self._own_zones = own_zones
        self._zone_name, self._zone = zone, zone_named(zone, own_zones)
        self._ntp_enabled = ntp_enabled
        self._origin = host_now()
        self._origin_s = timebase.elapsed_s()

    @property
    def zone(self) -> str:
        """Name of the zone, as it was set."""
        return self._zone_name

    @property
    def ntp_enabled(self) -> bool:
        """Whether NTP keeps the time."""
        return self._ntp_enabled

    def aware_now(self) -> datetime:
        """The controller's time with its zone."""
        with self._lock:
            return self._instant().astimezone(self._zone)

    def now(self) -> datetime:
        """The controller's local time, naive."""
        return self.aware_now().replace(tzinfo=None)

    def enable_ntp(self, enabled: bool) -> None:
        """Follow the host's time from now on, or run on alone from it."""
        with self._lock:
            self._start_from(self._instant())
            self._ntp_enabled = enabled

    def set(self, local: datetime | None, zone: str | None, *, under_ntp: str = "refused") -> None:
        """Set zone and naive local time in that zone; a zone alone keeps the instant.

        A time that the zone skips is taken as after the gap, an ambiguous one as its first occurrence. With NTP
        enabled a time is refused, or with ``under_ntp="overwritten"`` accepted and lost at once.
        """
        name = self._zone_name if zone is None else zone
        new_zone = zone_named(name, self._own_zones)
        with self._lock:
            if local is not None and self._ntp_enabled and under_ntp == "refused":
                raise Refusal(TIME_IS_SYNCHRONIZED)
            if local is not None and not self._ntp_enabled:
                self._start_from(local.replace(tzinfo=new_zone))
            self._zone_name, self._zone = name, new_zone

    def remember(self) -> dict[str, object]:
        """For a state: the instant, and the local time that it is in the zone."""
        with self._lock:
            instant = self._instant()
            local = instant.astimezone(self._zone).replace(tzinfo=None)
            return {"under_ntp": self._ntp_enabled, "zone": self._zone_name, "instant": instant.isoformat(),
                    "local": local.isoformat()}  # fmt: skip

    def prepare(self, state: Fields) -> Callable[[], None]:
        """The way back to a time. Raises SavedStateError; nothing has changed yet.

        Zone and NTP are settings that clients take and give back: they stay. So only a clock that runs alone, now and
        then, goes back: in the zone of then to the instant, in another one to the same local time.
        """
        is_free = not state.truth("under_ntp")
        zone, told = state.text("zone"), {name: state.text(name) for name in ("instant", "local")}
        try:
            instant, local = (datetime.fromisoformat(told[name]) for name in ("instant", "local"))
        except ValueError:
            raise SavedStateError(f"the clock's {told!a} is no time") from None
        if instant.tzinfo is None or local.tzinfo is not None:
            raise SavedStateError(f"the clock's {told!a} is no instant and a local time")

        def go_back() -> None:
            with self._lock:
                if is_free and not self._ntp_enabled:
                    self._start_from(instant if zone == self._zone_name else local.replace(tzinfo=self._zone))

        return go_back

    def _instant(self) -> datetime:
        if self._ntp_enabled:
            return self._host_now().astimezone(UTC)
        return self._origin + timedelta(seconds=self._timebase.elapsed_s() - self._origin_s)

    def _start_from(self, instant: datetime) -> None:
        self._origin = instant.astimezone(UTC)
        self._origin_s = self._timebase.elapsed_s()
