"""Which program owns which slot, and whether a value may go into it.

Compare before writing: a slot is looked at before every write. What somebody else has put there is left alone.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from clients.device_client import DeviceClient
from ledger import DOUBT_S, Judgement, Ledger, Outcome, Patiences, Receipt, TakenSlot, give_back
from supervisory.guard.gate import Pass, SlotCommand
from utils.bacnet import PRIORITIES, slot_of
from utils.errors import BridgeError, ConfigError, DeviceError, DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import (
    ObjectRef,
    ObjectState,
    OtherType,
    OtherValue,
    PointValue,
    Write,
    WriteKind,
    as_real32,
    is_finite_number,
    same_as_stored,
)

_Slot: TypeAlias = tuple[str, ObjectRef, int]
Errors: TypeAlias = dict[SlotCommand, DeviceError]


class Slots:
    """The slots that the programs of one runtime own. Methods with a client are called by its thread only."""

    def __init__(self, ledger: Ledger, doubt_s: float = DOUBT_S) -> None:
        self._ledger = ledger
        self._doubt_s = doubt_s
        self._patiences = Patiences.none()
        self._doubtful_until_s: dict[_Slot, float] = {}
        self._entries: dict[_Slot, TakenSlot] = {}
        self._owners: dict[_Slot, str] = {}
        self._yielded: dict[_Slot, tuple[Pass, DeviceError]] = {}
        """What somebody else has taken over, from which life of a program, and what it was told then."""
        self._lock = threading.Lock()

    def owned(self, program: str | None = None) -> int:
        """How many slots a program (or all of them) owns."""
        with self._lock:
            return sum(program in (None, owner) for owner in self._owners.values())

    def command(
        self, client: DeviceClient, leave: Pass, commands: Sequence[SlotCommand], check: Callable[[], None]
    ) -> Errors:
        """Write values and give slots back, in one controller; what went wrong, by command.

        ``check`` is called at the last moment before something is sent, and raises where nothing may be.
        """
        errors = {command: error for command in commands if (error := _unsound(command)) is not None}
        sound = [command for command in commands if command not in errors]
        errors |= self._put_back(client, leave, [command for command in sound if command.value is None])
        values = [command for command in sound if command.value is not None]
        if values:
            self._set(client, leave, values, check, errors)
        return errors

    def give_back(self, client: DeviceClient, device: str, programs: Collection[str]) -> list[Receipt]:
        """Give back what programs own in one controller, whatever can be.

        A slot stays owned as long as a write that was cut may still come.
        """
        with self._lock:
            mine = [key for key, owner in self._owners.items() if key[0] == device and owner in programs]
            entries = [self._entries[key] for key in mine]
        return self._given_back(client, device, entries)

    def _put_back(self, client: DeviceClient, leave: Pass, commands: Sequence[SlotCommand]) -> Errors:
        mine = {command: _slot(command) for command in commands if self._owner(_slot(command)) == leave.program}
        if not mine:
            return {}
        device = next(iter(mine)).device
        receipts = self._given_back(client, device, [self._entries[key] for key in mine.values()])
        failed = "; ".join(str(receipt) for receipt in receipts if receipt.outcome is Outcome.FAILED)
        return {command: DeviceUnreachable(device, failed) for command, key in mine.items() if self._owner(key)}

    def _set(
        self,
        client: DeviceClient,
        leave: Pass,
        commands: Sequence[SlotCommand],
        check: Callable[[], None],
        errors: Errors,
    ) -> None:
        try:
            states = client.survey(list(dict.fromkeys(command.ref for command in commands)))
            for command in commands:
                objection = self._objection(leave, command, states[command.ref])
                if objection is not None:
                    errors[command] = objection
            fit = [command for command in commands if command not in errors]
            new = [command for command in fit if self._owner(_slot(command)) is None]
            errors |= self._enter(leave, new, states)
            check()
            errors |= self._send(client, [command for command in fit if command not in errors], new)
        except DeviceError as error:
            errors |= {command: error for command in commands if command not in errors}

    def _objection(self, leave: Pass, command: SlotCommand, state: ObjectState) -> DeviceError | None:
        """Why the value must not be written into the object as it was found."""
        key, device = _slot(command), command.device
        if state.is_missing:
            return ObjectError(device, f"{command.ref} {command.name}: there is no such object", missing=True)
        if state.is_partial:
            return DeviceUnreachable(device, f"{command.ref} {command.name}: it does not tell how it stands")
        if command.name and state.name not in (None, command.name):
            return ObjectError(device, f"{command.ref}, which was {command.name}, is {state.name} now", missing=True)
        if state.priority_array is None:
            return ObjectError(
                device,
                f"{command.ref} {command.name}: it shows no priority array, so what is "
                "written there could not be given back",
            )
        held = state.priority_array[command.priority - 1]
        owner = self._owner(key)
        if owner is None:
            return self._not_free(leave, command, held)
        if owner != leave.program:
            return ObjectError(device, f"{_named(command)} belongs to the program {owner}")
        self._ledger.saw(device, command.ref, held)
        return None if self._may_be_ours(key, held) else self._yield(leave, command, held)

    def _not_free(self, leave: Pass, command: SlotCommand, held: PointValue | None) -> DeviceError | None:
        lost_in, told = self._yielded.get(_slot(command), (None, None))
        if told is not None and lost_in == leave:
            return told
        if held is None or command.take_occupied:
            return None
        return ObjectError(
            command.device,
            f"{_named(command)} holds {held} already; somebody else uses it. Release it, choose another priority, "
            'or set "take_occupied": true at a point of the config to have it restored at the end',
        )

    def _yield(self, leave: Pass, command: SlotCommand, held: PointValue | None) -> DeviceError:
        """Somebody else has put a value into our slot: it is his from now on."""
        key = _slot(command)
        self._ledger.give_back(self._entries[key])
        self._drop(key)
        error = ObjectError(
            command.device,
            f"{_named(command)} holds {held}, which is not ours: somebody else has "
            "taken it over; it is left alone until the program is switched off and on again",
        )
        self._yielded[key] = leave, error
        return error

    def _may_be_ours(self, key: _Slot, held: PointValue | None) -> bool:
        device, ref, _ = key
        before = self._entries[key].before
        return (
            held is None
            or self._ledger.judge(device, ref, held) is not Judgement.THEIRS
            or (before is not None and same_as_stored(held, before))
        )

    def _enter(self, leave: Pass, commands: Sequence[SlotCommand], states: Mapping[ObjectRef, ObjectState]) -> Errors:
        """Put new slots into the ledger, on disk, before anything is sent to them."""
        entries = {command: _entry(command, states[command.ref]) for command in commands}
        try:
            self._ledger.take(*entries.values())
        except ConfigError:  # another process drives some of them
            errors = self._enter_one_by_one(entries)
        except BridgeError as error:
            errors = {command: _unwritten(command, error) for command in commands}
        else:
            errors = {}
        with self._lock:
            for command, entry in entries.items():
                if command not in errors:
                    self._entries[_slot(command)], self._owners[_slot(command)] = entry, leave.program
        return errors

    def _enter_one_by_one(self, entries: Mapping[SlotCommand, TakenSlot]) -> Errors:
        errors: Errors = {}
        for command, entry in entries.items():
            try:
                self._ledger.take(entry)
            except BridgeError as error:
                errors[command] = _unwritten(command, error)
        return errors

    def _send(self, client: DeviceClient, commands: Sequence[SlotCommand], new: Collection[SlotCommand]) -> Errors:
        if not commands:
            return {}
        writes = [Write(one.ref, WriteKind.COMMAND, one.value, one.priority) for one in commands]
        for priority in {one.priority for one in commands}:
            mine = [one for one in commands if one.priority == priority]
            values = {one.ref: one.value for one in mine if one.value is not None}
            self._ledger.sent_all(commands[0].device, values)
        try:
            results = client.write_values_from_endpoints(writes)
        except DeviceUnreachable:
            until_s = time.monotonic() + self._doubt_s
            self._doubtful_until_s |= {_slot(one): until_s for one in commands}
            raise
        errors = {one: told.error for one, told in zip(commands, results, strict=True) if told.error is not None}
        for command, error in errors.items():
            if isinstance(error, ObjectError) and command in new:
                self._forget(command)
        self._look_back(client, [command for command in commands if command in new and command not in errors])
        return errors

    def _look_back(self, client: DeviceClient, commands: Sequence[SlotCommand]) -> None:
        """See what became of the first value: later ones are looked at before they are replaced."""
        if not commands:
            return
        with contextlib.suppress(DeviceError):
            states = client.survey(list(dict.fromkeys(command.ref for command in commands)))
            for command in commands:
                slots = states[command.ref].priority_array
                if slots is not None:
                    self._ledger.saw(command.device, command.ref, slot_of(slots, command.priority))

    def _forget(self, command: SlotCommand) -> None:
        """The controller has said no to the first value: there is nothing to give back."""
        key = _slot(command)
        self._ledger.give_back(self._entries[key])
        self._drop(key)

    def _given_back(self, client: DeviceClient, device: str, entries: Sequence[TakenSlot]) -> list[Receipt]:
        receipts = give_back(device, client, self._ledger, entries, self._patiences.of(device))
        still_open = set(self._ledger.open_entries)
        for entry in entries:
            key = device, entry.ref, entry.priority
            if entry in still_open:
                continue
            if time.monotonic() < self._doubtful_until_s.get(key, 0.0):
                with contextlib.suppress(BridgeError):
                    self._ledger.take(entry)
            else:
                self._drop(key)
        return receipts

    def _owner(self, key: _Slot) -> str | None:
        with self._lock:
            return self._owners.get(key)

    def _drop(self, key: _Slot) -> None:
        with self._lock:
            self._owners.pop(key, None)
            self._entries.pop(key, None)
            self._doubtful_until_s.pop(key, None)


def _unsound(command: SlotCommand) -> DeviceError | None:
    """Why a command is none, whatever the controller says."""
    if type(command.priority) is not int or command.priority not in PRIORITIES:
        what = f"{command.priority!r} is not a priority; they are 1 to 16 without 6"
    elif command.ref.bacnet_type.is_input:
        what = "an object of its type has no priorities; it cannot be commanded"
    elif command.value is not None and not _can_be_stored(command.ref, command.value):
        what = f"{command.value!r} is not a value that a controller can hold"
    else:
        return None
    return ObjectError(command.device, f"{command.ref} {command.name}: {what}")


def _can_be_stored(ref: ObjectRef, value: object) -> bool:
    """In single precision, where the type does not say otherwise."""
    if isinstance(value, OtherValue):
        return isinstance(ref.bacnet_type, OtherType)
    if not isinstance(value, float | int) or not is_finite_number(value):
        return False
    try:
        as_real32(value)
    except OverflowError:
        return ref.bacnet_type == "LargeAnalogValue"
    return True


def _entry(command: SlotCommand, state: ObjectState) -> TakenSlot:
    before = slot_of(state.priority_array, command.priority)
    return TakenSlot(command.device, command.ref, state.name or command.name, command.priority, before)


def _slot(command: SlotCommand) -> _Slot:
    return command.device, command.ref, command.priority


def _unwritten(command: SlotCommand, error: BridgeError) -> DeviceError:
    return DeviceRefused(command.device, f"{_named(command)} was not written: {error}")


def _named(command: SlotCommand) -> str:
    return f"slot {command.priority} of {command.ref} {command.name}"
