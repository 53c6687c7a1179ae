"""A month: what happens when, and the verdict at its end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tests.months.controlled import ControlledSite
from tests.months.events import EVENTS, GENTLE, ROUGH, WITH_CONTROLLERS
from tests.months.monitoring import Monitoring
from tests.months.simulated import SimulatedSite
from tests.months.site import RECORD_MAX_GB, Site
from tests.waiting import eventually

_GENTLE_SHARE = 1 / 3
"""Of the month, in which the programs are one process: whether its memory grows is only seen in a long life."""
GROWTH_MB = 10.0
RESULT_MB = 0.001
"""The building's server keeps every sample of a test, as BOPTEST does: so much a step."""
DISK_MB = {"logs": 2 * 5 * 5.3, "runs": 1.1 * RECORD_MAX_GB * 1000.0, "state": 5.0}
"""Bridge and programs keep five files of 5 MB of their logs each."""
_NOBODY_WAITS_S = 3600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, and how many simulated hours between two events.

    ``speed`` is that of controllers, simulated seconds per second; without it programs drive the simulation.
    """

    hours: float
    every_h: float
    speed: float | None = None

    def site(self, folder: Path) -> Site:
        """What it happens to."""
        return SimulatedSite(folder) if self.speed is None else ControlledSite(folder, self.speed)

    def events(self) -> Iterator[tuple[float, str]]:
        """When what happens: first what programs live through, then everything in turn, each at least once."""
        gentle = [*GENTLE, *(WITH_CONTROLLERS if self.speed is not None else ())]
        every = [*ROUGH, *gentle]
        count = max(len(gentle) + len(ROUGH), round(self.hours / self.every_h) - 1)
        first = max(len(gentle), round(_GENTLE_SHARE * count))
        names: Sequence[str] = [*islice(cycle(gentle), first), *islice(cycle(every), count - first)]
        return ((self.every_h * (number + 1), name) for number, name in enumerate(names))


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the verdict."""

    what: str
    found: str
    held: bool

    def __str__(self) -> str:
        return f"{'held' if self.held else 'NOT HELD'}: {self.what}: {self.found}"


def month(folder: Path, plan: Plan, tell: Callable[[str], None]) -> list[Finding]:
    """Run it; the verdict. ``tell`` hears each event when it is over. Raises AssertionError for one that ends badly."""
    with closing(plan.site(folder)) as bench:
        bench.begin()
        eventually(bench.leads)
        with Monitoring(bench) as monitoring:
            count = _live_through(bench, plan, tell)
            hours = bench.simulated_h()
            findings = [Finding("simulated days", f"{hours / 24:.2f}, with {count} events", hours >= plan.hours)]
        results_mb = hours * 3600.0 / bench.step_s * RESULT_MB
        return [*findings, *_end(bench), *_seen(monitoring, {"building": GROWTH_MB + results_mb})]


def _live_through(bench: Site, plan: Plan, tell: Callable[[str], None]) -> int:
    count = 0
    for at_h, name in plan.events():
        _wait_until(bench, at_h)
        began_s = time.monotonic()
        EVENTS[name](bench)
        count += 1
        tell(f"day {bench.simulated_h() / 24:5.2f}: {name}, well again after {time.monotonic() - began_s:.1f} s")
    _wait_until(bench, plan.hours)
    return count


def _wait_until(bench: Site, at_h: float) -> None:
    def is_over() -> bool:
        return not all(process.lives for process in bench.processes)

    eventually(lambda: bench.simulated_h() >= at_h or is_over(), _NOBODY_WAITS_S)
    dead = [f"{process.name} has ended:\n{process.printed()}" for process in bench.processes if not process.lives]
    assert not dead, "\n".join(dead)


def _end(bench: Site) -> Iterator[Finding]:
    """Everybody is asked to end, and the site is looked over."""
    late = sum(bench.status("bridge", "bench_late_steps_total").values())
    yield Finding("steps of the bridge that came late (told, not judged)", f"{late:.0f}", True)
    codes = bench.ends()
    yield Finding("exit codes", f"{codes}", not any(codes.values()))
    left = bench.leftovers()
    yield Finding("left in controllers and ledgers", f"{left or 'nothing'}", not left)
    strays = _strays(bench)
    yield Finding("guardians and other processes that are left", f"{strays or 'none'}", not strays)
    up = {name: sum(bench.status(name, "bench_up").values()) for name in codes}
    yield Finding("status files say that it is over", f"{up}", not any(up.values()))
    rotated = sorted(file.name for file in (bench.folder / "logs").glob("*.log.*"))
    yield Finding("logs that were turned over", f"{rotated}", bool(rotated))
    for file in (bench.folder / "state" / "programs").rglob("rogue_zones.json"):
        kinds = json.loads(file.read_text(encoding="utf-8"))["minutes"].values()
        run_h = max(run_min for zones in kinds for _, run_min in zones.values()) / 60.0
        yield Finding("run-hours that programs remember", f"{run_h:.1f}", run_h > 0.0)


def _strays(bench: Site) -> set[int]:
    """A guardian that was bidden farewell needs a moment to go."""
    with suppress(AssertionError):
        eventually(lambda: not bench.strays())
    return bench.strays()


def _seen(monitoring: Monitoring, growth_mb: Mapping[str, float]) -> Iterator[Finding]:
    """What monitoring has to say of the whole month; ``growth_mb`` are bounds of those who have reason to grow."""
    troubles = sorted(monitoring.troubles)
    yield Finding("status files", f"read {monitoring.read} times, {troubles or 'no trouble'}", not troubles)
    states = sorted(monitoring.states)
    yield Finding("states of programs", ", ".join(states), "fault" not in states)
    for name, sizes in monitoring.longest_watched().items():
        course = f"{sizes.warm[0]:.1f} MB when warm, {sizes.mb[-1]:.1f} at the end"
        about = f"{course}, {sizes.growth_mb:+.1f} at most in {len(sizes.mb)} s of one life"
        yield Finding(f"memory of {name}", about, sizes.growth_mb <= growth_mb.get(name, GROWTH_MB))
    for name, bound in DISK_MB.items():
        largest = max(monitoring.disk[name].mb)
        yield Finding(f"disk for {name}", f"{largest:.1f} MB at most", largest <= bound)
