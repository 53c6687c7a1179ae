"""Our own BACnet device on one UDP port: the client's requests go out from it, and our own objects are served on it.

All stacks of a process run on one loop thread (``bacnet_loop``). Objects are made and changed on that thread only:
set from another one, BACpypes3's change-of-value reporting of the object would be dead from then on.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine, Iterable
from contextlib import ExitStack
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

from bacpypes3.pdu import IPv4Address

from clients.bacnet.application import BenchApplication, build, is_registered, shut_down, transport_of, until_ready
from clients.bacnet.client import DISCOVERY_TIMEOUT_S, BACnetClient
from clients.bacnet.errors import StackError
from clients.bacnet.line import APDU_TIMEOUT_S, IN_FLIGHT, RETRIES
from clients.bacnet.loop import SHARED_LOOP
from clients.bacnet.names import station
from clients.bacnet.octets.lane import Lane
from clients.bacnet.port import OwnPort, interface_address
from clients.bacnet.requests import Requester
from utils.errors import ConfigError, Problem

_SLACK_S = 2.0
_OPEN_TIMEOUT_S = 3.0
_INSTANCE = 4194301

Answer = TypeVar("Answer")
Question: TypeAlias = Callable[[BACnetClient], Coroutine[Any, Any, Answer]]


class BACnetStack:
    """A context manager: open from enter to exit. Usable from any thread but the loop's own."""

    def __init__(
        self,
        address: str,
        *,
        instance: int = _INSTANCE,
        name: str = "building-bench",
        foreign: str | None = None,
        apdu_timeout_s: float = APDU_TIMEOUT_S,
        retries: int = RETRIES,
        lock_folder: Path | None = None,
        is_hidden: bool = False,
        takes_turns: bool = False,
    ) -> None:
        """``address`` is this computer's own, with the network's mask: ``192.168.0.5/24:47808``; port 0 is a free one.

        ``foreign`` is the address of a BBMD to register with. ``apdu_timeout_s`` and ``retries`` say when, and how
        often, a request is repeated to a device that tells neither of its own. A hidden device does not answer to
        Who-Is until it is shown. Who takes turns sends a device one request at a time, together with all stacks of
        this process that do so too; others send as many as it answers at once. Raises ConfigError for an address that
        is none; nothing is opened yet.
        """
        self._wanted = interface_address(address)
        self._foreign = None if foreign is None else _peer(foreign)
        self._device = instance, name
        self._tries = apdu_timeout_s, retries
        self._is_hidden = is_hidden
        self._at_once = 1 if takes_turns else IN_FLIGHT
        self._lock_folder = lock_folder
        self._port: OwnPort | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._application: BenchApplication | None = None
        self._client: BACnetClient | None = None
        self._thread_id: int | None = None

    def open(self) -> None:
        """Take the port and open it. Raises StackError where it is taken, or where there is no such interface."""
        with ExitStack() as undo:
            undo.callback(self.close)
            self._port = OwnPort(self._wanted, self._lock_folder)
            self._loop = SHARED_LOOP.acquire()
            self.call(self._start(self._port), 2 * _OPEN_TIMEOUT_S)
            undo.pop_all()

    def close(self) -> None:
        """Close the port. Calls that wait are ended; what was written stays written."""
        with ExitStack() as ends:
            if self._port is not None:
                ends.callback(self._port.release)
            if self._loop is not None:
                ends.callback(SHARED_LOOP.release)
            if self._application is not None:
                self.call(shut_down(self._application), _OPEN_TIMEOUT_S)
            self._port = self._loop = self._application = self._client = None

    @property
    def address(self) -> str:
        """Our own address, as others see it."""
        return str(self._opened(self._port).address)

    @property
    def instance(self) -> int:
        """Our own device number."""
        return self._device[0]

    @property
    def hears_all(self) -> bool:
        """Whether everybody can be asked from here."""
        return self._opened(self._port).can_broadcast or self._foreign is not None

    @property
    def network(self) -> IPv4Network:
        """The IP network that we are in, by our address and mask."""
        return IPv4Network(self._opened(self._port).address.network)

    @property
    def client(self) -> BACnetClient:
        """The client that sends from this stack's port, for coroutines on the loop; threads :meth:`ask`."""
        return self._opened(self._client)

    @property
    def application(self) -> BenchApplication:
        """BACpypes3's application, to be used on the loop's thread only."""
        return self._opened(self._application)

    @property
    def is_registered(self) -> bool | None:
        """Whether the registration with the BBMD stands; None where there is none."""
        return is_registered(self.application)

    def ask(self, question: Question[Answer], timeout_s: float = DISCOVERY_TIMEOUT_S) -> Answer:
        """Ask the client and wait, as in ``stack.ask(lambda client: client.read(address, "analog-input,1"))``.

        A question has a deadline of its own, which ``timeout_s`` must not be shorter than. Raises as :meth:`call` does.
        """
        return self.call(question(self.client), timeout_s)

    def call(self, work: Coroutine[Any, Any, Answer], timeout_s: float) -> Answer:
        """Run a coroutine on the loop and wait for it, some longer than ``timeout_s``, which it should keep by itself.

        Raises what it raises, and StackError when the stack is closed or its loop does not answer.
        """
        return self.wait_for(self.submit(work), timeout_s)

    def submit(self, work: Coroutine[Any, Any, Answer]) -> concurrent.futures.Future[Answer]:
        """Run a coroutine on the loop. Cancelling the future abandons it, and what it has in flight."""
        if self._loop is None:
            work.close()
            raise StackError("BACnet: the stack is not open")
        if threading.get_ident() == self._thread_id:
            work.close()
            raise RuntimeError("a call that waits for the loop cannot be made on the loop's own thread")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    @staticmethod
    def wait_for(future: concurrent.futures.Future[Answer], timeout_s: float) -> Answer:
        """The result of submitted work. Raises as :meth:`call` does."""
        try:
            return future.result(timeout_s + _SLACK_S)
        except concurrent.futures.CancelledError:
            raise StackError("BACnet: the call was abandoned") from None
        except TimeoutError:
            if future.done():
                raise
            future.cancel()
            raise StackError("BACnet: the loop does not answer") from None

    def show(self, instance: int | None = None) -> None:
        """Be a device that others find, with another number if one is given. Raises StackError."""
        if instance is not None:
            self._device = instance, self._device[1]
        self.post(self.application.show, self.instance)

    def post(self, callback: Callable[..., object], *arguments: object) -> None:
        """Call something on the loop's thread soon, as changes of our own objects must be. Raises StackError."""
        self._opened(self._loop).call_soon_threadsafe(callback, *arguments)

    def add(self, make_objects: Callable[[], Iterable[Any]]) -> tuple[Any, ...]:
        """Make objects on the loop's thread, serve them, and return them. Raises what making them raises."""

        async def added() -> tuple[Any, ...]:
            made = tuple(make_objects())
            for item in made:
                self.application.add_object(item)
            return made

        return self.call(added(), _OPEN_TIMEOUT_S)

    async def _start(self, port: OwnPort) -> None:
        self._thread_id = threading.get_ident()
        application = build(port.address, *self._device, self._foreign)
        application.prepare(apdu_timeout_s=self._tries[0], retries=self._tries[1], is_hidden=self._is_hidden)
        self._application = application
        await until_ready(application, _OPEN_TIMEOUT_S)
        timeout_s, retries = self._tries
        requester = Requester(
            application, port.address.addrTuple, apdu_timeout_s=timeout_s, retries=retries, at_once=self._at_once
        )
        requester.open_lane(Lane(transport_of(application)))
        self._client = BACnetClient(application, requester, broadcasts=self.hears_all)

    @staticmethod
    def _opened(part: Answer | None) -> Answer:
        if part is None:
            raise StackError("BACnet: the stack is not open")
        return part

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _peer(text: str) -> IPv4Address:
    found = station(text)
    if not isinstance(found, IPv4Address):
        raise ConfigError([Problem(f"BBMD {text!r}", "write its IP address, as in 192.168.0.1")])
    return found
