"""Clocks, weekdays and days of the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bridge.check.dates import clock_findings, clock_offset_s, day_of_year, model_day, start_findings, weekday
from bridge.check.views import ClockView, ControllerView
from bridge.findings import Finding, Severity, Topic
from clients.device_client import ClockState
from tests import bench
from utils.clocks import local_to_unix
from utils.settings import Settings

AIR = "multizone_office_simple_air"
CHICAGO = "America/Chicago"
THURSDAY, SATURDAY = "2023-07-06 10:00:00", "2023-07-08 10:00:00"


def settings(start: str, zone: str = CHICAGO) -> Settings:
    return bench.settings(Path(), BOP_START_TIME=start, DESIRED_TIMEZONE=zone)


def controller(
    local: datetime = datetime(2023, 7, 6, 10), zone: str = CHICAGO, *, ntp: bool | None = False, ahead_s: float = 0.0
) -> ControllerView:
    clock = ClockView(ClockState(zone, local, ntp), local_to_unix(local, CHICAGO) - ahead_s)
    return ControllerView("10.0.0.1", clock=clock)


def said(findings: list[Finding]) -> set[tuple[Severity, Topic]]:
    return {(finding.severity, finding.topic) for finding in findings}


@pytest.mark.parametrize(
    ("moment", "of_the_model", "of_the_year"),
    [
        (datetime(2023, 7, 6), 186, 186),
        (datetime(2024, 7, 6), 186, 187),
        (datetime(2024, 3, 1), 59, 60),
        (datetime(2024, 2, 28), 58, 58),
        (datetime(2024, 12, 31), 364, 365),
        (datetime(2023, 1, 1), 0, 0),
    ],
)
def test_the_models_year_has_no_leap_day(moment: datetime, of_the_model: int, of_the_year: int) -> None:
    assert (model_day(moment), day_of_year(moment)) == (of_the_model, of_the_year)


def test_weekdays_are_english() -> None:
    assert weekday(datetime(2023, 7, 6)) == "Thursday"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (THURSDAY, set()),
        (SATURDAY, {(Severity.WARNING, Topic.CALENDAR)}),
        ("2024-07-04 10:00:00", {(Severity.NOTE, Topic.CALENDAR)}),
        ("2024-01-04 10:00:00", set()),
    ],
)
def test_a_start_at_the_weekend_and_in_a_leap_year_is_told(start: str, expected: set[object]) -> None:
    assert said(list(start_findings(settings(start), AIR))) == expected


@pytest.mark.parametrize(("case", "words"), [(AIR, "occupied from 06 to 19 h"), ("testcase1", "own calendar")])
def test_a_weekend_is_set_against_the_buildings_hours(case: str, words: str) -> None:
    [finding] = start_findings(settings(SATURDAY), case)
    assert "Saturday 2023-07-08: a Monday-to-Friday schedule in a controller is off" in finding.what
    assert words in finding.what


def test_the_start_does_not_matter_to_clocks_that_are_left_alone() -> None:
    assert not list(start_findings(settings(SATURDAY, zone=""), AIR))


@pytest.mark.parametrize(
    ("shows", "expected"),
    [
        (datetime(2026, 7, 6, 10, 30), set()),
        (datetime(2026, 7, 6, 3), {(Severity.WARNING, Topic.CLOCK)}),
        (datetime(2026, 7, 4, 10), {(Severity.WARNING, Topic.CLOCK), (Severity.WARNING, Topic.CALENDAR)}),
        (datetime(2024, 2, 29, 10), {(Severity.WARNING, Topic.CLOCK)}),
    ],
)
def test_a_clock_that_is_left_alone_is_compared_with_the_start(shows: datetime, expected: set[object]) -> None:
    assert said(list(clock_findings(settings(THURSDAY, zone=""), AIR, controller(shows)))) == expected


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (controller(), set()),
        (controller(ntp=True), {(Severity.NOTE, Topic.CLOCK)}),
        (controller(ntp=None), {(Severity.WARNING, Topic.CLOCK)}),
        (controller(ahead_s=30.0), {(Severity.NOTE, Topic.CLOCK)}),
        (controller(zone="Mars/Olympus"), {(Severity.WARNING, Topic.CLOCK), (Severity.NOTE, Topic.CLOCK)}),
        (controller(zone=""), {(Severity.WARNING, Topic.CLOCK)}),
        (ControllerView("10.0.0.1"), set()),
    ],
)
def test_what_becomes_of_a_clock_that_is_taken_is_told(view: ControllerView, expected: set[object]) -> None:
    assert said(list(clock_findings(settings(THURSDAY), AIR, view))) == expected


def test_a_clock_that_does_not_tell_who_sets_it_is_told_with_how_to_leave_it_alone() -> None:
    told = ClockState("", datetime(2023, 7, 6, 10), ntp_enabled=False, keeps_zone=False)
    view = ControllerView("bacnet://10.0.0.1", clock=ClockView(told, 0.0))
    [finding] = clock_findings(settings(THURSDAY), AIR, view)
    assert (finding.severity, finding.topic) == (Severity.NOTE, Topic.CLOCK)
    assert "NTP" in finding.what
    assert '"set_clock": false' in finding.what
    assert not list(clock_findings(settings(THURSDAY), AIR, replace(view, set_clock=False)))
    assert not list(clock_findings(settings(THURSDAY, zone=""), AIR, view))


def test_another_zone_is_told_with_what_becomes_of_it() -> None:
    found = [finding.what for finding in clock_findings(settings(THURSDAY), AIR, controller(zone="UTC"))]
    assert "its zone is UTC: America/Chicago during a run, UTC again at its end" in found


@pytest.mark.parametrize(("ahead_s", "way"), [(90.0, "90 s ahead of"), (-90.0, "90 s behind")])
def test_a_clock_that_is_off_is_told_with_its_direction(ahead_s: float, way: str) -> None:
    [finding] = clock_findings(settings(THURSDAY), AIR, controller(ahead_s=ahead_s))
    assert way in finding.what


def test_in_a_zone_that_nobody_knows_there_is_no_offset() -> None:
    view = controller(zone="Mars/Olympus")
    assert view.clock is not None
    assert clock_offset_s(view.clock) is None
