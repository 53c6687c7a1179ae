"""Keys of a real terminal: what they do in a run, and the terminal as it was at every end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulators.boptest.faults import HoldCall
from emulators.ecy.faults.calls import Hold
from tests.bridge.looking import assert_as_it_was
from tests.bridge.rig import Rig, rig
from tests.command_line import running, variables
from tests.waiting import DEADLINE_S, eventually

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="terminals the POSIX way")]

if os.name == "posix":
    from tests.screens import Screen, screen


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as started:
        yield started


@contextmanager
def going(subject: Rig, *, background: bool = False) -> Iterator[Screen]:
    """A run that has made steps, in a terminal whose keys are read unless it is in the background."""
    with screen(running(subject), variables(subject, BOP_TIME_SCALE="20"), background=background) as terminal:
        eventually(lambda: subject.building.faults.calls["advance"] > 3 or terminal.process.poll() is not None)
        if not background:
            terminal.shows("pause")
        yield terminal


def advances(subject: Rig) -> int:
    return subject.building.faults.calls["advance"]


class TestTime:
    def test_is_held_stepped_and_let_go_on(self, both: Rig) -> None:
        with going(both) as terminal:
            terminal.press(" ")
            place = terminal.shows("HELD")
            before = advances(both)
            for count in (1, 2, 3):
                terminal.press("." if count < 3 else "\x1b[C")
                eventually(lambda count=count: advances(both) == before + count)  # type: ignore[misc]
            terminal.press("+")
            place = terminal.shows("pace: 50 x real time", place)
            assert advances(both) == before + 3
            terminal.press(" ")
            eventually(lambda: advances(both) > before + 5)
            terminal.press("q")
            assert terminal.process.wait(DEADLINE_S) == 0
        assert_as_it_was(both)

    def test_a_reset_asks_for_a_date_and_a_note_for_words(self, both: Rig) -> None:
        with going(both) as terminal:
            terminal.press("r2023-02-29 10:00\r")
            place = terminal.shows("29 February does not exist")
            terminal.press("r2023-01-1x\x7f0 05:30\r")
            place = terminal.shows("episode 1", place)
            terminal.press("nDas war gut\r")
            terminal.shows("noted", place)
            terminal.press("q")
            assert terminal.process.wait(DEADLINE_S) == 0
        assert "Das war gut (terminal)" in (both.folder / "app.log").read_text(encoding="utf-8")
        assert_as_it_was(both)

    def test_is_not_held_for_long_after_ctrl_c(self, both: Rig) -> None:
        with going(both) as terminal:
            terminal.press(" ")
            terminal.shows("HELD")
            terminal.press("\x03")
            assert terminal.process.wait(DEADLINE_S) == 0
            assert terminal.is_line_by_line
        assert_as_it_was(both)


class TestTheTerminal:
    def test_forgets_what_was_typed_before_keys_were_told_to_do_anything(self, both: Rig) -> None:
        hold = both.building.faults.add(HoldCall(), "load")
        with screen(running(both), variables(both, BOP_TIME_SCALE="20")) as terminal:
            assert hold.reached.wait(DEADLINE_S)
            terminal.press("q ")
            terminal.shows("q")
            hold.release.set()
            terminal.shows("pause")
            eventually(lambda: advances(both) > 3 or terminal.process.poll() is not None)
            terminal.press("q")
            assert terminal.process.wait(DEADLINE_S) == 0
        assert advances(both) > 3

    def test_tells_keys_one_by_one_while_the_run_goes_and_is_as_it_was_at_its_end(self, both: Rig) -> None:
        with going(both) as terminal:
            assert not terminal.is_line_by_line
            terminal.process.send_signal(signal.SIGTERM)
            assert terminal.process.wait(DEADLINE_S) == 0
            assert terminal.is_line_by_line
        assert_as_it_was(both)

    def test_is_as_it_was_after_a_second_ctrl_c(self, both: Rig) -> None:
        stuck = Hold()
        with going(both) as terminal:
            both.controllers.controller("AHU").faults.add(stuck)
            terminal.press("\x03")
            assert stuck.holding.wait(DEADLINE_S)
            eventually(lambda: terminal.has_ended_on("\x03"))
            assert terminal.process.returncode == 130
            assert terminal.is_line_by_line

    def test_is_the_shells_while_the_run_stands_still_and_the_runs_again_afterwards(self, both: Rig) -> None:
        with going(both) as terminal:
            terminal.press("\x1a")
            terminal.shows("[stopped]")
            assert terminal.is_line_by_line
            terminal.process.send_signal(signal.SIGUSR1)
            eventually(lambda: not terminal.is_line_by_line)
            terminal.press("q")
            assert terminal.process.wait(DEADLINE_S) == 0
            assert terminal.is_line_by_line
        assert_as_it_was(both)

    def test_is_left_alone_in_the_background(self, both: Rig) -> None:
        with going(both, background=True) as terminal:
            before = advances(both)
            terminal.press(" q")
            eventually(lambda: advances(both) > before + 20)
            assert terminal.is_line_by_line
            assert "pause" not in terminal.shown.decode(errors="replace")
