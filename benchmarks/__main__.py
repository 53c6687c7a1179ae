"""All measurements, side by side with their floors: ``python -m benchmarks``. Ratios, not seconds, are the result."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import bacnet, bridge, hvac_templates, plant, safety, soak


def main() -> None:
    """Run everything and print one table."""
    table = Table("what", "measured", "aim", "detail", title="Benchmarks")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for row in (
            *plant.rows(),
            *bacnet.rows(),
            *bridge.rows(Path(folder)),
            *safety.rows(Path(folder)),
            *hvac_templates.rows(Path(folder)),
            *soak.rows(Path(folder)),
        ):
            table.add_row(row.what, row.measured, row.aim, row.detail)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
