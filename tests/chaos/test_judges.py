"""A storm proves nothing unless its judges see what is wrong: each of them is shown something wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulators.ecy.controller import Controller
from emulators.ecy.objects import with_out_of_service
from tests.chaos.building import CONSTANT_C, CONSTANT_K, Advance, EchoBuilding
from tests.chaos.claims import Claims
from tests.chaos.faults import ADVANCE_FAULTS, CONTROLLER_FAULTS
from tests.chaos.life import Life
from tests.chaos.operators import PLACES
from tests.chaos.peers import OUTDOOR, PRIORITY, RETURN, SETPOINT, SPARE, Peers
from tests.chaos.schedule import DAEMON_EVENTS, Event, Weather, events
from tests.chaos.storm import secrets_in

NAMES = ["C00", "C01"]


def life(folder: Path, advances: list[Advance], rows: list[str], calls: int | None = None) -> Life:
    """A run of two controllers. A row is ``step,shown,told,shown,told``."""
    found = Life(0, folder, NAMES, advances, len(advances) if calls is None else calls)
    title = "step," + ",".join(f"{name}.Frame,{name}.Echo [percent]" for name in NAMES)
    found.step_log.write_text("\n".join([title, *rows]) + "\n", encoding="utf-8")
    return found


def advances(*echoes: tuple[int | None, int | None], seconds: float = 0.02) -> list[Advance]:
    """Advances from frame 0 on, one after the other."""
    return [Advance(frame, answered, seconds * frame) for frame, answered in enumerate(echoes)]


ROWS = ["0,0,0,0,0", "1,1,1,1,1", "2,2,2,2,2"]
GOOD = ((0, 0), (1, 1))


def test_a_run_in_which_all_is_well_has_no_problems(tmp_path: Path) -> None:
    assert list(life(tmp_path, advances(*GOOD), ROWS).problems()) == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (lambda folder: life(folder, advances(*GOOD, (2, 2), (3, 3)), ROWS), "4 advances and 3 rows"),
        (lambda folder: life(folder, advances(*GOOD), [*ROWS, "3,3,3,3,3"]), "2 advances and 4 rows"),
        (lambda folder: life(folder, advances(*GOOD), [ROWS[0], ROWS[2]]), "the step log has steps [0, 2]"),
        (lambda folder: life(folder, [*advances(*GOOD), Advance(1, (1, 1), 1.0)], ROWS), "advances from frames"),
        (lambda folder: life(folder, advances(*GOOD), ROWS, calls=3), "asked for 3 times and done 2 times"),
        (lambda folder: life(folder, advances((0, 0), (1, 0)), ROWS), "C01 was shown 1 and told 1 in frame 1"),
        (lambda folder: life(folder, advances((0, 0), (1, 1)), [ROWS[0], "1,1,0,1,1", ROWS[2]]), "told 0 in frame 1"),
        (
            lambda folder: life(folder, advances(*[(n, 0) for n in range(6)]), [f"{n},{n},{n},,," for n in range(7)]),
            "C01 was shown  and told  in frame 4; the building got 0",
        ),
        (lambda folder: life(folder, advances(*GOOD, seconds=9.0), ROWS), "waited for 9.0 s"),
        (
            lambda folder: life(
                folder,
                advances(*[(n, n if n % 2 else None) for n in range(12)]),
                [f"{n},{n},{n},{n},{n if n % 2 else ''}" for n in range(13)],
            ),
            "fell silent in steps ['2', '4', '6', '8', '10', '12']",
        ),
    ],
)
def test_what_is_wrong_with_a_run_is_seen(tmp_path: Path, changed: Callable[[Path], Life], problem: str) -> None:
    assert problem in "\n".join(changed(tmp_path).problems())


def test_an_exit_code_and_an_unhandled_error_are_seen(tmp_path: Path) -> None:
    subject = life(tmp_path, advances(*GOOD), ROWS)
    subject.code, subject.output = 3, 'Traceback (most recent call last):\n  File "main.py"'
    assert [problem.partition(":")[0] for problem in subject.problems()] == [
        "an unhandled error",
        "exit code 3 after the last step",
    ]


class TestWhatIsLeft:
    """The claims on one controller, without the daemon: the test writes in its place."""

    @pytest.fixture
    def peers(self, tmp_path: Path) -> Iterator[Peers]:
        idle = Peers(1, lambda: EchoBuilding(1, lambda advance: None), tmp_path)
        yield idle
        idle.stop_building()

    def test_controllers_as_they_were_are_as_they_have_to_be(self, peers: Peers) -> None:
        assert list(Claims(peers).left_behind()) == []

    @pytest.mark.parametrize(
        ("leave", "problem"),
        [
            (lambda one: one.objects.command(SPARE, 21.0, PRIORITY), "Spare slot 14 still holds 21.0"),
            (lambda one: one.objects.command(SETPOINT, 21.0, PRIORITY), "Setpoint slot 14 holds 21.0"),
            (lambda one: one.objects.command(OUTDOOR, None, 8), None),
            (lambda one: _take(one, "Frame"), "Frame is still out of service"),
            (lambda one: _take(one, RETURN), "Return (forced) holds -40.0"),
            (lambda one: one.clock.enable_ntp(False), "NTP False"),
            (lambda one: one.clock.set(None, "America/Chicago"), "zone America/Chicago"),
        ],
    )
    def test_what_is_left_is_seen(self, peers: Peers, leave: Callable[[Controller], None], problem: str | None) -> None:
        claims = Claims(peers)
        leave(peers.controller("C00"))
        found = "\n".join(claims.left_behind())
        assert (problem or "") in found
        assert bool(found) is (problem is not None)

    def test_a_value_of_an_operator_that_has_been_wiped_is_seen(self, peers: Peers) -> None:
        claims = Claims(peers)
        claims.operate("C00", "our slot", 55.0)
        assert list(claims.left_behind()) == []
        peers.controller("C00").objects.command(SETPOINT, None, PRIORITY)
        assert "Setpoint slot 14 holds None" in "\n".join(claims.left_behind())

    def test_a_write_after_the_giving_back_is_seen(self, peers: Peers) -> None:
        claims, writer = Claims(peers), peers.controller("C00").writer
        ref = peers.controller("C00").objects.find(SPARE)
        writer.command(ref, 20.0, PRIORITY)
        writer.command(ref, None, PRIORITY)
        assert list(claims.follow_to_the_end({"C00"})) == []
        writer.command(ref, None, PRIORITY)
        writer.command(ref, 21.0, PRIORITY)
        assert "C00 was written after it was given back" in next(claims.follow_to_the_end({"C00"}))


def _take(controller: Controller, name: str) -> None:
    controller.objects.update(controller.objects.find(name), lambda target: with_out_of_service(target, True))


class TestSchedule:
    def test_the_same_seed_is_the_same_storm(self) -> None:
        first, again, other = (list(itertools.islice(events(seed, NAMES, Weather()), 300)) for seed in (7, 7, 8))
        assert first == again != other

    def test_every_kind_of_trouble_comes(self) -> None:
        kinds = {event.kind for event in itertools.islice(events(7, NAMES, Weather()), 1000)}
        assert kinds >= {*CONTROLLER_FAULTS, *ADVANCE_FAULTS, *PLACES, *DAEMON_EVENTS}

    def test_operators_type_all_sorts_of_numbers_but_never_the_daemons_own(self) -> None:
        typed = {event.value for seed in range(40) for event in itertools.islice(events(seed, NAMES, Weather()), 400)}
        assert len(typed) > 300
        assert CONSTANT_C not in typed
        assert pytest.approx(CONSTANT_K - 273.15) == CONSTANT_C

    def test_steps_only_grow(self) -> None:
        steps = [event.step for event in itertools.islice(events(7, NAMES, Weather()), 300)]
        assert steps == sorted(steps)

    def test_an_event_says_all_that_is_needed_to_understand_it(self) -> None:
        event = Event(9, "the daemon", "kill -9", delay_s=0.02, is_released=True, absent="C01")
        assert str(event) == "step 9: the daemon kill -9, after 20 ms, then main.py release, then without C01"


def test_a_secret_in_any_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "app.log").write_text("password correct horse battery\n", encoding="utf-8")
    assert list(secrets_in(tmp_path)) == ["app.log holds 'correct horse battery'"]
