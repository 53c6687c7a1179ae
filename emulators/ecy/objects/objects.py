"""A BACnet object as a frozen value, and what may be done to it (ecy-rest-api §7, §8, §12).

Every present-value is held as a float: REAL32 for analog objects, 0.0 or 1.0 for binary ones, a state number counted
from 1 for multi-state ones. Functions return the changed object or raise :class:`Refusal`.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, replace

from emulators.ecy.objects.storage import EXACT, StorageQuirk
from emulators.ecy.refusals import INVALID_DATA_TYPE, VALUE_OUT_OF_RANGE, WRITE_ACCESS_DENIED, Refusal
from emulators.program import ObjectSpec
from utils.values import ObjectRef, ObjectType

PRIORITIES = 16
DEFAULT_NUMBER_OF_STATES = 16
NO_FAULT, NO_SENSOR = 0, 1
"""Reliabilities (ASHRAE 135, clause 21)."""
_REAL32 = struct.Struct("<f")


@dataclass(frozen=True, slots=True)
class BacnetObject:
    """One object of the database.

    ``slots`` is the priority array, empty for inputs and for values that are ``plain``: whoever writes last has those.
    ``hardware_value`` is what an input's terminal measures, or such a value.
    ``held`` is kept while out of service: the present-value of an input, the last command at an output's terminal.
    ``cov_increment`` is None until somebody writes it. ``storage`` is how it stores what it is sent. ``shown`` is told
    for the present-value while that is still on its way there. ``in_fault`` is whether its terminal is in trouble.
    ``minimum_on_s`` and ``minimum_off_s`` are told of binary outputs; whoever commands has to mind them.
    ``wired`` is the Reliability of an input's terminal, ``said`` what was written over it while out of service.
    """

    ref: ObjectRef
    name: str
    description: str = ""
    units: str | None = None
    states: tuple[str, ...] = ()
    number_of_states: int = 0
    minimum: float | None = None
    maximum: float | None = None
    slots: tuple[float | None, ...] = ()
    relinquish_default: float = 0.0
    hardware_value: float = 0.0
    out_of_service: bool = False
    held: float = 0.0
    cov_increment: float | None = None
    storage: StorageQuirk = EXACT
    shown: float | None = None
    in_fault: bool = False
    minimum_on_s: int | None = None
    minimum_off_s: int | None = None
    plain: bool = False
    wired: int = NO_FAULT
    said: int | None = None

    @property
    def commandable(self) -> bool:
        """Whether there is a priority array."""
        return bool(self.slots)

    @property
    def present_value(self) -> float:
        """The lowest-numbered command, else the relinquish default; of an input, hardware or what it is forced to."""
        if self.shown is not None:
            return self.shown
        if not self.slots:
            return self.held if self.out_of_service else self.hardware_value
        return next((command for command in self.slots if command is not None), self.relinquish_default)

    @property
    def reliability(self) -> int:
        """What was written while it is out of service, else what is wrong at the terminal, if anything is."""
        if self.said is not None:
            return self.said
        return NO_SENSOR if self.in_fault or math.isnan(self.present_value) else self.wired

    @property
    def is_faulty(self) -> bool:
        """Whether its status flags say fault, as they do with every Reliability but one (ASHRAE 135, 12.2)."""
        return self.reliability != NO_FAULT

    @property
    def terminal(self) -> float:
        """What an output drives: its present-value, or while out of service the last one before."""
        return self.held if self.out_of_service else self.present_value


def real32(value: float) -> float:
    """The nearest number that the controller can store. Raises Refusal for NaN, infinities and overflow."""
    if not math.isfinite(value):
        raise Refusal(VALUE_OUT_OF_RANGE, "not a finite number")
    try:
        stored: float = _REAL32.unpack(_REAL32.pack(value))[0]
    except OverflowError as error:
        raise Refusal(VALUE_OUT_OF_RANGE, "beyond REAL32") from error
    return stored


def create(spec: ObjectSpec, instance: int) -> BacnetObject:
    """The object that a spec describes, in service and with an empty priority array.

    An input's ``initial`` may be NaN: a sensor that reports no number. A multi-state object without a stated initial
    state starts in state 1; without state texts it has 16 states.
    """
    ref = ObjectRef(ObjectType(spec.object_type), instance)
    blank = BacnetObject(
        ref=ref,
        name=spec.name,
        description=spec.description,
        units=spec.units,
        states=tuple(spec.states),
        number_of_states=_number_of_states(ref.object_type, spec),
        slots=() if ref.object_type.is_input else (None,) * PRIORITIES,
    )
    initial = _initial(blank, spec.initial)
    return replace(blank, relinquish_default=initial, hardware_value=initial, held=initial)


def _number_of_states(object_type: ObjectType, spec: ObjectSpec) -> int:
    if not object_type.is_multi_state:
        return 0
    return len(spec.states) or DEFAULT_NUMBER_OF_STATES


def _initial(target: BacnetObject, value: float) -> float:
    if math.isnan(value) and not target.commandable:
        return value
    if target.ref.object_type.is_multi_state and value == 0:
        return 1.0
    return stored_value(target, value)


def stored_value(target: BacnetObject, value: float) -> float:
    """``value`` as the object would store it. Raises Refusal when it cannot."""
    if target.ref.object_type.is_binary:
        return _stored_choice(value, 0, 1)
    if target.ref.object_type.is_multi_state:
        return _stored_choice(value, 1, target.number_of_states)
    stored = real32(value)
    below = target.minimum is not None and stored < target.minimum
    above = target.maximum is not None and stored > target.maximum
    if below or above:
        raise Refusal(VALUE_OUT_OF_RANGE, f"{value} is outside {target.minimum} to {target.maximum}")
    return stored


def _stored_choice(value: float, lowest: int, highest: int) -> float:
    if not lowest <= value <= highest:
        raise Refusal(VALUE_OUT_OF_RANGE, f"{value} is not one of {lowest} to {highest}")
    if value != int(value):
        raise Refusal(INVALID_DATA_TYPE, f"{value} is not a whole number")
    return float(value)


def commanded(target: BacnetObject, value: float | None, priority: int) -> BacnetObject:
    """The object with ``value`` in the slot of ``priority`` (1 to 16); None gives the slot back."""
    if target.plain:
        return _overwritten(target, value)
    if not target.commandable:
        raise Refusal(WRITE_ACCESS_DENIED, f"{target.ref} has no priority array")
    if not 1 <= priority <= PRIORITIES:
        raise Refusal(VALUE_OUT_OF_RANGE, f"priority {priority}")
    command = _stored_command(target, value)
    if target.storage.keeps(value) or target.slots[priority - 1] == command:
        return target
    slots = (*target.slots[: priority - 1], command, *target.slots[priority:])
    return replace(target, slots=slots)


def forced(target: BacnetObject, value: float) -> BacnetObject:
    """The input with another present-value, which it takes only while it is out of service; or the plain value."""
    if target.plain:
        return _overwritten(target, value)
    if target.commandable or not target.out_of_service:
        raise Refusal(WRITE_ACCESS_DENIED, f"present-value of {target.ref} while it is in service")
    held = _stored_command(target, value)
    return target if held is None or target.storage.keeps(value) else replace(target, held=held)


def _overwritten(target: BacnetObject, value: float | None) -> BacnetObject:
    """A value without priority array: whoever writes last has it, and nothing is given back (ASHRAE 135, 19.2)."""
    stored = _stored_command(target, value)
    if stored is None:
        raise Refusal(INVALID_DATA_TYPE, f"{target.ref} has no slot to give back")
    return target if target.storage.keeps(value) else replace(target, hardware_value=stored, held=stored)


def as_plain(target: BacnetObject) -> BacnetObject:
    """The same object without a priority array."""
    return replace(target, plain=True, slots=())


def _stored_command(target: BacnetObject, value: float | None) -> float | None:
    if target.ref.object_type.is_analog:
        value = target.storage.stored(None if value is None else real32(value))
    return None if value is None else stored_value(target, value)


def with_out_of_service(target: BacnetObject, out_of_service: bool) -> BacnetObject:
    """The object taken out of service, holding what it had, or put back."""
    if target.out_of_service == out_of_service:
        return target
    return replace(target, out_of_service=out_of_service, held=target.present_value, said=None)


def with_reliability(target: BacnetObject, reliability: int) -> BacnetObject:
    """The input with another Reliability, which it takes only while it is out of service."""
    if target.commandable or not target.out_of_service:
        raise Refusal(WRITE_ACCESS_DENIED, f"reliability of {target.ref} while it is in service")
    return replace(target, said=reliability)


def with_relinquish_default(target: BacnetObject, value: float) -> BacnetObject:
    """The commandable object with another value for when nothing is commanded."""
    if not target.commandable:
        raise Refusal(WRITE_ACCESS_DENIED, f"{target.ref} has no priority array")
    return replace(target, relinquish_default=stored_value(target, value))


def measured(target: BacnetObject, hardware_value: float) -> BacnetObject:
    """The input whose terminal measures something else; seen as soon as it is in service."""
    if target.commandable:
        raise Refusal(WRITE_ACCESS_DENIED, f"{target.ref} has no input terminal")
    return replace(target, hardware_value=_initial(target, hardware_value))


def restarted(target: BacnetObject, *, keep_out_of_service: bool, keep_slots: bool) -> BacnetObject:
    """The object after a reboot, which may clear what was forced and commanded."""
    slots = target.slots if keep_slots else (None,) * len(target.slots)
    after = replace(target, slots=slots)
    return after if keep_out_of_service else with_out_of_service(after, False)
