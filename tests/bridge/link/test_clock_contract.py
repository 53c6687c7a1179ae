"""Clocks and pace in whole runs: the calendar's traps, a future start, a host that slept, a run that is late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.console import print_summary
from bridge.display.status import Phase
from bridge.link.clock_keeper import future_findings
from bridge.run import Run
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.faults.calls import Hold
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.http.messages import Request, Response
from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ObjectSpec, ProgramIO
from tests import bench
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched
from tests.bridge.rig import AHU_OBJECTS, PASSWORD, VAV_OBJECTS, Rig, in_background, rig
from tests.command_line import run as command_line
from tests.command_line import running, variables
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks, UnixSeconds
from utils.errors import ConfigError
from utils.pacing import HostSlept, TooLate

STEP_S = 1800
ZONE = "US/Mountain"
HALF_HOUR = timedelta(seconds=STEP_S)


@dataclass
class Host:
    """The host's clocks: the real ones, put forward at will."""

    monotonic_ahead_s: float = 0.0
    wall_ahead_s: float = 0.0

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: time.monotonic() + self.monotonic_ahead_s, lambda: time.time() + self.wall_ahead_s)

    def pass_time(self, seconds: float) -> None:
        """As if so much time had gone by, for both clocks."""
        self.wall_ahead_s += seconds
        self.monotonic_ahead_s += seconds


@dataclass
class Watch:
    """A program that notes what its controller's clock shows at each scan. A wall minute passes in between."""

    host: Host
    shown: list[datetime] = field(default_factory=list)
    on_scan: Callable[[int], None] = lambda count: None
    objects: tuple[ObjectSpec, ...] = ()

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        self.shown.append(now)
        self.host.pass_time(61.0)
        self.on_scan(len(self.shown))


@contextmanager
def watched(folder: Path) -> Iterator[tuple[Rig, Watch]]:
    """Both peers; an exchange passes half an hour in the controllers, and the host believes that it took a minute."""
    host = Host()
    watch = Watch(host)
    specs = [
        ControllerSpec("AHU", objects=AHU_OBJECTS, program=watch),
        ControllerSpec("VAV", objects=VAV_OBJECTS, instance=2),
    ]
    with (
        BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as building,
        EcyServer(specs, username="bench", password=PASSWORD, scan=ExchangeScan(STEP_S, STEP_S)) as controllers,
    ):
        yield Rig(folder, building, controllers, clocks=host.clocks), watch


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "wrong"),
    [
        pytest.param(
            "2023-03-11 23:00:00",
            {
                "2023-03-12 02:00": "2023-03-12 03:00",
                "2023-03-12 02:30": "2023-03-12 03:30",
                "2023-03-12 03:00": "2023-03-12 04:00",
            },
            id="the hour that spring skips is shown behind the gap, and after it the clock is put right",
        ),
        pytest.param(
            "2023-11-04 23:00:00",
            {"2023-11-05 02:00": "2023-11-05 01:00"},
            id="the hour that autumn repeats is shown once",
        ),
        pytest.param(
            "2024-02-28 21:00:00",
            {"2024-03-01 00:00": "2024-02-29 00:00"},
            id="a leap year has no 29 February",
        ),
        pytest.param("2023-12-31 21:00:00", {}, id="a year end"),
    ],
)
def test_a_controllers_clock_across_the_calendars_traps(tmp_path: Path, start: str, wrong: dict[str, str]) -> None:
    pairs: list[tuple[datetime, datetime]] = []

    def compare(_count: int) -> None:
        status = subject.runs[-1].status()
        if status.phase is Phase.RUNNING and status.local_time is not None:
            pairs.append((_without_29_february(status.local_time + HALF_HOUR), watch.shown[-1]))

    with watched(tmp_path) as (subject, watch):
        watch.on_scan = compare
        summary = subject.execute(
            steps=12, BOP_START_TIME=start, BOP_STEP_TIME=str(STEP_S), DESIRED_TIMEZONE=ZONE, ECY_REFRESH_TIME="1e6"
        )
        assert summary.steps == 12
        assert len(pairs) == 12
        differences = {
            model.isoformat(" ", "minutes"): clock.isoformat(" ", "minutes")
            for model, clock in pairs[1:]
            if abs(clock - model) > timedelta(seconds=10)
        }
        assert differences == wrong
        assert_as_it_was(subject)


def _without_29_february(moment: datetime) -> datetime:
    """The date of the model, whose year does not have that day."""
    return moment + timedelta(days=1) if (moment.month, moment.day) == (2, 29) else moment


