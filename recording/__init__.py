"""The memory of a run: one SQLite file that is written beside the loops, and read by whatever looks back.

A recording is a luxury: it can fail, and nothing else does.
"""

import points.own_utils  # noqa: F401 - before the others
from recording.recorded_run import RecordedRun, RecordedStream, open_run
from recording.recorder import Recorder
from recording.runs_folder import RunFiles, RunsFolder, run_of
from recording.tables import BAD, GOOD, MISSING, NOT_ASKED
from recording.words import (
    ACTED,
    ACTED_FOUND,
    ACTED_LED,
    ACTED_MASKED,
    ACTED_WANTED,
    BRIDGE,
    INDICATOR,
    PROGRAM,
    Direction,
    Event,
    EventKind,
    Facts,
    RecordedStep,
    Signal,
)

__all__ = [
    "ACTED",
    "ACTED_FOUND",
    "ACTED_LED",
    "ACTED_MASKED",
    "ACTED_WANTED",
    "BAD",
    "BRIDGE",
    "GOOD",
    "INDICATOR",
    "MISSING",
    "NOT_ASKED",
    "PROGRAM",
    "Direction",
    "Event",
    "EventKind",
    "Facts",
    "RecordedRun",
    "RecordedStep",
    "RecordedStream",
    "Recorder",
    "RunFiles",
    "RunsFolder",
    "Signal",
    "open_run",
    "run_of",
]
