"""One way for every confirmed request: so many in flight, repeated with patience, a deadline, nothing sent after it.

BACpypes3 has no limit of its own (257 requests to one device hang its loop), repeats after a time that is the same for
all devices, and goes on with a request whose caller has given up. So its timers are stopped, and what is abandoned
here is taken out of its transactions: no write comes late.

A repeat has the invoke id of what it repeats. Who still works on that drops it (ASHRAE 135, 5.4.5.3); who has lost it
does it for the first time; who has just answered does it once more. So a repeat comes late rather than early, and what
a device refuses for want of room is asked again only if it is a read.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bacpypes3.apdu import (
    AbortReason,
    ConfirmedRequestPDU,
    ErrorRejectAbortNack,
    ReadPropertyMultipleRequest,
    ReadPropertyRequest,
)
from bacpypes3.app import Application
from bacpypes3.appservice import ABORTED, AWAIT_CONFIRMATION, ClientSSM
from bacpypes3.pdu import Address

from clients.bacnet.errors import DeviceBusy, error_of
from clients.bacnet.line import APDU_TIMEOUT_S, PER_NETWORK, RETRIES, RequestLine
from clients.bacnet.names import device_key, socket_of
from clients.bacnet.results import Untyped
from clients.bacnet.trunk import RemoteNetwork, Seat
from utils.errors import DeviceRefused, DeviceUnreachable, ObjectError

_BUSY_PAUSE_S = 0.1
_LEAST_LOOK_S = 0.1
_READS = (ReadPropertyRequest, ReadPropertyMultipleRequest)


@dataclass(slots=True)
class _Call:
    """What has a deadline, and whether anything has been answered in it."""

    timeout_s: float
    answers: int = 0


_CALL: ContextVar[_Call] = ContextVar("call")


@asynccontextmanager
async def deadline(device: str, timeout_s: float) -> AsyncIterator[None]:
    """Everything inside, within ``timeout_s``. Raises DeviceUnreachable when it takes longer."""
    call = _Call(timeout_s)
    token = _CALL.set(call)
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError:
        more = "it needs more time (--timeout, or timeout_s in a config)"
        answered = f", though it has answered {call.answers} request(s); {more}" if call.answers else ""
        said = "not done" if answered else "no answer"
        raise DeviceUnreachable(device, f"{said} within {timeout_s:g} s{answered}") from None
    finally:
        _CALL.reset(token)


@dataclass(slots=True)
class _Flight:
    """A request that has been sent, as the ``place``-th to its device at that time."""

    line: RequestLine
    address: Address
    number: int
    call: _Call
    place: int
    sent_at: float
    is_read: bool
    answers_before: int
    answer: Untyped = None
    transaction: Untyped = None
    repeats: int = 0
    seat: Seat = field(default_factory=Seat)
    timer: asyncio.Handle | None = None

    @property
    def is_passed_over(self) -> bool:
        """Whether it has been repeated in vain while the device has answered others: something swallows the answer."""
        return self.is_read and self.repeats > 0 and self.line.answers > self.answers_before

    @property
    def patience_s(self) -> float:
        """How long it is left alone, from its beginning."""
        return self.line.patience_s(self.call.timeout_s, self.place, self.repeats)


def _place(line: RequestLine, address: Address) -> int:
    """How many are under way to a device with this one; those that wait for its network are not."""
    return line.places.taken if address.addrNet is None else min(line.places.taken, PER_NETWORK)


async def _respond(flight: _Flight, apdu: Untyped) -> None:
    """BACpypes3 loses an answer that it cannot decode."""
    await ClientSSM.response(flight.transaction, apdu)
    if not flight.answer.done():
        flight.answer.set_exception(ObjectError(device_key(flight.address), "unreadable answer"))


class Requester:
    """Sends the confirmed requests of one application. Used inside its loop only."""

    def __init__(
        self,
        application: Application,
        own: tuple[str, int],
        *,
        apdu_timeout_s: float = APDU_TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        """``apdu_timeout_s`` and ``retries`` are for devices that tell none of their own."""
        self._application = application
        self.own = own
        self._new_line = partial(RequestLine, apdu_timeout_s, retries)
        self._lines: dict[Address, RequestLine] = {}
        self._networks: defaultdict[int | None, RemoteNetwork] = defaultdict(RemoteNetwork)
        self._at_work: set[asyncio.Task[None]] = set()

    def is_own(self, address: Address) -> bool:
        """Whether something has come from ourselves: a broadcast may come back."""
        return socket_of(address) == self.own

    def line(self, address: Address) -> RequestLine:
        """What is going on with a device."""
        if address not in self._lines:
            self._lines[address] = self._new_line()
        return self._lines[address]

    async def ask(
        self, address: Address, request: ConfirmedRequestPDU, what: str, patience_s: float | None = None
    ) -> Untyped:
        """Send and return the acknowledgement. Raises DeviceError; the caller sets the deadline.

        With ``patience_s``, TimeoutError so long after it was its turn.
        """
        self._refuse_self(address)
        line = self.line(address)
        tries = 0
        while True:
            try:
                return await self._in_turn(line, address, request, what, patience_s)
            except DeviceBusy:
                if not isinstance(request, _READS) or tries == line.retries:
                    raise
            tries += 1
            await asyncio.sleep(max(line.pace_s, _BUSY_PAUSE_S))

    async def _in_turn(
        self, line: RequestLine, address: Address, request: ConfirmedRequestPDU, what: str, patience_s: float | None
    ) -> Untyped:
        async with line.places:
            if address.addrNet is None:
                async with asyncio.timeout(patience_s):
                    return await self._once(line, address, request, what, Seat())
            async with self._networks[address.addrNet].seat(line) as seat:
                await self._find_route(address)
                async with asyncio.timeout(patience_s):
                    return await self._once(line, address, request, what, seat)

    async def _once(
        self, line: RequestLine, address: Address, request: ConfirmedRequestPDU, what: str, seat: Seat
    ) -> Untyped:
        request.pduDestination = address
        request.apduInvokeID = number = line.invoke_id()
        line.in_use.add(number)
        loop = asyncio.get_running_loop()
        flight = _Flight(
            *(line, address, number, _CALL.get(), _place(line, address), loop.time()),
            is_read=isinstance(request, _READS),
            answers_before=line.answers,
            seat=seat,
        )
        try:
            flight.answer = self._application.request(request)
            flight.timer = loop.call_soon(self._watch, flight)  # behind the task that has just been made to send it
            told = await flight.answer
        except ErrorRejectAbortNack as refusal:
            self._learn(flight)
            error = error_of(device_key(address), what, refusal)
            if isinstance(error, DeviceBusy):
                line.is_crowded()
            raise error from None
        except ObjectError as unreadable:
            self._learn(flight)
            raise ObjectError(unreadable.device, f"{what}: {unreadable.what}") from None
        except asyncio.CancelledError:
            line.kept_back.append(number)
            line.is_silent = True
            self._abandon(flight)
            raise
        finally:
            line.in_use.discard(number)
            if flight.timer is not None:
                flight.timer.cancel()
        self._learn(flight)
        return told

    def _learn(self, flight: _Flight) -> None:
        """Who has been asked twice may have answered to either."""
        flight.call.answers += 1
        flight.line.answers += 1
        flight.line.is_silent = False
        if not (flight.repeats and flight.line.pace_s):
            flight.line.answered(asyncio.get_running_loop().time() - flight.sent_at, flight.place)

    def _watch(self, flight: _Flight) -> None:
        """From now on it is repeated by us, and not by BACpypes3."""
        flight.transaction = self._transaction(flight)
        if flight.transaction is not None and flight.transaction.state == AWAIT_CONFIRMATION:
            flight.transaction.stop_timer()
            flight.transaction.response = partial(_respond, flight)
            flight.timer = asyncio.get_running_loop().call_later(flight.patience_s, self._look_again, flight)

    def _look_again(self, flight: _Flight) -> None:
        """Repeat what has waited long enough, by what is known of the device by now; give up what is passed over."""
        loop = asyncio.get_running_loop()
        still_s = flight.sent_at + flight.patience_s - loop.time()
        if flight.transaction.state != AWAIT_CONFIRMATION or flight.transaction.segmentCount != 1:
            return
        if still_s <= 0 and flight.is_passed_over:
            self._soon(flight.transaction.response(flight.transaction.abort(AbortReason.noResponse)))
            return
        if still_s <= 0 and flight.repeats < flight.line.retries:
            self._soon(flight.transaction.request(flight.transaction.get_segment(0)))
            flight.repeats += 1
            flight.seat.leave()
            still_s = flight.sent_at + flight.patience_s - loop.time()
        flight.timer = loop.call_later(max(still_s, _LEAST_LOOK_S), self._look_again, flight)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    def _refuse_self(self, address: Address) -> None:
        """BACpypes3 answers what goes to its own port, on 127.x whatever the host, from its own objects."""
        target = socket_of(address)
        if target is None or target[1] != self.own[1]:
            return
        if target[0] == self.own[0] or target[0].startswith("127."):
            raise DeviceRefused(device_key(address), f"UDP port {target[1]} of this computer is our own BACnet port")

    async def _find_route(self, address: Address) -> None:
        """Know the router first: a request that waits for it inside BACpypes3 could no longer be called back."""
        network = address.addrNet
        access = self._application.nsap
        if network in access.adapters:
            return
        for known in access.adapters:
            if await access.router_info_cache.get_path_info(known, network):
                return
        if not await self._application.nse.who_is_router_to_network(network=network):
            raise DeviceUnreachable(device_key(address), f"no router to network {network} answers")

    def _transaction(self, flight: _Flight) -> Untyped:
        for transaction in self._application.asap.clientTransactions:
            if transaction.invokeID == flight.number and transaction.pdu_address == flight.address:
                return transaction
        return None

    def _abandon(self, flight: _Flight) -> None:
        transaction = self._transaction(flight)
        if transaction is not None:
            transaction.set_state(ABORTED)
