"""Writes what came of a campaign: ``export`` as a table, ``overview`` as a page."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from bridge.display.receipts import say
from campaigns.results import overview, results_table
from campaigns.store import DONE, CampaignStore
from commands.report_file import report_file, write_report
from utils.errors import BridgeError, ConfigError, Problem
from utils.writable import objection_to_file


class ExportOfCampaignFailed(BridgeError):
    """The table could not be written."""


def write_results(store: CampaignStore, kind: str, options: argparse.Namespace, console: Console) -> int:
    """Write it, and say where it is. ``kind`` is csv or html."""
    rows = store.rows()
    done = sum(row.state == DONE for row in rows)
    if kind == "html":
        file = report_file("-o", options.output or Path(f"{store.file.stem}.html"))
        size = write_report(file, overview(str(store.facts["title"]), store.facts, rows))
        say(console, f"{done} of {len(rows)} cells are in {file} ({size})")
        return 0
    file = _table_file(options.output or Path(f"{store.file.stem}.csv"))
    _write(file, results_table(rows, everything=options.all))
    say(console, f"{len(rows) if options.all else done} of {len(rows)} cells are in {file}")
    return 0


def _table_file(file: Path) -> Path:
    objection = objection_to_file(file)
    if objection is None and file.suffix in (".campaign", ".yaml", ".yml", ".run"):
        objection = f"{file} is called as a campaign or a recording; name another file"
    if objection is not None:
        raise ConfigError([Problem("-o", objection)])
    return file


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = file.with_name(f"{file.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:
        raise ExportOfCampaignFailed(f"{file} cannot be written: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)
