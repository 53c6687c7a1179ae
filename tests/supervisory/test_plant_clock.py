"""Plant time by a controller's clock: timers go on whatever happens to the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from supervisory.runtime.plant_clock import DeviceClock

NOON = datetime(2023, 7, 6, 12)


@dataclass
class Wall:
    now_s: float = 50.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_time_goes_on_between_two_looks_at_the_clock(wall: Wall) -> None:
    clock = DeviceClock(NOON, 10.0, wall)
    began_s = clock.time_s
    wall.now_s += 6
    assert clock.time_s - began_s == 60.0
    assert clock.local(clock.time_s) == NOON + timedelta(seconds=60)


def test_small_differences_say_nothing(wall: Wall) -> None:
    clock = DeviceClock(NOON, 1.0, wall)
    wall.now_s += 100
    clock.tell(NOON + timedelta(seconds=101.5))
    assert clock.local(clock.time_s) == NOON + timedelta(seconds=100)


def test_a_clock_that_runs_ahead_is_followed(wall: Wall) -> None:
    clock = DeviceClock(NOON, 1.0, wall)
    began_s = clock.time_s
    wall.now_s += 30
    clock.tell(NOON + timedelta(seconds=60))
    assert clock.time_s - began_s == 60.0


def test_a_clock_that_lags_is_waited_for_and_never_runs_backwards(wall: Wall) -> None:
    clock = DeviceClock(NOON, 1.0, wall)
    wall.now_s += 30
    before_s = clock.time_s
    clock.tell(NOON + timedelta(seconds=10))
    assert clock.time_s == before_s
    wall.now_s += 10
    assert clock.time_s == before_s
    wall.now_s += 15
    assert clock.time_s == before_s + 5


@pytest.mark.parametrize("scale", [1.0, 60.0])
@pytest.mark.parametrize("jump_s", [3600, -3600])
def test_a_clock_that_is_set_moves_the_calendar_and_not_the_timers(wall: Wall, jump_s: int, scale: float) -> None:
    clock = DeviceClock(NOON, scale, wall)
    began_s, step_s = clock.time_s, 30.0 * scale
    wall.now_s += 30
    clock.tell(NOON + timedelta(seconds=step_s + jump_s))
    assert clock.time_s - began_s == step_s
    assert clock.local(clock.time_s) == NOON + timedelta(seconds=step_s + jump_s)
    wall.now_s += 30
    clock.tell(NOON + timedelta(seconds=2 * step_s + jump_s))
    assert clock.time_s - began_s == 2 * step_s


def test_a_clock_that_runs_far_ahead_again_and_again_is_told_with_the_remedy(
    wall: Wall, caplog: pytest.LogCaptureFixture
) -> None:
    clock = DeviceClock(NOON, 1.0, wall)
    for turn in range(1, 6):
        wall.now_s += 30
        clock.tell(NOON + timedelta(seconds=turn * 3000))
    assert caplog.text.count('"time_scale"') == 1


def test_a_clock_that_was_set_once_is_no_warning(wall: Wall, caplog: pytest.LogCaptureFixture) -> None:
    clock = DeviceClock(NOON, 1.0, wall)
    with caplog.at_level("INFO"):
        clock.tell(NOON - timedelta(days=1241))
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "set back, to 2020-02-11 12:00:00" in caplog.text


def test_a_clock_that_stands_still_is_waited_for_only_so_long(wall: Wall) -> None:
    clock = DeviceClock(NOON, 1.0, wall)
    began_s = clock.time_s
    for _ in range(6):
        wall.now_s += 10
        clock.tell(NOON)
    stood_s = clock.time_s - began_s
    for _ in range(6):
        wall.now_s += 10
        clock.tell(NOON)
    assert stood_s <= 10.0
    assert clock.time_s - began_s >= stood_s + 50.0
