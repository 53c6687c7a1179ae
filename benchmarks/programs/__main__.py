"""``python -m benchmarks.programs [NAME ...]``: run the studies, print their tables, renew pictures and numbers."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.programs.days import ROOT
from benchmarks.programs.figures import thinned
from benchmarks.programs.studies import STUDIES
from benchmarks.programs.studies.study import Study
from recording.charts import Panel, chart

_CSV_EVERY = 10
"""Half minutes per line of the CSV."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the named studies; without a name all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.programs", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(STUDIES)}; all without one")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "programs", help="takes NAME.svg and NAME.csv")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - STUDIES.keys())
    if unknown:
        parser.error(f"no study of {', '.join(unknown)}; there is {', '.join(STUDIES)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or STUDIES:
        study = STUDIES[name]()
        write(study, options.folder / name)
        show(study)


def write(study: Study, place: Path) -> None:
    """Write ``place.svg`` and ``place.csv``."""
    picture = chart(study.title, *_cropped(study))
    place.with_suffix(".svg").write_text(picture, encoding="utf-8", newline="\n")
    columns = {f"{panel.title}: {line.name}": line.values for panel in study.panels for line in panel.lines}
    with place.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["hour", *columns])
        table = zip(study.hours, *columns.values(), strict=True)
        for row in zip(*(thinned(column, _CSV_EVERY) for column in zip(*table, strict=True)), strict=True):
            writer.writerow([f"{value:.3f}" for value in row])


def _cropped(study: Study) -> tuple[list[float], list[Panel]]:
    """The hours that the picture shows."""
    shown = [study.shown_h[0] <= hour <= study.shown_h[1] for hour in study.hours]
    panels = [
        replace(panel, lines=[replace(line, values=list(compress(line.values, shown))) for line in panel.lines])
        for panel in study.panels
    ]
    return list(compress(study.hours, shown)), panels


def show(study: Study) -> None:
    """Print the table, as the page has it."""
    table = Table(*study.head, title=study.title)
    for row in study.rows:
        table.add_row(*row)
    console = Console(width=120)
    console.print(table, *study.notes, sep="\n")


if __name__ == "__main__":
    main()
