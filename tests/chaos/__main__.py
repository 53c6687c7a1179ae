"""Storms by hand: ``python -m tests.chaos --seed 1 2 3 4 5 --steps 10000``, or ``--minutes 30`` of one."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.peers import Spoken
from tests.chaos.schedule import Weather
from tests.chaos.storm import Limits, Storm, StormError

_NO_LIMIT = 10**9
_MINUTES = 5.0


def main() -> int:
    """Run one storm after the other and say how they were; exit code 1 when something did not hold."""
    options = _options()
    return max(_storm(options, seed) for seed in options.seed)


def _options() -> argparse.Namespace:
    calm = Weather()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, help=f"end each after so many minutes ({_MINUTES:g}, without --steps)")
    parser.add_argument("--steps", type=int, help="end each after so many steps")
    told = "a storm for each; the same seed is the same schedule"
    parser.add_argument("--seed", type=int, nargs="+", default=[int(time.time())], help=told)
    parser.add_argument("--controllers", type=int, default=16)
    parser.add_argument("--event-every", type=int, default=calm.event_every, help="steps between events")
    parser.add_argument("--end-every", type=int, default=calm.end_every, help="steps between ends of a run")
    told = "how the bridge meets the controllers"
    parser.add_argument("--over", choices=[one.name.lower() for one in Spoken], default="rest", help=told)
    parser.add_argument("--keep", type=Path, help="a folder for logs and state, by seed, to look at afterwards")
    return parser.parse_args()


def _storm(options: argparse.Namespace, seed: int) -> int:
    minutes = options.minutes if options.steps is None or options.minutes is not None else _NO_LIMIT
    limits = Limits(options.steps or _NO_LIMIT, (minutes or _MINUTES) * 60)
    weather = Weather(options.event_every, options.end_every)
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        folder = Path(temporary) if options.keep is None else options.keep / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            sys.stderr.write(f"--keep: {folder} is not empty, and what an earlier storm left there would be judged\n")
            return 2
        storm = Storm(folder, seed, options.controllers, limits, weather, Spoken[options.over.upper()])
        began = time.monotonic()
        try:
            storm.run()
        except StormError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    done = f"{storm.steps} steps, {len(storm.lives)} runs, {len(storm.past)} events"
    sys.stdout.write(f"seed {seed}: {done} in {time.monotonic() - began:.0f} s, and everything held\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
