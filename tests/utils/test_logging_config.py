"""The log: rotated, threaded, and without secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from utils.errors import ConfigError
from utils.logging_config import configure_logging

log = logging.getLogger("tests.logging")


@pytest.fixture(autouse=True)
def _restored_root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_record_names_its_thread_and_module(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "INFO")
    log.info("hello %s", "there")
    text = (tmp_path / "app.log").read_text(encoding="utf-8")
    assert "MainThread" in text
    assert "tests.logging: hello there" in text


def test_records_below_the_level_are_not_written(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "WARNING")
    log.info("quiet")
    log.warning("loud")
    assert "quiet" not in (tmp_path / "app.log").read_text(encoding="utf-8")


def test_a_secret_is_not_written_even_inside_a_traceback(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log", "INFO", ["hunter2"])
    try:
        raise ValueError("password hunter2 refused")
    except ValueError:
        log.exception("sent %s", {"Authorization": "hunter2"})
    text = (tmp_path / "app.log").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "password **** refused" in text


def test_a_console_handler_gets_no_secret_either(tmp_path: Path) -> None:
    seen: list[str] = []

    class Console(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    configure_logging(tmp_path / "app.log", "INFO", ["hunter2"], Console())
    log.warning("with %s", "hunter2")
    assert seen == ["with ****"]


def test_a_log_that_cannot_be_written_is_a_problem_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"LOG_FILE.*cannot be written"):
        configure_logging(tmp_path / "absent" / "app.log", "INFO")
