"""When a cell begins, and how long it is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime

from campaigns.cell import CellParameters
from utils.clocks import DAY_S, NO_LEAP_DAY, ModelSeconds, model_seconds, require_start

_YEAR = 2023
"""A year for dates without one. Results do not depend on it: the model has one year."""
PERIOD_DAYS = 14.0
_LAST_DAY = 364
_WRITTEN = re.compile(
    r"(?:(?P<year>\d{4})-)?(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[ T](?P<hour>\d{1,2}):(?P<minute>\d\d))?"
)


@dataclass(frozen=True, slots=True)
class CellStart:
    """Where a cell begins in the model's year, s; and the year that programs see on the calendar."""

    time_s: ModelSeconds
    year: int = _YEAR


def start_of(day: int | str | None) -> CellStart:
    """Read a day. Raises ``ValueError`` for one that is none, with what would be one."""
    if day is None:
        return CellStart(ModelSeconds(0.0))
    if isinstance(day, int):
        if not 0 <= day <= _LAST_DAY:
            raise ValueError(f"{day} is no day of the year; days are 0 (1 January) to {_LAST_DAY}")
        return CellStart(ModelSeconds(float(day * DAY_S)))
    match = _WRITTEN.fullmatch(day.strip())
    if match is None:
        raise ValueError(f"{day!r} is no day; write 07-06, 2023-07-06, '07-06 05:30', or 0 to {_LAST_DAY}")
    year, month, of_month, hour, minute = (int(text) for text in match.groups(default="0"))
    if (month, of_month) == (2, 29):
        raise ValueError(NO_LEAP_DAY)
    try:
        moment = datetime(year or _YEAR, month, of_month, hour, minute)
    except ValueError:
        raise ValueError(f"{day!r} is no day of the calendar") from None
    require_start(moment)
    return CellStart(model_seconds(moment), moment.year)


def steps_of(parameters: CellParameters, step_s: float) -> int:
    """How often the building is advanced."""
    usual = 1.0 if parameters.period is None else PERIOD_DAYS
    return math.ceil((usual if parameters.days is None else parameters.days) * DAY_S / step_s - 1e-6)
