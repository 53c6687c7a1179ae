"""What people see of a run: whatever names and moments it has, it is shown as it is, or not at all."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.console import PlainLines, display, print_summary
from bridge.display.question import FirstContactQuestion
from bridge.display.receipts import print_receipts, print_release, receipt_document, say
from bridge.display.status import Phase, Status, Summary
from bridge.first_contact import FirstContact
from bridge.link.link import LinkState
from ledger.receipts import Outcome, Receipt
from tests import bench
from tests.bridge.rig import AHU_POINTS
from tests.waiting import DEADLINE_S

NASTY = "Zone [/x] [bold]:smile:\x1b[2J\nagain"
SHOWN = "Zone [/x] [bold]:smile:\\x1b[2J again"
RECEIPT = Receipt("10.0.0.1", NASTY, Outcome.FAILED, "no [/answer]", "empty", "21.5", "21.5")


def wide(told: io.StringIO, *, terminal: bool = False) -> Console:
    """A console of the ordinary kind, in which markup counts."""
    return Console(file=told, width=300, force_terminal=terminal, color_system=None)


def test_receipts_show_foreign_names_in_one_line_and_without_markup() -> None:
    told = io.StringIO()
    print_receipts(wide(told), [RECEIPT])
    assert told.getvalue().splitlines() == ["   1 NOT released", f"     10.0.0.1 {SHOWN}: NOT released (no [/answer])"]


def test_so_does_the_table_of_a_release() -> None:
    told = io.StringIO()
    print_release(wide(told), [RECEIPT], [])
    assert SHOWN in told.getvalue()
    assert "NOT released (no [/answer])" in told.getvalue()


def test_on_a_narrow_screen_a_sentence_breaks_between_words_and_never_in_one() -> None:
    told = io.StringIO()
    name = "certificate-" * 4
    say(
        Console(file=told, width=30, force_terminal=True, color_system=None),
        f"  10.0.0.1 (AHU): {name} is not on record",
    )
    assert told.getvalue().splitlines() == ["  10.0.0.1 (AHU):", f"    {name}", "    is not on record"]


def test_in_a_pipe_a_release_keeps_addresses_whole_however_long_they_are() -> None:
    told = io.StringIO()
    device = "bacnet://[2001:db8::dead:beef:1234:5678]:47808"
    receipt = Receipt(
        device, "AnalogValue 12 SupplyAirTemperatureSetpoint priority 14", Outcome.RELEASED, before="empty"
    )
    print_release(Console(file=told, width=80), [receipt], [])
    assert any(device in line and receipt.what in line for line in told.getvalue().splitlines())


def test_for_scripts_a_receipt_has_all_its_parts() -> None:
    document = receipt_document(RECEIPT)
    assert document["outcome"] == "failed"
    assert (document["controller"], document["note"], document["after"]) == ("10.0.0.1", "no [/answer]", "21.5")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_view_of_equipment_with_such_a_name_is_drawn(tmp_path: Path, terminal: bool) -> None:
    told = io.StringIO()
    manager = bench.manager(tmp_path, bench.settings(tmp_path), bench.equipment("AHU", "10.0.0.1", AHU_POINTS))
    [equipment] = manager.equipment.values()
    status = Status(Phase.RUNNING, 3, datetime(2023, 7, 6, 12), controllers={"10.0.0.1": LinkState.ONLINE})
    with display(wide(told, terminal=terminal), [replace(equipment, name=NASTY)], [f"note {NASTY}"]) as view:
        view.update(status)
    assert f"note {SHOWN}" in told.getvalue()
    assert "Thu 06 Jul 12:00:00  step 3" in told.getvalue()
    manager.close()


def test_a_summary_says_how_many_episodes_there_were_and_of_which_its_indicators_are() -> None:
    summary = Summary(20, 100.0, 10.0, 0, 0.0, 5.0, 3, 4, {"ener_tot": 1.0}, {}, ())
    for episodes, lines in (
        (1, ["20 steps, 100.0 s"]),
        (3, ["20 steps in 3 episodes, 100.0 s", "of the last episode:"]),
    ):
        told = io.StringIO()
        print_summary(Console(file=told, width=80), replace(summary, episodes=episodes))
        assert all(line in told.getvalue() for line in lines)
        assert ("last episode" in told.getvalue()) is (episodes > 1)


def test_a_quiet_run_shows_nothing(tmp_path: Path) -> None:
    told = io.StringIO()
    with display(wide(told, terminal=True), [], ["a note"], shown=False) as view:
        view.update(Status(Phase.RUNNING, 3, datetime(2023, 7, 6, 12)))
    assert told.getvalue() == ""


def test_a_model_time_without_a_date_is_no_reason_to_show_nothing() -> None:
    told = io.StringIO()
    PlainLines(wide(told)).update(Status(Phase.RUNNING, 3, None))
    assert told.getvalue().startswith("no date  step 3")


class TestQuestion:
    def ask(self, subject: FirstContactQuestion, put: Callable[[], None]) -> bool:
        """Ask in one thread and put the question in this one; what the run is told."""
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(subject.ask, [FirstContact("10.0.0.1", "ab" * 32, (NASTY,))])
            assert subject.is_pending.wait(DEADLINE_S)
            put()
            return answer.result(DEADLINE_S)

    @pytest.mark.parametrize(("typed", "is_yes"), [("y\n", True), ("\n", False), ("", False), ("y", True)])
    def test_it_is_put_once_and_only_yes_is_yes(
        self, monkeypatch: pytest.MonkeyPatch, typed: str, is_yes: bool
    ) -> None:
        told = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        subject = FirstContactQuestion(wide(told))
        assert self.ask(subject, subject.put) is is_yes
        assert f"  {SHOWN}\n" in told.getvalue()
        ended = "" if typed.endswith("\n") else "\n"  # the terminal shows the line's end only where it was typed
        assert told.getvalue().endswith(f"Go on? [y/N] (with --yes nobody is asked) {ended}")

    @pytest.mark.skipif(os.name != "posix", reason="a terminal of its own is made the POSIX way")
    @pytest.mark.parametrize(("before", "after", "is_yes"), [("y\n", "\n", False), ("\n", "y\n", True)])
    def test_what_was_typed_before_it_was_put_does_not_answer_it(
        self, monkeypatch: pytest.MonkeyPatch, before: str, after: str, is_yes: bool
    ) -> None:
        person, terminal = os.openpty()

        class Screen(io.StringIO):
            def write(self, text: str, /) -> int:
                if "[y/N]" in text:
                    os.write(person, after.encode())
                return super().write(text)

        with open(terminal, encoding="utf-8") as typed, open(person, "wb", buffering=0):  # noqa: PTH123 - descriptors
            monkeypatch.setattr(sys, "stdin", typed)
            os.write(person, before.encode())
            assert select.select([typed], [], [], DEADLINE_S)[0]
            subject = FirstContactQuestion(wide(Screen()))
            assert self.ask(subject, subject.put) is is_yes

    @pytest.mark.skipif(os.name != "posix", reason="signals are raised the POSIX way")
    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
    def test_whatever_ends_the_run_is_a_no(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        class Pressed(io.StringIO):
            def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
                signal.raise_signal(signal.Signals[name])
                return "y\n"

        monkeypatch.setattr(sys, "stdin", Pressed())
        subject = FirstContactQuestion(wide(io.StringIO()))
        assert not self.ask(subject, subject.put)

    def test_a_terminal_that_has_gone_is_a_no_and_the_run_does_not_wait_for_ever(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Gone(io.StringIO):
            def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
                raise OSError(5, "Input/output error")

        monkeypatch.setattr(sys, "stdin", Gone())
        subject = FirstContactQuestion(wide(io.StringIO()))

        def put() -> None:
            with pytest.raises(OSError, match="Input/output error"):
                subject.put()

        assert not self.ask(subject, put)
