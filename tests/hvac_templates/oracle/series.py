"""Hourly series out of EnergyPlus' standard output files."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DICTIONARY_END = "End of Data Dictionary"


@dataclass(frozen=True, slots=True)
class Series:
    """One variable of one key (a zone), or one meter, whose key is empty."""

    key: str
    name: str
    values: list[float]


def series(file: Path) -> Iterator[Series]:
    """The hourly series of an EnergyPlus standard output file (ESO or MTR)."""
    if not file.is_file():
        return
    head, _, body = file.read_text(encoding="utf-8", errors="replace").partition(_DICTIONARY_END)
    values: dict[str, list[float]] = defaultdict(list)
    for line in body.splitlines():
        number, _, rest = line.partition(",")
        values[number.strip()].append(_first_number(rest))
    for line in head.splitlines():
        if "!Hourly" in line:
            number, _, *names = line.split("!")[0].split(",")
            key = names[0].strip() if len(names) > 1 else ""
            yield Series(key, names[-1].split("[")[0].strip(), values[number.strip()])


def _first_number(text: str) -> float:
    try:
        return float(text.split(",")[0])
    except ValueError:
        return math.nan
