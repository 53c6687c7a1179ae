"""Programs in a few lines: three ``async`` hooks without arguments, and BACnet services by address and object.

    from supervisory import EasyASO

Addresses stand in the program, which makes it short and ties it to one site. What it writes passes the same gate as
everything else: it is given back when the operator turns the switch, and however the program ends. Errors are raised.
What is called and how follows easy-aso, so that a program that was written for it needs another import line only.
"""

from __future__ import annotations

import asyncio
import importlib
from abc import ABCMeta
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self, TypeAlias

from supervisory.easy_arguments import arguments_for
from supervisory.program import DEFAULT_PRIORITY
from utils.errors import DeviceError, ObjectError
from utils.values import PointValue

if TYPE_CHECKING:
    from clients.bacnet import DeviceFound, ObjectFound

Told: TypeAlias = Any
"""What a property holds; a present-value is a number or a bool."""

Row: TypeAlias = dict[str, Any]
"""One property of a multiple read: ``object_identifier`` (an :class:`EasyObject`), ``property_identifier``,
``property_array_index``, ``value``, and ``error`` where there is none."""

PRESENT_VALUE = "present-value"
Outcome: TypeAlias = "DeviceError | bool"
"""What became of a write: whether it was made; False is a point that is left alone, which has been told before."""


class Misuse(ObjectError):
    """What no device could answer: an address that is none, a value that is no number. Somebody has to look."""


class EasyObject(NamedTuple):
    """An object in a row: ``kind, instance = row["object_identifier"]``, or as text ``analog-input,1``."""

    object_type: str
    instance: int

    def __str__(self) -> str:
        return f"{self.object_type},{self.instance}"


@dataclass(frozen=True, slots=True)
class EasyWrite:
    """One of several writes. A value of None or "null" gives the slot back."""

    object_identifier: str
    value: PointValue | str | None
    priority: int | None = None
    property_identifier: str = PRESENT_VALUE


class EasyServices(Protocol):
    """What stands behind an :class:`EasyASO` while it runs."""

    async def read(self, address: str, object_identifier: str, property_identifier: str) -> Told:
        """One property. Raises :class:`DeviceError`."""

    async def read_many(self, address: str, wanted: Sequence[tuple[str, str]]) -> list[Row]:
        """Properties of several objects. Raises :class:`DeviceError` for the device, not for single objects."""

    async def write(self, address: str, writes: Sequence[EasyWrite]) -> list[Outcome]:
        """Command or give back; what became of each."""

    async def priority_array(self, address: str, object_identifier: str) -> tuple[PointValue | None, ...]:
        """The 16 slots of an object. Raises :class:`DeviceError`."""

    async def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """Which devices there are. Raises :class:`DeviceError` where the transport is not BACnet."""

    async def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """Which devices have an object. Raises :class:`DeviceError` where the transport is not BACnet."""

    def is_enabled(self) -> bool:
        """Whether the program may write now."""

    @property
    def app(self) -> Any:  # noqa: ANN401 - used as BACpypes3's application is
        """Our own device, as far as a program may use it: see :mod:`supervisory.runtime.short.application`."""


class OptimizationEnabled:
    """``optimization_enabled_bv``: the switch as a program may look at it."""

    def __init__(self, is_on: Callable[[], bool]) -> None:
        self._is_on = is_on

    @property
    def presentValue(self) -> bool:  # noqa: N802 - BACpypes3's name
        """Whether the program is enabled. It is the operator's: nothing can be assigned."""
        return self._is_on()


