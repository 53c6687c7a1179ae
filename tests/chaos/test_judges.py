"""A storm proves nothing unless its judges see what is wrong: each of them is shown something wrong."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulators.ecy.access.writing import WriteRecord
from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.objects import with_out_of_service
from ledger.entries import TakenClock, TakenSlot
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt, described
from ledger.record.journal import Journals
from tests.chaos.building import CONSTANT_C, CONSTANT_K, Advance, EchoBuilding
from tests.chaos.claims import Claims
from tests.chaos.faults import CONTROLLER_FAULTS, PASSING
from tests.chaos.journal_damage import CLOCK, DAMAGES, damage_journal
from tests.chaos.life import Life
from tests.chaos.operators import PLACES
from tests.chaos.peers import OUTDOOR, PRIORITY, RETURN, SETPOINT, SPARE, Peers
from tests.chaos.readers import Reader
from tests.chaos.schedule import (
    BUILDING_EVENTS,
    DAEMON_EVENTS,
    NUISANCES,
    STOP,
    THE_BUILDING,
    THE_DISK,
    WISHES,
    End,
    Event,
    Passing,
    Weather,
    events,
)
from tests.chaos.storm import secrets_in
from utils.values import ObjectRef, ObjectType

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
        (
            lambda folder: life(
                folder, [*advances(*GOOD, (2, 2)), Advance(3, (3, 3), 9.04)], [*ROWS, "3,3,3,3,3", "4,4,4,4,4"]
            ),
            "waited for 9.0 s",
        ),
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


def test_one_that_is_ended_while_python_is_starting_is_no_problem_and_one_that_had_begun_is(tmp_path: Path) -> None:
    found = life(tmp_path, [], [])
    found.end, found.code, found.output = Event(0, "the daemon", STOP), -15, ""
    assert list(found.problems()) == []
    found.output = "waiting for a worker"
    assert "exit code -15 after SIGTERM" in "\n".join(found.problems())


class TestARunThatBeginsAnew:
    ROWS = (*ROWS, "0,0,0,0,0", "1,1,1,1,1")

    def subject(self, folder: Path, *after: tuple[int | None, int | None], wishes: int = 1) -> Life:
        found = life(folder, [*advances(*GOOD), *advances(*after)], list(self.ROWS))
        found.wishes = wishes
        return found

    def test_counts_anew(self, tmp_path: Path) -> None:
        assert list(self.subject(tmp_path, (0, 0)).problems()) == []

    def test_is_a_problem_where_nobody_has_asked_for_it(self, tmp_path: Path) -> None:
        assert "advances from frames [0, 1, 0]" in "\n".join(self.subject(tmp_path, (0, 0), wishes=0).problems())

    def test_does_not_go_on_with_commands_of_before(self, tmp_path: Path) -> None:
        assert "the building got 2" in "\n".join(self.subject(tmp_path, (0, 2)).problems())


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
        with Peers(1, lambda: EchoBuilding(1, lambda advance: None), tmp_path) as idle:
            yield idle

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
    def test_what_is_left_is_seen(
        self, peers: Peers, leave: Callable[[EmulatedController], None], problem: str | None
    ) -> None:
        claims = Claims(peers)
        leave(peers.controller("C00"))
        found = "\n".join(map(str, claims.left_behind()))
        assert (problem or "") in found
        assert bool(found) is (problem is not None)

    def test_a_value_of_an_operator_that_has_been_wiped_is_seen(self, peers: Peers) -> None:
        claims = Claims(peers)
        claims.operate("C00", "our slot", 55.0)
        assert list(claims.left_behind()) == []
        peers.controller("C00").objects.command(SETPOINT, None, PRIORITY)
        assert "Setpoint slot 14 holds None" in "\n".join(map(str, claims.left_behind()))

    @pytest.mark.parametrize(("value", "is_told"), [(55.0, True), (54.0, False)])
    def test_one_that_was_in_doubt_may_be_gone_where_a_receipt_has_printed_it(
        self, peers: Peers, value: float, is_told: bool
    ) -> None:
        claims = Claims(peers)
        claims.operate("C00", "our slot", 55.0)
        peers.controller("C00").objects.command(SETPOINT, None, PRIORITY)
        ref = ObjectRef(ObjectType.ANALOG_VALUE, 2)
        entry = TakenSlot(peers.address("C00"), ref, SETPOINT, PRIORITY, None)
        doubt = f"it held {value}, which may be ours as the controller stored it, or somebody else's"
        receipt = Receipt(entry.device, described(entry), Outcome.RELEASED, doubt)
        assert (list(claims.left_behind(f"1 released\n     {receipt}\n")) == []) is is_told

    def test_whoever_tidies_up_by_hand_leaves_everything_as_it_has_to_be(self, peers: Peers) -> None:
        claims, one = Claims(peers), peers.controller("C00")
        claims.operate("C00", "a forced input", 55.0)
        for leave in (SPARE, SETPOINT, OUTDOOR):
            one.objects.command(leave, 21.0, PRIORITY)
        _take(one, "Frame")
        one.clock.set(None, "America/Chicago")
        assert len(list(claims.left_behind())) == 5
        claims.mend()
        assert list(claims.left_behind()) == []
        assert PLACES["a forced input"].value_in(one) == 55.0

    @pytest.mark.parametrize("value", [21.0, "21.0"], ids=["over REST", "over BACnet"])
    def test_what_an_operator_forces_is_overwritten_by_a_run_that_had_it_before(
        self, peers: Peers, value: float | str
    ) -> None:
        claims, one = Claims(peers), peers.controller("C00")
        ours, back = WriteRecord(RETURN, "present-value", value), WriteRecord(RETURN, "out-of-service", "0")
        one.journal.extend([ours, back, ours])  # one run, and the beginning of another one
        claims.follow()
        claims.operate("C00", "a forced input", 55.0)
        one.journal.extend([ours, back])
        claims.follow()
        one.objects.update(one.objects.find(RETURN), lambda target: with_out_of_service(target, False))
        assert list(claims.left_behind()) == []

    def test_a_write_after_the_giving_back_is_seen(self, peers: Peers) -> None:
        claims, writer = Claims(peers), peers.controller("C00").writer
        ref = peers.controller("C00").objects.find(SPARE)
        writer.command(ref, 20.0, PRIORITY)
        writer.command(ref, None, PRIORITY)
        assert list(claims.follow_to_the_end({"C00"})) == []
        writer.command(ref, None, PRIORITY)
        writer.command(ref, 21.0, PRIORITY)
        assert "C00 was written after it was given back" in next(claims.follow_to_the_end({"C00"}))


def _take(controller: EmulatedController, name: str) -> None:
    controller.objects.update(controller.objects.find(name), lambda target: with_out_of_service(target, True))


class TestWhatADamagedJournalHides:
    @pytest.fixture(params=["10.0.0.1", "bacnet://10.0.0.1"])
    def ledgers(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        """The journal of a process that took a slot and a clock, gave another slot back, and was killed."""
        device = request.param
        journal = Journals(tmp_path / "ledgers").own({})
        ledger = Ledger(journal)
        slots = [TakenSlot(device, ObjectRef(ObjectType.ANALOG_VALUE, n), f"AV{n}", 14, None) for n in (1, 2)]
        ledger.take(*slots, TakenClock(device, "America/Denver", True))
        ledger.sent(device, slots[1].ref, 21.0)
        ledger.give_back(slots[0])
        journal.close()
        return tmp_path / "ledgers"

    @pytest.mark.parametrize("kind", [kind for kind in DAMAGES if "values sent" in kind])
    def test_without_the_values_sent_it_tells_all_the_same(self, ledgers: Path, kind: str) -> None:
        before = {file: file.read_bytes() for file in ledgers.iterdir()}
        damage = damage_journal(ledgers, kind, 0.5)
        assert damage is not None
        assert damage.hidden == frozenset()
        assert {file: file.read_bytes() for file in ledgers.iterdir()} != before

    @pytest.mark.parametrize(
        ("kind", "where", "hidden"),
        [
            ("its journal is cut", 0.0, {"AV2", CLOCK}),
            ("its journal is cut", 0.999, set()),
            ("a bit of its journal flips", 0.01, set()),
            ("a bit of its journal flips", 0.5, {"AV2"}),
        ],
    )
    def test_what_stood_in_its_lines_is_hidden(self, ledgers: Path, kind: str, where: float, hidden: set[str]) -> None:
        damage = damage_journal(ledgers, kind, where)
        assert damage is not None
        assert damage.hidden == {("10.0.0.1", name) for name in hidden}

    def test_where_there_is_no_journal_nothing_is_damaged(self, tmp_path: Path) -> None:
        assert damage_journal(tmp_path, DAMAGES[0], 0.5) is None


def _write_for_ever(pipe: int) -> None:
    while True:
        os.write(pipe, b"one\n")


class TestReaders:
    @pytest.fixture
    def reader(self, tmp_path: Path) -> Reader:
        return Reader(tmp_path / "output.txt")

    @pytest.fixture
    def pipe(self, reader: Reader) -> int:
        """What the daemon would write to."""
        pipe = os.dup(reader.into)
        reader.begin()
        return pipe

    def test_all_is_read(self, reader: Reader, pipe: int) -> None:
        os.write(pipe, b"one\n")
        os.close(pipe)
        assert reader.finish() == "one\n"

    def test_one_who_leaves_breaks_the_pipe(self, reader: Reader, pipe: int) -> None:
        reader.leave()
        with pytest.raises(BrokenPipeError):
            _write_for_ever(pipe)
        os.close(pipe)
        reader.finish()

    def test_one_who_stops_reads_the_rest_at_the_end(self, reader: Reader, pipe: int) -> None:
        reader.stop()
        for line in (b"one\n", b"two\n"):
            os.write(pipe, line)
        os.close(pipe)
        assert reader.finish() == "one\ntwo\n"


class TestSchedule:
    def test_the_same_seed_is_the_same_storm(self) -> None:
        first, again, other = (list(itertools.islice(events(seed, NAMES, Weather()), 300)) for seed in (7, 7, 8))
        assert first == again != other

    def test_every_kind_of_trouble_comes(self) -> None:
        kinds = {event.kind for event in itertools.islice(events(7, NAMES, Weather()), 1000)}
        assert kinds >= {*CONTROLLER_FAULTS, *BUILDING_EVENTS, *PLACES, *DAEMON_EVENTS, *NUISANCES, *WISHES}

    def test_every_way_of_ending_comes(self) -> None:
        weather = Weather(event_every=1, end_every=2)
        ends = [event.end for event in itertools.islice(events(7, NAMES, weather), 1000) if event.end is not None]
        assert {end.damage for end in ends} == {"", *DAMAGES}
        assert {passing.kind for end in ends for passing in end.passing} == {*PASSING}
        assert {end.absent for end in ends} == {"", THE_BUILDING, THE_DISK, *NAMES}
        assert all(end.is_released for end in ends if end.damage)

    def test_operators_type_all_sorts_of_numbers_but_never_the_daemons_own(self) -> None:
        typed = {event.value for seed in range(40) for event in itertools.islice(events(seed, NAMES, Weather()), 400)}
        assert len(typed) > 300
        assert CONSTANT_C not in typed
        assert pytest.approx(CONSTANT_K - 273.15) == CONSTANT_C

    def test_steps_only_grow(self) -> None:
        steps = [event.step for event in itertools.islice(events(7, NAMES, Weather()), 300)]
        assert steps == sorted(steps)

    def test_an_event_says_all_that_is_needed_to_understand_it(self) -> None:
        event = Event(
            9, "the daemon", "kill -9", end=End(0.02, is_released=True, damage="its journal is cut", where=0.5)
        )
        told = "after 20 ms, then its journal is cut at 0.500, then main.py release"
        assert str(event) == f"step 9: the daemon kill -9, {told}"
        end = End(is_calm=True, passing=(Passing("C00", "drops connections", 2),), absent="C01")
        told = "after all else, while C00 drops connections (2), then without C01"
        assert str(Event(9, "the daemon", "SIGHUP", end=end)) == f"step 9: the daemon SIGHUP, {told}"


def test_a_secret_in_any_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "app.log").write_text("password correct horse battery\n", encoding="utf-8")
    assert list(secrets_in(tmp_path)) == ["app.log holds 'correct horse battery'"]
