"""The report of a run of supervisory programs: each program, its writes, its switch, its troubles, its curves."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recording import GOOD, MISSING, Direction, Event, EventKind, RecordedStep, Signal, open_run
from recording.columns import RunData, read_run
from recording.part_file import Batch, PartFile
from recording.report import report
from recording.report.programs import seen_programs
from tests.recording.made_run import BEGAN_S
from tests.recording.report.words import words
from utils.clocks import ModelSeconds, UnixSeconds

NOON = datetime(2024, 7, 6, 12)
NOON_S = 187.5 * 86_400.0
"""Of a leap year's 6 July, as a controller's calendar has it."""
SIGNALS = (
    Signal("pressure [Pa]", "Pa", object="pressure", role="read", direction=Direction.FROM_CONTROLLER),
    Signal("sp commanded", "Pa", object="sp", role="commanded", direction=Direction.TO_CONTROLLER),
)
FACTS = {
    "kind": "supervise",
    "programs": {"reset": {"trim_pa": -12, "zones": ["core", "south"]}},
    "commanded": {"reset": {"sp": {"device": "10.0.0.5", "object": "AnalogValue 11 DuctPressSp", "slot": 12}}},
    "configs": {"bench": {"transport": "bacnet"}},
    "controllers": {"10.0.0.5": {"equipment": ["ahu"]}},
    "receipts": [{"device": "10.0.0.5", "what": "AnalogValue 11 slot 12", "outcome": "released"}],
}
COMMANDS = (120.0, 120.0, 108.0, 96.0, None, 96.0)
"""Of minutes 0, 1, 2, 3, 4 and 20: in between the program is off."""


def told(seconds: float, kind: EventKind, said: str, subject: str = "reset") -> Event:
    return Event(UnixSeconds(BEGAN_S + seconds), kind, subject, said, ModelSeconds(NOON_S + seconds))


EVENTS = (
    told(0.0, EventKind.SWITCH, "run"),
    told(120.0, EventKind.ALARM, "sp was not written: no answer"),
    told(250.0, EventKind.SWITCH, "releasing: switched off at priority 8"),
    told(251.0, EventKind.SWITCH, "disabled: switched off at priority 8"),
    told(1190.0, EventKind.SWITCH, "run"),
    told(1195.0, EventKind.WRITE, "ahu,2: 5.5"),
    told(1260.0, EventKind.SWITCH, "releasing: the run has ended"),
)


def steps() -> Sequence[RecordedStep]:
    minutes = (0, 1, 2, 3, 4, 20)
    return [
        RecordedStep(
            number,
            ModelSeconds(NOON_S + 60.0 * minute),
            UnixSeconds(BEGAN_S + 60.0 * minute),
            [100.0 + number, value],
            bytes((GOOD, MISSING if value is None else GOOD)),
            (NOON + timedelta(minutes=minute)).isoformat(),
            why=json.dumps({"why": "trim", "requests": number, "asking": []}),
            note="skipped: no good value of pressure" if value is None else "",
        )
        for number, (minute, value) in enumerate(zip(minutes, COMMANDS, strict=True))
    ]


@pytest.fixture
def run(tmp_path: Path) -> RunData:
    """A program that was switched off in between."""
    return recorded(tmp_path, EVENTS)


def recorded(folder: Path, events: Sequence[Event]) -> RunData:
    file = folder / "20260706-093000-supervise-00ab.run"
    stream = "program reset"
    part = PartFile(
        file, file.stem, 1, BEGAN_S, Batch({stream: SIGNALS}, [(stream, one) for one in steps()], events, FACTS)
    )
    part.end(UnixSeconds(BEGAN_S + 1300.0), "ended")
    with open_run(file) as opened:
        return read_run(opened)


def test_a_stranger_reads_what_each_program_did(run: RunData) -> None:
    text = words(report(run))
    assert "reset: 6 steps in 20 min of plant time, 15 min 40 s of it without leave to write" in text
    assert "6 writes to 1 slot; 1 alarm or fault." in text
    assert "Of what was taken: 1 released." in text
    assert "sp 10.0.0.5 AnalogValue 11 DuctPressSp 12 Pa 96.00 120.0 6" in text
    assert "trim_pa -12 zones core south" in text
    assert "Plant time 6 Jul 12:00 – 6 Jul 12:20" in text


def test_each_write_has_its_time_and_its_reason(run: RunData) -> None:
    text = words(report(run)).partition("Each write")[2].partition("When it was allowed")[0]
    assert "6 Jul 12:00 sp – 120.0 trim, requests 0" in text
    assert "6 Jul 12:02 sp 120.0 108.0 trim, requests 2" in text
    assert "6 Jul 12:04 sp 96.00 given back trim, requests 4" in text
    assert "6 Jul 12:19:55 ahu,2: 5.5" in text
    assert "6 Jul 12:21 sp 96.00 given back releasing: the run has ended" in text


def test_what_the_switch_gives_back_is_no_write_of_the_next_life(tmp_path: Path) -> None:
    events = [told(0.0, EventKind.SWITCH, "run"), told(200.0, EventKind.SWITCH, "releasing: slot 8"), *EVENTS[4:]]
    [program] = seen_programs(recorded(tmp_path, events))
    assert [(write.time_s - NOON_S, write.before, write.after) for write in program.writes()][2:4] == [
        (180.0, 108.0, 96.0),
        (200.0, 96.0, pytest.approx(float("nan"), nan_ok=True)),
    ]


def test_the_switch_alarms_and_skipped_steps_are_told(run: RunData) -> None:
    text = words(report(run))
    assert "6 Jul 12:04:10 releasing switched off at priority 8" in text
    assert "6 Jul 12:02 alarm sp was not written: no answer 1" in text
    assert "skipped: no good value of pressure (1 step)" in text


def test_curves_are_grey_while_it_might_not_write(run: RunData) -> None:
    [program] = seen_programs(run)
    assert [(first - NOON_S, last - NOON_S) for first, last in program.idle_spans()] == [(250.0, 1190.0)]
    figure = re.findall(r"<svg.*?</svg>", report(run), re.DOTALL)
    assert len(figure) == 1
    assert ("sp, pressure, Pa" in figure[0], "fill-opacity='.07'" in figure[0], "12:10" in figure[0]) == (True,) * 3


def test_what_only_a_building_has_is_left_out(run: RunData) -> None:
    text = words(report(run))
    for title in ("Indicators of BOPTEST", "Comfort", "How it was counted", "No step", "real time"):
        assert title not in text
    assert "Faults and what the bridge did" not in text


def test_a_recording_that_says_nothing_of_the_switch_has_a_report(tmp_path: Path) -> None:
    assert "reset: 6 steps in 20 min of plant time; 5 writes to 1 slot." in words(report(recorded(tmp_path, ())))
