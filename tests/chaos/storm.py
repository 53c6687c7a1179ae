"""Drives the bench through a schedule: faults in the middle of an advance, ends of runs from outside."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.chaos import schedule
from tests.chaos.aftermath import Aftermath
from tests.chaos.building import Advance, EchoBuilding
from tests.chaos.claims import Claims
from tests.chaos.daemon import Daemon
from tests.chaos.faults import ADVANCE_FAULTS, CONTROLLER_FAULTS, DOWNLOAD, NULLS, REBOOT, Undo
from tests.chaos.hands import Hands
from tests.chaos.life import Life
from tests.chaos.network_faults import fault_of, is_hanging, passing_fault
from tests.chaos.operators import PLACES
from tests.chaos.peers import API_KEY, PASSWORD, Peers, Spoken, Trait
from tests.chaos.schedule import Event, Passing

_STUCK_S = 60.0
_LOOK_S = 1.0
_LATE_START_S = 1.5
_LAST_STEPS = 20
"""So close to its end a storm is over before anything else can end a run."""
_LEGACY_EVERY = 3
"""Every so many runs the building is served by the API of before, which knows one simulation for all."""
_AT_ONCE = 4
_SECRETS = (PASSWORD, API_KEY, "Authorization", "Basic ", "ECLYPSERESTSESSIONID")


class StormError(AssertionError):
    """Something did not hold. The message has all that is needed to have the storm again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a storm is over: after so many steps, or after so many seconds."""

    steps: int
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that is going on."""

    event: Event
    undo: Undo


