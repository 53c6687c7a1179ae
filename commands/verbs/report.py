"""``python main.py report RUN``: what happened in a run, as a page that prints."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from commands.recordings import WHICH, add_settings_option, recordings, refuse_itself
from commands.report_file import report_file, write_report
from recording import open_run
from recording.columns import RunData, read_run
from recording.finding import BASELINE, find_run
from recording.report import report

EXAMPLES = ("report last", "report last --against baseline", "report 20260706 --against monday.run -o tuesday.html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which recording, against what, and where to."""
    parser.add_argument("which", metavar="RUN", help=WHICH)
    told = "another recording, or baseline: the building's own control over the same period, computed once"
    parser.add_argument("--against", metavar="OTHER", help=told)
    told = "where to; without it, a file here that is called as the recording"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=told)
    add_settings_option(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Make the report, and say where it is."""
    folder = recordings(options.env)
    recorded = _read(find_run(folder, options.which))
    file = report_file("-o", options.output or Path(f"{recorded.name}.html"))
    other = None
    if options.against == BASELINE:
        from commands.baseline import baseline  # what starts servers would keep all other reports waiting

        other = _read(baseline(recorded, folder, options.env, console))
    elif options.against is not None:
        other = _read(find_run(folder, options.against, [BASELINE]))
        refuse_itself(options.against, recorded, other)
    size = write_report(file, report(recorded, other))
    against = f" against {other.name}" if other is not None else ""
    say(console, f"the report of {recorded.name}{against} is in {file} ({size})")
    if not (recorded.episodes or recorded.programs):
        say(console, "the recording has no step; the report says what else there is")
    return 0


def _read(file: Path) -> RunData:
    with open_run(file) as recorded:
        return read_run(recorded)
