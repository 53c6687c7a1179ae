"""Does it grow? Many steps, and the memory of this process per thousand: ``python -m benchmarks.soak --steps N``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.rows import Measured
from benchmarks.runs import peers, prepared
from bridge.run import Run

STEPS, CONTROLLERS = 3000, 4
EVERY = 1000
_LOOK_S = 0.05
_STATUS = Path("/proc/self/status")


def rows(folder: Path) -> Iterator[Measured]:
    """Growth over a few thousand steps; the full soak is a command of its own."""
    samples = soak(folder / "soak", STEPS, CONTROLLERS, lambda step, size_mb: None)
    detail = f"{samples[0]:.1f} to {samples[-1]:.1f} MB over {STEPS} steps, {CONTROLLERS} controllers"
    yield Measured("memory: growth after the first 1000 steps", f"{growth(samples):.1f} %", "<= 2 %", detail)


def soak(folder: Path, steps: int, controllers: int, tell: Callable[[int, float], None]) -> list[float]:
    """Run, and look at the memory of this process (MB) after each 1000 steps; ``tell`` hears it at once."""
    samples: list[float] = []
    with peers(controllers, 0.0) as (building, addresses), ThreadPoolExecutor(1, thread_name_prefix="run") as pool:
        run = prepared(folder, building, addresses, steps)
        done = pool.submit(run.execute)
        for step in range(EVERY, steps + 1, EVERY):
            _wait_for(run, step, done.done)
            samples.append(resident_mb())
            tell(step, samples[-1])
        done.result()
    return samples


def growth(samples: list[float]) -> float:
    """Growth from the first sample to the largest later one, in %."""
    return 100 * (max(samples) / samples[0] - 1)


def resident_mb() -> float:
    """Memory of this process, in MB: what is resident now, or where the system does not tell, the most so far."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource  # Windows has none

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


def _wait_for(run: Run, step: int, is_over: Callable[[], bool]) -> None:
    pause = threading.Event()
    while run.status().step < step and not is_over():
        pause.wait(_LOOK_S)


def main() -> int:
    """A soak as long as you like; exit code 1 when the memory grows by more than 2 %."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--controllers", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        samples = soak(
            Path(folder),
            options.steps,
            options.controllers,
            lambda step, size_mb: print(f"{step:8d} steps {size_mb:8.1f} MB", flush=True),
        )
    print(f"growth after the first {EVERY} steps: {growth(samples):.2f} % (aim: <= 2 %)")
    return 0 if growth(samples) <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