class _Noting(ABCMeta):
    """Notes what an instance is like when its constructor is done; what differs later, its owner has set."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - what the class's own constructor takes
        made = super().__call__(*arguments, **named)
        made._constructed = {}
        made._constructed.update(vars(made))
        return made


class EasyASO(metaclass=_Noting):
    """Base of programs in the short style.

    ``on_step`` is called back to back: ``await asyncio.sleep(60)`` in it sets the pace, in plant time. ``priority``
    is the slot that is commanded unless a write says otherwise. With ``none_for_failed_reads`` a read that fails
    returns None and is logged, instead of raising; a write that was not made is never passed over in silence.

    Each life of the program has an instance of its own, made with the same arguments; what has been assigned to the
    one that ``run`` was called on holds for all of them.
    """

    priority: ClassVar[int] = DEFAULT_PRIORITY
    none_for_failed_reads: ClassVar[bool] = False
    args: Namespace
    """What the command line of the file said, or what the constructor was given."""
    no_bacnet_server: bool
    stop_event: asyncio.Event
    """Set when this life of the program ends."""
    _again: Callable[[], EasyASO]
    _constructed: dict[str, Any]
    _services: EasyServices | None

    def __new__(cls, *arguments: Any, **named: Any) -> Self:  # noqa: ANN401 - what its own constructor takes
        """What every program has, also one whose ``__init__`` does not call this one's."""
        made = super().__new__(cls)
        made._services = None
        made._again = partial(cls, *arguments, **named)
        made.stop_event = asyncio.Event()
        made.args, made.no_bacnet_server = Namespace(), False
        return made

    def __init__(self, args: Namespace | None = None) -> None:
        """``args`` are options by name; those of the command line when the program's own file was started."""
        self.args = arguments_for(type(self).__module__) if args is None else args
        self.no_bacnet_server = bool(getattr(self.args, "no_bacnet_server", False))

    async def on_start(self) -> None:
        """Before the first step, and after every re-enable."""

    async def on_step(self) -> None:
        """Again and again."""

    async def on_stop(self) -> None:
        """After the end. What was written has been given back already, whatever this does."""

    async def create_application(self) -> None:
        """Before ``on_start``: a place for adding objects of its own to ``self.app``."""

    async def update_server(self) -> None:
        """Runs beside the steps, for keeping objects of its own up to date."""

    async def run(self) -> None:
        """Run the program by itself, as a file that was started: until Ctrl+C, then everything is given back.

        Underneath is the runtime of ``python main.py supervise``. Ends the process with its exit code where that is
        not 0.
        """
        # By its name: everything else in this room stands on what programs are written against.
        await importlib.import_module("supervisory.by_itself").run_by_itself(self)

    async def bacnet_read(self, address: str, object_identifier: str, property_identifier: str = PRESENT_VALUE) -> Told:
        """Read a property: ``bacnet_read("192.168.0.122", "analog-input,1")``."""
        return await self._site.read(address, object_identifier, property_identifier)

    async def bacnet_write(
        self,
        address: str,
        object_identifier: str,
        value: PointValue | str | None,
        priority: int | None = None,
        property_identifier: str = PRESENT_VALUE,
    ) -> bool:
        """Command an object; ``"null"`` (or None) gives the slot back. Raises :class:`utils.errors.DeviceError`.

        True when it was made. False for a point that is left alone: an earlier error there has ended a step.
        """
        [is_made] = await self.bacnet_wpm(address, EasyWrite(object_identifier, value, priority, property_identifier))
        return is_made

    async def bacnet_rpm(self, address: str, *arguments: str) -> list[Row]:
        """Read many: ``bacnet_rpm(address, "analog-input,1", "present-value", "units", "analog-value,7")``.

        Properties follow their object, ``all`` stands for every one that it has; an object without any is read as its
        present-value.
        """
        return await self._site.read_many(address, _wanted(arguments))

    async def bacnet_wpm(
        self, address: str, *writes: EasyWrite | tuple[str, PointValue | str | None]
    ) -> tuple[bool, ...]:
        """Command several objects at once; whether each was made. Raises the first error, after all have been tried."""
        one_by_one = [write if isinstance(write, EasyWrite) else EasyWrite(*write) for write in writes]
        outcomes = await self._site.write(address, one_by_one)
        made = []
        for outcome in outcomes:
            if not isinstance(outcome, bool):
                raise outcome
            made.append(outcome)
        return tuple(made)

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
    def optimization_enabled_bv(self) -> OptimizationEnabled:
        """The same as an object with a ``presentValue``."""
        return OptimizationEnabled(self.get_optimization_enabled_status)

    @property
    def app(self) -> Any:  # noqa: ANN401
        """Our own BACnet device, for server objects of the program; None outside of the hooks."""
        return None if self._services is None else self._services.app

    @staticmethod
    def parse_property_identifier(property_identifier: str) -> tuple[str, int | None]:
        """A property and the index behind it, as in ``priority-array,8`` or ``priority-array[8]``.

        Raises ``ValueError``.
        """
        name, _, index = property_identifier.replace("[", ",").removesuffix("]").partition(",")
        return name.strip(), int(index) if index else None

    @property
    def _site(self) -> EasyServices:
        if self._services is None:
            raise RuntimeError("BACnet services can be used from the hooks only, not from __init__")
        return self._services

    def another(self) -> EasyASO:
        """One more instance, made with the arguments of this one, and with what has been assigned to this one since."""
        nothing = object()
        made = self._again()
        assigned = {name: it for name, it in vars(self).items() if self._constructed.get(name, nothing) is not it}
        vars(made).update(assigned)
        return made

    def attach(self, services: EasyServices) -> None:
        """Give it the services. Called by the runtime before the first hook."""
        self._services = services


def _wanted(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Objects and properties in pairs. A comma or a colon is what tells an object, or the space before its name."""
    wanted: list[tuple[str, str]] = []
    current = ""
    has_property = True
    for argument in arguments:
        if _is_object(argument):
            if not has_property:
                wanted.append((current, PRESENT_VALUE))
            current, has_property = argument, False
        else:
            wanted.append((current, argument))
            has_property = True
    return wanted if has_property else [*wanted, (current, PRESENT_VALUE)]


def _is_object(argument: str) -> bool:
    """``priority-array,8`` is a property all the same: it is the one array that people ask parts of."""
    return any(sign in argument for sign in ",: ") and not argument.startswith("priority-array")
