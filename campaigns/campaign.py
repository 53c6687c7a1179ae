"""Goes through a campaign: hands out the cells that are due, and keeps what comes of each at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaigns.cell import CONTROLLERS, CellResult, Task
from campaigns.engines import Engine, Failed, Lost, Outcome
from campaigns.store import DONE, CampaignStore
from utils.clocks import HOST, Clocks

_LOOK_S = 0.25
_MOST_LOSSES = 5
"""Whoever runs a cell may be killed so often. A cell that kills its process does so every time."""


@dataclass(frozen=True, slots=True)
class CampaignStanding:
    """How far a campaign is. Times in s; ``left_s`` is None until a cell has ended."""

    cells: int
    done: int
    failed: int
    running: int
    left_s: float | None = None
    newest_failure: str = ""


class Campaign:
    """One go at a campaign. :meth:`execute` blocks; the other methods are for other threads."""

    def __init__(
        self, store: CampaignStore, engine: Callable[[], Engine], tasks: Sequence[Task], clocks: Clocks = HOST
    ) -> None:
        """``tasks`` are the cells that are not done yet."""
        self._store = store
        self._make_engine = engine
        self._due = [*tasks]
        self._limits = {CONTROLLERS: 1}
        self._server_limit = int(str(store.facts.get("server_tests", 1)))
        self._clocks = clocks
        self._running: dict[int, Task] = {}
        self._losses: Counter[int] = Counter()
        self._stop = threading.Event()
        counts = store.counts()
        self._cells, self._done, self._failed = sum(counts.values()), counts[DONE], 0
        self._first, self._began_s, self._newest_failure = self._done, 0.0, ""

    def request_stop(self) -> None:
        """End soon: the cells that run now do not count."""
        self._stop.set()

    def standing(self) -> CampaignStanding:
        """How far it is."""
        ended = self._done - self._first + self._failed
        left_s = None
        if ended:
            per_cell_s = (self._clocks.monotonic() - self._began_s) / ended
            left_s = per_cell_s * (len(self._due) + len(self._running))
        return CampaignStanding(self._cells, self._done, self._failed, len(self._running), left_s, self._newest_failure)

    def execute(self) -> CampaignStanding:
        """Run all that is due. Raises :class:`utils.errors.BridgeError` for what ended it; nothing is half then."""
        if not self._due:
            return self.standing()
        self._began_s = self._clocks.monotonic()
        engine = self._make_engine()
        try:
            ended: Sequence[Outcome] = ()
            while (self._due or self._running) and not self._stop.is_set():
                begun: list[Task] = []
                try:
                    self._hand_out(engine, begun)  # before anything is written down: no worker waits for a disk
                finally:
                    self._write_down(begun, ended, engine.name)
                ended = engine.wait(_LOOK_S) if self._running else ()
            self._write_down((), ended, engine.name)
        finally:
            engine.close()
            self._running.clear()
        return self.standing()

    def _hand_out(self, engine: Engine, begun: list[Task]) -> None:
        """``begun`` are the cells that somebody has begun now, also where an engine is lost meanwhile."""
        for _ in range(engine.room()):
            task = self._next()
            if task is None:
                break
            self._due.remove(task)
            self._running[task.number] = task
            engine.begin(task)
            begun.append(task)

    def _next(self) -> Task | None:
        """The first that is due and need not queue for a server or for controllers."""
        used = Counter(task.parameters.resource for task in self._running.values())
        return next((task for task in self._due if self._is_free(task.parameters.resource, used)), None)

    def _is_free(self, resource: str | None, used: Mapping[str | None, int]) -> bool:
        return resource is None or used[resource] < self._limits.get(resource, self._server_limit)

    def _write_down(self, begun: Sequence[Task], ended: Sequence[Outcome], engine: str) -> None:
        """All of it at once, as each time costs a wait for the disk."""
        if not (begun or ended):
            return
        with self._store.together():
            for outcome in ended:
                self._note(outcome)
            for task in begun:
                self._store.begin(task.number, engine)

    def _note(self, outcome: Outcome) -> None:
        task = self._running.pop(outcome.number)
        if isinstance(outcome, CellResult):
            self._store.done(outcome)
            self._done += 1
        elif isinstance(outcome, Failed):
            self._fail(outcome.number, outcome.why)
        else:
            self._lose(task, outcome)

    def _lose(self, task: Task, lost: Lost) -> None:
        self._losses[task.number] += 1
        if self._losses[task.number] < _MOST_LOSSES:
            self._due.append(task)
        else:
            self._fail(task.number, f"{lost.why}, {_MOST_LOSSES} times in a row")

    def _fail(self, number: int, why: str) -> None:
        self._store.fail(number, why)
        self._failed += 1
        self._newest_failure = f"cell {number}: {why}"


def tasks_of(store: CampaignStore, env: Path) -> list[Task]:
    """The cells that are not done, for whoever runs them."""
    facts = store.facts
    folder = Path(str(facts["file"])).parent
    recordings = recordings_of(store.file) if facts.get("record") else None
    return [
        Task(
            row.cell.number,
            row.cell.parameters,
            row.cell.hashes,
            str(folder),
            str(env.absolute()),
            None if recordings is None else str(recordings / f"{row.cell.number:06d}"),
        )
        for row in store.rows()
        if row.state != DONE
    ]


def recordings_of(file: Path) -> Path:
    """Where the recordings of a campaign's cells are, a folder for each."""
    return file.absolute().with_name(f"{file.name}.runs")
