"""One way for every confirmed request: at most eight in flight per device, a deadline, and nothing sent after it.

BACpypes3 has no limit of its own (257 requests to one device hang its loop), and goes on repeating a request whose
caller has given up. What is abandoned here is taken out of its transactions, so that no write comes late.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bacpypes3.apdu import ConfirmedRequestPDU, ErrorRejectAbortNack
from bacpypes3.app import Application
from bacpypes3.appservice import ABORTED
from bacpypes3.pdu import Address

from clients.bacnet.errors import error_of
from clients.bacnet.names import device_key, socket_of
from clients.bacnet.results import Untyped
from utils.errors import DeviceRefused, DeviceUnreachable

IN_FLIGHT = 8
"""Requests to one device at a time."""

_INVOKE_IDS = 256
_KEPT_BACK = 64
"""Invoke ids of abandoned requests that are not used again soon: their answers may still come."""


@asynccontextmanager
async def deadline(device: str, timeout_s: float) -> AsyncIterator[None]:
    """Everything inside, within ``timeout_s``. Raises DeviceUnreachable when it takes longer."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError:
        raise DeviceUnreachable(device, f"no answer within {timeout_s:g} s") from None


@dataclass(slots=True)
class RequestLine:
    """What is going on with one device."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    in_use: set[int] = field(default_factory=set)
    kept_back: deque[int] = field(default_factory=lambda: deque(maxlen=_KEPT_BACK))
    last: int = -1

    def invoke_id(self) -> int:
        """A number for the next request that no other has now, and none had that may still be answered."""
        self.last = next(
            number
            for step in range(1, _INVOKE_IDS + 1)
            if (number := (self.last + step) % _INVOKE_IDS) not in self.in_use and number not in self.kept_back
        )
        return self.last


class Requester:
    """Sends the confirmed requests of one application. Used inside its loop only."""

    def __init__(self, application: Application, own: tuple[str, int]) -> None:
        self._application = application
        self._own = own
        self._lines: dict[Address, RequestLine] = {}

    async def ask(self, address: Address, request: ConfirmedRequestPDU, what: str) -> Untyped:
        """Send and return the acknowledgement. Raises DeviceError; the caller sets the deadline."""
        self._refuse_self(address)
        line = self._lines.setdefault(address, RequestLine())
        async with line.free:
            await self._find_route(address)
            request.pduDestination = address
            request.apduInvokeID = number = line.invoke_id()
            line.in_use.add(number)
            try:
                return await self._application.request(request)
            except ErrorRejectAbortNack as answer:
                raise error_of(device_key(address), what, answer) from None
            except asyncio.CancelledError:
                line.kept_back.append(number)
                self._abandon(address, number)
                raise
            finally:
                line.in_use.discard(number)

    def _refuse_self(self, address: Address) -> None:
        """BACpypes3 answers what goes to its own port, on 127.x whatever the host, from its own objects."""
        target = socket_of(address)
        if target is None or target[1] != self._own[1]:
            return
        if target[0] == self._own[0] or target[0].startswith("127."):
            raise DeviceRefused(device_key(address), f"UDP port {target[1]} of this computer is our own BACnet port")

    async def _find_route(self, address: Address) -> None:
        """Know the router first: a request that waits for it inside BACpypes3 could no longer be called back."""
        network = address.addrNet
        access = self._application.nsap
        if network is None or network in access.adapters:
            return
        for known in access.adapters:
            if await access.router_info_cache.get_path_info(known, network):
                return
        if not await self._application.nse.who_is_router_to_network(network=network):
            raise DeviceUnreachable(device_key(address), f"no router to network {network} answers")

    def _abandon(self, address: Address, invoke_id: int) -> None:
        for transaction in self._application.asap.clientTransactions:
            if transaction.invokeID == invoke_id and transaction.pdu_address == address:
                transaction.set_state(ABORTED)
                return
