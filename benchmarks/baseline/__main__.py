"""One table: who keeps which bar. ``python -m benchmarks.baseline --data DIR``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.baseline.judging import JudgedLine, judge_course, judge_windows
from benchmarks.baseline.published import Trajectory, Window, courses, folder_of_data, split, windows
from benchmarks.baseline.simulated import Simulated, simulate
from emulators.plants.multizone_office import OfficeParameters
from emulators.plants.multizone_office.parameters import as_boptest


def changed(parameters: OfficeParameters, settings: Sequence[str]) -> OfficeParameters:
    """The parameters with ``part.name=value`` put in their places."""
    for setting in settings:
        place, value = setting.split("=")
        part, name = place.split(".")
        parameters = replace(parameters, **{part: replace(getattr(parameters, part), **{name: float(value)})})
    return parameters


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate what was asked for, and print the table."""
    options = _parser().parse_args(arguments)
    folder = folder_of_data(options.data)
    every, shown = windows(folder), courses(folder)
    to_fit, to_judge = split(every, shown)
    chosen = {"fit": to_fit, "judge": to_judge, "all": every}[options.group][:: options.every]
    if options.days is not None:
        chosen = [window for window in every if window.middle_day in options.days]
    what: list[Window | Trajectory] = [*([] if options.no_courses else shown), *chosen]
    parameters = changed(as_boptest() if options.as_boptest else OfficeParameters(), options.set)
    results = simulate([(parameters, one) for one in what], options.processes)
    lines: list[JudgedLine] = []
    pairs: list[tuple[Window, Simulated]] = []
    for one, ours in zip(what, results, strict=True):
        if isinstance(one, Trajectory):
            lines.extend(judge_course(one, ours))
        else:
            pairs.append((one, ours))
    Console(width=120).print(_table([*lines, *judge_windows(pairs)]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the published files")
    parser.add_argument("--group", choices=("fit", "judge", "all"), default="judge", help="which windows")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth of them")
    parser.add_argument("--days", type=days, metavar="DAY,...", help="the windows around these days instead")
    parser.add_argument("--no-courses", action="store_true", help="windows only")
    parser.add_argument("--friendly", dest="as_boptest", action="store_false", help="the demo's start and valve")
    parser.add_argument("--set", action="append", default=[], metavar="PART.NAME=VALUE", help="another parameter")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    return parser


def days(text: str) -> list[int]:
    """Days of the year that are told one after the other."""
    return [int(day) for day in text.split(",") if day]


def _table(lines: Sequence[JudgedLine]) -> Table:
    table = Table("where", "what", "ours", "theirs", "off", "bar", title="Own control beside the published baseline")
    for line in lines:
        verdict = {True: "kept", False: "NOT KEPT", None: "-"}[line.keeps]
        table.add_row(line.where, line.what, f"{line.ours:.4f}", f"{line.theirs:.4f}", line.off, verdict)
    return table


if __name__ == "__main__":
    main()
