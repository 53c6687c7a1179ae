"""What goes wrong when: drawn from the seed alone, so that a storm can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.building import CONSTANT_C
from tests.chaos.faults import ADVANCE_FAULTS, CONTROLLER_FAULTS
from tests.chaos.operators import PLACES

STOPS_TEST, RESTARTS = "stops the test", "is restarted"
TELLS_NULL, COMES_LATE = "tells null", "comes late"
KILL, STOP, INTERRUPT_TWICE = "kill -9", "SIGTERM", "SIGINT twice"
DAEMON_EVENTS = (KILL, STOP, KILL, INTERRUPT_TWICE, KILL)
BUILDING_EVENTS = (*ADVANCE_FAULTS, STOPS_TEST, RESTARTS)
ENDS = tuple(("the building", kind) for kind in BUILDING_EVENTS) + tuple(("the daemon", kind) for kind in DAEMON_EVENTS)
_LONGEST_KILL_DELAY_S = 0.06
_TYPED = tuple(quarter / 4 for quarter in range(40, 401) if quarter / 4 != CONSTANT_C)
"""What operators type: never the number that the daemon itself writes there. Who does that cannot be told from it, so
it is taken away with what is ours (docs/decisions/10), and a storm that drew it would find fault with that."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that begins with an advance. ``who`` is a controller, ``the building`` or ``the daemon``.

    ``step`` counts the advances of the whole storm, and ``steps`` is how long it lasts; ``value`` belongs to operators,
    and is None where they let go. The last four belong to what ends a run: seconds until it happens, whether all faults
    end before, whether ``main.py release`` is called then, and who is not there yet when the next run begins.
    """

    step: int
    who: str
    kind: str
    steps: int = 0
    value: float | None = None
    delay_s: float = 0.0
    is_calm: bool = False
    is_released: bool = False
    absent: str = ""

    def __str__(self) -> str:
        told = [f"for {self.steps} steps"] if self.steps else []
        told += [f"value {self.value}"] if self.kind in PLACES else []
        told += [f"after {self.delay_s * 1e3:.0f} ms"] if self.delay_s else []
        told += ["after all else"] if self.is_calm else []
        told += ["then main.py release"] if self.is_released else []
        told += [f"then without {self.absent}"] if self.absent else []
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
    ends = Deck(rng, ENDS)
    step, next_end = 5, rng.randint(weather.end_every // 2, weather.end_every)
    while True:
        step += rng.randint(1, 2 * weather.event_every - 1)
        if step >= next_end:
            yield _end(rng, step, ends.draw(), controllers)
            next_end = step + rng.randint(weather.end_every // 2, weather.end_every * 3 // 2)
        elif rng.random() < 0.3:
            yield _operation(rng, step, places.draw(), controllers)
        elif rng.random() < 0.1:
            yield Event(step, "the building", TELLS_NULL)
        else:
            yield Event(step, rng.choice(controllers), faults.draw()[1], rng.randint(3, 4 * weather.event_every))


def _operation(rng: random.Random, step: int, card: tuple[str, str], controllers: Sequence[str]) -> Event:
    value = rng.choice(_TYPED) if rng.random() < 0.7 else None
    return Event(step, rng.choice(controllers), card[1], value=value)


def _end(rng: random.Random, step: int, card: tuple[str, str], controllers: Sequence[str]) -> Event:
    who, kind = card
    delay_s = rng.uniform(0, _LONGEST_KILL_DELAY_S) if who == "the daemon" else 0.0
    absent = rng.choice(["", "", "the building", rng.choice(controllers)])
    calm, released = rng.random() < 0.7, rng.random() < 0.4
    return Event(step, who, kind, delay_s=delay_s, is_calm=calm, is_released=released, absent=absent)
