"""The step log of a run, as ``STEP_LOG`` asks for it: written from the recording when the run has ended."""

from __future__ import annotations

import logging
from pathlib import Path

from recording.export.csv_file import write_numbered
from recording.export.table import wide
from recording.recorded_run import open_run
from recording.runs_folder import run_of
from utils.errors import ConfigError
from utils.home import CALLED

log = logging.getLogger(__name__)


def write_step_log(recorded: Path, stream: str, file: Path) -> None:
    """Write a stream's steps, and put older files aside; nothing of a run without steps. Never raises."""
    try:
        with open_run(recorded) as run:
            if stream in (streams := run.streams):
                write_numbered(file, wide(streams[stream]))
    except (OSError, ConfigError) as error:
        again = f"{CALLED} export {run_of(recorded)} --csv FILE writes it"
        log.warning("the step log %s could not be written: %s; %s", file, error, again)
