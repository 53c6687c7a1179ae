"""The services of the short style, over the same devices and the same gate as all other programs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from supervisory.easy import PRESENT_VALUE, EasyWrite, Misuse, Outcome, Row, Told
from supervisory.guard.gate import Disabled, Pass, SlotCommand, SlotResult
from supervisory.runtime.devices import SiteDevice
from supervisory.runtime.short.application import EasyApplication
from supervisory.runtime.short.reading import Site, SiteReader, elsewhere
from utils.errors import DeviceError, ObjectError
from utils.values import ObjectRef, OtherType, PointValue

if TYPE_CHECKING:
    from clients.bacnet import DeviceFound, ObjectFound

log = logging.getLogger(__name__)

_NULL = "null"
_WORDS = {"active": True, "inactive": False}
_NO_PRIORITY = -1
"""What easy-aso sends where a program says nothing."""
_Place: TypeAlias = "tuple[str, ObjectRef | str, int]"
"""A slot of a device; by its text an object that there is none of."""


class SiteServices:
    """The services of one program while it has leave.

    ``alarm`` is called with what people should know: a write that a device, or its operator, does not take, once
    until it is over. ``lenient`` programs get None for a read that fails, and a line in the log.
    """

    def __init__(
        self,
        site: Site,
        leave: Pass,
        priority: int,
        alarm: Callable[[str], None] = lambda message: None,
        *,
        lenient: bool = False,
    ) -> None:
        self._site = site
        self._leave = leave
        self._priority = priority
        self._alarm = alarm
        self._lenient = lenient
        self._reader = SiteReader(site)
        self._refused: dict[_Place, DeviceError] = {}
        """What was not taken at the last attempt."""
        self._left_alone: set[_Place] = set()
        """Where an error has ended a step: the program does not look after it itself."""
        self._unread: dict[tuple[str, str, str], str] = {}
        self.has_told_none = False
        """Whether a read of this step has given None."""
        self.held: dict[str, PointValue] = {}
        """What stands in slots of the program, by device and object as the program calls them."""
        self.app = EasyApplication(site.own, leave.program, self)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is not taken now."""
        return tuple(dict.fromkeys(str(error) for error in self._refused.values()))

    def leave_alone(self, error: DeviceError) -> bool:
        """The error of a write has ended a step: from now on that point costs no other step. False for other errors."""
        places = [place for place, refusal in self._refused.items() if refusal is error]
        self._left_alone.update(places)
        return bool(places)

    async def read(self, address: str, object_identifier: str, property_identifier: str) -> Told:
        """One property. Raises :class:`DeviceError`, unless the program is lenient."""
        what = (str(address), str(object_identifier), str(property_identifier))
        try:
            told = await self._reader.read(*what)
        except Misuse:
            raise
        except DeviceError as error:
            if not self._lenient:
                raise
            self._note_unread(what, str(error))
            return None
        self._unread.pop(what, None)
        return told

    async def read_many(self, address: str, wanted: Sequence[tuple[str, str]]) -> list[Row]:
        """Properties of several objects; none of a device that a lenient program cannot reach."""
        try:
            return await self._reader.read_many(str(address), wanted)
        except Misuse:
            raise
        except DeviceError as error:
            if not self._lenient:
                raise
            self._note_unread((str(address), "", ""), str(error))
            return []

    async def write(self, address: str, writes: Sequence[EasyWrite]) -> list[Outcome]:
        """Command or give back, all in one batch. Raises :class:`Misuse` for what no device could take."""
        device = self._reader.device(address)
        outcomes: dict[int, Outcome] = {}
        commands: dict[int, SlotCommand] = {}
        for number, write in enumerate(writes):
            try:
                commands[number] = await self._command(device, write)
            except Misuse:
                raise
            except ObjectError as error:
                outcomes[number] = self._judged((device.key, write.object_identifier, self._slot(write)), error)
        for number, result in zip(commands, await self._sent(tuple(commands.values())), strict=True):
            self._note(f"{address} {writes[number].object_identifier}", result)
            place = (device.key, result.command.ref, result.command.priority)
            outcomes[number] = self._judged(place, result.error)
        return [outcomes[number] for number in range(len(writes))]

    async def priority_array(self, address: str, object_identifier: str) -> tuple[PointValue | None, ...]:
        """The 16 slots of an object. Raises :class:`DeviceError`."""
        return await self._reader.priority_array(str(address), object_identifier)

    async def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """Which devices there are."""
        return await self._reader.who_is(low, high)

    async def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """Which devices have an object."""
        return await self._reader.who_has(wanted)

    def is_enabled(self) -> bool:
        """Whether the program may write now."""
        return self._site.gate.admit(self._leave.program) == self._leave

    async def _sent(self, commands: Sequence[SlotCommand]) -> Sequence[SlotResult]:
        """Raises :class:`Disabled`, but not for what has been given back already."""
        try:
            return await elsewhere(lambda: self._site.gate.write(self._leave, commands)) if commands else ()
        except Disabled:
            if any(command.value is not None for command in commands):
                raise
            return [SlotResult(command) for command in commands]

    def _judged(self, place: _Place, error: DeviceError | None) -> Outcome:
        """What the program is told; people are told of what is not taken, once until it is over."""
        if error is None:
            self._refused.pop(place, None)
            self._left_alone.discard(place)
            return True
        known = self._refused.get(place)
        self._refused[place] = error
        if known is None or str(known) != str(error):
            self._alarm(str(error))
        return False if place in self._left_alone and isinstance(error, ObjectError) else error

    def _note(self, label: str, result: SlotResult) -> None:
        """A release that failed has left the value in its slot; one that was refused is somebody else's."""
        value = result.command.value
        if result.error is not None and not isinstance(result.error, ObjectError):
            return
        if value is None or result.error is not None:
            self.held.pop(label, None)
        else:
            self.held[label] = value

    def _note_unread(self, what: tuple[str, str, str], why: str) -> None:
        self.has_told_none = True
        if self._unread.get(what) != why:
            self._unread[what] = why
            log.warning("%s: not read, so None: %s", self._leave.program, why)

    def _slot(self, write: EasyWrite) -> int:
        is_said = write.priority is not None and write.priority != _NO_PRIORITY
        return write.priority if write.priority is not None and is_said else self._priority

    async def _command(self, device: SiteDevice, write: EasyWrite) -> SlotCommand:
        _refuse_other_properties(device, write)
        value = _value(device, write)
        ref = await self._reader.ref(device, str(write.object_identifier))
        if isinstance(ref.bacnet_type, OtherType):
            value = None if value is None else await self._reader.in_a_slot(device, ref, value)
        elif isinstance(value, str):
            value = _number(device, write, value)
        name = await self._reader.name(device, ref)
        return SlotCommand(device.key, ref, name, value, self._slot(write))


