"""What is left of a run of programs: a stream for each, and what happened to them."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import Outcome, Receipt
from recording import BAD, GOOD, EventKind, RecordedRun, open_run
from supervisory.guard.enabling import Enabling
from supervisory.program import Command, Reading
from supervisory.runtime.programs_memory import ProgramsMemory
from supervisory.setup.bindings import Bindings, ProgramPoint
from supervisory.setup.config import SupervisoryConfig
from supervisory.setup.plan import RunPlan
from tests.supervisory.step_record import RECORD
from utils.errors import ConfigError
from utils.settings import LocalSettings
from utils.values import ObjectRef, ObjectType, Quality


def plan(folder: Path, **keys: object) -> RunPlan:
    """Of one controller."""
    config = SupervisoryConfig.model_validate({"transport": "bacnet", "devices": {"ahu": "10.0.0.5"}, **keys})
    return RunPlan(config, folder, (), {})


def memory(
    folder: Path, stop: threading.Event | None = None, *, records: bool = True, **keys: object
) -> ProgramsMemory:
    local = LocalSettings.model_validate({"BRIDGE_STATE_DIR": folder / "state", "RECORD": records})
    return ProgramsMemory(plan(folder, **keys), local, stop or threading.Event())


def recorded(folder: Path) -> RecordedRun:
    (file,) = (folder / "state" / "runs").glob("*-supervise-*.run")
    return open_run(file)


def test_each_program_has_a_stream_with_what_it_read_wanted_and_said(tmp_path: Path) -> None:
    with memory(tmp_path) as subject:
        subject.begin(lambda: 90.0)
        subject.record(RECORD)
        subject.record(replace(RECORD, program="shed", note="skipped: no good value of t"))
        subject.record(replace(RECORD, readings={**RECORD.readings, "t": Reading(None, "degC", Quality.BAD)}))
    with recorded(tmp_path) as run:
        first, second = run.streams["program reset"].steps()
        (other,) = run.streams["program shed"].steps()
        titles = [signal.title for signal in run.streams["program reset"].signals]
    assert titles == ["t [degC]", "flow [m**3/s]", "sp commanded"]
    assert (first.values[0], first.values[2], first.why, first.number) == (12.5, 120.0, '{"why": "trim"}', 0)
    assert (first.qualities[0], second.qualities[0], second.number) == (GOOD, BAD, 1)
    assert other.note == "skipped: no good value of t"


def test_what_stands_behind_a_command_is_told(tmp_path: Path) -> None:
    kind = Command("Pa")
    point = ProgramPoint("sp", None, kind, "10.0.0.5", ObjectRef(ObjectType.ANALOG_VALUE, 11), "DuctPressSp", "Pa")
    with memory(tmp_path) as subject:
        subject.begin(lambda: 90.0)
        subject.record(RECORD, Bindings((point,)))
    with recorded(tmp_path) as run:
        assert run.facts["commanded"]["reset"]["sp"]["object"] == "AnalogValue 11 DuctPressSp"
        assert [signal.unit for signal in run.streams["program reset"].signals if signal.role == "commanded"] == ["Pa"]


def test_a_slot_that_the_first_step_did_not_have_is_told_in_events(tmp_path: Path) -> None:
    with memory(tmp_path) as subject:
        subject.begin(lambda: 90.0)
        for others in ({}, {"ahu,2": 5.0}, {"ahu,2": 5.0}, {"ahu,2": 6.5}, {}):
            subject.record(replace(RECORD, commanded={**RECORD.commanded, **others}))
    with recorded(tmp_path) as run:
        told = [event.words for event in run.events() if event.kind is EventKind.WRITE]
    assert told == ["ahu,2: 5", "ahu,2: 6.5", "ahu,2: given back"]


def test_step_logs_are_written_from_it_when_the_run_has_ended(tmp_path: Path) -> None:
    with memory(tmp_path, step_log="steps") as subject:
        subject.begin(lambda: 90.0)
        subject.record(RECORD)
    head, row = (tmp_path / "steps" / "reset.csv").read_text(encoding="utf-8").splitlines()
    assert head == "time_s,local_time,t [degC],flow [m**3/s],sp commanded,why,note"
    assert row == '60,2023-07-06T12:00:00,12.5,,120,"{""why"": ""trim""}",'


def test_the_switch_alarms_faults_and_the_end_are_kept(tmp_path: Path) -> None:
    enabling, stop = Enabling(["reset"]), threading.Event()
    with memory(tmp_path, stop) as subject:
        enabling.subscribe(lambda name: subject.switched(name, enabling.standing(name)))
        subject.begin(lambda: 90.0)
        enabling.switch(True)
        subject.alarm("reset", "sp was not written: slot 12 is somebody else's")
        enabling.fault("reset", "line 3: ZeroDivisionError")
        enabling.released("reset")
        subject.tell_end([Receipt("ahu", "slot 12", Outcome.RELEASED)], None)
        stop.set()
    with recorded(tmp_path) as run:
        told = [(event.kind, event.subject, event.words) for event in run.events()]
        assert {event.time_s for event in run.events()} == {90.0}
        assert (run.ending, run.facts["kind"]) == ("stopped on request", "supervise")
        assert run.facts["receipts"][0]["outcome"] == "released"
    assert told == [
        (EventKind.SWITCH, "reset", "run"),
        (EventKind.ALARM, "reset", "sp was not written: slot 12 is somebody else's"),
        (EventKind.SWITCH, "reset", "releasing: line 3: ZeroDivisionError"),
        (EventKind.FAULT, "reset", "fault: line 3: ZeroDivisionError"),
    ]


def test_an_error_that_ends_it_is_said(tmp_path: Path) -> None:
    subject = memory(tmp_path).__enter__()
    subject.begin(lambda: 90.0)
    subject.__exit__(ValueError, ValueError("no luck"), None)
    with recorded(tmp_path) as run:
        assert run.ending == "no luck"


def test_a_folder_for_step_logs_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "steps").write_text("a file", encoding="utf-8")
    with pytest.raises(ConfigError, match="step_log"), memory(tmp_path, step_log="steps"):
        pass


def test_step_logs_without_a_recording_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="step_log: is written from the recording"):
        memory(tmp_path, records=False, step_log="steps").__enter__()


def test_a_dry_run_and_record_no_keep_nothing(tmp_path: Path) -> None:
    dry = ProgramsMemory(plan(tmp_path, step_log="steps"), None, threading.Event())
    for subject in (dry, memory(tmp_path, records=False)):
        with subject:
            subject.begin(lambda: 90.0)
            subject.record(RECORD)
            subject.alarm("reset", "something")
    assert list(tmp_path.iterdir()) == []
