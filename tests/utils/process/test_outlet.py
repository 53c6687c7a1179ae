"""What is only told: nobody waits for it, what is lost is counted, and that it was lost is said."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.waiting import DEADLINE_S
from utils.home import HOME
from utils.process.outlet import Outlet, drain_all, end_all
from utils.process.streams import OutletStream


class Reader:
    """Somebody who reads, or does not."""

    def __init__(self) -> None:
        self.has_read: list[str] = []
        self.is_stuck = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.error: Exception | None = None

    def take(self, text: str) -> None:
        self.is_stuck.set()
        assert self.goes_on.wait(DEADLINE_S)
        if self.error is not None:
            raise self.error
        self.has_read.append(text)


@contextmanager
def outlet(reader: Reader, largest_backlog: int = 100, *, patient: bool = False) -> Iterator[Outlet[str]]:
    made = Outlet("the log", reader.take, largest_backlog=largest_backlog, patient=patient)
    try:
        yield made
    finally:
        reader.goes_on.set()
        assert made.end(DEADLINE_S)


def test_who_tells_does_not_wait_for_a_reader_that_has_stopped_and_hears_what_was_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = Reader()
    reader.goes_on.clear()
    with outlet(reader, largest_backlog=2) as subject:
        subject.put("first")
        assert reader.is_stuck.wait(DEADLINE_S)
        for number in range(5):
            subject.put(f"{number}")
        assert not subject.drain(0.0)
        assert not subject.end(0.0)
        reader.goes_on.set()
    assert reader.has_read == ["first", "0", "1"]
    # The question whether it is empty took a place in the queue.
    assert [record.getMessage() for record in caplog.records] == ["the log: 3 lost: it does not keep up"]


def test_a_way_out_that_works_again_is_used_again(caplog: pytest.LogCaptureFixture) -> None:
    reader = Reader()
    with outlet(reader) as subject:
        reader.error = OSError(28, "No space left on device")
        for text in ("a", "b"):
            subject.put(text)
        assert subject.drain(DEADLINE_S)
        reader.error = None
        subject.put("c")
        assert subject.drain(DEADLINE_S)
    assert reader.has_read == ["c"]
    assert [record.getMessage() for record in caplog.records] == [
        "the log cannot be written, everything else goes on: [Errno 28] No space left on device",
        "the log: 2 lost: [Errno 28] No space left on device",
    ]


def test_output_that_is_all_that_a_command_is_for_loses_nothing_to_a_slow_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = Reader()
    with outlet(reader, largest_backlog=2, patient=True) as subject:
        for number in range(500):
            subject.put(f"{number}")
    assert reader.has_read == [f"{number}" for number in range(500)]
    assert caplog.records == []


def test_a_reader_that_never_goes_on_costs_the_end_no_more_than_it_may(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    reader = Reader()
    reader.goes_on.clear()
    subject = Outlet("the log", reader.take)
    subject.put("stuck")
    assert not drain_all(0.0)
    assert not end_all(0.0)
    reader.goes_on.set()
    assert end_all(DEADLINE_S)


class TestStreams:
    def test_a_character_that_the_terminal_does_not_have_is_replaced(self) -> None:
        target = io.BytesIO()
        stream = OutletStream(io.TextIOWrapper(target, encoding="cp437"), "output")
        assert stream.encoding == "cp437"
        print("0.0497 m³/s at 26 °C", file=stream)
        assert stream.outlet.end(DEADLINE_S)
        assert target.getvalue().decode("cp437") == "0.0497 m?/s at 26 °C" + os.linesep

    def test_a_reader_that_has_gone_is_nobodys_error(self, caplog: pytest.LogCaptureFixture) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with open(writing, "w", encoding="utf-8") as target:  # noqa: PTH123 - a descriptor
            stream = OutletStream(target, "output")
            for _ in range(3):
                print("into the void", file=stream, flush=True)
            assert stream.outlet.end(DEADLINE_S)
        assert "output cannot be written" in caplog.text
        assert "output: " in caplog.records[-1].getMessage()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
def test_a_ctrl_c_that_comes_when_everything_has_ended_well_does_not_kill() -> None:
    script = (
        "import os, signal\n"
        "from utils.process.streams import leave, stand_before_standard_streams\n"
        "class Late:\n"
        "    def __del__(self, kill=os.kill, me=os.getpid(), number=signal.SIGINT): kill(me, number)\n"
        "late = Late()  # goes when Python has given up its own handlers\n"
        "stand_before_standard_streams()\n"
        "leave(0)"
    )
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, cwd=HOME, timeout=60, check=False).returncode == 0  # noqa: S603
