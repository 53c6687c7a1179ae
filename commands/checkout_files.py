"""The files that a checkout writes: a page to sign, a sheet, and what CI servers read."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from bridge.checkout import CheckoutResult
from bridge.checkout.report import csv_report, html_report, junit_report
from bridge.checkout.report.spreadsheet import HEADINGS
from bridge.display.receipts import say
from commands.report_file import report_file, write_report
from recording.report import MADE_BY
from utils.errors import ConfigError, Problem


class _Kind(NamedTuple):
    option: str
    told: str
    make: Callable[[CheckoutResult], str]
    mark: str


_KINDS = (
    _Kind("--report", "also write a page to sign, which opens offline and prints", html_report, MADE_BY),
    _Kind("--csv", "also write a sheet, a line for each value", csv_report, ",".join(HEADINGS[:5])),
    _Kind("--junit", "also write JUnit XML, for CI servers", junit_report, '<testsuites name="checkout"'),
)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """An option for each kind of file."""
    for kind in _KINDS:
        parser.add_argument(kind.option, type=Path, metavar="FILE", help=kind.told)


def refuse_unfit_files(options: argparse.Namespace) -> None:
    """Raises :class:`utils.errors.ConfigError` for files that cannot be written, before anything is tried."""
    asked: dict[Path, str] = {}
    for kind, file in _wanted(options):
        report_file(kind.option, file, kind.mark)
        before = asked.setdefault(file.resolve(), kind.option)
        if before != kind.option:
            raise ConfigError([Problem(kind.option, f"{file} is {before}'s already; name another file")])


def write_files(options: argparse.Namespace, console: Console, result: CheckoutResult) -> None:
    """Write those that are wanted, and say where. Raises :class:`commands.report_file.ReportFailed`."""
    for kind, file in _wanted(options):
        say(console, f"{file} ({write_report(file, kind.make(result))})")


def _wanted(options: argparse.Namespace) -> Iterator[tuple[_Kind, Path]]:
    for kind in _KINDS:
        file = getattr(options, kind.option.removeprefix("--"))
        if file is not None:
            yield kind, file
