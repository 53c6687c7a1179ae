"""A storm by hand: ``python -m tests.chaos --minutes 30 --seed 7``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.schedule import Weather
from tests.chaos.storm import Limits, Storm, StormError

_NO_LIMIT = 10**9


def main() -> int:
    """Run one storm and say how it was; exit code 1 when something did not hold."""
    calm = Weather()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="end after so many minutes")
    parser.add_argument("--steps", type=int, default=_NO_LIMIT, help="end after so many steps")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same seed is the same schedule")
    parser.add_argument("--controllers", type=int, default=16)
    parser.add_argument("--event-every", type=int, default=calm.event_every, help="steps between events")
    parser.add_argument("--end-every", type=int, default=calm.end_every, help="steps between ends of a run")
    parser.add_argument("--keep", type=Path, help="an empty folder for logs and state, to look at afterwards")
    options = parser.parse_args()
    limits = Limits(options.steps, options.minutes * 60)
    weather = Weather(options.event_every, options.end_every)
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        storm = Storm(options.keep or Path(temporary), options.seed, options.controllers, limits, weather)
        began = time.monotonic()
        try:
            storm.run()
        except StormError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    done = f"{storm.steps} steps, {len(storm.lives)} runs, {len(storm.past)} events"
    sys.stdout.write(f"seed {options.seed}: {done} in {time.monotonic() - began:.0f} s, and everything held\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
