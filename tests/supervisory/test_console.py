"""What people see, and what is written down for later."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from ledger.receipts import Outcome, Receipt
from supervisory.console import ProgramLines, described, print_program_summary, program_view
from supervisory.guard.gate import Pass, SlotCommand
from supervisory.program_status import ProgramStatus
from supervisory.runtime.dry_run import DryGate
from supervisory.runtime.runtime import RuntimeSummary
from supervisory.runtime.state_store import FileStates, MemoryStates
from tests.supervisory.beside import SETPOINT
from tests.supervisory.step_record import NOON, RECORD
from utils.state_folder import StateError


def _status(state: str, reason: str = "", alarm: str = "") -> ProgramStatus:
    return ProgramStatus("reset", state, reason, 4, RECORD, alarm)


def test_lines_are_printed_when_a_state_changes_and_not_in_between() -> None:
    told = io.StringIO()
    lines = ProgramLines(Console(file=told, width=200))
    for state in ("run", "run", "fault"):
        lines.update(NOON, [_status(state, "it broke")])
    assert told.getvalue().splitlines() == [
        "Thu 06 Jul 12:00:00  reset: run  sp 120  trim",
        "Thu 06 Jul 12:00:00  reset: fault (it broke)  sp 120  trim",
    ]


def test_a_terminal_shows_a_table() -> None:
    told = io.StringIO()
    console = Console(file=told, width=120, force_terminal=True)
    with program_view(console) as view:
        view.update(None, [])
        view.update(NOON, [_status("run", alarm="setpoint was not written")])
    assert "Thu 06 Jul 12:00:00" in told.getvalue()
    assert "setpoint was not written" in told.getvalue()


def test_a_line_says_what_is_wrong_now() -> None:
    told = io.StringIO()
    ProgramLines(Console(file=told, width=200)).update(NOON, [_status("run", alarm="sp was not written")])
    assert told.getvalue().endswith("sp 120  trim  ALARM sp was not written\n")


def test_facts_are_told_as_people_say_them() -> None:
    facts = {
        "why": "trim",
        "asking": {"east": 1, "west": 2.0},
        "left_out": {},
        "zones": ["core", "north"],
        "share": 0.5,
    }
    assert (
        described(replace(RECORD, commanded={}, facts=facts))
        == "trim, asking east 1 west 2, zones core north, share 0.5"
    )


def test_a_narrow_terminal_breaks_names_instead_of_losing_their_ends() -> None:
    told = io.StringIO()
    record = replace(RECORD, commanded={"duct_static_setpoint_of_the_north_wing": 120.0})
    with program_view(Console(file=told, width=60, force_terminal=True)) as view:
        view.update(NOON, [replace(_status("run"), last=record)])
    assert "…" not in told.getvalue()


def test_the_summary_names_failures_and_what_was_given_back() -> None:
    told = io.StringIO()
    receipts = (Receipt("ahu", "slot 12", Outcome.RELEASED), Receipt("ahu", "slot 9", Outcome.FAILED, "no answer"))
    summary = RuntimeSummary(10, 3600.0, {"reset": ("line 3: ZeroDivisionError",)}, receipts, 1)
    print_program_summary(Console(file=told, width=120), summary, None)
    assert "10 rounds, 1.00 h in the plant" in told.getvalue()
    assert "reset has failed: line 3: ZeroDivisionError" in told.getvalue()
    assert "ahu slot 9: NOT released (no answer)" in told.getvalue()
    assert summary.exit_code == 1


def test_one_round_is_one_round() -> None:
    told = io.StringIO()
    print_program_summary(Console(file=told, width=120), RuntimeSummary(1, 0.0, {}, ()), None)
    assert "1 round, 0.00 h in the plant" in told.getvalue()


def test_what_is_not_released_makes_the_exit_code_1() -> None:
    summary = RuntimeSummary(1, 0.0, {}, ())
    assert summary.exit_code == 0
    assert summary.told((), still_owned=1).exit_code == 1


def test_nothing_is_said_to_have_been_taken_or_not_while_a_slot_is_still_owned() -> None:
    told = [io.StringIO(), io.StringIO()]
    for page, owned in zip(told, (1, 0), strict=True):
        print_program_summary(Console(file=page, width=160), RuntimeSummary(19, 0.0, {}, ()).told((), owned), None)
    assert "1 slot(s) NOT given back yet: the guardian goes on with them" in told[0].getvalue()
    assert "nothing was" not in told[0].getvalue()
    assert "nothing was left to give back at the end" in told[1].getvalue()


def test_a_release_that_failed_and_was_made_good_is_told_once() -> None:
    failed, released = (Receipt("ahu", "slot 12", outcome) for outcome in (Outcome.FAILED, Outcome.RELEASED))
    summary = RuntimeSummary(1, 0.0, {}, (failed,)).told((failed, released), still_owned=0)
    assert (summary.receipts, summary.exit_code) == ((released,), 0)


def test_state_is_kept_on_disk_and_begins_empty(tmp_path: Path) -> None:
    states = FileStates(tmp_path / "programs")
    assert states.load("reset") == {}
    states.save("reset", {"steps": 3})
    assert FileStates(tmp_path / "programs").load("reset") == {"steps": 3}


def test_state_that_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    states = FileStates(tmp_path)
    states.save("reset", {"steps": 3})
    (tmp_path / "reset.json").unlink()
    states.save("reset", {"steps": 3})
    assert not (tmp_path / "reset.json").exists()


def test_a_state_file_that_cannot_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "reset.json").write_text("{", encoding="utf-8")
    with pytest.raises(StateError, match="delete it to begin anew"):
        FileStates(tmp_path).load("reset")


@pytest.mark.parametrize("value", [NOON, float("nan"), {1, 2}])
def test_only_json_can_be_remembered(tmp_path: Path, value: object) -> None:
    for states in (FileStates(tmp_path), MemoryStates()):
        with pytest.raises(TypeError, match="must be plain JSON values"):
            states.save("reset", {"x": value})
    assert not list(tmp_path.iterdir())


def test_a_state_is_a_copy_until_it_is_saved() -> None:
    states = MemoryStates()
    states.load("reset")["steps"] = 3
    assert states.load("reset") == {}


def _command(value: float | None) -> SlotCommand:
    return SlotCommand("ahu", SETPOINT, "Setpoint", value, 12)


def test_a_dry_gate_tells_changes_and_lets_nothing_through() -> None:
    told: list[str] = []
    gate = DryGate(lambda program, line: told.append(f"{program} {line}"))
    leave = gate.admit("reset")
    assert leave == Pass("reset", 0)
    for value in (100.0, 100.0, 90.0, None):
        gate.write(leave, [_command(value)])
    assert told == [
        "reset would write 100 to ahu AnalogValue Setpoint at 12",
        "reset would write 90 to ahu AnalogValue Setpoint at 12",
        "reset would release ahu AnalogValue Setpoint at 12",
    ]
    assert gate.owned() == 0


def test_a_dry_gate_takes_leave_away_from_a_program_that_fails() -> None:
    told: list[str] = []
    gate = DryGate(lambda program, line: told.append(line))
    leave = gate.admit("reset")
    assert leave is not None
    gate.write(leave, [_command(100.0)])
    gate.fault("reset", "a mistake")
    assert gate.admit("reset") is None
    assert told[1:] == ["has failed: a mistake", "would release ahu AnalogValue Setpoint at 12 (a mistake)"]
