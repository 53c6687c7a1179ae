"""The log: rotated, threaded, and without secrets."""

from __future__ import annotations

import io
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipes import fill
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError
from utils.logging_config import StreamLines, configure_logging, end_logging
from utils.process.outlet import drain_all, end_all

log = logging.getLogger("tests.logging")


@pytest.fixture(autouse=True)
def _restored_root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    end_logging()
    root.handlers[:] = handlers
    root.setLevel(level)


def written(folder: Path) -> str:
    """Everything in the log, once it is there."""
    end_logging()
    return (folder / "app.log").read_text(encoding="utf-8")


def test_a_record_names_its_thread_and_module(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "INFO")
    log.info("hello %s", "there")
    text = written(tmp_path)
    assert "MainThread" in text
    assert "tests.logging: hello there" in text


def test_records_below_the_level_are_not_written(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "WARNING")
    log.info("quiet")
    log.warning("loud")
    assert "quiet" not in written(tmp_path)


def test_a_secret_is_not_written_even_inside_a_traceback(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "INFO", ["hunter2"])
    try:
        raise ValueError("password hunter2 refused")
    except ValueError:
        log.exception("sent %s", {"Authorization": "hunter2"})
    text = written(tmp_path)
    assert "hunter2" not in text
    assert "password **** refused" in text


def test_a_console_handler_gets_no_secret_either(tmp_path: Path) -> None:
    seen: list[str] = []

    class Console(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    configure_logging(tmp_path / "app.log", "INFO", ["hunter2"], Console())
    log.warning("with %s", "hunter2")
    end_logging()
    assert seen == ["with ****"]


def test_a_log_that_cannot_be_written_is_a_problem_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"LOG_FILE.*cannot be written"):
        configure_logging(tmp_path / "absent" / "app.log", "INFO")


def test_what_peers_say_stays_in_its_line_and_a_traceback_keeps_its_own(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "INFO")
    log.warning("it is called %s", "Zone\x1b[2J\n2026-01-01 ERROR all is lost")
    try:
        raise ValueError("a\x07bell")
    except ValueError:
        log.exception("failed")
    lines = written(tmp_path).splitlines()
    assert lines[0].endswith("it is called Zone\\x1b[2J 2026-01-01 ERROR all is lost")
    assert lines[1].endswith("failed")
    assert lines[2] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: a\\x07bell"


@pytest.mark.skipif(os.name != "posix", reason="a pipe is filled the POSIX way")
def test_nobody_waits_for_a_reader_of_the_console_that_has_stopped(tmp_path: Path) -> None:
    """The pipe is full, as is that of a terminal whose output is stopped with Ctrl+S."""
    reading, writing = os.pipe()
    fill(writing)
    with open(writing, "w", encoding="utf-8") as stopped:  # noqa: PTH123 - a descriptor
        configure_logging(tmp_path / "app.log", "INFO", console=StreamLines(stopped))
        threads = [threading.Thread(target=log.warning, args=("from thread %d", number)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE_S)
        assert not any(thread.is_alive() for thread in threads)
        text = written(tmp_path)
        os.read(reading, 1 << 20)  # and it goes on, so that this test can end
        assert end_all(DEADLINE_S)
    os.close(reading)
    assert text.count("from thread") == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_said_on_the_console_and_stops_nobody(tmp_path: Path) -> None:
    told = io.StringIO()
    configure_logging(Path("/dev/full"), "INFO", console=StreamLines(told))
    log.warning("something")
    assert drain_all(DEADLINE_S)
    end_logging()
    assert told.getvalue().splitlines() == [
        "something",
        "file-log cannot be written, everything else goes on: [Errno 28] No space left on device",
    ]
