"""All measurements, side by side with their floors: ``python -m benchmarks``. Ratios, not seconds, are the result."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    bacnet,
    bacnet_devices,
    bacnet_site,
    bacnet_steps,
    bridge,
    campaign,
    hvac_templates,
    mapping,
    page,
    plant,
    recorder,
    report,
    safety,
    soak,
    states,
)
from benchmarks.rows import Measured


def _learning() -> Iterator[Measured]:
    """Imported here, as it needs Gymnasium."""
    if find_spec("gymnasium") is None:
        return iter([Measured("environments", "-", "", "pip install -r requirements-learning.txt")])
    from benchmarks import learning

    return learning.rows()


MEASUREMENTS: Mapping[str, Callable[[Path], Iterator[Measured]]] = {
    "plant": lambda _: plant.rows(),
    "states": states.rows,
    "bacnet": lambda _: bacnet.rows(),
    "bacnet_devices": lambda _: bacnet_devices.rows(),
    "bacnet_site": lambda _: bacnet_site.rows(),
    "bacnet_steps": bacnet_steps.rows,
    "bridge": bridge.rows,
    "campaign": campaign.rows,
    "recorder": recorder.rows,
    "safety": safety.rows,
    "hvac_templates": hvac_templates.rows,
    "learning": lambda _: _learning(),
    "mapping": lambda _: mapping.rows(),
    "page": page.rows,
    "report": report.rows,
    "soak": soak.rows,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the named ones, or everything, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    told = f"one of {', '.join(MEASUREMENTS)}; all without one, which takes some eight minutes"
    parser.add_argument("names", nargs="*", metavar="NAME", help=told)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - MEASUREMENTS.keys())
    if unknown:
        parser.error(f"no measurement of {', '.join(unknown)}; there is {', '.join(MEASUREMENTS)}")
    table = Table("what", "measured", "aim", "detail", title="Benchmarks")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name in options.names or MEASUREMENTS:
            for row in MEASUREMENTS[name](Path(folder)):
                table.add_row(row.what, row.measured, row.aim, row.detail)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