@pytest.mark.slow
def test_ntp_that_is_switched_on_twice_is_left_on_and_all_is_given_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with watched(tmp_path) as (subject, watch):
        clock = subject.controllers.controller("AHU").clock
        watch.on_scan = lambda count: clock.enable_ntp(True) if count in (5, 8) else None
        summary = subject.execute(steps=12, BOP_STEP_TIME=str(STEP_S), DESIRED_TIMEZONE=ZONE)
        address = subject.controllers.addresses["AHU"]
        assert [text for text in caplog.messages if "left alone" in text] == [
            f"{address}: its clock is left alone from now on: somebody else sets it (NTP is on again)"
        ]
        assert abs(watch.shown[6] - datetime(2023, 7, 6, 10)) < timedelta(days=1)
        assert abs(watch.shown[-1] - datetime(2023, 7, 6, 10)) > timedelta(days=300)
        assert summary.clock_errors[address] > 86400 * 300
        assert not summary.not_released
        assert_as_it_was(subject)


class TestFuture:
    """It is noon UTC of 6 July 2026 on the host."""

    NOW_S = datetime(2026, 7, 6, 12, tzinfo=UTC).timestamp()

    def test_a_start_in_the_future_is_refused_before_anything_is_touched(self, both: Rig) -> None:
        both.clocks = Host(wall_ahead_s=self.NOW_S - time.time()).clocks
        with pytest.raises(ConfigError, match=r"BOP_START_TIME: .* is in the future .* set ECY_FUTURE=yes"):
            both.execute(BOP_START_TIME="2026-07-06 13:00:00", DESIRED_TIMEZONE="UTC")
        assert_untouched(both)

    @pytest.mark.parametrize(
        ("zone", "start", "is_refused"),
        [
            ("UTC", "2026-07-06 12:00:01", True),
            ("UTC", "2026-07-06 12:00:00", False),
            ("Pacific/Honolulu", "2026-07-06 03:00:00", True),
            ("Pacific/Auckland", "2026-07-06 23:00:00", False),
        ],
    )
    def test_what_is_the_future_depends_on_the_controllers_zone(
        self, tmp_path: Path, zone: str, start: str, is_refused: bool
    ) -> None:
        settings = bench.settings(tmp_path, DESIRED_TIMEZONE=zone, BOP_START_TIME=start)
        assert bool(list(future_findings(settings, UnixSeconds(self.NOW_S)))) is is_refused

    @pytest.mark.parametrize("agreed", [{"ECY_FUTURE": "yes", "DESIRED_TIMEZONE": "UTC"}, {}])
    def test_it_is_allowed_on_request_and_where_clocks_are_left_alone(
        self, tmp_path: Path, agreed: dict[str, str]
    ) -> None:
        settings = bench.settings(tmp_path, BOP_START_TIME="2030-07-06 12:00:00", **agreed)
        assert list(future_findings(settings, UnixSeconds(self.NOW_S))) == []


def go_on(run: Run, steps: int) -> None:
    """Wait until a run has made so many more steps."""
    until = run.status().step + steps
    eventually(lambda: run.status().step >= until)


class TestSleep:
    def test_a_host_that_slept_gives_everything_back_and_says_so(self, both: Rig) -> None:
        host = Host()
        both.clocks = host.clocks
        run = both.run(DESIRED_TIMEZONE=ZONE)
        with in_background(run) as future:
            eventually(lambda: activations(run) == (1.0, 1.0))
            host.wall_ahead_s += 8 * 3600
            error = future.exception(DEADLINE_S)
        assert isinstance(error, HostSlept)
        assert "slept for about 28800 s" in str(error)
        assert error.exit_code == 1
        assert not run.summary().not_released
        assert_as_it_was(both)

    def test_a_process_that_was_stopped_with_ctrl_z_goes_on_and_looks_before_it_writes(self, both: Rig) -> None:
        """Meanwhile an operator has taken a slot, and a controller's clock has run on."""
        host = Host()
        both.clocks = host.clocks
        ahu = both.controllers.controller("AHU")
        run = both.run(DESIRED_TIMEZONE=ZONE)
        with in_background(run) as future:
            eventually(lambda: activations(run) == (1.0, 1.0))
            for _ in range(
                2
            ):  # a look sees that what stands in the slot is ours; the first is due a second after its turn
                host.pass_time(61.0)
                go_on(run, 3)
            with run.standstill() as kept:
                host.pass_time(8 * 3600)
                ahu.objects.command("OutdoorAirTemp", 99.0, 14)
                ahu.clock.set(ahu.clock.now() + timedelta(hours=8), None)
            go_on(run, 3)
            shown = ahu.clock.now()
            frame = run.status().local_time
            assert not future.done()
        assert "3 inputs forced, 1 slots commanded, 2 clocks set stay so in 127.0.0.1:" in kept
        assert ahu.objects.named("OutdoorAirTemp").slots[13] == 99.0
        assert frame is not None
        assert abs(frame - shown) < timedelta(minutes=10)

    def test_a_sleep_that_monotonic_time_counts_is_noticed_too(self, both: Rig) -> None:
        host = Host()
        both.clocks = host.clocks

        def sleep_unless(over: bool) -> bool:
            """The run is nearly always in its settle time when the host falls asleep, but not always."""
            if not over:
                host.pass_time(8 * 3600)
            return over

        run = both.run(ECY_SETTLE_TIME="0.5")
        with in_background(run) as future:
            eventually(lambda: run.status().phase is Phase.RUNNING)
            eventually(lambda: sleep_unless(future.done()))
            assert isinstance(future.exception(), HostSlept)
        assert_as_it_was(both)


