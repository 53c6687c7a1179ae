"""What recording costs a step: 200 signals made a row and written, beside bare SQLite with the same bytes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.rows import Measured
from bridge.device_loop import Heard
from bridge.memory.picked import Picked
from bridge.memory.signals import Layout
from bridge.watching.observation import Observation
from recording import BRIDGE, RunsFolder, Signal
from recording.part_file import Batch
from recording.parts import RollingParts
from recording.tables import packed
from utils.clocks import HOST, ModelSeconds, UnixSeconds, model_datetime
from utils.values import Commands, Frame, ObjectType, Sample, Target

POINTS, TOLD, SENT = 120, 60, 20
"""200 in all: on controllers, of the building, and overrides."""
STEPS, BATCH = 20_000, 100
"""As fast as possible, a bridge takes so many steps while a batch gathers; slower ones have less to do."""
_MOST_US = 25
_REPEATS = 3


def rows(folder: Path) -> Iterator[Measured]:
    """The ratio, with CPU time per step."""
    ours_us = min(cpu_us(recorded, folder / f"ours-{turn}") for turn in range(_REPEATS))
    bare_us = min(cpu_us(bare, folder / f"bare-{turn}") for turn in range(_REPEATS))
    count = POINTS + TOLD + SENT
    detail = f"{ours_us:.1f} us of CPU a step, at most {_MOST_US}, and {bare_us:.1f} us; {count} signals"
    verdict = "" if ours_us <= _MOST_US else ", TOO SLOW"
    yield Measured("recorder / bare SQLite, same bytes", f"{ours_us / bare_us:.2f}", "<= 3", detail + verdict)


def cpu_us(write: Callable[[Path], None], folder: Path) -> float:
    """CPU time per step, of all threads."""
    folder.mkdir()
    began = time.process_time()
    write(folder)
    return (time.process_time() - began) / STEPS * 1e6


def recorded(folder: Path) -> None:
    """What the simulation thread does, and what the thread does that writes."""
    runs = RunsFolder(folder, 10**12)
    parts, layout = RollingParts(runs, runs.new_name("bridge", HOST.wall()), HOST), _layout()
    streams = {BRIDGE: layout.signals}
    for first in range(0, STEPS, BATCH):
        steps = [(BRIDGE, layout.recorded(_seen(layout, number))) for number in range(first, first + BATCH)]
        parts.append(Batch(streams, steps, (), {}))
        streams = {}
    parts.end("ended")


def bare(folder: Path) -> None:
    """The floor: a number and the same bytes, in the same batches."""
    layout = _layout()
    values = [*_seen(layout, 0).values.values(), *([1.0] * (TOLD + SENT))]
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        base.execute('CREATE TABLE steps (number INTEGER, "values" BLOB)')
        for first in range(0, STEPS, BATCH):
            base.execute("BEGIN")
            batch = ((number, packed(values)) for number in range(first, first + BATCH))
            base.executemany("INSERT INTO steps VALUES (?, ?)", batch)
            base.execute("COMMIT")


def _layout() -> Layout:
    names = [f"{number:03}" for number in range(max(POINTS, TOLD, SENT))]
    targets = tuple(Target("10.0.0.5", ObjectType.ANALOG_INPUT, f"AI_{name}") for name in names[:POINTS])
    told, sent = tuple(f"told_{name}" for name in names[:TOLD]), tuple(f"sent_{name}" for name in names[:SENT])
    titles = (*(target.name for target in targets), *told, *sent)
    signals = tuple(Signal(title, "K") for title in titles)
    return Layout(signals, Picked(targets), (), Picked(told), Picked(sent), 0, Picked(()))


_OBSERVED: dict[int, Observation] = {}


def _seen(layout: Layout, number: int) -> Observation:
    """One that the watcher is given: that it is made at all is the run's business, so it is made once."""
    if not _OBSERVED:
        frame = Frame(0, ModelSeconds(0.0), dict.fromkeys(layout.told.names, 293.15))
        heard = Heard(0, {target: Sample(21.5) for target in layout.targets.names[:40]}, 0.01)
        commands = Commands(0, dict.fromkeys(layout.sent.names, 0.5))
        values = dict.fromkeys(layout.targets.names, 21.5)
        local_time = model_datetime(ModelSeconds(0.0), 2023)
        _OBSERVED[0] = Observation(frame, heard, commands, False, (), local_time, UnixSeconds(1e9), values)
    return _OBSERVED[0]
