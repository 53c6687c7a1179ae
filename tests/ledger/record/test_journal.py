"""The ledger on disk: whatever kills a run, what it took is known and given back."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from clients.making import Credentials
from commands.verbs import release
from emulators.boptest.faults import HoldCall
from emulators.ecy.faults.calls import DropConnection
from ledger.entries import TakenClock, TakenInput, TakenSlot
from ledger.ledger import Ledger
from ledger.record.files import giving_file, lock_file
from ledger.record.journal import Journal, Journals
from ledger.record.records import encoded
from ledger.watched import KEPT_VALUES, Judgement
from tests.bridge.looking import assert_as_it_was, assert_untouched
from tests.bridge.rig import Rig, in_background, rig
from tests.command_line import run, running, start, variables
from tests.ledger.record.killing import killed
from tests.waiting import DEADLINE_S, eventually
from utils.errors import ConfigError
from utils.state_folder import StateError
from utils.values import ObjectRef, ObjectType

with contextlib.suppress(ImportError):  # POSIX only
    import fcntl

DEVICE = "10.0.0.1"
AV = ObjectRef(ObjectType.ANALOG_VALUE, 3)
SLOT = TakenSlot(DEVICE, AV, "OutdoorAirTemp", 14, None)
INPUT = TakenInput(DEVICE, ObjectRef(ObjectType.ANALOG_INPUT, 1), "SpaceTemp", False, -40.0)
UNRELIABLE = TakenInput(DEVICE, ObjectRef(ObjectType.ANALOG_INPUT, 2), "ReturnTemp", False, -40.0, 4)
FOLLOWED = TakenClock("bacnet://10.0.0.5", "", False, -21_600.0, ("device 12", "device 13"))
CLOCK = TakenClock(DEVICE, "America/Denver", True)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


class OpenJournals(Journals):
    """Remembers its journals, so that a test can end the processes that it plays."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.opened: list[Journal] = []

    def own(self, credentials: Mapping[str, Credentials]) -> Journal:
        self.opened.append(super().own(credentials))
        return self.opened[-1]

    def end_processes(self) -> None:
        """Their locks and files end with them; nothing is given back."""
        for journal in self.opened:
            journal.close()


@pytest.fixture
def journals(tmp_path: Path) -> Iterator[OpenJournals]:
    folder = OpenJournals(tmp_path / "ledgers")
    yield folder
    folder.end_processes()


def files(journals: OpenJournals) -> list[str]:
    return sorted(file.suffix for file in journals.folder.iterdir() if file.name != "all.lock")


def after_a_crash(journals: OpenJournals, fill: Callable[[Ledger], None]) -> Ledger:
    """What a process finds of one that filled its ledger and died."""
    fill(Ledger(journals.own({DEVICE: Credentials("VAV_USER", "VAV_PWORD")})))
    journals.end_processes()
    [orphan] = journals.orphans()
    orphan.close()
    return orphan.ledger


