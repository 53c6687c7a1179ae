"""One controller's clock over hours of fake wall time: when it is looked at, when it is set, and when it is left alone.

The controller and its client are real; only the passing of time is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bridge.link.clock_keeper import LOOK_EVERY_S, ClockKeeper, ClockOrder, clock_errors
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.calls import AnswerInstead, DropConnection
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import WallScan
from emulators.ecy.server import EcyServer
from emulators.http.messages import Response
from ledger.ledger import Ledger
from tests.clients.ecy.firmware import WithoutNtpInTime
from utils.clocks import Clocks, ModelSeconds, MonotonicSeconds

ZONE = "US/Mountain"
START = datetime(2023, 7, 6, 10)
STEP_S = 5.0


@dataclass
class Bench:
    """A controller whose clock goes by fake wall time, and its keeper."""

    controller: EmulatedController
    client: ECYDeviceClient
    scale: float
    now_s: float = 1000.0
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        order = ClockOrder(ZONE, 5.0, STEP_S, lambda: self.scale, lambda: self.model_s, self.date)
        self.keeper = ClockKeeper(self.client, order, self.ledger, Clocks(lambda: self.now_s, lambda: self.now_s))
        self.began_s = self.now_s

    @property
    def model_s(self) -> ModelSeconds:
        return ModelSeconds((self.now_s - self.began_s) * self.scale)

    def date(self, model_s: float) -> datetime:
        return START + timedelta(seconds=model_s)

    def take(self) -> None:
        self.ledger.take(*self.keeper.new_entries())
        self.keeper.start()

    def pass_time(self, seconds: float = LOOK_EVERY_S) -> None:
        """Let wall time pass and then have the clock looked at."""
        self.now_s += seconds
        assert self.keeper.is_due
        self.keeper.keep(self.model_s, MonotonicSeconds(self.now_s))

    def put_clock(self, **ahead: float) -> None:
        """Somebody else sets the clock that far from model time."""
        self.controller.clock.set(self.date(self.model_s) + timedelta(**ahead), None)

    @property
    def off_s(self) -> float:
        """How far the clock is ahead of model time, in s."""
        return (self.controller.clock.now() - self.date(self.model_s)).total_seconds()


@contextmanager
def bench(scale: float = 1.0, *, clock_scale: float = 1.0, take: bool = True) -> Iterator[Bench]:
    """A controller that has been taken. ``clock_scale``: how much faster than the wall its clock goes."""
    running: list[Bench] = []
    server = EcyServer(
        [ControllerSpec("AHU")],
        username="bench",
        password="bench",
        scan=WallScan(scale=clock_scale),
        profile=Profile(session_idle_s=1e9),
        monotonic=lambda: running[0].now_s if running else 1000.0,
    )
    with (
        server,
        ECYDeviceClient(server.addresses["AHU"], "bench", "bench", tls=TlsPolicy(TlsMode.OFF)) as client,
    ):
        running.append(Bench(server.controller("AHU"), client, scale))
        if take:
            running[0].take()
        yield running[0]


def test_taking_sets_zone_and_clock_and_turns_ntp_off() -> None:
    with bench() as subject:
        clock = subject.controller.clock
        assert (clock.zone, clock.ntp_enabled, subject.off_s) == (ZONE, False, 0.0)
        assert subject.ledger.holds_clock(subject.client.device)


def test_a_clock_that_does_not_tell_of_ntp_is_neither_entered_nor_touched(caplog: pytest.LogCaptureFixture) -> None:
    with bench(take=False) as subject:
        subject.client.connect()
        subject.controller.faults.add(WithoutNtpInTime(Response(404, b"{}")))
        subject.take()
        assert subject.ledger.open_entries == ()
        assert not subject.keeper.is_due
        assert subject.controller.clock.zone == "UTC"
        assert "does not tell whether NTP is on" in caplog.text


@pytest.mark.parametrize("seconds", [-4.0, 0.0, 4.0])
def test_a_drift_within_the_tolerance_is_measured_and_left(seconds: float) -> None:
    with bench() as subject:
        subject.pass_time(0.0)
        subject.put_clock(seconds=seconds)
        subject.pass_time()
        assert subject.off_s == seconds
        assert clock_errors([subject.keeper]) == {subject.client.device: abs(seconds)}


def test_what_it_was_off_while_nobody_kept_it_is_no_error_of_its_keeping() -> None:
    with bench() as subject:
        subject.pass_time(0.0)
        subject.put_clock(minutes=30)
        subject.keeper.doubt()
        subject.pass_time(0.0)
        assert (subject.off_s, clock_errors([subject.keeper])) == (0.0, {subject.client.device: 0.0})
        subject.put_clock(seconds=3)
        subject.pass_time()
        assert clock_errors([subject.keeper]) == {subject.client.device: 3.0}


def test_a_clock_falls_behind_at_a_fast_pace_and_is_set_once_a_minute_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with bench(scale=45.0) as subject:
        subject.pass_time(0.0)
        for _ in range(10):
            subject.pass_time()
            assert abs(subject.off_s) < 1.0
            assert not subject.keeper.is_due
            subject.now_s += 1.0
            assert subject.off_s == pytest.approx(-44.0, abs=1.0)
            subject.now_s -= 1.0
        assert subject.keeper.max_drift_s == pytest.approx(44 * 60, abs=1.0)
        assert not caplog.records


def test_a_clock_is_not_set_within_a_minute_of_the_last_time() -> None:
    with bench() as subject:
        subject.put_clock(hours=2)
        subject.pass_time(10.0)
        assert subject.off_s == 7200.0
        subject.pass_time()
        assert subject.off_s == 0.0


@pytest.mark.parametrize("scale", [0.5, 60.0])
def test_an_emulated_clock_that_follows_simulated_time_is_never_set(scale: float) -> None:
    with bench(scale, clock_scale=scale) as subject:
        before = subject.controller.counters.requests["POST"]
        for seconds in (0.0, 60.0, 60.0):
            subject.pass_time(seconds)
        assert subject.keeper.max_drift_s == pytest.approx(0.0, abs=1.0)
        assert subject.controller.counters.requests["POST"] == before


def test_an_emulated_clock_goes_by_the_pace_though_the_run_is_late_and_nobody_is_suspected_for_it() -> None:
    with bench(45.0, clock_scale=45.0) as subject:
        for _ in range(3):
            subject.began_s += 30.0
            subject.pass_time()
            assert abs(subject.off_s) < 1.0


def test_as_fast_as_possible_an_emulated_clock_goes_by_the_steps_and_nobody_is_suspected_for_it() -> None:
    with bench(scale=0.0) as subject:
        for number, ahead_s in enumerate([0, 4, 8, 4, 8, 4, 8]):
            frame_s = 9000.0 * number
            subject.now_s += LOOK_EVERY_S
            subject.controller.clock.set(START + timedelta(seconds=frame_s + STEP_S + ahead_s), None)
            assert subject.keeper.is_due
            subject.keeper.keep(ModelSeconds(frame_s), MonotonicSeconds(subject.now_s))
        assert subject.controller.clock.now() == START + timedelta(seconds=frame_s + STEP_S)


def switch_ntp_on(subject: Bench) -> None:
    subject.controller.clock.enable_ntp(True)


def set_an_hour_and_a_half_back(subject: Bench) -> None:
    subject.put_clock(hours=-1.5)


OTHERS = pytest.mark.parametrize(
    ("meddle", "reason"), [(switch_ntp_on, "(NTP is on again)"), (set_an_hour_and_a_half_back, "somebody else sets it")]
)


@OTHERS
def test_a_clock_that_somebody_else_sets_once_is_set_again(meddle: Callable[[Bench], None], reason: str) -> None:
    with bench() as subject:
        subject.pass_time(0.0)
        meddle(subject)
        subject.pass_time()
        assert (subject.controller.clock.ntp_enabled, abs(subject.off_s) < 1.0) == (False, True)


@OTHERS
def test_a_clock_that_somebody_else_sets_twice_is_left_to_him_and_that_is_said_once(
    meddle: Callable[[Bench], None], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with bench() as subject:
        subject.pass_time(0.0)
        for _ in range(2):
            meddle(subject)
            subject.pass_time()
        subject.keeper.start()
        assert abs(subject.off_s) > 5000.0
        assert not subject.keeper.is_due
        [message] = caplog.messages
        assert "its clock is left alone from now on" in message
        assert reason in message


@pytest.mark.parametrize("hours", [-1.0, 1.0])
def test_an_hour_off_is_the_change_to_or_from_summer_time_and_nobody_is_suspected(hours: float) -> None:
    with bench() as subject:
        subject.pass_time(0.0)
        for _ in range(3):
            subject.put_clock(hours=hours)
            subject.pass_time()
            assert abs(subject.off_s) < 1.0


def test_a_controller_that_does_not_answer_is_tried_again_a_minute_later(caplog: pytest.LogCaptureFixture) -> None:
    with bench() as subject:
        subject.put_clock(hours=2)
        silence = DropConnection(None)
        subject.controller.faults.add(silence)
        subject.pass_time()
        subject.controller.faults.remove(silence)
        assert not subject.keeper.is_due
        assert subject.keeper.max_drift_s is None
        subject.pass_time()
        assert subject.off_s == 0.0
        assert not caplog.records


def test_a_clock_that_cannot_be_read_any_more_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    with bench() as subject:
        subject.controller.faults.add(AnswerInstead(Response(403, b"{}"), times=None))
        subject.pass_time()
        subject.now_s += LOOK_EVERY_S
        assert not subject.keeper.is_due
        assert "its clock is left alone from now on" in caplog.text


def test_as_fast_as_possible_the_answer_to_a_frame_is_the_end_of_its_step() -> None:
    with bench(scale=0.0) as subject:
        subject.controller.clock.set(START + timedelta(seconds=100 + STEP_S), None)
        subject.keeper.keep(ModelSeconds(100.0), MonotonicSeconds(subject.now_s))
        assert subject.keeper.max_drift_s == 0.0


def test_a_look_late_in_a_paced_step_expects_the_time_that_has_passed_in_it_and_no_more_than_the_step() -> None:
    with bench(scale=0.01) as subject:
        for waited_s, expected_s in ((200.0, 2.0), (900.0, STEP_S)):
            subject.controller.clock.set(START + timedelta(seconds=expected_s), None)
            subject.keeper.keep(ModelSeconds(0.0), MonotonicSeconds(subject.now_s - waited_s))
        assert subject.keeper.max_drift_s == 0.0
