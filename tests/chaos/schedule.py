"""What goes wrong when: drawn from the seed alone, so that a storm can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.building import CONSTANT_C
from tests.chaos.faults import ADVANCE_FAULTS, CONTROLLER_FAULTS, PASSING
from tests.chaos.journal_damage import DAMAGES
from tests.chaos.operators import PLACES

STOPS_TEST, RESTARTS, FOREIGN = "stops the test", "is restarted", "is initialized by somebody else"
TELLS_NULL, COMES_LATE = "tells null", "comes late"
KILL, STOP, HANG_UP, INTERRUPT_TWICE = "kill -9", "SIGTERM", "SIGHUP", "SIGINT twice"
FULL_DISK, READER_LEAVES, READER_STOPS = "has a full disk", "loses who reads stdout", "has a stopped reader of stderr"
DAEMON_EVENTS = (KILL, STOP, KILL, HANG_UP, INTERRUPT_TWICE, KILL, STOP, HANG_UP)
IS_HELD, BEGINS_ANEW, BY_HAND = "is held and stepped", "begins anew on day", "has values held or let go by hand, at"
WISHES = (IS_HELD, BEGINS_ANEW, BY_HAND)
"""What people with a run in hand ask of it: time, and values."""
NUISANCES = (FULL_DISK, READER_LEAVES, READER_STOPS)
"""What happens to the daemon and must not end it."""
BUILDING_EVENTS = (*ADVANCE_FAULTS, STOPS_TEST, RESTARTS, FOREIGN)
ENDS = tuple(("the building", kind) for kind in BUILDING_EVENTS) + tuple(("the daemon", kind) for kind in DAEMON_EVENTS)
THE_BUILDING, THE_DISK = "the building", "room on the disk"
FULL_AT_THE_START = 40_000
"""Bytes of a file: the journal and its values begin, and do not come to their end."""
STEPS_TO_THE_END = 10**9
_LIMITS = (0, 0, 20_000, FULL_AT_THE_START)
_LONGEST_KILL_DELAY_S = 0.06
_MOST_TIMES = 5
_TYPED = tuple(quarter / 4 for quarter in range(40, 401) if quarter / 4 != CONSTANT_C)
"""What operators type: never the number that the daemon itself writes there. Who does that cannot be told from it, so
it is taken away with what is ours (docs/decisions/10), and a storm that drew it would find fault with that."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A controller fails while a run is ending, for so many requests: less than what giving back has patience for."""

    who: str
    kind: str
    times: int

    def __str__(self) -> str:
        return f"while {self.who} {self.kind} ({self.times})"


@dataclass(frozen=True, slots=True)
class End:
    """How a run ends, and what comes after it.

    Seconds until it happens, whether all faults end before, what fails while it happens, whether ``main.py release`` is
    called then, what happens to the journal before that (and where in the file, 0 to 1), and who or what is not there
    when the next run begins.
    """

    delay_s: float = 0.0
    is_calm: bool = False
    passing: tuple[Passing, ...] = ()
    is_released: bool = False
    damage: str = ""
    where: float = 0.0
    absent: str = ""

    def __str__(self) -> str:
        told = [f"after {self.delay_s * 1e3:.0f} ms"] if self.delay_s else []
        told += ["after all else"] if self.is_calm else []
        told += map(str, self.passing)
        told += [f"then {self.damage} at {self.where:.3f}"] if self.damage else []
        told += ["then main.py release"] if self.is_released else []
        told += [f"then without {self.absent}"] if self.absent else []
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that begins with an advance. ``who`` is a controller, ``the building`` or ``the daemon``.

    ``step`` counts the advances of the whole storm, and ``steps`` is how long it lasts. ``value`` is what an operator
    types, None where he lets go; and the size of files that a full disk still takes. ``end`` is for what ends a run.
    """

    step: int
    who: str
    kind: str
    steps: int = 0
    value: float | None = None
    end: End | None = None

    def __str__(self) -> str:
        told = [f"for {self.steps} steps"] if self.steps else []
        told += [f"value {self.value}"] if self.kind in PLACES or self.value is not None else []
        told += [str(self.end)] if self.end is not None and str(self.end) else []
        return ", ".join([f"step {self.step}: {self.who} {self.kind}", *told])


class Deck:
    """Draws every card once before any comes again."""

    def __init__(self, rng: random.Random, cards: Sequence[tuple[str, str]]) -> None:
        self._rng = rng
        self._cards = cards
        self._left: list[tuple[str, str]] = []

    def draw(self) -> tuple[str, str]:
        """The next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


