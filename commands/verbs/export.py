"""``python main.py export RUN --csv FILE``: a recording as a table for others."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from commands.recordings import WHICH, add_settings_option, recordings
from recording import PROGRAM, RecordedRun, RecordedStream, open_run
from recording.export import RecordedTable, Row, require_pyarrow, tidy, wide, write_csv, write_parquet
from recording.finding import find_run
from recording.runs_folder import SUFFIX
from utils.errors import BridgeError, ConfigError, Problem
from utils.home import install
from utils.names import did_you_mean
from utils.writable import objection_to_file

EXAMPLES = (
    "export last --csv",
    "export last --csv monday.csv --all",
    "export 20260706-0930 --parquet monday.parquet --tidy",
    "export last --npz monday.npz --transitions mine.json",
)
_SHAPES = {"wide": "", "tidy": "-tidy", "transitions": "-transitions"}
"""What a file is called behind the name of the recording."""


class ExportFailed(BridgeError):
    """The table could not be written."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which recording, as what, and where to."""
    parser.add_argument("which", metavar="RUN", help=WHICH)
    told = "as {}; without a name, into a file here that is called as the recording and its shape (NAME-tidy)"
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", nargs="?", const="", metavar="FILE", help=told.format("CSV"))
    form.add_argument("--parquet", nargs="?", const="", metavar="FILE", help=told.format("Parquet (needs pyarrow)"))
    form.add_argument("--npz", nargs="?", const="", metavar="FILE", help=told.format("arrays of NumPy's"))
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--wide", action="store_true", help="a row per step, as in a step log (which is usual)")
    shape.add_argument("--tidy", action="store_true", help="a row per value, of all signals")
    told = "a row per step of an agent, by a file of spaces: what it saw, did and was paid"
    shape.add_argument("--transitions", type=Path, metavar="SPACES", help=told)
    told = "with --wide: also what the building told, and what it was sent"
    parser.add_argument("--all", action="store_true", dest="everything", help=told)
    parser.add_argument("--stream", metavar="NAME", help="of a recording of several programs, the one to write")
    add_settings_option(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the table, and say where it is."""
    suffix, written = _form(options)
    if suffix == "parquet":
        require_pyarrow()
    with open_run(find_run(recordings(options.env), options.which)) as recorded:
        file = _target(written, f"{recorded.name}{_SHAPES[_shape(options)]}", suffix, options.transitions)
        if options.transitions is not None:
            from commands.export_transitions import write_transitions

            with _failing_in_words(file):
                told = write_transitions(recorded, options.transitions, file, suffix)
        else:
            told = [_write(recorded, options, file, suffix)]
        for line in told:
            say(console, line)
        if recorded.missing:
            say(console, f"{len(recorded.missing)} part(s) of the recording are missing, and so are their rows")
    return 0


def _write(recorded: RecordedRun, options: argparse.Namespace, file: Path, suffix: str) -> str:
    counted = _Counted(_table(recorded, options))
    with _failing_in_words(file):
        (write_csv if suffix == "csv" else write_parquet)(file, counted.table)
    return f"{counted.rows} rows of {recorded.name} are in {file}"


def _form(options: argparse.Namespace) -> tuple[str, str]:
    """How the file ends, and what it shall be called. Raises :class:`ConfigError` for what does not belong together."""
    told = {"csv": options.csv, "parquet": options.parquet, "npz": options.npz}
    suffix, written = next((form, name) for form, name in told.items() if name is not None)
    problems = []
    if options.transitions is not None and find_spec("gymnasium") is None:
        problems.append(Problem("--transitions", f"needs Gymnasium, which is not installed: {install('learning')}"))
    if suffix == "npz" and options.transitions is None:
        problems.append(Problem("--npz", "is for --transitions SPACES; take --csv or --parquet for a table"))
    foreign = {"--all": options.everything, "--stream": options.stream} if options.transitions is not None else {}
    what = "has no meaning with --transitions; leave it out"
    problems += [Problem(option, what) for option, value in foreign.items() if value]
    if problems:
        raise ConfigError(problems)
    return suffix, written


def _shape(options: argparse.Namespace) -> str:
    return "transitions" if options.transitions is not None else "tidy" if options.tidy else "wide"


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


def _target(written: str, name: str, suffix: str, spaces: Path | None) -> Path:
    file = Path(written or f"{name}.{suffix}")
    objection = objection_to_file(file)
    if spaces is not None and file.resolve() == spaces.resolve():
        objection = f"{file} is the file of spaces; name another file"
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
def _failing_in_words(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportFailed(f"{file} cannot be written: {error.strerror or error}") from None
