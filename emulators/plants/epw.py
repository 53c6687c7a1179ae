"""Reads EnergyPlus weather files (EPW): what the embedded plants need of them, judged before it is believed.

``python -m emulators.plants.epw FILE.epw TABLE.csv.gz`` turns one into the compact table that ships with them.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path

from emulators.plants.weather import HOURS, WeatherYear, weather_year
from utils.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class EpwField:
    """A field of an hourly record: its place, and the range beyond which it is missing or wrong."""

    index: int
    least: float
    most: float


FIELDS = {
    "dry_bulb_c": EpwField(6, -70.0, 70.0),
    "dew_point_c": EpwField(7, -70.0, 70.0),
    "relative_humidity_percent": EpwField(8, 0.0, 110.0),
    "horizontal_infrared_w_m2": EpwField(12, 0.0, 9998.0),
    "global_horizontal_w_m2": EpwField(13, 0.0, 9998.0),
    "direct_normal_w_m2": EpwField(14, 0.0, 9998.0),
    "diffuse_horizontal_w_m2": EpwField(15, 0.0, 9998.0),
    "wind_direction_deg": EpwField(20, 0.0, 360.0),
    "wind_speed_m_s": EpwField(21, 0.0, 40.0),
    "total_sky_cover_tenths": EpwField(22, 0.0, 10.0),
    "opaque_sky_cover_tenths": EpwField(23, 0.0, 10.0),
    "ceiling_height_m": EpwField(25, 0.0, 99999.0),
}
"""Column of the table to field of the EPW (EnergyPlus auxiliary programs guide, weather file data dictionary)."""

_HEADER_LINES = 8
_PLACE = {6: ("latitude", 90.0), 7: ("longitude", 180.0), 8: ("time zone", 14.0)}


def convert(epw: Path, table: Path) -> None:
    """Write the table of one EPW: a line with the location, a line with the column names, one line per hour."""
    table.write_bytes(gzip.compress(_as_table(*_read(epw)).encode("utf-8"), mtime=0))


def read_epw(path: Path) -> WeatherYear:
    """A year of weather. Raises ConfigError with all that can be told of a file that will not do."""
    text = _as_table(*_read(path))
    return weather_year(text, sha256(text.encode("utf-8")).hexdigest())


def _as_table(place: Sequence[str], records: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(place[1:])
    writer.writerow(FIELDS)
    for record in records:
        writer.writerow(record[field.index] for field in FIELDS.values())
    return text.getvalue()


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}; name an EPW file"
        raise ConfigError([Problem(str(path), what)]) from error
    place = lines[0].split(",") if lines else []
    if not place or place[0].strip().upper() != "LOCATION":
        raise ConfigError([Problem(str(path), "does not begin with LOCATION; it is no EPW file, name one")])
    records = [line.split(",") for line in lines[_HEADER_LINES:] if line.strip()]
    problems = [*_wrong_with_place(path, place), *_wrong_with_records(path, records)]
    if problems:
        raise ConfigError(problems)
    return place, records


def _wrong_with_place(path: Path, place: Sequence[str]) -> Iterator[Problem]:
    for index, (name, most) in _PLACE.items():
        text = place[index] if index < len(place) else ""
        if _outside(text, -most, most):
            yield Problem(f"{path}, line 1", f"its {name} is {text!a}; write a number from -{most:g} to {most:g}")


def _wrong_with_records(path: Path, records: Sequence[Sequence[str]]) -> Iterator[Problem]:
    if len(records) != HOURS:
        leap = "; leave out 29 February" if len(records) == HOURS + 24 else "; take a file of one whole year"
        yield Problem(str(path), f"has {len(records)} hourly records, not {HOURS}{leap}")
    for name, field in FIELDS.items():
        wrong = [
            (number, record[field.index] if field.index < len(record) else "")
            for number, record in enumerate(records, start=_HEADER_LINES + 1)
            if field.index >= len(record) or _outside(record[field.index], field.least, field.most)
        ]
        if wrong:
            number, text = wrong[0]
            others = f", and so in {len(wrong) - 1} more lines" if len(wrong) > 1 else ""
            what = f"{name} is {text!a}{others}; write a number from {field.least:g} to {field.most:g}"
            yield Problem(f"{path}, line {number}", what)


def _outside(text: str, least: float, most: float) -> bool:
    try:
        value = float(text)
    except ValueError:
        return True
    return not isfinite(value) or not least <= value <= most


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
