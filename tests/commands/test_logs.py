"""What of the log is seen on the screen."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from commands.logs import start_logging
from commands.parser import Loudness
from utils.logging_config import end_logging
from utils.settings import LocalSettings


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    end_logging()
    logging.getLogger().setLevel(level)


@pytest.mark.parametrize(
    ("loudness", "terminal", "seen"),
    [
        ("usual", True, ["late", "lost"]),
        ("usual", False, ["online", "late", "lost"]),
        ("quiet", True, ["lost"]),
        ("quiet", False, ["lost"]),
        ("verbose", True, ["online", "late", "lost"]),
    ],
)
def test_a_terminal_shows_as_much_as_is_wanted_and_the_file_gets_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], loudness: Loudness, terminal: bool, seen: list[str]
) -> None:
    told = io.StringIO()
    settings = LocalSettings.model_validate({"LOG_FILE": tmp_path / "app.log"})
    start_logging(settings, (), Console(file=told, force_terminal=terminal, width=80), loudness)
    log = logging.getLogger("here")
    for level, word in ((logging.INFO, "online"), (logging.WARNING, "late"), (logging.ERROR, "lost")):
        log.log(level, word)
    end_logging()
    shown = told.getvalue() + capsys.readouterr().err
    assert [word for word in ("online", "late", "lost") if word in shown] == seen
    assert (tmp_path / "app.log").read_text(encoding="utf-8").count(" here: ") == 3