def _refuse_other_properties(device: SiteDevice, write: EasyWrite) -> None:
    """Only a present-value has slots. Raises :class:`Misuse`."""
    if write.property_identifier.strip() not in (PRESENT_VALUE, "presentValue"):
        what = "only present-value is written: what is written to anything else has no slot and could not be given back"
        raise Misuse(device.alias, f"{write.object_identifier} {write.property_identifier}: {what}")


def _value(device: SiteDevice, write: EasyWrite) -> PointValue | str | None:
    """What to write; None gives back. Raises :class:`Misuse`."""
    value = write.value
    if isinstance(value, str):
        return None if value.strip().casefold() == _NULL else value
    if value is None or type(value).__name__ == "Null":
        return None
    if isinstance(value, int | float):
        return value
    try:
        return float(value)  # a number of another library's
    except (TypeError, ValueError):
        raise Misuse(device.alias, f"{write.object_identifier}: {value!r} is no number, and no text") from None


def _number(device: SiteDevice, write: EasyWrite, value: str) -> PointValue:
    """Text that is a number is one, as in the examples that people know. Raises :class:`Misuse`."""
    text = value.strip().casefold()
    if text in _WORDS:
        return _WORDS[text]
    try:
        return float(text)
    except ValueError:
        what = f"{write.object_identifier}: {value!r} is neither a number, active, inactive nor null"
        raise Misuse(device.alias, what) from None