class Storm:
    """One storm. :meth:`run` raises :class:`StormError`."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        controllers: int,
        limits: Limits,
        weather: schedule.Weather,
        spoken: Spoken = Spoken.REST,
    ) -> None:
        self.lives: list[Life] = []
        self.steps = 0
        self.past: list[Event] = []
        self._folder = folder
        self._seed = seed
        self._limits = limits
        self._spoken = spoken
        self._peers = Peers(controllers, self._plant, folder, spoken)
        self._claims = Claims(self._peers)
        self._aftermath = Aftermath(self._peers, self._claims)
        self._hands = Hands(self._peers)
        self._schedule = schedule.events(seed, self._peers.names, weather)
        self._next = next(self._schedule)
        self._troubles: list[Trouble] = []
        self._outside: SimpleQueue[Event | None] = SimpleQueue()
        self._over_s = 0.0
        self._disk_full_until = 0
        """The step at which there is room again on the daemon's disk."""
        self._daemon: Daemon | None = None

    def run(self) -> None:
        """Until a limit is reached; then everything has been given back, and nothing was wrong."""
        self._over_s = time.monotonic() + self._limits.seconds
        with self._peers:
            configs = self._peers.write_configs(self._folder, range(len(self._peers.names)))
            while self.steps < self._limits.steps and time.monotonic() < self._over_s:
                self._live(configs)
            self._refuse(self._aftermath.of_release())
            self._refuse(secrets_in(self._folder))

    def _live(self, configs: Path) -> None:
        """One run of the daemon, and what comes after it."""
        before = self.lives[-1].end if self.lives else None
        absent = before.end.absent if before is not None and before.end is not None else ""
        life = Life(len(self.lives), self._folder, self._peers.names)
        self.lives.append(life)
        self._claims.leave_what_would_be_refused()
        self._outside = SimpleQueue()
        self._serve_building(life)
        daemon = self._daemon = self._started(life, configs, absent)
        building = self._peers.building.faults
        calls = building.calls["advance"]
        try:
            self._watch(life, daemon)
        finally:
            life.code, life.output = daemon.finish()
            life.recover_step_log()
        life.calls = building.calls["advance"] - calls
        self._aftermath.heard(life.output)
        self._settle(life)

    def _serve_building(self, life: Life) -> None:
        is_legacy = life.number % _LEGACY_EVERY == _LEGACY_EVERY - 1
        if is_legacy != self._peers.is_legacy:
            self._peers.stop_building()
            self._peers.start_building(legacy=is_legacy)

    def _started(self, life: Life, configs: Path, absent: str) -> Daemon:
        """The daemon; what it needs may come late."""
        steps = str(self._limits.steps - self.steps)
        arguments = ["--configs", str(configs), "--env", str(self._folder / "absent.env"), "--yes", "--steps", steps]
        variables = {
            **self._peers.variables(),
            "STEP_LOG": str(life.step_log),
            "BRIDGE_RUNS_DIR": str(life.runs),
        }
        is_late = absent == schedule.THE_BUILDING
        if is_late:
            self._peers.stop_building()
        elif absent in self._peers.names:
            self._begin_fault(life, Event(self.steps, absent, "refuses connections", steps=20))
        daemon = Daemon(self._folder / f"output-{life.number}.txt", arguments, variables)
        if absent == schedule.THE_DISK:
            self._fill_disk(life, daemon, schedule.FULL_AT_THE_START, schedule.STEPS_TO_THE_END)
        if is_late:
            threading.Event().wait(_LATE_START_S)
            self._peers.start_building()
        daemon.watch(partial(self._outside.put, None))
        return daemon

    def _watch(self, life: Life, daemon: Daemon) -> None:
        """Do what is done from outside, until the daemon has ended."""
        progress = (self.steps, time.monotonic())
        while True:
            try:
                event = self._outside.get(timeout=_LOOK_S)
            except Empty:
                progress = self._look(life, daemon, progress)
                continue
            if event is None:
                return
            if event.kind == schedule.STOPS_TEST and self._peers.is_legacy:
                event = replace(event, kind=schedule.FOREIGN)
            life.end = event
            threading.Event().wait(event.end.delay_s if event.end is not None else 0.0)
            self._hands.do(event, daemon)

    def _look(self, life: Life, daemon: Daemon, progress: tuple[int, float]) -> tuple[int, float]:
        """Nothing has happened for a while: is there any progress, and is the time up?"""
        is_over = time.monotonic() > self._over_s or self.steps > self._limits.steps
        if is_over and life.end is None:  # a run that has begun anew has begun to count anew
            life.end = Event(self.steps, "the daemon", schedule.STOP)
            self._hands.do(life.end, daemon)
        if progress[0] != self.steps:
            return self.steps, time.monotonic()
        if time.monotonic() - progress[1] > _STUCK_S:
            self._refuse([f"no step for {_STUCK_S:.0f} s"])
        return progress

    def _settle(self, life: Life) -> None:
        """The daemon has ended: calm down, look whether all was right, and perhaps give back."""
        self._end_faults()
        self._peers.building.faults.clear()
        self._refuse(self._claims.follow_to_the_end(life.heard_last))
        self._refuse(life.problems())
        self._refuse(self._stillborn())
        end = life.end.end if life.end is not None else None
        if life.code == 0:
            self._refuse(self._aftermath.leftovers())
        elif end is not None and end.is_released:
            self._refuse(self._aftermath.of_release(end))

    def _stillborn(self) -> Iterator[str]:
        """On a busy computer no controller may answer in time, once; what an earlier run has left is no excuse."""
        if len(self.lives) > 1 and all(life.never_began for life in self.lives[-2:]):
            yield f"two runs in a row have never begun: {self.lives[-1].output[-3000:]}"

    def _plant(self) -> EchoBuilding:
        return EchoBuilding(len(self._peers.names), self._advanced)

    def _advanced(self, advance: Advance) -> None:
        """The daemon waits for the building: nobody writes, so whatever happens now has its place in the order."""
        life = self.lives[-1]
        life.advances.append(advance)
        self._claims.follow()
        self.steps += 1
        for trouble in tuple(self._troubles):
            if trouble.event.step + trouble.event.steps <= self.steps:
                self._end_fault(trouble)
        if self._disk_full_until == self.steps and self._daemon is not None:
            self._daemon.limit_files(None)
        while self._next.step <= self.steps:
            self._begin(life, self._next, advance)
            self.past.append(self._next)
            self._next = next(self._schedule)

    def _begin(self, life: Life, event: Event, advance: Advance) -> None:
        faults = self._peers.building.faults
        if event.end is not None:
            if life.end is not None or self.steps > self._limits.steps - _LAST_STEPS:
                return
            if event.end.is_calm:
                self._end_faults()
            for passing in event.end.passing:
                self._pass(life, passing)
        if event.kind == schedule.TELLS_NULL:
            faults.add(NULLS(), "advance")
        elif event.kind in ADVANCE_FAULTS:
            life.end = event
            faults.add(ADVANCE_FAULTS[event.kind](), "advance")
        elif event.kind in CONTROLLER_FAULTS:
            self._begin_fault(life, event)
        elif event.kind in PLACES:
            self._operate(event, advance)
        elif event.kind in (*schedule.NUISANCES, *schedule.WISHES):
            self._annoy(life, event)
        else:
            self._outside.put(event)

    def _annoy(self, life: Life, event: Event) -> None:
        daemon = self._daemon
        if daemon is None:
            return
        match event.kind:
            case schedule.FULL_DISK:
                self._fill_disk(life, daemon, int(event.value or 0), event.steps)
            case schedule.READER_LEAVES:
                daemon.told.leave()
            case schedule.READER_STOPS:
                daemon.complained.stop()
            case wish:
                life.wishes += 1
                daemon.ask(wish, event.value or 0.0)

    def _fill_disk(self, life: Life, daemon: Daemon, limit: int, steps: int) -> None:
        life.is_short_of_disk = True
        life.touched.update(self._peers.names)
        self._disk_full_until = self.steps + steps
        daemon.limit_files(limit)

    def _pass(self, life: Life, passing: Passing) -> None:
        """One fault at a time in a controller."""
        if passing.who not in self._in_trouble():
            life.touched.add(passing.who)
            faults, fault = self._peers.controller(passing.who).faults, passing_fault(self._peers, passing)
            faults.add(fault)
            event = Event(self.steps, passing.who, passing.kind, schedule.STEPS_TO_THE_END)
            self._troubles.append(Trouble(event, partial(faults.remove, fault)))

    def _begin_fault(self, life: Life, event: Event) -> None:
        """One fault at a time in a controller, and a few in all: otherwise it would be about nothing else."""
        if len(self._troubles) >= _AT_ONCE or event.who in self._in_trouble():
            return
        life.note(event, hangs=is_hanging(self._peers, event))
        self._troubles.append(Trouble(event, fault_of(self._peers, event)(self._peers, event.who)))
        if event.kind == DOWNLOAD or (event.kind == REBOOT and self._trait(event.who).is_forgetful):
            self._claims.clear(event.who)

    def _end_faults(self) -> None:
        for trouble in tuple(self._troubles):
            self._end_fault(trouble)

    def _end_fault(self, trouble: Trouble) -> None:
        self._troubles.remove(trouble)
        trouble.undo()
        if trouble.event.kind == DOWNLOAD:
            self._claims.clear(trouble.event.who)

    def _operate(self, event: Event, advance: Advance) -> None:
        """Only where the daemon has just been heard: in another controller it may be writing at this moment."""
        number = self._peers.names.index(event.who)
        if advance.echoes[number] == advance.frame and event.who not in self._in_trouble():
            self._claims.operate(event.who, event.kind, event.value)

    def _in_trouble(self) -> set[str]:
        return {trouble.event.who for trouble in self._troubles}

    def _trait(self, name: str) -> Trait:
        return Trait(self._peers.names.index(name))

    def _refuse(self, problems: Iterable[object]) -> None:
        found = list(map(str, problems))
        if found:
            raise StormError("\n".join(["", *found[:20], *self._story()]))

    def _story(self) -> Iterator[str]:
        yield f"seed {self._seed}, step {self.steps}, run {len(self.lives)}; by hand: {self._command()}"
        yield from map(str, self.past)

    def _command(self) -> str:
        over = self._spoken.name.lower()
        return f"python -m tests.chaos --seed {self._seed} --steps {self._limits.steps} --over {over}"


def secrets_in(folder: Path) -> Iterator[str]:
    """Files in which a secret can be read."""
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        yield from (f"{file.name} holds {secret!r}" for secret in _SECRETS if secret.encode() in content)
