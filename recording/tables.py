"""How a recording lies in its SQLite file: the tables, and how a step's values are packed.

A step is one row. Its values are packed as IEEE 754 doubles, little-endian on every machine, one per signal of its
stream and in their order, with NaN where there is none; beside them a byte of quality per signal, or none at all where
all are good. A row per value would cost fifteen times as much.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Sequence
from functools import cache

from utils.values import PointValue

APPLICATION_ID = 0x42454E43
"""``BENC``: what SQLite's header says of a file of ours (``PRAGMA application_id``)."""
FORMAT = 1
"""Version of the tables (``PRAGMA user_version``). A reader refuses others."""

TABLES = """
CREATE TABLE part (run TEXT NOT NULL, number INTEGER NOT NULL, began_s REAL NOT NULL, ended_s REAL, ending TEXT);
CREATE TABLE facts (name TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE signals (
    stream INTEGER NOT NULL REFERENCES streams (id), place INTEGER NOT NULL, title TEXT NOT NULL, unit TEXT NOT NULL,
    point TEXT NOT NULL, object TEXT NOT NULL, equipment TEXT NOT NULL, device TEXT NOT NULL, role TEXT NOT NULL,
    direction TEXT NOT NULL, meaning TEXT NOT NULL, PRIMARY KEY (stream, place)
);
CREATE TABLE steps (
    stream INTEGER NOT NULL, episode INTEGER NOT NULL, number INTEGER NOT NULL, time_s REAL NOT NULL, local_time TEXT,
    wall_s REAL NOT NULL, late INTEGER NOT NULL, exchange_s REAL, "values" BLOB NOT NULL, qualities BLOB NOT NULL,
    why TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE events (
    wall_s REAL NOT NULL, time_s REAL, kind TEXT NOT NULL, subject TEXT NOT NULL, words TEXT NOT NULL, who TEXT NOT NULL
);
"""

GOOD, BAD, MISSING, NOT_ASKED = 0, 1, 2, 3
"""Bytes of quality. ``NOT_ASKED``: nobody looked in this step, or the device was not there."""

GOES_ON = "goes on in the next part"
"""How a part ends that is not the last. The last one there is may say so, too: then the next was never begun."""

_IS_BIG_ENDIAN = sys.byteorder == "big"


def doubles(values: Sequence[PointValue | None]) -> array[float] | None:
    """The values in a row; None where one is no number that a double can hold."""
    try:
        return array("d", _row_of(len(values)).pack(*values))
    except (struct.error, OverflowError):
        return None


@cache
def _row_of(count: int) -> struct.Struct:
    return struct.Struct(f"={count}d")  # converts in half the time that an array takes


def packed(values: Sequence[PointValue | None]) -> bytes:
    """A step's values as they are stored."""
    numbers = values if isinstance(values, array) else doubles(values)
    if numbers is None:
        numbers = array("d", map(_double, values))
    if _IS_BIG_ENDIAN:
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _double(value: object) -> float:
    """What is no number, or too large a one, is not kept."""
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.nan


def unpacked(content: bytes) -> array[float]:
    """The values again; NaN where there was none. Raises ValueError for a length that is no whole number of them."""
    numbers = array("d")
    numbers.frombytes(content)
    if _IS_BIG_ENDIAN:
        numbers.byteswap()
    return numbers
