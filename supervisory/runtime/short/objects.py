"""Server objects of programs on our own BACnet device, beside the switches.

A program makes them with BACpypes3's classes, in its own thread, and goes on using them there. Served objects belong
to the stack's loop, so what the program assigns is carried there. They outlive a life of the program: when the next one
adds them again, what people have commanded stays commanded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from supervisory.easy import Misuse

if TYPE_CHECKING:
    from clients.bacnet import BACnetStack

ServerObject: TypeAlias = Any
"""An object of BACpypes3, which comes without types."""

_TIMEOUT_S = 3.0
_OWN_SLOT = 16
"""Where a program's own assignment to a commandable object goes."""


class OwnObjects:
    """The objects that programs have added to our device. Without a ``stack`` nothing can be added."""

    def __init__(self, stack: BACnetStack | None = None) -> None:
        self._stack = stack
        self._owners: dict[str, tuple[str, ServerObject]] = {}
        self._lock = threading.Lock()
        self._loop_thread = 0

    def add(self, program: str, item: ServerObject) -> None:
        """Serve an object; one of the program's that has its number is replaced. Raises :class:`Misuse`."""
        number = str(item.objectIdentifier)
        with self._lock:
            owner, former = self._owners.get(number, (program, None))
            if owner != program:
                raise Misuse(number, f"the program {owner} has an object with this number; choose another")
            self._on_loop(lambda application: _replace(application, former, item))
            self._owners[number] = (program, item)
        _carry_assignments(item, self._carried)

    def remove(self, program: str, item: ServerObject) -> None:
        """Serve it no longer. Raises :class:`Misuse` for one that the program has not added."""
        number = str(item.objectIdentifier)
        with self._lock:
            if self._owners.get(number) != (program, item):
                raise Misuse(number, f"{program} has not added it")
            self._on_loop(lambda application: application.delete_object(item))
            del self._owners[number]

    def find(self, program: str, is_wanted: Callable[[ServerObject], bool]) -> ServerObject | None:
        """The program's first object that is wanted."""
        mine = [item for owner, item in self._owners.values() if owner == program]
        return next((item for item in mine if is_wanted(item)), None)

    def _on_loop(self, change: Callable[[Any], None]) -> None:
        stack = self._stack
        if stack is None:
            raise Misuse("self.app", "this run has no BACnet device of its own")

        async def changed() -> None:
            self._loop_thread = threading.get_ident()
            change(stack.application)

        try:
            stack.call(changed(), _TIMEOUT_S)
        except RuntimeError as error:  # BACpypes3's for a name or a number that is taken
            raise Misuse("self.app", f"{error}; the switch has the first numbers (docs/kill-switch.md)") from None

    def _carried(self, assign: Callable[[], None]) -> None:
        """Assign on the loop's thread; anywhere else change of value would never be told again."""

        async def assigned() -> None:
            assign()

        if self._stack is None or threading.get_ident() == self._loop_thread:
            assign()
        else:
            self._stack.call(assigned(), _TIMEOUT_S)


def _replace(application: Any, former: ServerObject | None, item: ServerObject) -> None:  # noqa: ANN401
    if former is not None:
        application.delete_object(former)
    application.add_object(item)
    if former is not None and hasattr(former, "recalculating") and hasattr(item, "recalculating"):
        for slot in range(_OWN_SLOT - 1):
            item.priorityArray[slot] = former.priorityArray[slot]


def _carry_assignments(item: ServerObject, carried: Callable[[Callable[[], None]], None]) -> None:
    """From now on whatever is assigned to the object goes through ``carried``."""
    kind: Any = type(item)

    def assign(self: ServerObject, name: str, value: Any) -> None:  # noqa: ANN401
        carried(lambda: kind.__setattr__(self, name, value))

    item.__class__ = type(kind)(kind.__name__, (kind,), {"__setattr__": assign})
