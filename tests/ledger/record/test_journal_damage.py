"""Journals that a disk has cut, filled, flipped or mixed up, and other versions': nothing is lost in silence."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.making import Credentials
from ledger.entries import Entry, TakenClock, TakenInput, TakenOutput, TakenSlot
from ledger.ledger import Ledger
from ledger.record import files as journal_files
from ledger.record.journal import Journals
from ledger.record.records import VERSION, encoded
from ledger.watched import Judgement
from utils.errors import ConfigError
from utils.state_folder import StateError
from utils.values import ObjectRef, ObjectType, PointValue

DEVICE = "10.0.0.1"
AV, AI = ObjectRef(ObjectType.ANALOG_VALUE, 3), ObjectRef(ObjectType.ANALOG_INPUT, 1)
SLOT = TakenSlot(DEVICE, AV, "OutdoorAirTemp", 14, None)
INPUT = TakenInput(DEVICE, AI, "SpaceTemp", False, -40.0)
OUTPUT = TakenOutput(DEVICE, ObjectRef(ObjectType.ANALOG_OUTPUT, 2), "Damper", False)
CLOCK = TakenClock(DEVICE, "America/Denver", True)
ALL: tuple[Entry, ...] = (SLOT, INPUT, OUTPUT, CLOCK)
VERSION_1 = Path(__file__).parent / "data" / "state-of-0.1" / "ledgers"


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals(tmp_path / "ledgers")


@pytest.fixture
def file(journals: Journals) -> Path:
    """The journal of a process that has taken four things, sent two values, and died."""
    return left_behind(journals)


def left_behind(journals: Journals) -> Path:
    journal = journals.own({DEVICE: Credentials("VAV_USER", "VAV_PWORD")})
    ledger = Ledger(journal)
    for entry in ALL:
        ledger.take(entry)
    ledger.sent(DEVICE, AV, 21.5)
    ledger.sent(DEVICE, AI, 22.5)
    journal.close()
    return journal.file


def found(journals: Journals) -> list[Entry]:
    """What the dead have left open."""
    orphans = journals.orphans()
    for orphan in orphans:
        orphan.close()
    return [entry for orphan in orphans for entry in orphan.ledger.open_entries]


def give_all_back(journals: Journals) -> list[Entry]:
    orphans = journals.orphans()
    entries = [entry for orphan in orphans for entry in orphan.ledger.open_entries]
    for orphan in orphans:
        orphan.ledger.give_back(*orphan.ledger.open_entries)
        orphan.close()
    return entries


def flip(file: Path, bit: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[bit // 8] ^= 1 << bit % 8
    file.write_bytes(bytes(raw))


class TestLinesThatCannotBeRead:
    @pytest.mark.parametrize("seed", range(6))
    def test_a_flipped_bit_never_loses_an_entry_in_silence(self, journals: Journals, file: Path, seed: int) -> None:
        whole = file.read_bytes()
        draw = random.Random(seed)  # noqa: S311 - no secret is drawn
        for _ in range(50):
            file.write_bytes(whole)
            flip(file, draw.randrange(8 * len(whole)))
            beside = Journals(journals.folder)
            lost = set(ALL) - set(found(beside))
            assert not lost or beside.kept, "an entry was lost and nobody was told"

    def test_what_can_be_read_is_given_back_and_the_file_is_set_aside_and_named_from_then_on(
        self, journals: Journals, file: Path
    ) -> None:
        flip(file, 8 * file.read_bytes().index(b"OutdoorAirTemp"))
        assert give_all_back(journals) == [INPUT, OUTPUT, CLOCK]
        assert not file.exists()
        for again in (journals, Journals(journals.folder)):
            [kept] = again.kept
            assert kept.file == file.with_suffix(".damaged")
            assert "cannot be read" in kept.why
        assert found(journals) == []

    def test_the_first_line_is_missed_like_any_other(self, journals: Journals, file: Path) -> None:
        flip(file, 3)
        [orphan] = journals.orphans()
        assert orphan.ledger.open_entries == ALL
        assert orphan.ledger.judge(DEVICE, AV, 99.0) is Judgement.IN_DOUBT
        orphan.close()
        assert len(journals.kept) == 1

    def test_as_long_as_something_is_open_the_file_stays_where_it_is(self, journals: Journals, file: Path) -> None:
        flip(file, 8 * file.read_bytes().index(b"OutdoorAirTemp"))
        assert found(journals) == [INPUT, OUTPUT, CLOCK]
        assert found(journals) == [INPUT, OUTPUT, CLOCK]
        assert [kept.file for kept in journals.kept] == [file]

    def test_somebody_who_has_looked_discards_it(self, journals: Journals, file: Path) -> None:
        flip(file, 3)
        give_all_back(journals)
        journals.discard(file.with_suffix(".damaged").name)
        assert Journals(journals.folder).kept == journals.kept == ()
        assert [left.name for left in journals.folder.iterdir()] == ["all.lock"]

    def test_the_journal_of_a_process_that_runs_is_not_discarded(self, journals: Journals) -> None:
        journal = journals.own({})
        Ledger(journal).take(SLOT)
        with pytest.raises(ConfigError, match="running"):
            journals.discard(journal.file.name)
        journal.close()

    @pytest.mark.parametrize("name", ["absent.damaged", "../ledgers.json", "all.lock"])
    def test_nothing_else_is_discarded(self, journals: Journals, file: Path, name: str) -> None:
        with pytest.raises(ConfigError, match="no journal"):
            journals.discard(name)

    def test_nuls_behind_the_end_are_what_a_power_cut_leaves(self, journals: Journals, file: Path) -> None:
        with file.open("ab") as stream:
            stream.write(bytes(512))
        assert found(journals) == list(ALL)
        assert journals.kept == ()

    @pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 0.999])
    @pytest.mark.parametrize("fill", [b"", bytes(4096)])
    def test_a_journal_that_has_lost_its_end_since_something_was_sent_is_damaged(
        self, journals: Journals, file: Path, kept: float, fill: bytes
    ) -> None:
        whole = file.read_bytes()
        file.write_bytes(whole[: int(kept * len(whole))] + fill)
        assert set(give_all_back(journals)) < set(ALL)
        assert [one.file for one in journals.kept] == [file.with_suffix(".damaged")]

    def test_it_is_still_known_to_be_when_something_was_noted_at_its_new_end(
        self, journals: Journals, file: Path
    ) -> None:
        whole = file.read_bytes()
        file.write_bytes(whole[: whole.index(b"Damper")])
        [orphan] = journals.orphans()
        orphan.ledger.give_back(SLOT)
        orphan.close()
        assert found(journals) == [INPUT]
        assert [one.file for one in journals.kept] == [file]

    def test_a_process_that_dies_before_it_sends_anything_leaves_a_cut_and_no_damage(self, journals: Journals) -> None:
        journal = journals.own({})
        ledger = Ledger(journal)
        ledger.take(SLOT)
        ledger.sent(DEVICE, AV, 21.5)
        ledger.take(INPUT)
        journal.close()
        whole = journal.file.read_bytes()
        journal.file.write_bytes(whole[:-5])
        assert found(journals) == [SLOT]
        assert journals.kept == ()

    def test_what_is_noted_behind_a_torn_line_is_not_glued_to_it(self, journals: Journals, file: Path) -> None:
        with file.open("ab") as stream:
            stream.write(b"12345678 {")
        [orphan] = journals.orphans()
        orphan.ledger.give_back(SLOT)
        orphan.close()
        assert found(journals) == [INPUT, OUTPUT, CLOCK]
        assert journals.kept == ()

    @pytest.mark.parametrize(
        ("error", "words"),
        [(PermissionError(errno.EACCES, "Permission denied"), "Permission denied"), (OSError("odd"), "odd")],
    )
    def test_a_file_that_may_not_be_read_is_named_and_holds_nobody_up(
        self, journals: Journals, file: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
    ) -> None:
        other = left_behind(journals)
        read = Path.read_bytes

        def refuse(path: Path) -> bytes:
            if path == file:
                raise error
            return read(path)

        monkeypatch.setattr(Path, "read_bytes", refuse)
        assert give_all_back(journals) == list(ALL)
        assert not other.exists()
        assert [(kept.file, kept.why) for kept in journals.kept] == [(file, f"it cannot be read ({words})")]


class TestOtherVersions:
    def copied(self, journals: Journals, change: Callable[[str], str] = lambda text: text) -> Path:
        """What version 0.1 of this program left, as it was written by it."""
        shutil.copytree(VERSION_1, journals.folder)
        file = journals.folder / "run.jsonl"
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        return file

    def test_a_journal_of_version_1_is_read_with_its_values(
        self, journals: Journals, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        boot = json.loads((VERSION_1 / "run.jsonl").read_text(encoding="utf-8").splitlines()[0])["boot"]
        monkeypatch.setattr("utils.process.host.boot_marker", lambda: boot)
        self.copied(journals)
        [orphan] = journals.orphans()
        assert orphan.ledger.open_entries == (
            *ALL,
            TakenSlot("bacnet://10.0.0.2", ObjectRef(ObjectType.BINARY_VALUE, 7), "Enable", 10, True),
        )
        assert orphan.credentials == {
            "10.0.0.1": Credentials("VAV_USER", "VAV_PWORD"),
            "bacnet://10.0.0.2": Credentials(interface="10.0.0.9/24"),
        }
        judged = [orphan.ledger.judge(DEVICE, AV, value) for value in (20.5, 21.25, 99.0)]
        assert judged == [Judgement.OURS, Judgement.OURS, Judgement.IN_DOUBT]
        orphan.ledger.give_back(*orphan.ledger.open_entries)
        orphan.close()
        assert journals.kept == ()
        assert not (journals.folder / "run.jsonl").exists()

    def test_one_from_before_bacnet_is_read(self, journals: Journals) -> None:
        self.copied(journals, lambda text: text.replace(', "interface": null', ""))
        [orphan] = journals.orphans()
        assert orphan.credentials["10.0.0.1"] == Credentials("VAV_USER", "VAV_PWORD")
        orphan.close()

    def test_a_line_of_version_1_that_is_no_json_is_damage(self, journals: Journals) -> None:
        self.copied(journals, lambda text: text.replace('"TakenInput"', '"TakenInput'))
        assert INPUT not in found(journals)
        assert len(journals.kept) == 1

    @pytest.mark.parametrize(
        "changed",
        [
            {"kind": "TakenSchedule", "device": DEVICE},
            {"kind": "TakenClock", "device": DEVICE, "time_zone": "UTC", "ntp_enabled": True, "daylight": 1},
            {"kind": "TakenOutput", "device": DEVICE, "name": "Damper", "was_out_of_service": False},
            {"kind": "TakenClock", "device": DEVICE, "time_zone": 7, "ntp_enabled": True},
            {"device": DEVICE},
        ],
        ids=["another kind", "a field more", "a field less", "another type", "no kind"],
    )
    def test_what_is_not_understood_is_kept_and_named_and_does_not_block_the_rest(
        self, journals: Journals, file: Path, changed: dict[str, object]
    ) -> None:
        other = left_behind(journals)
        line = encoded([{"take": changed, "row": None}])
        with file.open("ab") as stream:
            stream.write(line)
        assert give_all_back(journals) == [*ALL, *ALL]
        assert not other.exists()
        assert line in file.read_bytes()
        assert found(journals) == []
        assert [(kept.file, "another version" in kept.why) for kept in journals.kept] == [(file, True)]

    def test_a_format_of_the_future_is_never_rewritten(self, journals: Journals, file: Path) -> None:
        raw = encoded([{"version": VERSION + 1, "pid": 1, "boot": "x"}]) + file.read_bytes().partition(b"\n")[2]
        file.write_bytes(raw)
        assert give_all_back(journals) == []
        assert file.read_bytes() == raw
        assert "newer" in journals.kept[0].why


class TestValuesThatAreLost:
    @pytest.mark.parametrize(
        "harm",
        [
            lambda sent: sent.unlink(),
            lambda sent: sent.write_bytes(bytes(sent.stat().st_size)),
            lambda sent: sent.write_bytes(b""),
            lambda sent: sent.write_bytes(sent.read_bytes()[:700]),
        ],
        ids=["gone", "zeroed", "emptied", "halved"],
    )
    def test_they_are_judged_as_after_a_power_cut_and_not_as_never_sent(
        self, journals: Journals, file: Path, harm: Callable[[Path], object]
    ) -> None:
        harm(file.with_suffix(".sent"))
        [orphan] = journals.orphans()
        assert orphan.ledger.has_sent(DEVICE, AV)
        assert orphan.ledger.judge(DEVICE, AV, 99.0) is Judgement.IN_DOUBT
        orphan.close()

    @pytest.mark.parametrize(("is_told", "kept"), [(True, 0), (False, 1)])
    def test_a_cut_line_is_named_where_nothing_tells_any_more_how_long_the_journal_was(
        self, journals: Journals, file: Path, is_told: bool, kept: int
    ) -> None:
        file.write_bytes(file.read_bytes() + b"00000000 {")
        if not is_told:
            file.with_suffix(".sent").unlink()
        assert give_all_back(journals) == [*ALL]
        assert len(journals.kept) == kept

    def test_of_what_was_truly_never_sent_nothing_is_in_doubt(self, journals: Journals, file: Path) -> None:
        [orphan] = journals.orphans()
        assert not orphan.ledger.has_sent(DEVICE, OUTPUT.ref)
        orphan.close()

    def test_what_is_known_of_an_objects_storage_outlives_the_process(self, journals: Journals) -> None:
        journal = journals.own({})
        ledger = Ledger(journal)
        ledger.take(SLOT)
        ledger.sent(DEVICE, AV, 21.537)
        ledger.saw(DEVICE, AV, 21.537)
        ledger.sent(DEVICE, AV, 21.612)
        journal.close()
        [orphan] = journals.orphans()
        judged: list[PointValue] = [21.612, 21.537, 99.0]
        assert [orphan.ledger.judge(DEVICE, AV, value) for value in judged] == [
            Judgement.OURS,
            Judgement.OURS,
            Judgement.THEIRS,
        ]
        orphan.close()


class TestADiskThatFills:
    """Real files, on a disk that takes so many bytes more."""

    @pytest.fixture
    def room(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        left = [1 << 30]
        appended = journal_files.Lines.append

        def append(lines: journal_files.Lines, new: list[dict[str, object]]) -> int:
            stream = lines._stream

            class Stream:
                def write(self, data: bytes) -> int:
                    taken = min(len(data), left[0])
                    left[0] -= taken
                    return stream.write(data[:taken])

                def __getattr__(self, name: str) -> object:
                    return getattr(stream, name)

            lines._stream = Stream()  # type: ignore[assignment]
            try:
                return appended(lines, new)
            finally:
                lines._stream = stream

        monkeypatch.setattr(journal_files.Lines, "append", append)
        return left

    @pytest.mark.parametrize("fits", [0, 1, 100])
    def test_half_a_line_is_no_line_and_what_it_told_of_is_not_taken(
        self, journals: Journals, room: list[int], fits: int
    ) -> None:
        journal = journals.own({})
        ledger = Ledger(journal)
        ledger.take(SLOT)
        room[0] = fits
        with pytest.raises(StateError, match="cannot write the ledger"):
            ledger.take(INPUT)
        room[0] = 1 << 30
        ledger.take(OUTPUT)
        ledger.close()
        assert found(journals) == [SLOT, OUTPUT]
        assert journals.kept == ()

    def test_a_journal_that_could_not_be_begun_is_begun_anew(self, journals: Journals, room: list[int]) -> None:
        ledger = Ledger(journals.own({DEVICE: Credentials("VAV_USER", "VAV_PWORD")}))
        room[0] = 20
        with pytest.raises(StateError, match="cannot write the ledger"):
            ledger.take(SLOT)
        assert list(journals.folder.glob("*.jsonl")) == []
        room[0] = 1 << 30
        ledger.take(SLOT)
        ledger.close()
        [orphan] = journals.orphans()
        assert orphan.credentials == {DEVICE: Credentials("VAV_USER", "VAV_PWORD")}
        orphan.close()


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only by their mode")
class TestAReadOnlyFolder:
    @pytest.fixture
    def as_somebody_else(self, journals: Journals, file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Root may write anywhere, so what a read-only disk refuses is refused by hand."""
        opened = os.open

        def open_only_to_read(path: str | Path, flags: int, *rest: int, **more: int) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise OSError(errno.EROFS, "Read-only file system", str(path))
            return opened(path, flags, *rest, **more)

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(os, "open", open_only_to_read)
        monkeypatch.setattr(journal_files.Lines, "__init__", refuse)
        monkeypatch.setattr(Path, "unlink", refuse)
        monkeypatch.setattr(Path, "replace", refuse)
        return file

    def test_everything_is_read_and_what_could_not_be_noted_is_named(
        self, journals: Journals, as_somebody_else: Path
    ) -> None:
        assert give_all_back(journals) == list(ALL)
        [kept] = journals.kept
        assert "cannot be noted" in kept.why
        assert kept.file == as_somebody_else

    def test_the_journal_of_a_living_process_is_not_had_there_either(
        self, journals: Journals, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        journal = journals.own({})
        Ledger(journal).take(SLOT)
        opened = os.open

        def open_only_to_read(path: str | Path, flags: int, *rest: int, **more: int) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise OSError(errno.EROFS, "Read-only file system", str(path))
            return opened(path, flags, *rest, **more)

        monkeypatch.setattr(os, "open", open_only_to_read)
        assert journals.orphans() == []
        monkeypatch.undo()
        journal.close()
        [orphan] = journals.orphans()
        orphan.close()

    def test_what_was_given_back_of_it_and_cannot_be_noted_is_told_and_the_rest_goes_on(
        self, journals: Journals, as_somebody_else: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        [orphan] = journals.orphans()
        orphan.ledger.give_back(SLOT)
        orphan.ledger.give_back(INPUT)
        orphan.close()
        assert caplog.text.count(f"the ledger {as_somebody_else} cannot note what was given back") == 2
