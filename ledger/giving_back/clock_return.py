"""Puts a controller's zone, time and NTP back as they were, each as far as it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from clients.device_client import SettableClock
from ledger.entries import TakenClock
from ledger.giving_back.patience import may_pass
from utils.clocks import is_known_zone
from utils.errors import DeviceError, DeviceRefused, DeviceUnreachable, Unconfirmed


def put_clock_back(clock: SettableClock, entry: TakenClock, unix_time: float) -> None:
    """Zone, the host's time (s since 1970) in it, and NTP as it was.

    One that fails keeps the others from nothing. Raises :class:`DeviceError` with the words of all that failed; one
    that may pass by itself, where any of them may.
    """
    # Somebody may have turned NTP on again during the run, and then no time can be set: that is said then.
    _tried(clock, clock.disable_ntp)
    failures = [_tried(clock, partial(_set_zone_and_time, clock, entry, unix_time))]
    if failures != [None]:
        _set_apart(clock, entry, unix_time)
    failures.append(_tried(clock, partial(clock.set_ntp, enabled=entry.ntp_enabled)))
    told = [failure for failure in failures if failure is not None]
    if told and all(isinstance(failure, Unconfirmed) for failure in told):
        raise told[0]
    if told:
        raise _joined(told)


def own_time(utc_ahead_s: float, unix_time: float) -> datetime:
    """Naive local time of a clock that is so far ahead of UTC."""
    return (datetime.fromtimestamp(unix_time, UTC) + timedelta(seconds=utc_ahead_s)).replace(microsecond=0, tzinfo=None)


def _set_zone_and_time(clock: SettableClock, entry: TakenClock, unix_time: float) -> None:
    if is_known_zone(entry.time_zone):
        clock.set_time_and_timezone(entry.time_zone, unix_time)
    elif entry.utc_ahead_s is not None:
        clock.set_local_time(entry.time_zone, own_time(entry.utc_ahead_s, unix_time))
    else:
        clock.set_timezone(entry.time_zone)
        if not entry.ntp_enabled:
            what = f"nobody here knows what time it is in its zone {entry.time_zone!r}: its clock has to be set by hand"
            raise DeviceRefused(clock.device, what)


def _set_apart(clock: SettableClock, entry: TakenClock, unix_time: float) -> None:
    """At least one of zone and time, which were not taken together."""
    if _tried(clock, partial(clock.set_timezone, entry.time_zone)) is not None:
        _tried(clock, lambda: clock.set_time_and_timezone(clock.get_clock().time_zone, unix_time))


def _tried(clock: SettableClock, undo: Callable[[], None]) -> DeviceError | None:
    """What went wrong. Raises where nobody is there any more, so that a dead controller costs one time-out."""
    try:
        undo()
    except DeviceUnreachable as error:
        clock.connect()
        return error
    except DeviceError as error:
        return error
    return None


def _joined(failures: Sequence[DeviceError]) -> DeviceError:
    telling = next((failure for failure in failures if may_pass(failure)), failures[0])
    words = "; ".join(dict.fromkeys(failure.what for failure in failures))
    if isinstance(telling, DeviceUnreachable):
        return DeviceUnreachable(telling.device, words, retry_after_s=telling.retry_after_s)
    return type(telling)(telling.device, words)
