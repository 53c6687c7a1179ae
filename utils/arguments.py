"""Kinds of values on the command line, with messages a person can act on."""

from __future__ import annotations

import argparse
import math
from datetime import datetime

from utils.clocks import NO_LEAP_DAY, require_start

LAST_PORT = 65535


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def ordinal(text: str) -> int:
    """A whole number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def port(text: str) -> int:
    """A port number; 0 asks for a free one."""
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to {LAST_PORT}")
    return int(text)


def seconds(text: str) -> float:
    """A number above 0."""
    if not 0 < (value := _number(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def factor(text: str) -> float:
    """A number from 0 on."""
    if not 0 <= (value := _number(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return value


def moment(text: str) -> datetime:
    """A model time, to the minute or the second."""
    try:
        return model_time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def model_time(text: str) -> datetime:
    """The same for whoever types it elsewhere. Raises ``ValueError`` with words for people."""
    seconds_too = ":%S" if text.count(":") > 1 else ""
    try:
        told = datetime.strptime(text.strip().replace("T", " "), f"%Y-%m-%d %H:%M{seconds_too}")
    except ValueError:
        if "-02-29" in text:
            raise ValueError(NO_LEAP_DAY) from None
        raise ValueError(f"{text!r} is not a time; write it like '2023-01-10 05:30'") from None
    require_start(told)
    return told


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
