"""Where a verb logs, and where it keeps what has to outlive it."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence

from rich.console import Console
from rich.logging import RichHandler

from utils.logging_config import StreamLines, TellsErrors, configure_logging
from utils.settings import LocalSettings
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)


def state_folder(settings: LocalSettings) -> StateFolder:
    """Where is kept what has to outlive a run. Raises :class:`utils.state_folder.StateError`."""
    return StateFolder(settings.state_dir, settings.former_state_dir)


def log_console(options: argparse.Namespace, console: Console) -> Console:
    """Where log lines go: not between the lines of a JSON document."""
    return Console(stderr=True) if options.json else console


def start_logging(settings: LocalSettings, secrets: Sequence[str], console: Console) -> None:
    """Everything into the file; on a terminal only warnings, above the live view; elsewhere what the file gets."""
    on_screen: logging.Handler = StreamLines()
    if console.is_terminal:
        on_screen = _ScreenLines("WARNING", console, show_time=False, show_path=False, keywords=[])
    configure_logging(settings.log_file, settings.log_level, secrets, on_screen)
    if settings.unmoved_state_dir is not None:
        log.warning("the state is still in %s; move it to %s", settings.state_dir, settings.unmoved_state_dir)


class _ScreenLines(TellsErrors, RichHandler):
    """Warnings above the live view."""
