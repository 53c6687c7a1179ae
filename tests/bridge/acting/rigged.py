"""A run in which somebody acts on a set-point, whose controller has a loop that follows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bridge.acting import Acting, Turn
from bridge.display.status import Summary
from bridge.run import Run
from emulators.ecy.controller import EmulatedController
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec, ProgramIO
from equipment.set_points import OperatorSwitch, SetPoint
from tests.bridge.rig import AHU_OBJECTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually

SUPPLY = "AHU.SupplyAirTempSp"
OBJECTS = (
    *AHU_OBJECTS,
    ObjectSpec("AnalogValue", "SupplyAirTempSp", "degrees-celsius", initial=14.0),
    ObjectSpec("AnalogValue", "Gain", "no-units", initial=1.0),
    ObjectSpec("BinaryValue", "MayAct", initial=1.0),
)
SET_POINT = SetPoint("AHU", "SupplyAirTempSp", 285.15, 291.15, "K")
"""12 to 18 °C."""
SWITCH = OperatorSwitch("AHU", "MayAct")
STEP_S = 5.0


class FanFollows:
    """Its fan runs at as many percent as the set-point has degrees."""

    objects: Sequence[ObjectSpec] = ()

    def scan(self, io: ProgramIO, _now: datetime, _dt_s: float) -> None:
        io.write("FanSpeed", io.read("SupplyAirTempSp"))


@dataclass
class Actor:
    """Whoever acts, and what is seen of it."""

    both: Rig
    run: Run
    acting: Acting
    future: Future[Summary]
    number: int = 0

    def turn(self) -> Turn:
        """The next one."""
        turn = self.acting.next_turn(self.number, DEADLINE_S)
        self.number = turn.number
        return turn

    def act(self, values: Mapping[str, float | None] | None = None) -> Turn:
        """Answer this turn; the next one."""
        self.acting.act(self.number, values or {})
        return self.turn()

    def go_on_until(self, condition: Mapping[str, float | None] | None = None, steps: int = 1) -> Turn:
        """Answer so many turns alike."""
        for _ in range(steps):
            turn = self.act(condition)
        return turn

    @property
    def ahu(self) -> EmulatedController:
        return self.both.controllers.controller("AHU")

    @property
    def slot(self) -> float | None:
        return self.ahu.objects.named("SupplyAirTempSp").slots[14]

    def until(self, condition: str, steps: int = 4000) -> Turn:
        """Answer turns with nothing new until the set-point is masked for a reason that has these words."""
        for _ in range(steps):
            turn = self.act()
            if condition in turn.masked.get(SUPPLY, ""):
                return turn
        raise AssertionError(f"never masked for {condition!r}: {turn.masked}")


@contextmanager
def bench(folder: Path, profile: Profile | None = None) -> Iterator[Rig]:
    """Both peers, with the set-point, its loop and a switch."""
    with rig(folder, profile=profile, ahu_objects=OBJECTS, ahu_program=FanFollows()) as running:
        yield running


@contextmanager
def acting(both: Rig, how: Acting, **variables: str) -> Iterator[Actor]:
    """A run at its first turn; it ends behind the block, and well."""
    both.acting = how
    run = both.run(None, **variables)
    with in_background(run) as future:
        actor = Actor(both, run, how, future)
        actor.turn()
        yield actor
        run.request_stop()
        future.result(DEADLINE_S)


def assert_given_back(both: Rig) -> None:
    """Every input is in service, and in the slots is nothing but what the loop itself commands."""
    for name in ("AHU", "VAV"):
        objects = both.controllers.controller(name).objects
        for found in map(objects.named, objects.names()):
            assert not found.out_of_service, found
            assert set(found.slots[:15]) <= {None}, found


def ended(actor: Actor) -> None:
    """Have the run end."""
    actor.run.request_stop()
    eventually(actor.future.done)
