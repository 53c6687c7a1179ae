"""Programs in a few lines: three ``async`` hooks without arguments, and BACnet services by address and object.

    from supervisory import EasyASO

Addresses stand in the program, which makes it short and ties it to one site. What it writes passes the same gate as
everything else: it is given back when the operator turns the switch, and however the program ends. Errors are raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from supervisory.program import DEFAULT_PRIORITY
from utils.errors import DeviceError
from utils.values import PointValue

if TYPE_CHECKING:
    from clients.bacnet import DeviceFound, ObjectFound

Told: TypeAlias = Any
"""What a property holds; a present-value is a number or a bool."""

Row: TypeAlias = dict[str, Any]
"""One property of a multiple read: what was asked for, its ``value``, and ``error`` where there is none."""


@dataclass(frozen=True, slots=True)
class EasyWrite:
    """One of several writes. A value of None or "null" gives the slot back."""

    object_identifier: str
    value: PointValue | str | None
    priority: int | None = None


class EasyServices(Protocol):
    """What stands behind an :class:`EasyASO` while it runs."""

    async def read(self, address: str, object_identifier: str, property_identifier: str) -> Told:
        """One property. Raises :class:`DeviceError`."""

    async def read_many(self, address: str, wanted: Sequence[tuple[str, str]]) -> list[Row]:
        """Properties of several objects. Raises :class:`DeviceError` for the device, not for single objects."""

    async def write(self, address: str, writes: Sequence[EasyWrite]) -> list[DeviceError | None]:
        """Command or give back; what went wrong with each."""

    async def priority_array(self, address: str, object_identifier: str) -> tuple[PointValue | None, ...]:
        """The 16 slots of an object. Raises :class:`DeviceError`."""

    async def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """Which devices there are. Raises :class:`DeviceError` where the transport is not BACnet."""

    async def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """Which devices have an object. Raises :class:`DeviceError` where the transport is not BACnet."""

    def is_enabled(self) -> bool:
        """Whether the program may write now."""


class EasyASO:
    """Base of programs in the short style.

    ``on_step`` is called back to back: ``await asyncio.sleep(60)`` in it sets the pace, in plant time. ``priority``
    is the slot that is commanded unless a write says otherwise.
    """

    priority: ClassVar[int] = DEFAULT_PRIORITY
    _services: EasyServices | None = None

    async def on_start(self) -> None:
        """Before the first step, and after every re-enable."""

    async def on_step(self) -> None:
        """Again and again."""

    async def on_stop(self) -> None:
        """After the end. What was written has been given back already, whatever this does."""

    async def bacnet_read(
        self, address: str, object_identifier: str, property_identifier: str = "present-value"
    ) -> Told:
        """Read a property: ``bacnet_read("192.168.0.122", "analog-input,1")``."""
        return await self._site.read(address, object_identifier, property_identifier)

    async def bacnet_write(
        self, address: str, object_identifier: str, value: PointValue | str | None, priority: int | None = None
    ) -> None:
        """Command an object; ``"null"`` (or None) gives the slot back. Raises :class:`utils.errors.DeviceError`."""
        await self.bacnet_wpm(address, EasyWrite(object_identifier, value, priority))

    async def bacnet_rpm(self, address: str, *arguments: str) -> list[Row]:
        """Read many: ``bacnet_rpm(address, "analog-input,1", "present-value", "units", "analog-value,7")``.

        Properties follow their object; an object without any is read as its present-value.
        """
        return await self._site.read_many(address, _wanted(arguments))

    async def bacnet_wpm(self, address: str, *writes: EasyWrite | tuple[str, PointValue | str | None]) -> None:
        """Command several objects at once. Raises the first error, after all have been tried."""
        one_by_one = [write if isinstance(write, EasyWrite) else EasyWrite(*write) for write in writes]
        errors = await self._site.write(address, one_by_one)
        for error in errors:
            if error is not None:
                raise error

    async def bacnet_priority_array(self, address: str, object_identifier: str) -> tuple[PointValue | None, ...]:
        """The 16 slots of an object; the first is priority 1."""
        return await self._site.priority_array(address, object_identifier)

    async def bacnet_who_is(self, low: int | None = None, high: int | None = None) -> Sequence[DeviceFound]:
        """The devices on the network, of the given range of numbers."""
        return await self._site.who_is(low, high)

    async def bacnet_who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """The devices that have an object, by its name or its number ("analog-value,7")."""
        return await self._site.who_has(wanted)

    def get_optimization_enabled_status(self) -> bool:
        """Whether the program is enabled: ``optimization-enabled`` and its own switch."""
        return self._site.is_enabled()

    @property
    def _site(self) -> EasyServices:
        if self._services is None:
            raise RuntimeError("BACnet services can be used from the hooks only, not from __init__")
        return self._services

    def attach(self, services: EasyServices) -> None:
        """Give it the services. Called by the runtime before the first hook."""
        self._services = services


def _wanted(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Objects and properties in pairs."""
    wanted: list[tuple[str, str]] = []
    current = ""
    has_property = True
    for argument in arguments:
        if "," in argument or " " in argument:
            if not has_property:
                wanted.append((current, "present-value"))
            current, has_property = argument, False
        else:
            wanted.append((current, argument))
            has_property = True
    return wanted if has_property else [*wanted, (current, "present-value")]
