"""Times as people say them."""

from __future__ import annotations

from datetime import datetime

from utils.clocks import ModelSeconds, model_datetime

_ANY_YEAR = 2023


def model_moment(time_s: float) -> str:
    """A model time (s) as a date of the model's year, which is every year."""
    return moment_in_words(model_datetime(ModelSeconds(time_s), _ANY_YEAR))


def moment_in_words(moment: datetime) -> str:
    """A date with a time, without a year: the model's is any."""
    return f"{moment.day} {moment:%b %H:%M}" + (f":{moment:%S}" if moment.second else "")


def duration_in_words(seconds: float) -> str:
    """Hours and minutes, or seconds of what is short."""
    if not seconds >= 60.0:
        return f"{seconds:.3g} s"
    days, rest = divmod(round(seconds), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    said = ((days, "d"), (hours, "h"), (minutes, "min"), (0 if days or hours else left, "s"))
    return " ".join(f"{number} {unit}" for number, unit in said if number)
