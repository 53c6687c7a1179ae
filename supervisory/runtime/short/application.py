"""``self.app``: our own BACnet device as programs for easy-aso use it, which is BACpypes3's application there.

Objects of the program are served by our own stack. What is read and written goes the way of all reads and writes,
through the gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from supervisory.easy import PRESENT_VALUE, EasyServices, EasyWrite
from supervisory.runtime.short.objects import OwnObjects, ServerObject

if TYPE_CHECKING:
    from clients.bacnet import DeviceFound, ObjectFound


class EasyApplication:
    """What a program may do with our device."""

    def __init__(self, own: OwnObjects, program: str, services: EasyServices) -> None:
        self._own = own
        self._program = program
        self._services = services

    def add_object(self, item: ServerObject) -> None:
        """Serve an object, made with BACpypes3's classes. Raises :class:`supervisory.easy.Misuse`."""
        self._own.add(self._program, item)

    def delete_object(self, item: ServerObject) -> None:
        """Serve it no longer. Raises :class:`supervisory.easy.Misuse`."""
        self._own.remove(self._program, item)

    def get_object_name(self, name: str) -> ServerObject | None:
        """The program's object of a name."""
        return self._own.find(self._program, lambda item: str(item.objectName) == name)

    def get_object_id(self, identifier: object) -> ServerObject | None:
        """The program's object of a type and number."""
        return self._own.find(self._program, lambda item: bool(item.objectIdentifier == identifier))

    async def read_property(
        self, address: object, objid: object, prop: object = PRESENT_VALUE, array_index: int | None = None
    ) -> Any:  # noqa: ANN401
        """As ``bacnet_read``."""
        part = "" if array_index is None else f",{array_index}"
        return await self._services.read(str(address), str(objid), f"{prop}{part}")

    async def write_property(
        self,
        address: object,
        objid: object,
        prop: object,
        value: Any,  # noqa: ANN401
        array_index: int | None = None,
        priority: int | None = None,
    ) -> None:
        """As ``bacnet_write``, through the gate. Raises :class:`utils.errors.DeviceError`."""
        part = "" if array_index is None else f",{array_index}"
        write = EasyWrite(str(objid), value, priority, f"{prop}{part}")
        [outcome] = await self._services.write(str(address), [write])
        if not isinstance(outcome, bool):
            raise outcome

    async def who_is(self, low_limit: int | None = None, high_limit: int | None = None) -> Sequence[DeviceFound]:
        """As ``bacnet_who_is``."""
        return await self._services.who_is(low_limit, high_limit)

    async def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """As ``bacnet_who_has``."""
        return await self._services.who_has(wanted)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(
            f"self.app has no {name!r} here: it serves objects (add_object), reads, and writes through the gate"
        )