@dataclass(frozen=True, slots=True)
class Weather:
    """How rough it is: steps between two events, and between two ends of a run, on average."""

    event_every: int = 12
    end_every: int = 250


def events(seed: int, controllers: Sequence[str], weather: Weather) -> Iterator[Event]:
    """Everything that happens, for ever, in the order of the steps."""
    rng = random.Random(seed)  # noqa: S311 - a storm, not a secret
    faults = Deck(rng, [("", kind) for kind in CONTROLLER_FAULTS])
    places = Deck(rng, [("", kind) for kind in PLACES])
    wishes = Deck(rng, [("the daemon", kind) for kind in WISHES])
    nuisances = Deck(rng, [("the daemon", kind) for kind in NUISANCES])
    ends = _Ends(rng, controllers)
    step, next_end = 5, rng.randint(weather.end_every // 2, weather.end_every)
    while True:
        step += rng.randint(1, 2 * weather.event_every - 1)
        length = rng.randint(3, 4 * weather.event_every)
        if step >= next_end:
            yield ends.draw(step)
            next_end = step + rng.randint(weather.end_every // 2, weather.end_every * 3 // 2)
        elif rng.random() < 0.3:
            yield _operation(rng, step, places.draw(), controllers)
        elif rng.random() < 0.1:
            yield Event(step, "the building", TELLS_NULL)
        elif rng.random() < 0.12:
            yield Event(step, *wishes.draw(), value=rng.randint(20, 80) + 0.125)
        elif rng.random() < 0.07:
            yield _nuisance(rng, step, nuisances.draw(), length)
        else:
            yield Event(step, rng.choice(controllers), faults.draw()[1], length)


def _operation(rng: random.Random, step: int, card: tuple[str, str], controllers: Sequence[str]) -> Event:
    value = rng.choice(_TYPED) if rng.random() < 0.7 else None
    return Event(step, rng.choice(controllers), card[1], value=value)


def _nuisance(rng: random.Random, step: int, card: tuple[str, str], length: int) -> Event:
    who, kind = card
    return Event(step, who, kind, length, rng.choice(_LIMITS)) if kind == FULL_DISK else Event(step, who, kind)


class _Ends:
    """Draws how runs end."""

    def __init__(self, rng: random.Random, controllers: Sequence[str]) -> None:
        self._rng = rng
        self._controllers = controllers
        self._ways = Deck(rng, ENDS)
        self._passing = Deck(rng, [("", kind) for kind in PASSING])
        self._damages = Deck(rng, [("", kind) for kind in DAMAGES])

    def draw(self, step: int) -> Event:
        """The next end."""
        rng, (who, kind) = self._rng, self._ways.draw()
        delay_s = rng.uniform(0, _LONGEST_KILL_DELAY_S) if who == "the daemon" else 0.0
        absent = rng.choice(["", "", "", THE_BUILDING, THE_DISK, rng.choice(self._controllers)])
        calm, released, where = rng.random() < 0.7, rng.random() < 0.5, rng.random()
        if kind == KILL:
            damage = self._damages.draw()[1] if rng.random() < 0.5 else ""
            end = End(delay_s, calm, is_released=released or bool(damage), damage=damage, where=where, absent=absent)
        else:
            end = End(delay_s, calm, tuple(self._some_passing()), is_released=released, absent=absent)
        return Event(step, who, kind, end=end)

    def _some_passing(self) -> Iterator[Passing]:
        for who in self._rng.sample(self._controllers, min(3, len(self._controllers))):
            kind = self._passing.draw()[1]
            yield Passing(who, kind, self._rng.randint(1, min(_MOST_TIMES, PASSING[kind].most_times)))
