"""The explorer's own place on the network, and what its verbs share."""

from __future__ import annotations

import socket
import threading
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass, field
from re import fullmatch
from typing import TypeVar

from clients.bacnet import DISCOVERY_TIMEOUT_S, BacnetRef, BACnetStack, Question, socket_of, station
from utils.errors import ConfigError

Answer = TypeVar("Answer")

_STANDARD_PORT = 47808
_ANY_PORT = 0
_LIKELY_MASK = 24
_SOMEWHERE = ("192.0.2.1", 9)  # an address of nobody; connecting a UDP socket sends nothing


@dataclass(frozen=True, slots=True)
class Explorer:
    """An open stack, the deadline of each call, and whether somebody has pressed Ctrl+C.

    ``tell`` prints a line while a verb is still at work.
    """

    stack: BACnetStack
    timeout_s: float
    tell: Callable[[str], None]
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: Question[Answer]) -> Answer:
        """Ask over BACnet and wait (:meth:`clients.bacnet.stack.BACnetStack.ask`)."""
        return self.stack.ask(question, max(self.timeout_s, DISCOVERY_TIMEOUT_S))

    def locate(self, device: str) -> str:
        """The address of a device, which may be given by its instance."""
        target = int(device) if device.isdecimal() else device
        return self.ask(lambda client: client.locate(target, timeout_s=self.timeout_s))


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

    The mask is a guess, and the port BACnet's own only where broadcasts are asked with: other BACnet programs may
    run on this computer.
    """
    addresses = [name for name in devices if not name.isdecimal()]
    target = socket_of(station(addresses[0])) if addresses else None
    everybody = asks_everybody or len(addresses) < len(devices)
    port = _STANDARD_PORT if everybody else _ANY_PORT
    return f"{_own_address(target or _SOMEWHERE)}/{_LIKELY_MASK}:{port}"


def _own_address(towards: tuple[str, int]) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(towards)
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address
