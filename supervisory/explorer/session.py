"""The explorer's own place on the network, and what its verbs share."""

from __future__ import annotations

import socket
import threading
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from re import fullmatch
from typing import TypeVar

from clients.bacnet import (
    DISCOVERY_TIMEOUT_S,
    WAIT_S,
    BacnetRef,
    BACnetStack,
    Question,
    socket_of,
    station,
    with_likely_mask,
)
from ledger import Journals
from utils.errors import ConfigError

Answer = TypeVar("Answer")

_STANDARD_PORT = 47808
_ANY_PORT = 0
_SOMEWHERE = ("192.0.2.1", 9)  # an address of nobody; connecting a UDP socket sends nothing


@dataclass(frozen=True, slots=True)
class Explorer:
    """An open stack, the deadline of each call, and whether somebody has pressed Ctrl+C.

    ``tell`` prints a line while a verb is still at work. ``journals`` say what this bench has taken, if anything.
    """

    stack: BACnetStack
    timeout_s: float
    tell: Callable[[str], None]
    ended: threading.Event = field(default_factory=threading.Event)
    journals: Journals | None = None
    located: dict[str, str] = field(default_factory=dict)
    """Addresses of the devices that were named, by what they were named."""
    objects: tuple[str, ...] = ()
    """The objects of the devices, where they were given by hand."""

    @property
    def patience_s(self) -> float:
        """What a question of many requests may take."""
        return max(self.timeout_s, DISCOVERY_TIMEOUT_S)

    def ask(self, question: Question[Answer]) -> Answer:
        """Ask over BACnet and wait (:meth:`clients.bacnet.stack.BACnetStack.ask`)."""
        return self.stack.ask(question, self.patience_s)

    def locate(self, device: str, *, to_write: bool = False) -> str:
        """The address of a device, which may be given by its instance.

        Raises DeviceUnreachable, and to write DeviceRefused where two devices have it; else :meth:`doubts` has a word.
        """
        address = device
        if device.isdecimal():
            number = int(device)
            address = self.ask(lambda client: client.locate(number, timeout_s=self.timeout_s, to_write=to_write))
        self.located[device] = address
        if self.objects:
            self.ask(lambda client: client.know_objects(address, self.objects))
        return address

    def doubts(self) -> tuple[str, ...]:
        """Of devices that were named by a number which another one has, too."""
        found = {number: self.stack.client.addresses(int(number)) for number in self.located if number.isdecimal()}
        return tuple(
            f"{twins(int(number), where)}; this is {self.located[number]}"
            for number, where in found.items()
            if where[1:]
        )

    def unread(self) -> tuple[str, ...]:
        """What could not be read of the devices' objects."""
        return tuple(
            f"{address}: not read: {what}"
            for address in self.located.values()
            for what in self.stack.client.unread(address)
        )


def add_objects(parser: ArgumentParser) -> None:
    """The option with which objects are given by hand."""
    told = "an object of it, repeatable: where it does not tell its objects"
    parser.add_argument("--object", dest="by_hand", action="append", metavar="TYPE,INSTANCE", help=told)


def twins(instance: int, addresses: Sequence[str]) -> str:
    """What there is to say of several devices with one number."""
    return f"device {instance} answers from {' and from '.join(addresses)}: two have one number, or one two addresses"


@contextmanager
def own_number(stack: BACnetStack, tell: Callable[[str], None]) -> Iterator[None]:
    """Look meanwhile whether our number is free, and only then be a device: with another one, where it is not."""
    if not stack.hears_all:
        yield
        return
    looking = stack.submit(_settle(stack, tell))
    try:
        yield
    finally:
        looking.cancel()


async def _settle(stack: BACnetStack, tell: Callable[[str], None]) -> None:
    number = stack.instance
    while others := await stack.client.who_is(number, number, wait_s=WAIT_S):
        tell(f"device number {number}, the explorer's own, is also that of {others[0].address}: it takes another")
        number -= 1
    stack.show(number)


def device(text: str) -> str:
    """A device on the command line: an instance, or an address."""
    try:
        if not text.isdecimal():
            station(text)
    except ConfigError as error:
        raise ArgumentTypeError(f"{error}; or give a device's instance number") from None
    return text


def reference(text: str) -> BacnetRef:
    """``analog-input,1``, ``analog-input,1/units`` or ``analog-output,1/priority-array[8]``."""
    parts = fullmatch(r"([^/\[]+)(?:/([\w-]+)(?:\[(\d+)\])?)?", text)
    if parts is None:
        raise ArgumentTypeError(f"{text!r} is not an object, or an object/property, as in analog-input,1/units")
    name, prop, index = parts.groups()
    return BacnetRef(name, prop or "present-value", None if index is None else int(index))


def default_interface(devices: tuple[str, ...], *, asks_everybody: bool) -> str:
    """This computer's address towards a device, or towards the network at large.

    The port is BACnet's own only where broadcasts are asked with: other BACnet programs may run on this computer.
    """
    addresses = [name for name in devices if not name.isdecimal()]
    target = socket_of(station(addresses[0])) if addresses else None
    everybody = asks_everybody or len(addresses) < len(devices)
    port = _STANDARD_PORT if everybody else _ANY_PORT
    return f"{with_likely_mask(_own_address(target or _SOMEWHERE))}:{port}"


def _own_address(towards: tuple[str, int]) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(towards)
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address
