"""Turns an EnergyPlus weather file (EPW) into the compact table that the embedded plants read.

Run as ``python -m emulators.plants.convert_epw FILE.epw TABLE.csv.gz``.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

COLUMNS = {
    "dry_bulb_c": 6,
    "dew_point_c": 7,
    "relative_humidity_percent": 8,
    "horizontal_infrared_w_m2": 12,
    "global_horizontal_w_m2": 13,
    "direct_normal_w_m2": 14,
    "diffuse_horizontal_w_m2": 15,
    "wind_direction_deg": 20,
    "wind_speed_m_s": 21,
    "total_sky_cover_tenths": 22,
    "opaque_sky_cover_tenths": 23,
    "ceiling_height_m": 25,
}
"""Column of the table to column of the EPW (EnergyPlus auxiliary programs guide, weather file data dictionary)."""

_HEADER_LINES = 8


def convert(epw: Path, table: Path) -> None:
    """Write the table of one EPW: a line with the location, a line with the column names, one line per hour."""
    lines = epw.read_text(encoding="latin-1").splitlines()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(lines[0].split(",")[1:])
    writer.writerow(COLUMNS)
    for line in lines[_HEADER_LINES:]:
        record = line.split(",")
        writer.writerow(record[index] for index in COLUMNS.values())
    table.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), mtime=0))


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
