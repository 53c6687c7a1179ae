"""What people see of a run: whatever names and moments it has, it is shown as it is, or not at all."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.console import FirstContactQuestion, PlainLines, display
from bridge.display.receipts import print_receipts, print_release
from bridge.display.status import Phase, Status
from bridge.link.link import LinkState
from bridge.run import FirstContact
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


def test_a_model_time_without_a_date_is_no_reason_to_show_nothing() -> None:
    told = io.StringIO()
    PlainLines(wide(told)).update(Status(Phase.RUNNING, 3, None))
    assert told.getvalue().startswith("no date  step 3")


class TestQuestion:
    def ask(self, subject: FirstContactQuestion, put: Callable[[], None]) -> bool:
        """Ask in one thread and put the question in this one; what the run is told."""
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(subject.ask, [FirstContact("10.0.0.1", (NASTY,))])
            assert subject.is_pending.wait(DEADLINE_S)
            put()
            return answer.result(DEADLINE_S)

    @pytest.mark.parametrize(("typed", "is_yes"), [("y\n", True), ("\n", False), ("", False)])
    def test_it_is_put_once_and_only_yes_is_yes(
        self, monkeypatch: pytest.MonkeyPatch, typed: str, is_yes: bool
    ) -> None:
        told = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        subject = FirstContactQuestion(wide(told))
        assert self.ask(subject, subject.put) is is_yes
        assert f"  {SHOWN}\n" in told.getvalue()
        assert told.getvalue().endswith("Go on? [y/N] ")

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
