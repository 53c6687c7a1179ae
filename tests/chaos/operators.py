"""People at the controllers' own pages, and what they must find there when everybody else has left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from emulators.ecy.access.writing import WriteRecord
from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.objects import BacnetObject, with_out_of_service
from tests.chaos.building import CONSTANT_C
from tests.chaos.peers import OUTDOOR, PRIORITY, RETURN, SETPOINT, Trait

STRONGER = 8
_REAL32 = 1e-6


@dataclass(frozen=True, slots=True)
class Place:
    """Something in a controller that one of us may hold: a slot of an object, or an input that is forced."""

    object_name: str
    priority: int | None

    def value_in(self, controller: EmulatedController) -> float | None:
        """What stands there; None is nothing."""
        found = controller.objects.named(self.object_name)
        if self.priority is not None:
            return found.slots[self.priority - 1]
        return found.held if found.out_of_service else None

    def put(self, controller: EmulatedController, value: float | None) -> None:
        """What somebody does by hand; None lets go."""
        if self.priority is not None:
            controller.objects.command(self.object_name, value, self.priority)
        else:
            controller.objects.update(controller.objects.find(self.object_name), partial(_forced, value))

    def is_taken_by(self, record: WriteRecord) -> bool:
        """Whether this write of the daemon puts a value there."""
        wrote = (record.name, record.property_name, record.priority)
        return not record.refused and record.value is not None and wrote == self._key

    def __str__(self) -> str:
        return self.object_name + (" (forced)" if self.priority is None else f" slot {self.priority}")

    @property
    def _key(self) -> tuple[str, str, int | None]:
        return self.object_name, "present-value", self.priority


def _forced(value: float | None, target: BacnetObject) -> BacnetObject:
    if value is None:
        return with_out_of_service(target, False)
    return replace(target, out_of_service=True, held=value)


PLACES: Mapping[str, Place] = {
    "our slot": Place(SETPOINT, PRIORITY),
    "a stronger slot": Place(OUTDOOR, STRONGER),
    "a forced input": Place(RETURN, None),
}


class Claim:
    """One place in one controller: whose value stands there, and which values the daemon may leave there at the end.

    The daemon restores what it found when it took the place; what somebody else puts there later it leaves alone.
    Usually there is one right value. Where somebody, a reboot or a download has cleared the place, nothing is right as
    well as what was there before.
    """

    def __init__(self, place: Place, controller: EmulatedController, trait: Trait) -> None:
        self.place = place
        self._controller = controller
        self._trait = trait
        self._right = {place.value_in(controller)}
        self._before: set[float | None] | None = None
        self._is_given_back = False
        """Something of this controller has been given back since the place was taken: the place may be, too."""

    @property
    def is_right(self) -> bool:
        """Whether what stands there is what has to be left there."""
        return _is_among(self.place.value_in(self._controller), self._right)

    @property
    def is_somebody_elses(self) -> bool:
        """Whether a value of somebody else stands there now and will stay."""
        return None not in self._right and self.is_right

    @property
    def wanted(self) -> tuple[float, ...]:
        """The values that would be right, without nothing."""
        return tuple(value for value in self._right if value is not None)

    def __str__(self) -> str:
        found = self.place.value_in(self._controller)
        return f"{self._controller.spec.name}: {self.place} holds {found}, should hold {sorted(map(str, self._right))}"

    def operated(self, typed: float | None) -> None:
        """Somebody puts a value there, or lets go: then what was there before may be put back, or not.

        One who types what the daemon's own number becomes in this controller types it in vain: nobody could tell.
        """
        value = self._trait.stored(typed)
        if value is not None and _is_same(value, self._trait.stored(CONSTANT_C)):
            return
        self.place.put(self._controller, value)
        self._right = {value} if value is not None or self._before is None else self._before | {None}

    def taken(self, record: WriteRecord) -> None:
        """The daemon has written a value of its own there, or what was there before."""
        if self._is_given_back and self.allows(record):
            return
        if self._before is None or self._is_given_back:
            self._before, self._is_given_back = self._right, False
        self._right = self._before

    def cleared(self) -> None:
        """The controller has forgotten what stood there."""
        self._before = None if self._before is None else self._before | {None}
        self._right = {None} if self._before is None else self._before

    def closed(self) -> None:
        """The daemon gives back: what it takes next, it takes anew; what was there before may still be on its way."""
        self._is_given_back = True

    def settled(self) -> None:
        """Whatever stands there now is somebody else's."""
        self._right, self._before = {self.place.value_in(self._controller)}, None
        self._is_given_back = False

    def mended(self) -> None:
        """Somebody has put there by hand what the daemon ought to have left."""
        if not self.is_right:
            self.place.put(self._controller, next(iter(self._right)))
        self.settled()

    def allows(self, record: WriteRecord) -> bool:
        """Whether a write during the giving back puts there what was there before; over BACnet it is told as text."""
        sent = None if record.value is None else float(str(record.value))
        return self._before is not None and _is_among(self._trait.stored(sent), self._before)


def _is_among(value: float | None, right: set[float | None]) -> bool:
    return any(_is_same(value, one) for one in right)


def _is_same(one: float | None, other: float | None) -> bool:
    """As far as a REAL32 tells."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_REAL32, abs_tol=_REAL32)
