"""What a fault may do, and the faults of one controller."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator

from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.objects.storage import StorageQuirk
from emulators.http.messages import Request, Response


class Fault:
    """A misbehaviour, which a test switches on in a running controller.

    It is told of every request, every answer and every write to an object, and may interfere. Each hook lets things
    pass unless a kind of fault overrides it.
    """

    async def on_request(self, request: Request) -> Response | None:
        """Called before a request is looked at; a reply is sent instead of the controller's own."""
        return None

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Called when the request has been carried out, before the answer goes out."""
        return reply

    def on_send(self, reply: Response) -> AsyncIterator[bytes] | None:
        """Called when an answer goes out: the pieces in which its content is sent, or None for all of it at once."""
        return None

    async def on_datagram(self, *, outgoing: bool) -> bool:
        """Called for every BACnet/IP packet, before it is looked at or sent; False if it gets lost."""
        return True

    def on_write(self, target: BacnetObject) -> None:
        """Called before an object is written; raises Refusal to have the write fail."""

    def storage_of(self, target: BacnetObject) -> StorageQuirk | None:
        """Called when an object is written: how it stores what it is sent, or None for as it does by itself."""
        return None

    def on_read(self, target: BacnetObject, *, of_value: bool) -> BacnetObject:
        """Called when a client reads an object, ``of_value`` if its present-value; what is returned is told."""
        return target

    def end(self) -> None:
        """Called when the fault is taken away; whoever waits in it has to go on."""


class Faults:
    """The faults of one controller, in the order in which they were added; they come and go from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: tuple[Fault, ...] = ()

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        with self._lock:
            self._active = (*self._active, fault)

    def remove(self, fault: Fault) -> None:
        """Switch a fault off."""
        with self._lock:
            self._active = tuple(active for active in self._active if active is not fault)
        fault.end()

    def clear(self) -> None:
        """Switch all faults off."""
        for fault in self._active:
            self.remove(fault)

    async def on_request(self, request: Request) -> Response | None:
        """The first answer that a fault gives in the controller's place."""
        for fault in self._active:
            reply = await fault.on_request(request)
            if reply is not None:
                return reply
        return None

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """The answer after all faults have had it."""
        for fault in self._active:
            reply = await fault.on_reply(request, reply)
        return reply

    def on_send(self, reply: Response) -> AsyncIterator[bytes] | None:
        """The pieces of the first fault that wants to send the answer in its own way."""
        return next((pieces for fault in self._active if (pieces := fault.on_send(reply)) is not None), None)

    async def on_datagram(self, *, outgoing: bool) -> bool:
        """Whether a BACnet/IP packet arrives; the first fault that loses it decides."""
        for fault in self._active:
            if not await fault.on_datagram(outgoing=outgoing):
                return False
        return True

    def on_write(self, target: BacnetObject) -> None:
        """Ask every fault; raises Refusal when one has the write fail."""
        for fault in self._active:
            fault.on_write(target)

    def storage_of(self, target: BacnetObject) -> StorageQuirk | None:
        """The storage of the first fault that has one for this object."""
        return next((one for fault in self._active if (one := fault.storage_of(target)) is not None), None)

    def on_read(self, target: BacnetObject, *, of_value: bool) -> BacnetObject:
        """The object as a client is told it after all faults have had it."""
        for fault in self._active:
            target = fault.on_read(target, of_value=of_value)
        return target
