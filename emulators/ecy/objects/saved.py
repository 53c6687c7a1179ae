"""What a state has of a controller's objects, and how they go back.

What clients have taken is theirs, and their journals say what stands there: so the slots that the control program has
not written, out-of-service flags and forced values stay as they are now. Going back neither gives any of them back
nor takes them again. Names, limits and units are no state either.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from emulators.ecy.objects.objects import BacnetObject, stored_value
from emulators.ecy.refusals import Refusal
from emulators.states import Fields, ForeignStateError, SavedStateError


@dataclass(frozen=True, slots=True)
class SavedObject:
    """One object in a state. ``by_program``: whether the control program had written to it."""

    slots: tuple[float | None, ...]
    relinquish_default: float
    hardware_value: float
    out_of_service: bool
    held: float
    by_program: bool

    def remember(self) -> dict[str, object]:
        """As JSON."""
        return {
            "slots": list(self.slots),
            "relinquish_default": self.relinquish_default,
            "hardware_value": self.hardware_value,
            "out_of_service": self.out_of_service,
            "held": self.held,
            "by_program": self.by_program,
        }

    @classmethod
    def recalled(cls, state: Fields) -> SavedObject:
        """From JSON. Raises SavedStateError."""
        return cls(
            tuple(state.numbers_or_none("slots")),
            state.number("relinquish_default"),
            state.number("hardware_value"),
            state.truth("out_of_service"),
            state.number("held"),
            state.truth("by_program"),
        )


def saved(target: BacnetObject, by_program: bool) -> SavedObject:
    """The object as it is now."""
    return SavedObject(
        target.slots, target.relinquish_default, target.hardware_value, target.out_of_service, target.held, by_program
    )


def refuse_unfit(target: BacnetObject, then: SavedObject, where: str) -> None:
    """Raises SavedStateError for what the object could not hold. Of an input, no number is one: a broken sensor."""
    if len(then.slots) != len(target.slots):
        raise ForeignStateError(f"{where}: {target.name} is of another type than in the state")
    numbers = {*then.slots, then.relinquish_default, then.hardware_value, then.held}
    try:
        for number in numbers:
            if number is not None and not (math.isnan(number) and not target.commandable):
                stored_value(target, number)
    except Refusal as refusal:
        raise SavedStateError(f"{where}: {target.name} cannot hold what is in the state ({refusal})") from None


def gone_back(target: BacnetObject, then: SavedObject, slot: int, by_program: bool) -> BacnetObject:
    """The object with what it measured and what the program commanded then; what clients have taken is untouched.

    ``slot`` is the priority at which the program writes; ``by_program``: whether it has written to the object by now.
    """
    slots = list(target.slots)
    is_free = bool(slots) and slots[slot - 1] is None
    if slots and (by_program or (then.by_program and is_free)):
        slots[slot - 1] = then.slots[slot - 1] if then.by_program else None
    return _changed(target, replace(then, slots=tuple(slots), out_of_service=target.out_of_service, held=target.held))


def taken_back(target: BacnetObject, then: SavedObject) -> BacnetObject:
    """The object as it was then, with every slot and whether it was forced."""
    return _changed(target, then)


def _changed(target: BacnetObject, then: SavedObject) -> BacnetObject:
    """The object with what ``then`` says of it. Where nothing changes, itself: subscribers hear of others only."""
    if _told(then) == _told(target):
        return target
    return replace(
        target,
        slots=then.slots,
        relinquish_default=then.relinquish_default,
        hardware_value=then.hardware_value,
        out_of_service=then.out_of_service,
        held=then.held,
    )


def _told(one: BacnetObject | SavedObject) -> str:
    """By their texts, a sensor without a number is like itself, and zeros have a sign."""
    return repr((one.slots, one.relinquish_default, one.hardware_value, one.out_of_service, one.held))


def taken(targets: Iterable[BacnetObject], slot: int, by_program: Mapping[str, bool]) -> list[str]:
    """The names of the objects that clients hold now: forced, or commanded in a slot that is not the program's."""
    return [target.name for target in targets if target.out_of_service or _commands(target, slot, by_program)]


def _commands(target: BacnetObject, slot: int, by_program: Mapping[str, bool]) -> bool:
    return any(
        command is not None and not (priority == slot and by_program.get(target.name, False))
        for priority, command in enumerate(target.slots, start=1)
    )
