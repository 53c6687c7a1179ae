"""What safety costs: a dead controller among living ones, many controllers at once, the ledger."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.rows import Measured
from benchmarks.runs import peers, prepared
from bridge.display.status import Phase
from bridge.link import ControllerLink
from bridge.run import Run
from clients.http.funnel import HttpFunnel
from ledger import Ledger
from utils.values import ObjectRef, PointValue

CONTROLLERS = 16
LATENCY_S = 0.02
MANY, MANY_LATENCY_S = 64, 0.05
STEPS = 150
DEAD_TIMEOUT_S = 1.0
_LOOK_S = 0.005


def rows(folder: Path) -> Iterator[Measured]:
    """A dead controller, many controllers, the ledger."""
    with peers(CONTROLLERS, LATENCY_S) as (building, controllers):
        alive_s = _step_time(folder / "alive", building, controllers)
        with _silence() as silent:
            dead_s = _step_time(folder / "dead", building, [*controllers[:-1], silent])
    detail = f"{dead_s * 1e3:.1f} ms and {alive_s * 1e3:.1f} ms a step, {CONTROLLERS} controllers"
    yield Measured("one controller dead / all alive", f"{dead_s / alive_s:.2f}", "<= 1.1", detail)
    with peers(MANY, MANY_LATENCY_S) as (building, controllers):
        many_s = _step_time(folder / "many", building, controllers)
        spent = _phases(prepared(folder / "phases", building, controllers, steps=1))
        before_s = spent[Phase.CONNECTING] + spent[Phase.INITIALIZING] + spent[Phase.COUPLING]
    yield Measured(f"start of {MANY} controllers", f"{before_s:.2f} s", "-", "connect, check, take and couple")
    yield Measured(f"giving back {MANY} healthy controllers", f"{spent[Phase.RELEASING]:.2f} s", "<= 3 s")
    detail = f"{many_s * 1e3:.1f} ms a step, {MANY} controllers of 20 points"
    yield Measured(
        f"round trips per step at {MANY_LATENCY_S * 1e3:.0f} ms", f"{many_s / MANY_LATENCY_S:.2f}", "<= 3", detail
    )
    with peers(CONTROLLERS, 0.0) as (building, controllers):
        yield from _ledger(folder / "ledger", building, controllers)


def _step_time(folder: Path, building: str, controllers: list[str]) -> float:
    """Seconds per step, once what is dead has been found dead."""
    summary = prepared(folder, building, controllers, STEPS, DEAD_TIMEOUT_S).execute()
    return summary.wall_s / summary.steps


def _phases(run: Run) -> dict[Phase, float]:
    """Seconds that a run spends in each of its phases."""
    spent: dict[Phase, float] = defaultdict(float)
    with ThreadPoolExecutor(1, thread_name_prefix="run") as pool:
        done = pool.submit(run.execute)
        last_s = time.monotonic()
        while not wait([done], _LOOK_S).done:
            now_s = time.monotonic()
            spent[run.status().phase] += now_s - last_s
            last_s = now_s
        done.result()
    return spent


@contextmanager
def _silence() -> Iterator[str]:
    """An address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@dataclass
class _Cost:
    """What the ledger costs. Counted in whatever thread it happens."""

    requests: int = 0
    fsyncs: int = 0
    sent_s: float = 0.0
    within: threading.local = field(default_factory=threading.local)


def _ledger(folder: Path, building: str, controllers: list[str]) -> Iterator[Measured]:
    cost = _Cost()
    run = prepared(folder, building, controllers, STEPS)
    with ExitStack() as stack:
        for patch in (*_counting(cost, "survey"), *_counting(cost, "take"), *_weighing(cost)):
            stack.enter_context(patch)
        summary = run.execute()
    per_controller = cost.requests / CONTROLLERS
    yield Measured("ledger: requests per controller before the first step", f"{per_controller:.2f}", "1")
    yield Measured("ledger: fsyncs per controller before the first step", f"{cost.fsyncs / CONTROLLERS:.2f}", "1")
    detail = f"{cost.sent_s / summary.steps * 1e3:.2f} of {summary.wall_s / summary.steps * 1e3:.1f} ms a step"
    yield Measured("ledger: share of a step", f"{100 * cost.sent_s / summary.wall_s:.1f} %", "<= 5 %", detail)


def _counting(cost: _Cost, method: str) -> Iterator[Any]:
    """Count the requests and the fsyncs within one of a link's methods."""
    plain, call, fsync = getattr(ControllerLink, method), HttpFunnel.call, os.fsync

    def within(link: ControllerLink) -> object:
        cost.within.counts = True
        try:
            return plain(link)
        finally:
            cost.within.counts = False

    def counted_call(*arguments: Any, **options: Any) -> object:  # noqa: ANN401
        cost.requests += getattr(cost.within, "counts", False)
        return call(*arguments, **options)

    def counted_fsync(descriptor: int) -> None:
        cost.fsyncs += getattr(cost.within, "counts", False)
        fsync(descriptor)

    yield mock.patch.object(ControllerLink, method, within)
    yield mock.patch.object(HttpFunnel, "call", counted_call)
    yield mock.patch("os.fsync", counted_fsync)


def _weighing(cost: _Cost) -> Iterator[Any]:
    """Measure the computing time that it takes to remember the values that are sent."""
    plain = Ledger.sent_all

    def sent(ledger: Ledger, device: str, values: Mapping[ObjectRef, PointValue]) -> None:
        began = time.thread_time()
        plain(ledger, device, values)
        cost.sent_s += time.thread_time() - began

    yield mock.patch.object(Ledger, "sent_all", sent)