class TestLateness:
    HASTE = {"BOP_TIME_SCALE": "100000"}  # noqa: RUF012

    def test_by_default_the_wall_clock_slips(self, both: Rig, caplog: pytest.LogCaptureFixture) -> None:
        summary = both.execute(steps=5, DESIRED_TIMEZONE=ZONE, **self.HASTE)
        assert (summary.steps, len(summary.clock_errors)) == (5, 2)
        assert summary.late_steps > 0
        assert summary.slipped_s > 0
        assert len([text for text in caplog.messages if text.startswith("late by")]) == 1

    def test_on_request_it_ends_the_run_and_gives_everything_back(self, both: Rig) -> None:
        with pytest.raises(TooLate):
            both.execute(steps=50, BOP_WHEN_LATE="stop", **self.HASTE)
        assert_as_it_was(both)

    def test_as_fast_as_possible_nothing_is_late_and_without_a_zone_no_clock_is_kept(self, both: Rig) -> None:
        summary = both.execute(steps=5, BOP_WHEN_LATE="stop")
        assert (summary.late_steps, summary.clock_errors) == (0, {})

    @pytest.mark.slow
    def test_on_the_command_line_it_is_an_error_line_and_exit_code_1(self, both: Rig) -> None:
        code, output = command_line(*running(both), **variables(both, BOP_WHEN_LATE="stop", **self.HASTE))
        assert code == 1
        assert "BOP_WHEN_LATE=stop ends the run" in output
        assert "4 released" in output
        assert_as_it_was(both)


def test_a_short_run_knows_and_prints_its_clock_errors(both: Rig) -> None:
    summary = both.execute(steps=2, DESIRED_TIMEZONE=ZONE)
    assert set(summary.clock_errors) == set(both.controllers.addresses.values())
    assert all(error_s < 60 for error_s in summary.clock_errors.values())
    lines = StringIO()
    print_summary(Console(file=lines, width=200), summary)
    assert "exchange delay" in lines.getvalue()
    assert "controllers' clocks at most" in lines.getvalue()


class HeldClock(Hold):
    """Keeps the answer to a look at the clock back, once the run is under way."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    async def on_reply(self, request: Request, reply: Response) -> Response:
        is_look = request.method == "GET" and request.path.endswith("/time")
        return await super().on_reply(request, reply) if is_look and self._run.status().step else reply


def test_the_building_does_not_wait_for_a_look_at_a_clock(both: Rig) -> None:
    run = both.run(steps=3, DESIRED_TIMEZONE=ZONE)
    held = HeldClock(run)
    both.controllers.controller("AHU").faults.add(held)
    with in_background(run) as future:
        assert held.holding.wait(DEADLINE_S)
        eventually(lambda: run.status().step == 2)
        held.release()
        assert future.result(DEADLINE_S).steps == 3
    assert_as_it_was(both)


def test_a_stop_in_the_middle_of_a_look_at_a_clock_gives_everything_back(both: Rig) -> None:
    run = both.run(DESIRED_TIMEZONE=ZONE)
    held = HeldClock(run)
    both.controllers.controller("AHU").faults.add(held)
    with in_background(run) as future:
        assert held.holding.wait(DEADLINE_S)
        run.request_stop()
        held.release()
        assert not future.result(DEADLINE_S).not_released
    assert_as_it_was(both)
