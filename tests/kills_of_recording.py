"""``kill -9`` of processes that record, at random moments: ``python -m tests.kills_of_recording --count 1000``.

Every file opens, has no gap, and lacks nothing that was handed over more than a second before the kill. Some processes
are killed in mid-roll-over: their parts are as small as parts can be.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recording import Recorder, RunsFolder, Signal, open_run
from recording.recorded_run import RecordedRun
from recording.words import RecordedStep
from utils.clocks import HOST, ModelSeconds
from utils.errors import ConfigError

ROOT = Path(__file__).parents[1]
LOST_S = 1.0
_SIGNALS = tuple(Signal(f"signal {number}", "K") for number in range(200))
_STEP_S = 0.002
_SMALL, _LARGE = 6_000_000, 10**9
_AT_ONCE = 4
_STREAM = "bridge"


def record(folder: Path, most_bytes: int) -> None:
    """Record steps for ever, each with the moment at which it was handed over. The child's part."""
    recorder = Recorder(RunsFolder(folder, most_bytes), "bridge")
    recorder.stream(_STREAM, _SIGNALS)
    values = [1.0] * len(_SIGNALS)
    sys.stdout.write(f"{recorder.name}\n")
    sys.stdout.flush()
    number = 0
    while True:
        now = HOST.wall()
        recorder.step(_STREAM, RecordedStep(number, ModelSeconds(number), now, values, bytes(len(values))))
        number += 1
        time.sleep(_STEP_S)


def judged(folder: Path, seed: int) -> str:
    """Have one process record, kill it, and say what is wrong with what it leaves; nothing where that is nothing."""
    chance = random.Random(seed)  # noqa: S311
    most_bytes = chance.choice((_SMALL, _LARGE))
    command = [sys.executable, "-m", "tests.kills_of_recording", "--record", str(folder), str(most_bytes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:  # noqa: S603
        if child.stdout is None or not (name := child.stdout.readline().strip()):
            return f"{seed}: the process did not begin"
        time.sleep(chance.uniform(0.0, 3.0))
        began_s = HOST.wall()
        child.kill()
    file = RunsFolder(folder, most_bytes).part(name, 1)
    parts = sorted(folder.glob(f"{name}*.run"))
    if not parts:
        return ""  # killed before there was anything to lose
    try:
        with open_run(file if file.exists() else parts[-1]) as run:
            return "".join(f"{seed}: {wrong} ({most_bytes})" for wrong in _wrong(run, began_s))
    except ConfigError as error:
        return f"{seed}: {error}"


def _wrong(run: RecordedRun, killed_s: float) -> list[str]:
    if run.ended_s is not None:
        return ["it has an end, and was killed"]
    told = [(step.number, step.wall_s) for stream in run.streams.values() for step in stream.steps()]
    numbers = [number for number, _ in told]
    if numbers and numbers != list(range(numbers[0], numbers[-1] + 1)):
        return ["steps are missing in the middle"]
    last_s = told[-1][1] if told else run.began_s
    return [f"the last {killed_s - last_s:.2f} s are lost"] if killed_s - last_s > LOST_S else []


def main() -> int:
    """Kill so many, and return 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills_of_recording", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="that of the first; the others follow")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, help="processes that record at the same time")
    parser.add_argument("--record", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record:
        record(Path(options.record[0]), int(options.record[1]))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder, ThreadPoolExecutor(options.at_once) as pool:
        folders = [Path(folder) / str(number) for number in range(options.count)]
        seeds = range(options.seed, options.seed + options.count)
        found = [wrong for wrong in pool.map(judged, folders, seeds) if wrong]
    sys.stdout.write("".join(f"{wrong}\n" for wrong in found))
    took_s = time.monotonic() - began
    sys.stdout.write(f"{options.count} kills in {took_s:.0f} s, {len(found)} of them left something wrong\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
