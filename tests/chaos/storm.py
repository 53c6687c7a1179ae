"""Drives the bench through a schedule: faults in the middle of an advance, ends of runs from outside."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.chaos import schedule
from tests.chaos.building import Advance, EchoBuilding
from tests.chaos.claims import Claims
from tests.chaos.daemon import Daemon, release
from tests.chaos.faults import ADVANCE_FAULTS, CONTROLLER_FAULTS, DOWNLOAD, NULLS, REBOOT, Undo
from tests.chaos.life import Life
from tests.chaos.operators import PLACES
from tests.chaos.peers import API_KEY, PASSWORD, Peers, Trait
from tests.chaos.schedule import Event

_STUCK_S = 60.0
_LOOK_S = 1.0
_LATE_START_S = 1.5
_SECOND_SIGNAL_S = 0.6
_AT_ONCE = 4
_SECRETS = (PASSWORD, API_KEY, "Authorization", "Basic ", "ECLYPSERESTSESSIONID")


class StormError(AssertionError):
    """Something did not hold. The message has all that is needed to have the storm again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a storm is over: after so many steps, or after so many seconds."""

    steps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that is going on."""

    event: Event
    undo: Undo


class Storm:
    """One storm. :meth:`run` raises :class:`StormError`."""

    def __init__(self, folder: Path, seed: int, controllers: int, limits: Limits, weather: schedule.Weather) -> None:
        self.lives: list[Life] = []
        self.steps = 0
        self.past: list[Event] = []
        self._folder = folder
        self._seed = seed
        self._limits = limits
        self._peers = Peers(controllers, self._plant, folder)
        self._claims = Claims(self._peers)
        self._schedule = schedule.events(seed, self._peers.names, weather)
        self._next = next(self._schedule)
        self._troubles: list[Trouble] = []
        self._outside: SimpleQueue[Event | None] = SimpleQueue()
        self._over_s = 0.0

    def run(self) -> None:
        """Until a limit is reached; then everything has been given back, and nothing was wrong."""
        self._over_s = time.monotonic() + self._limits.seconds
        with self._peers:
            configs = self._peers.write_configs(self._folder, range(len(self._peers.names)))
            while self.steps < self._limits.steps and time.monotonic() < self._over_s:
                self._live(configs)
            self._release()
            self._refuse(secrets_in(self._folder))

    def _live(self, configs: Path) -> None:
        """One run of the daemon, and what comes after it."""
        absent = self.lives[-1].end.absent if self.lives and self.lives[-1].end else ""
        life = Life(len(self.lives), self._folder, self._peers.names)
        self.lives.append(life)
        self._claims.leave_what_would_be_refused()
        self._outside = SimpleQueue()
        daemon = self._started(life, configs, absent)
        building = self._peers.building.faults
        calls = building.calls["advance"]
        try:
            self._watch(life, daemon)
        finally:
            life.code, life.output = daemon.finish()
        life.calls = building.calls["advance"] - calls
        self._settle(life)

    def _started(self, life: Life, configs: Path, absent: str) -> Daemon:
        """The daemon; what it needs may come late."""
        steps = str(self._limits.steps - self.steps)
        arguments = ["--configs", str(configs), "--env", str(self._folder / "absent.env"), "--steps", steps]
        variables = {**self._peers.variables(), "STEP_LOG": str(life.step_log)}
        is_late = absent == "the building"
        if is_late:
            self._peers.stop_building()
        elif absent:
            self._begin_fault(life, Event(self.steps, absent, "refuses connections", steps=20))
        daemon = Daemon(self._folder / f"output-{life.number}.txt", arguments, variables)
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
            life.end = event
            threading.Event().wait(event.delay_s)
            self._do_outside(event, daemon)

    def _look(self, life: Life, daemon: Daemon, progress: tuple[int, float]) -> tuple[int, float]:
        """Nothing has happened for a while: is there any progress, and is the time up?"""
        if time.monotonic() > self._over_s and life.end is None:
            life.end = Event(self.steps, "the daemon", schedule.STOP)
            self._do_outside(life.end, daemon)
        if progress[0] != self.steps:
            return self.steps, time.monotonic()
        if time.monotonic() - progress[1] > _STUCK_S:
            self._refuse([f"no step for {_STUCK_S:.0f} s"])
        return progress

    def _do_outside(self, event: Event, daemon: Daemon) -> None:
        match event.kind:
            case schedule.KILL:
                daemon.signal(signal.SIGKILL)
            case schedule.STOP:
                daemon.signal(signal.SIGTERM)
            case schedule.INTERRUPT_TWICE:
                daemon.signal(signal.SIGINT)
                threading.Event().wait(_SECOND_SIGNAL_S)
                daemon.signal(signal.SIGINT)
            case schedule.STOPS_TEST:
                self._stop_tests()
            case schedule.RESTARTS:
                self._peers.stop_building()
                self._peers.start_building()

    def _stop_tests(self) -> None:
        """Somebody else stops the daemon's test."""
        for file in (self._folder / "state" / "tests").glob("*.json"):
            testid = json.loads(file.read_text(encoding="utf-8"))["testid"]
            request = urllib.request.Request(f"{self._peers.building.url}/stop/{testid}", method="PUT")  # noqa: S310
            urllib.request.urlopen(request, timeout=_STUCK_S).close()  # noqa: S310

    def _settle(self, life: Life) -> None:
        """The daemon has ended: calm down, look whether all was right, and perhaps give back."""
        self._end_faults()
        self._peers.building.faults.clear()
        self._refuse(self._claims.follow_to_the_end(life.heard_last))
        self._refuse(life.problems())
        if life.code == 0:
            self._refuse(self._claims.left_behind())
        elif life.end is not None and life.end.is_released:
            self._release()

    def _release(self) -> None:
        code, output = release(self._folder, self._peers.variables())
        if code != 0:
            self._refuse([f"release: exit code {code}: {output}"])
        self._claims.follow()
        self._refuse(self._claims.left_behind())
        self._refuse(f"{file.name} is left" for file in (self._folder / "state" / "ledgers").glob("*.jsonl"))

    def _plant(self) -> EchoBuilding:
        return EchoBuilding(len(self._peers.names), partial(self._advanced, self.lives[-1]))

    def _advanced(self, life: Life, advance: Advance) -> None:
        """The daemon waits for the building: nobody writes, so whatever happens now has its place in the order."""
        life.advances.append(advance)
        self._claims.follow()
        self.steps += 1
        for trouble in tuple(self._troubles):
            if trouble.event.step + trouble.event.steps <= self.steps:
                self._end_fault(trouble)
        while self._next.step <= self.steps:
            self._begin(life, self._next, advance)
            self.past.append(self._next)
            self._next = next(self._schedule)

    def _begin(self, life: Life, event: Event, advance: Advance) -> None:
        faults = self._peers.building.faults
        if event.is_calm:
            self._end_faults()
        if event.kind == schedule.TELLS_NULL:
            faults.add(NULLS(), "advance")
        elif event.kind in ADVANCE_FAULTS:
            life.end = event
            faults.add(ADVANCE_FAULTS[event.kind](), "advance")
        elif event.kind in CONTROLLER_FAULTS:
            self._begin_fault(life, event)
        elif event.kind in PLACES:
            self._operate(event, advance)
        else:
            self._outside.put(event)

    def _begin_fault(self, life: Life, event: Event) -> None:
        """One fault at a time in a controller, and a few in all: otherwise it would be about nothing else."""
        if len(self._troubles) >= _AT_ONCE or event.who in self._in_trouble():
            return
        life.note(event)
        self._troubles.append(Trouble(event, CONTROLLER_FAULTS[event.kind](self._peers, event.who)))
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

    def _refuse(self, problems: Iterable[str]) -> None:
        found = list(problems)
        if found:
            raise StormError("\n".join(["", *found[:20], *self._story()]))

    def _story(self) -> Iterator[str]:
        yield f"seed {self._seed}, step {self.steps}, run {len(self.lives)}; by hand: {self._command()}"
        yield from map(str, self.past)

    def _command(self) -> str:
        return f"python -m tests.chaos --seed {self._seed} --steps {self._limits.steps}"


def secrets_in(folder: Path) -> Iterator[str]:
    """Files in which a secret can be read."""
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        yield from (f"{file.name} holds {secret!r}" for secret in _SECRETS if secret.encode() in content)
