"""What electricity costs, and what it emits: the tariffs of the BOPTEST case.

Prices are $/kWh and hold until the next one. The tariffs are ComEd's, as the case has them (TestCase, "Energy
Pricing"): constant, by time of use, and by the hour. The hourly ones are a market's data, which the bench does not
ship: in their place stands a series of our own, always the same, of about the same level and spread, or a user's own.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from math import exp, isfinite
from pathlib import Path
from random import Random

from emulators.plants.sun import DAY_S
from emulators.plants.weather import HOUR_S, YEAR_S
from utils.errors import ConfigError, Problem

CONSTANT = 0.094
EMISSIONS_KG_PER_KWH = 0.341
"""Mean of Illinois in 2019 (TestCase, "Emission Factors")."""
UPPER_CO2_PPM = 894.0

_SUMMER_DAYS = (151, 273)
"""June to September: first day of the year (from 0), and the day after the last."""
_SUMMER, _WINTER = (0.05826, 0.0711, 0.16969), (0.05871, 0.06906, 0.1599)
"""From 22 to 6 h; from 6 to 14 and 19 to 22 h; from 14 to 19 h."""
_DAY_H, _PEAK_H = (6.0, 22.0), (14.0, 19.0)

_BESIDE_ENERGY = 0.03867
"""Of an hourly price, what is not the market's: delivery, taxes and riders (TestCase)."""
_MARKET_MEAN = 0.0255
_OF_THE_HOUR = (
    *(0.80, 0.76, 0.74, 0.73, 0.75, 0.82, 0.95, 1.06, 1.07, 1.06, 1.06, 1.06),
    *(1.05, 1.05, 1.05, 1.07, 1.14, 1.25, 1.28, 1.22, 1.15, 1.06, 0.96, 0.88),
)
_DAYS_REMEMBERED, _DAY_SPREAD, _HOUR_SPREAD = 0.7, 0.22, 0.06
"""How much of a day's level passes to the next, and the spread of the logarithm of days and hours (J)."""
_SEED = 2019
_MOST_PRICE = 100.0


@dataclass(frozen=True)
class HourlyPrices:
    """Prices of the scenario ``highly_dynamic``, an hour each from 1 January 00:00 on; the year repeats them."""

    values: tuple[float, ...]

    def at(self, time_s: float) -> float:
        """The price in force."""
        return self.values[int(time_s % YEAR_S // HOUR_S)]

    @cached_property
    def fingerprint(self) -> str:
        """Tells one series from another."""
        return sha256(repr(self.values).encode()).hexdigest()


def by_time_of_use(time_s: float) -> float:
    """The tariff of the scenario ``dynamic``."""
    night, day, peak = _SUMMER if _SUMMER_DAYS[0] <= time_s % YEAR_S // DAY_S < _SUMMER_DAYS[1] else _WINTER
    hour = time_s % DAY_S / 3600.0
    if _PEAK_H[0] <= hour < _PEAK_H[1]:
        return peak
    return day if _DAY_H[0] <= hour < _DAY_H[1] else night


@cache
def our_own_hourly() -> HourlyPrices:
    """The series that stands for the market's: drawn from a fixed seed, to the bit the same everywhere."""
    random = Random(_SEED)  # noqa: S311 - noise, not a secret
    values: list[float] = []
    level = 0.0
    for _ in range(int(YEAR_S // DAY_S)):
        level = _DAYS_REMEMBERED * level + random.gauss(0.0, _DAY_SPREAD)
        for share in _OF_THE_HOUR:
            market = _MARKET_MEAN * share * exp(level + random.gauss(0.0, _HOUR_SPREAD))
            values.append(round(_BESIDE_ENERGY + market, 5))
    return HourlyPrices(tuple(values))


def read_hourly(path: Path) -> HourlyPrices:
    """A user's series: a CSV with one price a line for each hour of the year, or lines of ``time`` (s) and price.

    A first line that is no number is a title. Raises ConfigError with all that is wrong with it.
    """
    lines = _lines(path)
    first, body = (2, lines[1:]) if lines and not _is_number(lines[0][-1]) else (1, lines)
    hours = int(YEAR_S // HOUR_S)
    if len(body) != hours:
        what = f"has {len(body)} prices; a year has {hours}, one for each hour from 1 January 00:00 on"
        raise ConfigError([Problem(str(path), what)])
    problems = [
        Problem(f"{path}, line {first + index}", what)
        for index, fields in enumerate(body)
        if (what := _wrong_with(index, fields))
    ]
    if problems:
        raise ConfigError(problems)
    return HourlyPrices(tuple(float(fields[-1]) for fields in body))


def _lines(path: Path) -> list[Sequence[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [fields for fields in csv.reader(file) if fields]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError([Problem(str(path), f"cannot be read as a CSV of prices: {error}; name another")]) from error


def _wrong_with(hour: int, fields: Sequence[str]) -> str:
    if len(fields) > 2:
        return "has more than a time and a price; keep these two"
    if not _is_number(fields[-1]) or not 0.0 <= abs(float(fields[-1])) <= _MOST_PRICE:
        return f"{fields[-1]!a} is no price in $/kWh; write a number"
    if len(fields) == 2 and (not _is_number(fields[0]) or float(fields[0]) != hour * HOUR_S):
        return f"its time is {fields[0]!a}; it should be {hour * HOUR_S:.0f}, in s from 1 January 00:00"
    return ""


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
