"""A run in the background in which people hold things by hand, and what is seen of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from bridge.overriding import HandRefused
from bridge.run import Run
from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.objects import BacnetObject
from ledger.entries import TakenSlot
from recording import Event, EventKind
from tests.bridge.listening import Listener
from tests.bridge.looking import activations
from tests.bridge.rig import Rig, in_background
from tests.waiting import DEADLINE_S, eventually

WHO = "Ann"


@dataclass
class Hands:
    """A run whose overrides are in force, and what it tells of hands."""

    both: Rig
    run: Run
    listener: Listener

    @property
    def events(self) -> list[Event]:
        return [event for event in self.listener.events if event.kind is EventKind.HAND]

    @property
    def ahu(self) -> EmulatedController:
        return self.both.controllers.controller("AHU")

    def thing(self, name: str) -> BacnetObject:
        """An object of the air handler's controller."""
        return self.ahu.objects.named(name)

    def slot(self, name: str, number: int = 8) -> float | None:
        return self.thing(name).slots[number - 1]

    def value(self, name: str) -> float | None:
        """What the simulation said last."""
        return self.run.last_values.get(name)

    def words(self, subject: str) -> list[str]:
        """What was told of one thing, in order."""
        return [event.words for event in self.events if event.subject == subject]

    def is_told(self, words: str) -> bool:
        return any(words in event.words for event in self.events)

    @property
    def held(self) -> list[tuple[str, object, bool]]:
        return [(one.subject, one.value, one.is_in_force) for one in self.run.hand.held]

    @property
    def entered(self) -> list[str]:
        """The outputs whose slot 8 is in the ledger."""
        entries = self.run.ledger.open_entries
        return [entry.name for entry in entries if isinstance(entry, TakenSlot) and entry.priority == 8]

    def let_pass(self, steps: int = 20) -> None:
        """Let so many steps pass."""
        now = self.run.status().step
        eventually(lambda: self.run.status().step > now + steps)


def refusal(call: Callable[..., None], *arguments: object) -> str:
    """Why that is refused."""
    with pytest.raises(HandRefused) as refused:
        call(*arguments, WHO)
    return str(refused.value)


@contextmanager
def hands(both: Rig, until: Callable[[Run], bool] = lambda run: activations(run) == (1.0, 1.0)) -> Iterator[Hands]:
    """A run that is as far as it should be; after the block it has ended."""
    listener = Listener()
    both.watchers = (listener,)
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: until(run))
        yield Hands(both, run, listener)
        run.request_stop()
        future.result(DEADLINE_S)
