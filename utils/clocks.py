"""The three times that the bench knows, calendar dates of model time, and the clocks of the host.

A model's year has 365 days in every year (boptest-api §6), so month, day and hour map on it and 29 February does not
exist. Controllers get model time as naive local time in their zone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NewType

import pytz

ModelSeconds = NewType("ModelSeconds", float)
"""Seconds since 1 January 00:00 of the model's year (boptest-api §6)."""
MonotonicSeconds = NewType("MonotonicSeconds", float)
"""Seconds since some start of the host, which nobody can set."""
UnixSeconds = NewType("UnixSeconds", float)
"""Seconds since 1970, as the host knows it."""

DAY_S = 86_400
YEAR_S = 365 * DAY_S
_ANY_COMMON_YEAR = 2023
NO_LEAP_DAY = "29 February does not exist in the model's 365-day year; use 28 February or 1 March"
_YEARS = range(1970, 3000)
"""What clocks of controllers and hosts can show."""


class Clocks:
    """The two clocks of the host, injectable.

    ``wait`` waits for so many seconds or until the event is set, and returns whether it is; nothing wakes ``sleep``.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self.wait = wait
        self.sleep = sleep

    def monotonic(self) -> MonotonicSeconds:
        """Now, for how long something takes."""
        return MonotonicSeconds(self._monotonic())

    def wall(self) -> UnixSeconds:
        """Now, as people tell it."""
        return UnixSeconds(self._wall())


HOST = Clocks()
"""The real ones."""


def model_seconds(moment: datetime) -> ModelSeconds:
    """Seconds from 1 January 00:00 of the model's year. Raises ``ValueError`` on 29 February."""
    if (moment.month, moment.day) == (2, 29):
        raise ValueError(NO_LEAP_DAY)
    start = datetime(_ANY_COMMON_YEAR, 1, 1)
    return ModelSeconds((moment.replace(year=_ANY_COMMON_YEAR) - start).total_seconds())


def require_start(moment: datetime) -> None:
    """Raises ``ValueError`` for a date at which no simulation can begin: 29 February, or a year that no clock shows."""
    if moment.year not in _YEARS:
        raise ValueError(f"a year is from {_YEARS[0]} to {_YEARS[-1]}, not {moment.year}")
    model_seconds(moment)


def model_datetime(time_s: ModelSeconds, first_year: int) -> datetime:
    """The date on the wall calendar for a model time; a run past 31 December goes on in the next year."""
    years, within_year_s = divmod(time_s, YEAR_S)
    moment = datetime(_ANY_COMMON_YEAR, 1, 1) + timedelta(seconds=within_year_s)
    return moment.replace(year=first_year + int(years))


def local_to_unix(local: datetime, zone_name: str) -> UnixSeconds:
    """Unix time of a naive local time in a zone.

    A time that does not exist (spring change) is taken after the gap, an ambiguous one (autumn) is standard time.
    """
    return UnixSeconds(_localized(local, zone_name).timestamp())


def unix_to_local(unix_time: UnixSeconds, zone_name: str) -> datetime:
    """Naive local time in a zone for a Unix time."""
    zone = pytz.timezone(zone_name)
    return datetime.fromtimestamp(unix_time, zone).replace(tzinfo=None)


def is_known_zone(zone_name: str) -> bool:
    """Whether the name is an IANA zone or one of its aliases (``US/Mountain``)."""
    return zone_name in pytz.all_timezones_set


def _localized(local: datetime, zone_name: str) -> datetime:
    zone = pytz.timezone(zone_name)
    return zone.normalize(zone.localize(local, is_dst=False))
