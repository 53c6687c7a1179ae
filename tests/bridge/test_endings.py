"""How a run ends: whatever becomes of its terminal, its log and its disk, what it took is given back."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.display.status import Phase
from emulators.boptest.faults import HoldCall
from emulators.ecy.faults.calls import Hold
from ledger.entries import Entry
from ledger.ledger import Ledger
from ledger.receipt_file import KEPT_FILES
from ledger.record.journal import Journals
from tests.bridge.looking import assert_as_it_was
from tests.bridge.rig import Rig, rig
from tests.command_line import MAIN, environment, press_until_it_ends, run, running, start, variables
from tests.ledger.record.killing import killed
from tests.pipes import fill
from tests.waiting import DEADLINE_S, eventually
from utils.state_folder import StateFolder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals the POSIX way")
HAS_FULL_DISK = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")

Stream = Callable[[], contextlib.AbstractContextManager[int]]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@contextlib.contextmanager
def full_pipe() -> Iterator[int]:
    """What a process writes to whose reader has stopped: the next byte waits for ever."""
    reading, writing = os.pipe()
    fill(writing)
    try:
        yield writing
    finally:
        os.close(writing)
        os.close(reading)


@contextlib.contextmanager
def broken_pipe() -> Iterator[int]:
    """What a process writes to whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@contextlib.contextmanager
def full_disk() -> Iterator[int]:
    with open("/dev/full", "wb") as file:  # noqa: PTH123 - a device
        yield file.fileno()


@contextlib.contextmanager
def begun(subject: Rig, out: int, err: int) -> Iterator[subprocess.Popen[bytes]]:
    """A run with these streams; it does not outlive the block."""
    with subprocess.Popen(  # noqa: S603
        [*MAIN, *running(subject)],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        env=environment(**variables(subject)),
        process_group=0,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def log_of(subject: Rig) -> str:
    file = subject.folder / "app.log"
    return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.mark.parametrize("stream", [broken_pipe, full_pipe, pytest.param(full_disk, marks=HAS_FULL_DISK)])
def test_nobody_who_reads_or_does_not_is_a_condition(both: Rig, stream: Stream) -> None:
    """Neither stream can be written; the run is signalled in mid-step, and gives back as ever."""
    hold = both.building.faults.add(HoldCall(), "advance")
    with stream() as descriptor, begun(both, descriptor, descriptor) as process:
        assert hold.reached.wait(DEADLINE_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 0
    assert_as_it_was(both)
    assert "Traceback" not in log_of(both)


def test_a_second_ctrl_c_ends_at_once_although_nobody_reads(both: Rig) -> None:
    stuck = Hold()
    hold = both.building.faults.add(HoldCall(), "advance")
    with full_pipe() as full, begun(both, full, full) as process:
        assert hold.reached.wait(DEADLINE_S)
        both.controllers.controller("AHU").faults.add(stuck)
        process.send_signal(signal.SIGINT)
        assert stuck.holding.wait(DEADLINE_S)
        press_until_it_ends(process)
        assert process.returncode == 130


@pytest.mark.parametrize("name", ["SIGHUP", "SIGQUIT"])
def test_a_closed_window_and_ctrl_backslash_give_back_as_ctrl_c_does(both: Rig, name: str) -> None:
    hold = both.building.faults.add(HoldCall(), "advance")
    with start(*running(both), **variables(both)) as process:
        assert hold.reached.wait(DEADLINE_S)
        process.send_signal(signal.Signals[name])
        output, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0
    assert "4 released" in output
    assert_as_it_was(both)


@pytest.mark.slow
def test_a_demo_whose_terminal_goes_away_gives_everything_back_to_emulators_that_live_on(tmp_path: Path) -> None:
    """As a user closes a window: the kernel hangs up on everybody in it, and nothing can be printed any more."""
    master, slave = os.openpty()
    code = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.executable, sys.argv[1:])"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, *MAIN, "demo"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(TMPDIR=str(tmp_path), TERM="xterm"),
        start_new_session=True,
    ) as process:
        os.close(slave)
        told = b""
        while b"controllers online" not in told:
            told += os.read(master, 65536)
        os.close(master)
        assert process.wait(3 * DEADLINE_S) == 0
    assert list(tmp_path.iterdir()) == []


