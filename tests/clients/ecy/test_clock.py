from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from clients.device_client import ClockState
from clients.ecy import clock as ecy_clock
from emulators.ecy.faults.calls import AnswerInstead
from emulators.ecy.profile import Profile
from emulators.http.messages import Response
from tests.clients.ecy.bench import Bench, bench, fresh
from tests.clients.ecy.firmware import WithoutNtpInTime
from utils.errors import DeviceRefused, DeviceUnreachable

JULY_UNIX_S = 1_688_652_000.0


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with bench() as serving:
        yield serving


@pytest.fixture
def ecy(shared: Bench) -> Iterator[Bench]:
    with fresh(shared) as signed_in:
        signed_in.client.disable_ntp()
        yield signed_in


@pytest.mark.parametrize(
    ("zone", "unix_time", "local"),
    [
        ("America/New_York", JULY_UNIX_S, datetime(2023, 7, 6, 10)),
        ("US/Mountain", JULY_UNIX_S, datetime(2023, 7, 6, 8)),
        ("Asia/Kolkata", JULY_UNIX_S, datetime(2023, 7, 6, 19, 30)),
        ("UTC", JULY_UNIX_S + 0.9, datetime(2023, 7, 6, 14)),
        ("Europe/Paris", 1_711_846_799.0, datetime(2024, 3, 31, 1, 59, 59)),
        ("Europe/Paris", 1_711_846_800.0, datetime(2024, 3, 31, 3)),
    ],
)
def test_zone_and_local_time_are_set_together(ecy: Bench, zone: str, unix_time: float, local: datetime) -> None:
    ecy.client.set_time_and_timezone(zone, unix_time)
    state = ecy.client.get_clock()
    assert state.time_zone == zone
    assert timedelta(0) <= state.local_time - local < timedelta(seconds=5)


def test_ntp_is_switched_and_told(ecy: Bench) -> None:
    assert ecy.client.get_clock().ntp_enabled is False
    ecy.client.set_ntp(True)
    assert ecy.client.get_clock().ntp_enabled is True


def test_a_clock_under_ntp_is_refused_with_the_controllers_words(ecy: Bench) -> None:
    ecy.client.set_ntp(True)
    with pytest.raises(DeviceRefused, match="while NTP is enabled"):
        ecy.client.set_time_and_timezone("UTC", JULY_UNIX_S)


def test_a_clock_that_does_not_take_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecy_clock, "_SETTLE_S", 0.1)
    words = "does not take 2023-07-06T14:00:00 UTC: it shows"
    with bench(Profile(time_under_ntp="overwritten")) as ecy, pytest.raises(DeviceRefused, match=words):
        ecy.client.set_time_and_timezone("UTC", JULY_UNIX_S)


def test_a_zone_goes_by_another_name_where_the_controller_wants_that(caplog: pytest.LogCaptureFixture) -> None:
    with bench(Profile(accepted_zones=frozenset({"America/Denver"}))) as ecy, caplog.at_level(logging.WARNING):
        ecy.client.disable_ntp()
        ecy.client.set_time_and_timezone("US/Mountain", JULY_UNIX_S)
        assert ecy.client.get_clock().time_zone == "America/Denver"
        assert "US/Mountain" in caplog.text
        with pytest.raises(DeviceRefused, match="cannot be set"):
            ecy.client.set_time_and_timezone("Asia/Tokyo", JULY_UNIX_S)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_refused_unasked(ecy: Bench, zone: str) -> None:
    before = ecy.controller.counters.requests.total()
    with pytest.raises(DeviceRefused, match="no time zone"):
        ecy.client.set_time_and_timezone(zone, JULY_UNIX_S)
    assert ecy.controller.counters.requests.total() == before


@pytest.mark.parametrize(
    ("told", "local"),
    [
        ("2023-07-06T10:00:00", "2023-07-06T10:00:00"),
        ("2023-07-06T10:00:00.123", "2023-07-06T10:00:00.123000"),
        ("2023-07-06T14:00:00Z", "2023-07-06T10:00:00"),
        ("2023-07-06T16:00:00.5+02:00", "2023-07-06T10:00:00.500000"),
        ({"$value": "2023-07-06T10:00:00"}, "2023-07-06T10:00:00"),
    ],
    ids=str,
)
def test_a_time_is_read_in_every_form(ecy: Bench, told: object, local: str) -> None:
    answer_clock(ecy, {"time-zone": "America/New_York", "date-time": told, "ntp": {"enabled": True}})
    assert ecy.client.get_clock() == ClockState("America/New_York", datetime.fromisoformat(local), True)


def test_a_zone_that_only_the_controller_knows_keeps_its_local_time(ecy: Bench) -> None:
    answer_clock(ecy, {"time-zone": "Lab/Bench", "date-time": "2023-07-06T10:00:00-04:00", "ntp": {"enabled": False}})
    assert ecy.client.get_clock().local_time == datetime(2023, 7, 6, 10)


@pytest.mark.parametrize("told", [None, "yesterday", 5])
def test_a_time_that_is_none_is_unreachable(ecy: Bench, told: object) -> None:
    answer_clock(ecy, {"time-zone": "UTC", "date-time": told})
    with pytest.raises(DeviceUnreachable, match="date-time"):
        ecy.client.get_clock()


def answer_clock(ecy: Bench, body: object) -> None:
    """Let the next request be answered with this clock."""
    ecy.controller.faults.add(AnswerInstead(Response(200, json.dumps(body).encode())))


@pytest.mark.parametrize(("apart", "known"), [(None, False), (Response(404, b"{}"), None)])
def test_ntp_is_asked_apart_where_the_time_leaves_it_out(
    ecy: Bench, apart: Response | None, known: bool | None
) -> None:
    ecy.controller.faults.add(WithoutNtpInTime(apart))
    assert ecy.client.get_clock().ntp_enabled is known
