"""``python main.py export RUN --csv FILE``: a recording as a table for others."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from commands.recordings import WHICH, add_settings_option, recordings
from recording import PROGRAM, RecordedRun, RecordedStream, open_run
from recording.export import RecordedTable, Row, require_pyarrow, tidy, wide, write_csv, write_parquet
from recording.finding import find_run
from recording.runs_folder import SUFFIX
from utils.errors import BridgeError, ConfigError, Problem
from utils.names import did_you_mean
from utils.writable import objection_to_file

EXAMPLES = (
    "export last --csv",
    "export last --csv monday.csv --all",
    "export 20260706-0930 --parquet monday.parquet --tidy",
)


class ExportFailed(BridgeError):
    """The table could not be written."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which recording, as what, and where to."""
    parser.add_argument("which", metavar="RUN", help=WHICH)
    told = "as {}; without a name, into a file here that is called as the recording (NAME-tidy with --tidy)"
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", nargs="?", const="", metavar="FILE", help=told.format("CSV"))
    form.add_argument("--parquet", nargs="?", const="", metavar="FILE", help=told.format("Parquet (needs pyarrow)"))
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--wide", action="store_true", help="a row per step, as in a step log (which is usual)")
    shape.add_argument("--tidy", action="store_true", help="a row per value, of all signals")
    told = "with --wide: also what the building told, and what it was sent"
    parser.add_argument("--all", action="store_true", dest="everything", help=told)
    parser.add_argument("--stream", metavar="NAME", help="of a recording of several programs, the one to write")
    add_settings_option(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the table, and say where it is."""
    is_csv = options.csv is not None
    if not is_csv:
        require_pyarrow()
    with open_run(find_run(recordings(options.env), options.which)) as recorded:
        name = f"{recorded.name}{'-tidy' if options.tidy else ''}"
        file = _target(options.csv if is_csv else options.parquet, name, "csv" if is_csv else "parquet")
        counted = _Counted(_table(recorded, options))
        with _told(file):
            (write_csv if is_csv else write_parquet)(file, counted.table)
        say(console, f"{counted.rows} rows of {recorded.name} are in {file}")
        if recorded.missing:
            say(console, f"{len(recorded.missing)} part(s) of the recording are missing, and so are their rows")
    return 0


class _Counted:
    """A table that counts the rows that are taken from it."""

    def __init__(self, table: RecordedTable) -> None:
        self.rows = 0
        self.table = RecordedTable(table.columns, self._count(table))

    def _count(self, table: RecordedTable) -> Iterator[Row]:
        for row in table.rows:
            self.rows += 1
            yield row


def _table(recorded: RecordedRun, options: argparse.Namespace) -> RecordedTable:
    if options.tidy:
        return tidy(recorded)
    return wide(_stream(recorded, options.stream), everything=options.everything)


def _target(written: str, name: str, suffix: str) -> Path:
    file = Path(written or f"{name}.{suffix}")
    objection = objection_to_file(file)
    if file.suffix == SUFFIX:
        objection = f"{file} is called as a recording; name another file"
    if objection is not None:
        raise ConfigError([Problem(f"--{suffix}", objection)])
    return file


def _stream(recorded: RecordedRun, wanted: str | None) -> RecordedStream:
    streams = recorded.streams
    if not streams:
        raise ConfigError([Problem(recorded.name, "has no steps: it ended before the first one")])
    named = {name.removeprefix(PROGRAM): stream for name, stream in streams.items()}
    if wanted is None and len(named) == 1:
        return next(iter(named.values()))
    if wanted is not None and wanted in named:
        return named[wanted]
    there = f"it has {', '.join(named)}"
    if wanted is None:
        raise ConfigError([Problem(recorded.name, f"{there}: choose with --stream NAME, or take --tidy for all")])
    guess = did_you_mean(wanted, named)
    raise ConfigError([Problem("--stream", f"{wanted} is not in {recorded.name}{guess}; {there}")])


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportFailed(f"{file} cannot be written: {error.strerror or error}") from None
