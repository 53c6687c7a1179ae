"""The controller's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from emulators.ecy.clock import ControllerClock, ScaledTime, SharedSteps, SteppedTime
from emulators.ecy.refusals import Refusal
from tests.emulators.ecy.client import FakeTime

HOST = datetime(2026, 7, 6, 12, 0, tzinfo=UTC)


class Host:
    """The host's own clock."""

    def __init__(self) -> None:
        self.now = HOST

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def passing() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
def clock(host: Host, passing: SteppedTime) -> ControllerClock:
    return ControllerClock(passing, host, "America/Chicago", ntp_enabled=False)


def test_it_starts_at_the_hosts_time_in_its_zone(clock: ControllerClock) -> None:
    assert clock.now() == datetime(2026, 7, 6, 7, 0)


def test_with_ntp_it_follows_the_host_and_not_its_timebase(
    clock: ControllerClock, host: Host, passing: SteppedTime
) -> None:
    clock.set(datetime(2020, 1, 1), None)
    clock.enable_ntp(True)
    passing.advance(500)
    host.now = HOST + timedelta(hours=1)
    assert clock.now() == datetime(2026, 7, 6, 8, 0)


def test_with_ntp_off_it_runs_on_by_its_timebase(clock: ControllerClock, host: Host, passing: SteppedTime) -> None:
    clock.enable_ntp(True)
    clock.enable_ntp(False)
    host.now = HOST + timedelta(hours=5)
    passing.advance(90)
    assert clock.now() == datetime(2026, 7, 6, 7, 1, 30)


def test_scaled_time_passes_faster_than_the_wall() -> None:
    wall = FakeTime()
    scaled = ScaledTime(60.0, wall)
    wall.advance(2.0)
    assert scaled.elapsed_s() == 120.0


def test_zone_and_time_are_set_together(clock: ControllerClock, passing: SteppedTime) -> None:
    clock.set(datetime(2023, 7, 15, 8, 0), "US/Mountain")
    passing.advance(5)
    assert (clock.zone, clock.now()) == ("US/Mountain", datetime(2023, 7, 15, 8, 0, 5))


def test_a_zone_alone_keeps_the_instant(clock: ControllerClock) -> None:
    clock.set(None, "Europe/Paris")
    assert clock.now() == datetime(2026, 7, 6, 14, 0)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../UTC", "America", "GMT+25"])
def test_a_zone_that_does_not_exist_is_refused_and_changes_nothing(clock: ControllerClock, zone: str) -> None:
    with pytest.raises(Refusal):
        clock.set(datetime(2023, 1, 1), zone)
    assert (clock.zone, clock.now()) == ("America/Chicago", datetime(2026, 7, 6, 7, 0))


def test_a_time_is_refused_while_ntp_is_enabled(clock: ControllerClock) -> None:
    clock.enable_ntp(True)
    with pytest.raises(Refusal):
        clock.set(datetime(2023, 1, 1), "UTC")
    assert clock.zone == "America/Chicago"


def test_by_profile_a_time_under_ntp_is_accepted_and_lost(clock: ControllerClock) -> None:
    clock.enable_ntp(True)
    clock.set(datetime(2023, 1, 1), "UTC", under_ntp="overwritten")
    assert (clock.zone, clock.now()) == ("UTC", datetime(2026, 7, 6, 12, 0))


def test_a_time_that_the_zone_skips_is_taken_after_the_gap(clock: ControllerClock) -> None:
    clock.set(datetime(2024, 3, 10, 2, 30), None)
    assert clock.now() == datetime(2024, 3, 10, 3, 30)


def test_daylight_saving_ends_while_the_clock_runs(clock: ControllerClock, passing: SteppedTime) -> None:
    clock.set(datetime(2024, 11, 3, 1, 59), None)
    passing.advance(120)
    assert clock.now() == datetime(2024, 11, 3, 1, 1)


def test_a_controller_that_nobody_steps_follows_the_furthest_of_the_others() -> None:
    together = SharedSteps()
    stepped, idle = SteppedTime(together), SteppedTime(together)
    for _ in range(3):
        stepped.advance(5.0)
    assert (stepped.elapsed_s(), idle.elapsed_s()) == (15.0, 15.0)


def test_controllers_that_begin_one_after_the_other_agree_although_an_exchange_is_several_scans() -> None:
    together = SharedSteps()
    controllers = [SteppedTime(together, exchange_s=5.0) for _ in range(4)]
    for controller in controllers:
        for _ in range(5):
            controller.advance(1.0)
    assert [controller.elapsed_s() for controller in controllers] == [5.0] * 4


def test_controllers_that_are_stepped_in_turn_agree_whoever_is_first() -> None:
    together = SharedSteps()
    first, second = SteppedTime(together), SteppedTime(together)
    for _ in range(3):
        first.advance(1.0)
        second.advance(1.0)
    assert (first.elapsed_s(), second.elapsed_s()) == (3.0, 3.0)
