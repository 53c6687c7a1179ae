"""Weeks of the year: those that are learned from, and whole ones held out between them to be judged on."""

from __future__ import annotations

import numpy as np

WEEK_DAYS = 7
SEASONS = 4
_WEEKS = 52
_EVERY, _HELD_OUT = 6, 3
HELD_OUT = tuple(week for week in range(_WEEKS) if week % _EVERY == _HELD_OUT)
"""Every sixth week from the fourth on: 9 weeks of all seasons, of which no day is learned from."""
LEARNED = tuple(week for week in range(_WEEKS) if week not in HELD_OUT)


def training_day(season: int, random: np.random.Generator) -> int:
    """A day of a quarter of the year that is learned from."""
    weeks = [week for week in LEARNED if week * SEASONS // _WEEKS == season]
    return int(random.choice(weeks)) * WEEK_DAYS + int(random.integers(WEEK_DAYS))
