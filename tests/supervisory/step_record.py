"""What one step of a program saw, wanted and said."""

from __future__ import annotations

from datetime import datetime

from supervisory.program import Reading
from supervisory.runtime.context import Moment, StepRecord
from utils.values import Quality

NOON = datetime(2023, 7, 6, 12)
RECORD = StepRecord(
    "reset",
    Moment(NOON, 60.0, 30.0),
    {"t": Reading(12.5, "degC"), "flow": Reading(None, "m**3/s", Quality.BAD, note="NaN")},
    {"sp": 120.0},
    {"why": "trim"},
)
