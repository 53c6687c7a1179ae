"""Where episodes begin: at random within the spaces' days, or where ``reset(options=...)`` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from numbers import Real

import numpy as np

from learning.spaces import SpacesFile
from learning.world import Start
from utils.clocks import DAY_S, model_seconds
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

OPTIONS = ("start", "period", "parameters", "own_control")


def drawn(spaces: SpacesFile, random: np.random.Generator, options: Mapping[str, object] | None) -> Start:
    """What is not chosen is drawn. Raises :class:`ConfigError` with all that is wrong with the options."""
    chosen = _mapping(options)
    days = [day for first, last in spaces.start_days for day in range(first, last + 1)]
    day, seed = int(random.choice(days)), int(random.integers(2**31))
    problems = [
        *(_unknown(name) for name in chosen if name not in OPTIONS),
        *_wrong_parameters(chosen.get("parameters", {})),
        *_wrong_choice(chosen.get("own_control", False)),
    ]
    start, period = chosen.get("start"), chosen.get("period")
    time_s = float(day * DAY_S)
    try:
        time_s = time_s if start is None else time_of(start)
    except ValueError as error:
        problems.append(Problem("options['start']", str(error)))
    if period is not None and (not isinstance(period, str) or start is not None):
        problems.append(Problem("options['period']", "is the name of a period, and takes no start beside it"))
    if problems:
        raise ConfigError(problems)
    parameters, own_control = chosen.get("parameters"), bool(chosen.get("own_control", False))
    named = str(period) if period is not None else None
    return Start(time_s, named, dict(parameters or {}), seed, own_control)  # type: ignore[call-overload]


def time_of(start: object) -> float:
    """Model time (s) of a number of seconds, of a date, or of ``2023-07-06``, ``07-06`` or either with ``05:30``.

    Raises ValueError for what is none.
    """
    if isinstance(start, datetime):
        return float(model_seconds(_without_zone(start)))
    if isinstance(start, int | float | np.number) and not isinstance(start, bool) and 0.0 <= start < 365 * DAY_S:
        return float(start)
    text = str(start)
    if isinstance(start, int | float | np.number):
        raise ValueError(f"{start!r} is no start; write seconds of the year, from 0 to {365 * DAY_S - 1}")
    try:
        date = datetime.fromisoformat(text if text.count("-") >= 2 else f"2023-{text}")
        return float(model_seconds(_without_zone(date)))
    except ValueError as error:
        told = "seconds of the year, 2023-07-06 or '07-06 05:30'"
        raise ValueError(f"{start!r} is no start ({error}); write {told}") from None


def _without_zone(date: datetime) -> datetime:
    if date.tzinfo is not None:
        raise ValueError("model time has no zone; leave it out")
    return date


def options_of(options: Mapping[str, object] | None, number: int, count: int) -> dict[str, object]:
    """One building's share of options for several: a sequence has one for each of them."""
    return {name: _one_of(name, value, number, count) for name, value in _mapping(options).items()}


def _mapping(options: Mapping[str, object] | None) -> Mapping[str, object]:
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise ConfigError([Problem("options", f"is {options!r}; write a mapping of {', '.join(OPTIONS)}")])
    return options


def _one_of(name: str, value: object, number: int, count: int) -> object:
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        return value
    if len(value) != count:
        raise ConfigError([Problem(f"options['{name}']", f"has {len(value)} values for {count} buildings")])
    return value[number]


def _unknown(name: object) -> Problem:
    near = did_you_mean(str(name), OPTIONS) or f"; there is {', '.join(OPTIONS)}"
    return Problem("options", f"there is no {name!a}{near}")


def _wrong_parameters(parameters: object) -> list[Problem]:
    if parameters is None:
        return []
    where = "options['parameters']"
    if not isinstance(parameters, Mapping):
        return [Problem(where, "is a mapping of paths such as envelope.window_w_m2k to numbers")]
    return [
        Problem(where, f"{path} is {value!r}; write a number")
        for path, value in parameters.items()
        if not isinstance(value, Real) or isinstance(value, bool) or not isfinite(value)
    ]


def _wrong_choice(own_control: object) -> list[Problem]:
    is_choice = own_control is None or isinstance(own_control, bool | np.bool_)
    return [] if is_choice else [Problem("options['own_control']", f"is {own_control!r}; write True or False")]
