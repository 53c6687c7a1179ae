"""A clock is put back as far as it lets itself be put back: zone, time and NTP each for itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from clients.device_client import ClockState
from ledger.entries import TakenClock
from ledger.giving_back.clock_return import own_time, put_clock_back
from utils.errors import DeviceError, DeviceRefused, DeviceUnreachable

DEVICE = "10.0.0.1"
NOW = 1_700_000_000.0
TAKEN = TakenClock(DEVICE, "America/Denver", ntp_enabled=True)
FORCED = ClockState("US/Mountain", datetime(2023, 7, 6, 14), ntp_enabled=False)


@dataclass
class Clock:
    """A controller's clock that notes what it was told, and refuses some of it."""

    errors: dict[str, DeviceError] = field(default_factory=dict)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    device: str = DEVICE

    def _call(self, name: str, *what: object) -> None:
        self.calls.append((name, *what))
        if name in self.errors:
            raise self.errors[name]

    def connect(self) -> None:
        self._call("connect")

    def get_clock(self) -> ClockState:
        self._call("get_clock")
        return FORCED

    def listeners(self) -> tuple[str, ...]:
        """Nobody."""
        return ()

    def disable_ntp(self) -> None:
        self._call("disable_ntp")

    def set_ntp(self, enabled: bool) -> None:
        self._call("set_ntp", enabled)

    def set_time_and_timezone(self, timezone: str, unix_time: float) -> None:
        self._call("set_time_and_timezone", timezone, unix_time)

    def set_local_time(self, timezone: str, local_time: datetime) -> None:
        self._call("set_local_time", timezone, local_time)

    def set_timezone(self, timezone: str) -> None:
        self._call("set_timezone", timezone)


def refused(what: str) -> DeviceRefused:
    return DeviceRefused(DEVICE, what)


def test_zone_and_time_together_and_then_ntp() -> None:
    clock = Clock()
    put_clock_back(clock, TAKEN, NOW)
    assert clock.calls == [
        ("disable_ntp",),
        ("set_time_and_timezone", "America/Denver", NOW),
        ("set_ntp", True),
    ]


def test_where_they_are_not_taken_together_the_zone_alone_is() -> None:
    clock = Clock({"set_time_and_timezone": refused("no time")})
    with pytest.raises(DeviceRefused, match="no time"):
        put_clock_back(clock, TAKEN, NOW)
    assert clock.calls[2:] == [("set_timezone", "America/Denver"), ("set_ntp", True)]


def test_where_the_zone_is_not_taken_either_the_time_is_set_in_the_zone_that_it_has() -> None:
    clock = Clock({"set_time_and_timezone": refused("no such zone"), "set_timezone": refused("no such zone")})
    with pytest.raises(DeviceRefused, match=r"^10\.0\.0\.1: no such zone$"):
        put_clock_back(clock, TAKEN, NOW)
    assert clock.calls[2:] == [
        ("set_timezone", "America/Denver"),
        ("get_clock",),
        ("set_time_and_timezone", "US/Mountain", NOW),
        ("set_ntp", True),
    ]


def test_ntp_that_cannot_be_turned_off_is_no_failure_of_its_own_and_what_failed_is_told_whole() -> None:
    clock = Clock({"disable_ntp": refused("read-only"), "set_ntp": refused("read-only NTP")})
    with pytest.raises(DeviceRefused, match="read-only NTP"):
        put_clock_back(clock, TAKEN, NOW)
    clock.errors["set_time_and_timezone"] = refused("no time")
    with pytest.raises(DeviceRefused, match="no time; read-only NTP"):
        put_clock_back(clock, TAKEN, NOW)


def test_what_may_pass_is_told_as_such_with_how_long_to_wait_and_the_rest_is_tried_all_the_same() -> None:
    away = DeviceUnreachable(DEVICE, "busy", retry_after_s=7.0)
    clock = Clock({"set_time_and_timezone": refused("no time"), "set_ntp": away})
    with pytest.raises(DeviceUnreachable, match="no time; busy") as told:
        put_clock_back(clock, TAKEN, NOW)
    assert told.value.retry_after_s == 7.0
    assert ("connect",) in clock.calls


def test_one_that_is_not_there_any_more_costs_one_time_out() -> None:
    gone = DeviceUnreachable(DEVICE, "no answer")
    clock = Clock({"disable_ntp": gone, "connect": gone})
    with pytest.raises(DeviceUnreachable, match="no answer"):
        put_clock_back(clock, TAKEN, NOW)
    assert clock.calls == [("disable_ntp",), ("connect",)]


class TestAZoneThatOnlyTheControllerKnows:
    def test_its_own_time_is_told_by_how_far_it_was_ahead(self) -> None:
        clock = Clock()
        put_clock_back(clock, TakenClock(DEVICE, "Distech/Custom", ntp_enabled=False, utc_ahead_s=3600.0), NOW)
        assert clock.calls[1:] == [
            ("set_local_time", "Distech/Custom", datetime(2023, 11, 14, 23, 13, 20)),
            ("set_ntp", False),
        ]

    @pytest.mark.parametrize("ntp_enabled", [False, True])
    def test_where_that_is_not_known_ntp_has_to_set_it_or_somebody_by_hand(self, ntp_enabled: bool) -> None:
        clock, taken = Clock(), TakenClock(DEVICE, "Distech/Custom", ntp_enabled)
        if ntp_enabled:
            put_clock_back(clock, taken, NOW)
        else:
            with pytest.raises(DeviceRefused, match="has to be set by hand"):
                put_clock_back(clock, taken, NOW)
        assert clock.calls[1] == ("set_timezone", "Distech/Custom")
        assert clock.calls[-1] == ("set_ntp", ntp_enabled)


def test_own_time_has_no_fractions() -> None:
    assert own_time(-0.5, 1.9) == datetime(1970, 1, 1, 0, 0, 1)
