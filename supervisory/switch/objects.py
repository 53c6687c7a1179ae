"""The BACnet objects by which people see and switch a runtime. Made and changed on the loop's thread only.

Everything can be read and subscribed to by anybody; only the present value of a switch or a
button can be written, at a priority.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from bacpypes3.basetypes import BinaryPV, EngineeringUnits, PriorityValue
from bacpypes3.errors import PropertyError
from bacpypes3.local.analog import AnalogValueObject
from bacpypes3.local.binary import BinaryValueObject
from bacpypes3.local.cmd import Commandable
from bacpypes3.local.cov import GenericCriteria
from bacpypes3.local.multistate import MultiStateValueObject
from bacpypes3.local.object import Object as LocalObject
from bacpypes3.object import CharacterStringValueObject
from bacpypes3.primitivedata import Null

from clients.bacnet import ReadOnly
from utils.bacnet import SLOTS

Slots: TypeAlias = Mapping[int, bool]
"""What people have commanded, by priority."""

_MINIMUM_TIMES = 6
"""BACnet keeps this priority for minimum on and off times."""


class SwitchObject(Commandable, BinaryValueObject):  # type: ignore[misc]
    """A commandable binary value. ``commanded`` is awaited after each write that was accepted."""

    def watch(self, commanded: Callable[[SwitchObject], Awaitable[None]]) -> None:
        """Whom to tell. Nobody can write before."""
        self._commanded = commanded

    @property
    def is_on(self) -> bool:
        """What holds now: the strongest command, or the relinquish default."""
        return bool(self.presentValue)

    @property
    def slots(self) -> dict[int, bool]:
        """The commands that stand."""
        found = enumerate(self.priorityArray, start=1)
        return {priority: bool(value.enumerated) for priority, value in found if value.enumerated is not None}

    async def let_go(self) -> None:
        """Release every command that stands; nobody is told."""
        for priority in self.slots:
            await super().write_property("presentValue", Null(()), None, priority)

    async def write_property(
        self,
        attr: int | str,
        value: Any,  # noqa: ANN401 - whatever a client has sent
        index: int | None = None,
        priority: int | None = None,
    ) -> None:
        """Command or release. Raises ``PropertyError`` for anything else."""
        name = self._property_identifier_class(attr).attr if isinstance(attr, int) else attr
        if name != "presentValue" or index is not None or priority == _MINIMUM_TIMES:
            raise PropertyError("writeAccessDenied")
        if not isinstance(value, BinaryPV | Null):
            raise PropertyError("invalidDataType")
        if isinstance(value, BinaryPV) and value not in (BinaryPV.inactive, BinaryPV.active):
            raise PropertyError("valueOutOfRange")
        await super().write_property(name, value, index, SLOTS if priority is None else priority)
        await self._commanded(self)


class _Shown(ReadOnly):
    """What nobody can write."""

    _cov_criteria = GenericCriteria


class NumberObject(_Shown, AnalogValueObject):  # type: ignore[misc]
    """A count."""


class StateObject(_Shown, MultiStateValueObject):  # type: ignore[misc]
    """One of some states, counted from 1."""


class TextObject(_Shown, LocalObject, CharacterStringValueObject):  # type: ignore[misc]
    """Words."""


def switch(instance: int, name: str, description: str, *, default: bool, slots: Slots) -> SwitchObject:
    """A switch, with the commands that stood when the runtime ended last."""
    commands = [PriorityValue(null=()) for _ in range(SLOTS)]
    for priority, on in slots.items():
        commands[priority - 1] = PriorityValue(enumerated=int(on))
    made = _commandable(
        instance, name, description, "active" if default else "inactive", ("disabled", "enabled"), commands
    )
    made.recalculating()  # a priority array that an object is made with is not looked at
    return made


def button(instance: int, name: str, description: str) -> SwitchObject:
    """A button that nobody presses."""
    free = [PriorityValue(null=()) for _ in range(SLOTS)]
    return _commandable(instance, name, description, "inactive", ("not pressed", "pressed"), free)


def _commandable(
    instance: int, name: str, description: str, default: str, texts: tuple[str, str], commands: list[PriorityValue]
) -> SwitchObject:
    return SwitchObject(
        objectIdentifier=("binary-value", instance),
        objectName=name,
        description=description,
        presentValue=default,
        relinquishDefault=default,
        priorityArray=commands,
        inactiveText=texts[0],
        activeText=texts[1],
        **_CALM,
    )


def number(instance: int, name: str, description: str) -> NumberObject:
    """A count that begins at 0."""
    return NumberObject(
        objectIdentifier=("analog-value", instance),
        objectName=name,
        description=description,
        presentValue=0.0,
        units=EngineeringUnits.noUnits,
        covIncrement=1.0,
        **_CALM,
    )


def state(instance: int, name: str, description: str, states: Sequence[str]) -> StateObject:
    """One of ``states``; the first to begin with."""
    return StateObject(
        objectIdentifier=("multi-state-value", instance),
        objectName=name,
        description=description,
        presentValue=1,
        numberOfStates=len(states),
        stateText=list(states),
        **_CALM,
    )


def text(instance: int, name: str, description: str) -> TextObject:
    """Words, none to begin with."""
    return TextObject(
        objectIdentifier=("characterstring-value", instance),
        objectName=name,
        description=description,
        presentValue="",
        **_CALM,
    )


_CALM: Mapping[str, Any] = {"statusFlags": [0, 0, 0, 0], "eventState": "normal", "outOfService": False}
