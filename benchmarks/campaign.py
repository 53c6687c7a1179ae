"""How much of the cores' time a campaign spends in its cells: ``python -m benchmarks.campaign --cells 1000``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.rows import Measured
from campaigns.beginning import begun, store_of
from campaigns.campaign import Campaign, tasks_of
from campaigns.engines.processes import Processes
from campaigns.results import results_table

_CELLS = 40
_AIM = ">= 0.95"


def rows(folder: Path) -> Iterator[Measured]:
    """A small campaign of one-day cells."""
    yield from measured(folder, _CELLS, os.cpu_count() or 1)


def measured(folder: Path, cells: int, workers: int) -> Iterator[Measured]:
    """One-day cells over the year with their own control."""
    file = folder / "study.yaml"
    grid = {"day": {"from": 0, "to": 359, "step": max(1, 360 // cells)}, "seed": {"from": 1, "to": -(-cells // 360)}}
    file.write_text(json.dumps({"base": {"days": 1}, "grid": grid}), encoding="utf-8")
    store = begun(file, store_of(file))
    campaign = Campaign(store, lambda: Processes(workers), tasks_of(store, folder / "absent.env"))
    began = time.perf_counter()
    standing = campaign.execute()
    lasted_s = time.perf_counter() - began
    done = store.rows()
    in_cells_s = sum(row.wall_s or 0.0 for row in done)
    detail = f"{standing.done} of {standing.cells} one-day cells, {workers} processes, {lasted_s:.0f} s"
    yield Measured("cores' time in the cells", f"{in_cells_s / workers / lasted_s:.3f}", _AIM, detail)
    yield Measured("a one-day cell", f"{in_cells_s / len(done):.2f} s", "", "its building's start included")
    size, kept = len(results_table(done)) / 1000, store.file.stat().st_size / 1000
    yield Measured("the table of a campaign", f"{size:.0f} kB", "", f"{kept:.0f} kB kept")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a campaign of any size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign", description=__doc__)
    parser.add_argument("--cells", type=int, default=_CELLS, metavar="N", help="one-day cells")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for row in measured(Path(folder), options.cells, options.workers):
            sys.stdout.write(f"{row.what}: {row.measured} {row.aim} ({row.detail})\n")


if __name__ == "__main__":
    main()