class TestFiles:
    def test_nothing_is_on_disk_before_something_is_taken(self, journals: OpenJournals) -> None:
        journals.own({})
        assert not journals.folder.exists()

    def test_what_was_taken_and_not_given_back_is_found(self, journals: OpenJournals) -> None:
        def fill(ledger: Ledger) -> None:
            ledger.take(SLOT, INPUT, UNRELIABLE, CLOCK, FOLLOWED)
            ledger.give_back(INPUT)

        assert after_a_crash(journals, fill).open_entries == (SLOT, UNRELIABLE, CLOCK, FOLLOWED)

    def test_the_last_values_are_found_however_many_were_sent(self, journals: OpenJournals) -> None:
        def fill(ledger: Ledger) -> None:
            ledger.take(SLOT)
            for value in range(4000):
                ledger.sent(DEVICE, AV, value + 0.1)

        found = after_a_crash(journals, fill)
        assert all(found.judge(DEVICE, AV, 3999.1 - back) is Judgement.OURS for back in range(KEPT_VALUES))

    def test_after_another_start_of_the_computer_the_values_are_not_known(
        self, journals: OpenJournals, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fill(ledger: Ledger) -> None:
            ledger.take(SLOT)
            monkeypatch.setattr("utils.process.host.boot_marker", lambda: "another boot")

        assert not after_a_crash(journals, fill).knows_values

    def test_a_line_that_a_power_cut_has_torn_was_never_acted_on(self, journals: OpenJournals) -> None:
        def fill(ledger: Ledger) -> None:
            ledger.take(SLOT)
            [file] = journals.folder.glob("*.jsonl")
            with file.open("ab") as stream:
                stream.write(b'1f2e3d4c {"take": {"kind": "TakenClo')

        assert after_a_crash(journals, fill).open_entries == (SLOT,)

    def test_a_ledger_with_nothing_open_leaves_nothing(self, journals: OpenJournals) -> None:
        ledger = Ledger(journals.own({}))
        ledger.take(SLOT)
        ledger.give_back(SLOT)
        ledger.close()
        assert files(journals) == []

    def test_a_ledger_with_something_open_stays(self, journals: OpenJournals) -> None:
        ledger = Ledger(journals.own({}))
        ledger.take(SLOT)
        ledger.close()
        assert ".jsonl" in files(journals)

    def test_credentials_are_names_of_variables(self, journals: OpenJournals) -> None:
        Ledger(journals.own({DEVICE: Credentials("VAV_USER", "VAV_PWORD")})).take(SLOT)
        journals.end_processes()
        [orphan] = journals.orphans()
        assert orphan.credentials == {DEVICE: Credentials("VAV_USER", "VAV_PWORD")}
        orphan.close()

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
    def test_what_the_disk_does_not_keep_is_not_entered(
        self, journals: OpenJournals, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        def fail(_descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        ledger = Ledger(journals.own({}))
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(StateError, match="cannot write the ledger"):
            ledger.take(SLOT)
        assert ledger.open_entries == ()


class TestTwoProcesses:
    @pytest.mark.parametrize("entry", [SLOT, INPUT, CLOCK])
    def test_what_one_has_taken_the_other_is_refused(
        self, journals: OpenJournals, entry: TakenSlot | TakenInput | TakenClock
    ) -> None:
        first, second = Ledger(journals.own({})), Ledger(journals.own({}))
        first.take(SLOT, INPUT, CLOCK)
        with pytest.raises(ConfigError, match=f"process {os.getpid()} on this computer drives") as refused:
            second.take(entry)
        assert "that is this very process: close first what drives it" in str(refused.value)
        first.give_back(SLOT, INPUT, CLOCK)
        second.take(entry)

    def test_what_a_third_one_is_giving_back_for_a_dead_one_is_free_in_a_moment(self, journals: OpenJournals) -> None:
        dead = Ledger(journals.own({}))
        dead.take(SLOT)
        dead.close()
        [orphan] = journals.orphans()
        new = Ledger(journals.own({}))
        with pytest.raises(StateError, match="is being given back by another process"):
            new.refuse_claimed(SLOT)
        assert list(journals.living()) == []
        orphan.ledger.give_back(SLOT)
        orphan.close()
        new.take(SLOT)
        assert {file.suffix for file in journals.folder.iterdir()} == {".jsonl", ".sent", ".lock"}

    @pytest.mark.skipif(os.name != "posix", reason="a look is shared there only")
    @pytest.mark.parametrize("of", [lock_file, giving_file])
    def test_one_who_looks_in_that_moment_keeps_nobody_from_giving_back(
        self, journals: OpenJournals, of: Callable[[Path], Path]
    ) -> None:
        Ledger(journals.own({})).take(SLOT)
        journals.end_processes()
        [file] = journals.folder.glob("*.jsonl")
        of(file).touch()
        with of(file).open() as look, ThreadPoolExecutor(1) as pool:
            fcntl.flock(look, fcntl.LOCK_SH)
            adopting = pool.submit(journals.orphan, file, DEADLINE_S)
            eventually(lambda: adopting.running())
            fcntl.flock(look, fcntl.LOCK_UN)
            orphan = adopting.result(DEADLINE_S)
        assert orphan is not None
        orphan.close()

    @pytest.mark.skipif(os.name != "posix", reason="a look is shared there only")
    def test_where_somebody_never_stops_looking_the_journal_is_left_for_whoever_comes_next(
        self, journals: OpenJournals, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Ledger(journals.own({})).take(SLOT)
        journals.end_processes()
        [file] = journals.folder.glob("*.jsonl")
        monkeypatch.setattr("ledger.record.orphan._LOOKED_AT_S", 0.0)
        giving_file(file).touch()
        with giving_file(file).open() as look:
            fcntl.flock(look, fcntl.LOCK_SH)
            assert journals.orphans() == []
        [orphan] = Journals(journals.folder).orphans()
        orphan.close()

    def test_another_priority_may_run_beside(self, journals: OpenJournals) -> None:
        first, second = Ledger(journals.own({})), Ledger(journals.own({}))
        first.take(SLOT)
        second.take(TakenSlot(DEVICE, AV, "OutdoorAirTemp", 12, None))

    def test_only_one_of_many_who_want_the_same_gets_it(self, journals: OpenJournals) -> None:
        ledgers = [Ledger(journals.own({})) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            outcomes = [pool.submit(ledger.take, SLOT) for ledger in ledgers]
        assert sum(outcome.exception() is None for outcome in outcomes) == 1

    def test_a_second_run_on_the_same_points_is_refused_and_writes_nothing(self, both: Rig) -> None:
        hold = both.building.faults.add(HoldCall(), "advance")
        first, second = both.run(), both.run()
        with in_background(first):
            assert hold.reached.wait(DEADLINE_S)
            before = len(both.controllers.controller("AHU").journal)
            with pytest.raises(ConfigError, match="drives"):
                second.execute()
            assert len(both.controllers.controller("AHU").journal) == before
        assert_as_it_was(both)


@pytest.mark.slow
class TestAfterAKill:
    def test_release_gives_everything_back_with_a_receipt(self, both: Rig) -> None:
        killed(both, DESIRED_TIMEZONE="US/Mountain")
        assert both.controllers.controller("VAV").objects.named("SpaceTemp").out_of_service
        code, output = run("release", "--env", "absent", **variables(both))
        assert code == 0, output
        assert_as_it_was(both)
        row = next(line for line in output.splitlines() if "SpaceTemp" in line)
        assert "in service, -40.0" in row
        assert "out of service" in row
        assert "4 released" in output
        assert "2 restored" in output

    def test_release_waits_out_a_bad_moment(self, both: Rig) -> None:
        killed(both)
        both.controllers.controller("VAV").faults.add(DropConnection(2))
        code, output = run("release", "--env", "absent", **variables(both))
        assert code == 0, output
        assert "giving back is tried again" in output
        assert_as_it_was(both)

    def test_a_second_release_has_nothing_to_do(self, both: Rig) -> None:
        killed(both)
        run("release", "--env", "absent", **variables(both))
        code, output = run("release", "--env", "absent", **variables(both))
        assert (code, output.strip()) == (0, "nothing to release")

    def test_the_next_start_gives_back_first(self, both: Rig) -> None:
        killed(both)
        code, output = run(*running(both), "--steps", "1", **variables(both))
        assert code == 0
        assert output.count("left by an earlier run") == 4
        assert_as_it_was(both)

    def test_what_an_operator_took_over_meanwhile_is_left_alone_and_told(self, both: Rig) -> None:
        killed(both, advances=2)
        objects = both.controllers.controller("AHU").objects
        objects.command("OutdoorAirTemp", 99.0, 14)
        code, output = run("release", "--env", "absent", **variables(both))
        assert code == 0
        assert "it holds 99.0" in output
        assert objects.named("OutdoorAirTemp").slots[13] == 99.0

    def test_after_a_power_cut_the_slot_is_released_and_its_value_printed(self, both: Rig) -> None:
        killed(both)
        [file] = (both.folder / "state" / "ledgers").glob("*.jsonl")
        first, _, rest = file.read_bytes().partition(b"\n")
        header = json.loads(first.partition(b" ")[2])
        before = {**header, "boot": header["boot"][::-1]}
        file.write_bytes(encoded([before]) + rest)
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 31.25, 14)
        code, output = run("release", "--env", "absent", **variables(both))
        assert code == 0
        assert "31.25" in next(line for line in output.splitlines() if "OutdoorAirTemp" in line)
        assert_as_it_was(both)

    def test_a_journal_with_a_line_that_cannot_be_read_is_named_until_somebody_has_looked(self, both: Rig) -> None:
        killed(both)
        [file] = (both.folder / "state" / "ledgers").glob("*.jsonl")
        raw = file.read_bytes()
        file.write_bytes(raw.replace(b'"OutdoorAirTemp"', b'"OutdoorAirTemq"'))
        for _ in range(2):
            code, output = run("release", "--env", "absent", **variables(both))
            assert (code, "kept: " in output, "release --discard FILE" in output) == (1, True, True), output
        assert not both.controllers.controller("VAV").objects.named("SpaceTemp").out_of_service
        assert both.controllers.controller("AHU").objects.named("OutdoorAirTemp").slots[13] is not None
        discarded = run("release", "--env", "absent", "--discard", f"{file.stem}.damaged", **variables(both))
        assert discarded[0] == 0
        assert run("release", "--env", "absent", **variables(both)) == (0, "nothing to release\n")

    def test_a_controller_that_cannot_be_reached_stays_in_the_ledger(
        self, both: Rig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        killed(both)
        absent = DropConnection(None)
        both.controllers.controller("VAV").faults.add(absent)
        monkeypatch.setattr("ledger.giving_back.patience.LIMIT_S", 0.5)
        for name, value in variables(both).items():
            monkeypatch.setenv(name, value)
        console = Console(file=(told := StringIO()))
        with monkeypatch.context() as patch:
            patch.setattr(release, "start_logging", lambda *_: None)
            assert release.run(Namespace(env=Path("absent"), discard=None, json=False, loudness="usual"), console) == 1
        assert "NOT released" in told.getvalue()
        assert_as_it_was(both, "AHU")
        both.controllers.controller("VAV").faults.remove(absent)
        assert run("release", "--env", "absent", **variables(both))[0] == 0
        assert_as_it_was(both)

    def test_a_run_that_lives_is_left_alone_and_named(self, both: Rig) -> None:
        hold = both.building.faults.add(HoldCall(), "advance")
        with start(*running(both), **variables(both)) as process:
            assert hold.reached.wait(DEADLINE_S)
            code, output = run("release", "--env", "absent", **variables(both))
            assert both.controllers.controller("VAV").objects.named("SpaceTemp").out_of_service
            process.terminate()
            process.communicate(timeout=DEADLINE_S)
        assert code == 0
        assert f"process {process.pid} is running" in output
        assert_as_it_was(both)


def test_a_ledger_that_cannot_be_written_keeps_the_run_from_starting(both: Rig) -> None:
    state = both.folder / ".state"
    state.mkdir()
    (state / "ledgers").write_text("in the way", encoding="utf-8")
    with pytest.raises(StateError, match="ledgers"):
        both.execute()
    assert_untouched(both)