def test_ctrl_z_says_what_stays_forced_and_fg_goes_on(both: Rig) -> None:
    with begun(both, subprocess.DEVNULL, subprocess.DEVNULL) as process:
        objects = both.controllers.controller("AHU").objects
        eventually(lambda: objects.named("OutdoorAirTemp").slots[13] is not None)
        process.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        said = log_of(both)
        process.send_signal(signal.SIGCONT)
        eventually(lambda: "goes on: " in log_of(both))
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 0
    assert "stopped with Ctrl+Z: 3 inputs forced, 1 slots commanded stay so in 127.0.0.1:" in said
    assert "slept" not in log_of(both)
    assert_as_it_was(both)


class UnwritableLedger(Ledger):
    """The disk has become read-only after everything was taken."""

    def __init__(self, failing: str) -> None:
        super().__init__()
        self._failing = failing

    def close(self) -> None:
        if self._failing == "close":
            raise OSError(30, "Read-only file system")
        super().close()

    def give_back(self, *entries: Entry) -> None:
        if self._failing == "give_back":
            raise OSError(30, "Read-only file system")
        super().give_back(*entries)


@pytest.mark.parametrize("failing", ["close", "give_back"])
def test_each_step_of_an_ending_stands_alone_and_one_that_failed_makes_the_end_unclean(both: Rig, failing: str) -> None:
    """With a step log, whose thread would otherwise keep the process."""
    both.ledger = UnwritableLedger(failing)
    summary = both.execute(steps=1, STEP_LOG=str(both.folder / "steps.csv"))
    assert_as_it_was(both)
    assert not summary.is_clean
    told = [*summary.troubles, *map(str, summary.not_released)]
    assert any("Read-only file system" in trouble for trouble in told)
    assert not any(thread.name == "step-log" for thread in threading.enumerate())
    assert both.runs[-1].status().phase is Phase.ENDED


def test_receipts_are_kept_in_the_state_folder_and_the_oldest_go(both: Rig) -> None:
    folder = StateFolder(both.settings().state_dir).path / "receipts"
    folder.mkdir(parents=True)
    for number in range(KEPT_FILES):
        (folder / f"20200101-{number:06d}-1.txt").write_text("old\n", encoding="utf-8")
    both.execute(steps=1)
    files = sorted(folder.iterdir())
    assert len(files) == KEPT_FILES
    assert files[0].name == "20200101-000001-1.txt"
    lines = files[-1].read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert any("SpaceTemp out-of-service: released; before in service, -40.0" in line for line in lines)


@HAS_FULL_DISK
@pytest.mark.slow
def test_release_depends_on_no_luxury(both: Rig) -> None:
    """Its log file cannot be written, its receipts cannot be kept, and nobody reads what it prints."""
    killed(both)
    (both.folder / "state" / "receipts").write_text("in the way", encoding="utf-8")
    told = variables(both, LOG_FILE=str(both.folder / "absent" / "app.log"))
    with full_disk() as full:
        done = subprocess.run(  # noqa: S603
            [*MAIN, "release", "--env", "absent"],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(**told),
            timeout=3 * DEADLINE_S,
            check=False,
        )
    assert done.returncode == 0
    assert b"cannot be written" in done.stderr
    assert b"Traceback" not in done.stderr
    assert_as_it_was(both)
    assert list(Journals.of(StateFolder(both.folder / "state")).orphans()) == []


@pytest.mark.parametrize("module", ["argparse", "rich.console", "bridge.run"])
def test_ctrl_c_while_it_is_still_being_imported_is_quiet(tmp_path: Path, module: str) -> None:
    """Python imports ``sitecustomize`` before anything of ours: here it presses Ctrl+C when a module's turn comes."""
    press = (
        "import os, signal, sys\n"
        "class Press:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Press())\n"
    )
    (tmp_path / "sitecustomize.py").write_text(press, encoding="utf-8")
    code, output = run("--env", "absent", PYTHONPATH=str(tmp_path))
    assert (code, output) == (130, "")
