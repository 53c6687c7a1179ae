"""Where a verb logs, and where it keeps what has to outlive it."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence

from rich.console import Console
from rich.logging import RichHandler

from commands.parser import Loudness
from utils.logging_config import StreamLines, TellsErrors, configure_logging
from utils.settings import LocalSettings
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)


def state_folder(settings: LocalSettings, *, is_made: bool = True) -> StateFolder:
    """Where is kept what has to outlive a run. Raises :class:`utils.state_folder.StateRefused`."""
    return StateFolder(settings.state_dir, settings.former_state_dir, is_made=is_made)


def log_console(options: argparse.Namespace, console: Console) -> Console:
    """Where log lines go: not between the lines of a JSON document."""
    return Console(stderr=True) if options.json else console


def start_logging(
    settings: LocalSettings, secrets: Sequence[str], console: Console, loudness: Loudness = "usual"
) -> None:
    """Everything into the file; on a terminal only warnings, above the live view; elsewhere what the file gets."""
    configure_logging(settings.log_file, settings.log_level, secrets, _on_screen(console, loudness))
    _tell_of_settings(settings)


def log_on_screen(
    settings: LocalSettings, secrets: Sequence[str], console: Console, loudness: Loudness = "usual"
) -> None:
    """The same without a file, for verbs that keep nothing."""
    configure_logging(None, settings.log_level, secrets, _on_screen(console, loudness))
    _tell_of_settings(settings)


def _on_screen(console: Console, loudness: Loudness) -> logging.Handler:
    if console.is_terminal:
        on_screen: logging.Handler = _ScreenLines(console=console, show_time=False, show_path=False, keywords=[])
    else:
        on_screen = StreamLines()
    if loudness == "quiet":
        on_screen.setLevel(logging.ERROR)
    elif loudness == "usual" and console.is_terminal:
        on_screen.setLevel(logging.WARNING)
    on_screen.addFilter(lambda record: record.name != "commands.line")  # how it ended, the screen is told anyway
    return on_screen


def _tell_of_settings(settings: LocalSettings) -> None:
    if settings.unmoved_state_dir is not None:
        log.warning("the state is still in %s; move it to %s", settings.state_dir, settings.unmoved_state_dir)
    for problem in settings.doubtful:
        log.warning("%s", problem)


class _ScreenLines(TellsErrors, RichHandler):
    """Warnings above the live view."""
