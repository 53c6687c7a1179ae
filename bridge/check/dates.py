"""Clocks and calendars: what the controllers' schedules will think of the simulation's day."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import datetime

from bridge.check.views import ClockView, ControllerView
from bridge.findings import Finding, Severity, Topic
from bridge.link import clock_objection, passes_on
from utils.clocks import DAY_S, is_known_zone, local_to_unix, model_seconds
from utils.settings import Settings

OCCUPIED_HOURS = {"multizone_office_simple_air": (6, 19), "multizone_office_bench": (6, 19)}
"""When a test case's building is occupied, every day of the week; for cases where that is known."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_START = "BOP_START_TIME"
_ZONE = "DESIRED_TIMEZONE"
_TELLING_OFFSET_S = 5.0
_TELLING_DIFFERENCE_S = 3600.0


def weekday(moment: datetime) -> str:
    """The day of the week in English, whatever the locale."""
    return _WEEKDAYS[moment.weekday()]


def day_of_year(moment: datetime) -> int:
    """Days since 1 January of its own year."""
    return moment.timetuple().tm_yday - 1


def model_day(moment: datetime) -> int:
    """Days since 1 January of the model's year, which has no 29 February."""
    return int(model_seconds(moment) // DAY_S)


def start_findings(settings: Settings, testcase: str) -> Iterator[Finding]:
    """What the date of the start means where the controllers' clocks follow the simulation."""
    start = settings.start_time
    if start is None or settings.timezone is None:
        return
    if _is_weekend(start):
        yield Finding(
            Severity.WARNING,
            Topic.CALENDAR,
            settings.where(_START),
            f"{weekday(start)} {start:%Y-%m-%d}: a Monday-to-Friday schedule in a controller is off, "
            f"{_occupancy(testcase)}; the year decides on which weekday a date falls",
        )
    if day_of_year(start) != model_day(start):
        yield Finding(
            Severity.NOTE,
            Topic.CALENDAR,
            settings.where(_START),
            f"{start.year} is a leap year: day {model_day(start)} of the model's year (from 0) is day "
            f"{day_of_year(start)} in the controllers; month and day agree",
        )


def clock_findings(settings: Settings, testcase: str, view: ControllerView) -> Iterator[Finding]:
    """What is to be said of one controller's clock."""
    if view.clock is None:
        return
    yield from _offset(view.address, clock_offset_s(view.clock))
    if settings.timezone is None or view.set_clock is False:
        why = f"{_ZONE} is not set" if settings.timezone is None else "set_clock is false"
        yield from _left_alone(settings, testcase, view, why)
    else:
        yield from _taken(settings.timezone, view.address, view.clock)


def _left_alone(settings: Settings, testcase: str, view: ControllerView, why: str) -> Iterator[Finding]:
    assert view.clock is not None  # noqa: S101 - it has been looked at
    shows, start, address = view.clock.state.local_time, settings.start_time, view.address
    if _is_weekend(shows):
        yield Finding(
            Severity.WARNING,
            Topic.CALENDAR,
            address,
            f"its clock is left alone ({why}) and shows a {weekday(shows)}: a Monday-to-Friday schedule "
            f"is off, {_occupancy(testcase)}",
        )
    if start is not None and abs((_in_the_year(shows, start) - start).total_seconds()) > _TELLING_DIFFERENCE_S:
        yield Finding(
            Severity.WARNING,
            Topic.CLOCK,
            address,
            f"its clock is left alone ({why}): it shows {_moment(shows)} while the building starts at "
            f"{_moment(start)}, and its schedules go by its own clock",
        )


def _taken(zone: str, address: str, clock: ClockView) -> Iterator[Finding]:
    state, objection = clock.state, clock_objection(clock.state)
    if objection is not None:
        remedy = "; give it the name of an IANA zone" if state.keeps_zone and state.ntp_enabled is not None else ""
        what = f"{objection}, so its clock will be left alone although {_ZONE} is set{remedy}"
        yield Finding(Severity.WARNING, Topic.CLOCK, address, what)
        return
    if clock.listeners:
        yield Finding(Severity.PROBLEM, Topic.CLOCK, address, passes_on(clock.listeners))
    if not state.keeps_zone:
        what = (
            "its clock will be set, and over BACnet it does not tell whether NTP or somebody else sets it too: where "
            'that is so, a run ends when it takes the controller; "set_clock": false in its config leaves it alone'
        )
        yield Finding(Severity.NOTE, Topic.CLOCK, address, what)
        return
    if not is_known_zone(state.time_zone):
        what = (
            f"its zone {state.time_zone!r} is not known to this computer: it is put back as it is named, with the "
            f"controller's own time; a controller that does not take it back has its clock left alone"
        )
        yield Finding(Severity.WARNING, Topic.CLOCK, address, what)
    if state.ntp_enabled:
        yield Finding(Severity.NOTE, Topic.CLOCK, address, "NTP is on: off during a run, on again at its end")
    if state.time_zone != zone:
        what = f"its zone is {state.time_zone}: {zone} during a run, {state.time_zone} again at its end"
        yield Finding(Severity.NOTE, Topic.CLOCK, address, what)


def clock_offset_s(clock: ClockView) -> float | None:
    """How far a controller's clock is ahead of this computer's; None in a zone that nobody knows."""
    state = clock.state
    if not is_known_zone(state.time_zone):
        return None
    return local_to_unix(state.local_time, state.time_zone) - clock.host_unix


def _offset(address: str, offset_s: float | None) -> Iterator[Finding]:
    if offset_s is None or abs(offset_s) <= _TELLING_OFFSET_S:
        return
    what = f"its clock is {abs(offset_s):.0f} s {'ahead of' if offset_s > 0 else 'behind'} that of this computer"
    yield Finding(Severity.NOTE, Topic.CLOCK, address, what)


def _occupancy(testcase: str) -> str:
    hours = OCCUPIED_HOURS.get(testcase)
    if hours is None:
        return "whatever the building's own calendar says"
    return f"while the building is occupied from {hours[0]:02d} to {hours[1]:02d} h every day"


def _is_weekend(moment: datetime) -> bool:
    return moment.weekday() >= calendar.SATURDAY


def _in_the_year(moment: datetime, other: datetime) -> datetime:
    if (moment.month, moment.day) == (2, 29):
        moment = moment.replace(day=28)
    return moment.replace(year=other.year)


def _moment(moment: datetime) -> str:
    return f"{weekday(moment)} {moment:%m-%d %H:%M}"
