"""A month by hand: ``python -m tests.months``, and days with controllers: ``--controllers --days 2``. Linux only."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.months.month import Plan, month


def main() -> int:
    """Run it and print the verdict; exit code 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.months", description=__doc__)
    parser.add_argument("--days", type=float, default=30.0, help="simulated")
    parser.add_argument(
        "--controllers", action="store_true", help="emulated ones, and the bridge, over REST and BACnet"
    )
    parser.add_argument("--speed", type=float, default=120.0, help="with controllers: simulated seconds per second")
    parser.add_argument("--every-hours", type=float, default=12.0, help="simulated, between two events")
    parser.add_argument("--keep", type=Path, help="a folder for logs and state, to look at afterwards")
    options = parser.parse_args()
    speed = options.speed if options.controllers else None
    plan = Plan(24.0 * options.days, options.every_hours, speed)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="month-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        findings = month(folder, plan, _say)
    for finding in findings:
        _say(str(finding))
    held = all(finding.held for finding in findings)
    _say(f"{'everything held' if held else 'NOT EVERYTHING HELD'}, in {(time.monotonic() - began_s) / 60:.0f} min")
    return 0 if held else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
