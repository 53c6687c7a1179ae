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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial

from bacpypes3.apdu import ConfirmedRequestPDU, ErrorRejectAbortNack, ReadPropertyRequest
from bacpypes3.app import Application
from bacpypes3.pdu import Address

from clients.bacnet.errors import AnswerTooLong, DeviceBusy, error_of
from clients.bacnet.flights import ByStack, Flight, TimedCall, transaction_of
from clients.bacnet.line import APDU_TIMEOUT_S, IN_FLIGHT, PER_NETWORK, RETRIES, RequestLine, turns_of
from clients.bacnet.names import device_key, socket_of
from clients.bacnet.octets.lane import Lane
from clients.bacnet.octets.services import READ_MULTIPLE, OctetsRequest
from clients.bacnet.results import Untyped
from clients.bacnet.trunk import RemoteNetwork, Seat
from utils.errors import DeviceRefused, DeviceUnreachable, ObjectError

_PATIENCE = 0.5
"""Share of the deadline that several things in one request may take."""
_ANSWERS_LONG = 4
"""What they may take in any case, in answers."""
_BUSY_PAUSE_S = 0.1
_LEAST_LOOK_S = 0.1
_IN_ONE_PIECE = "segmentation-not-supported"
"""What a device says whose answer does not fit into the one piece that was asked for."""
_READS = frozenset({int(ReadPropertyRequest.service_choice), READ_MULTIPLE})


_CALL: ContextVar[TimedCall] = ContextVar("call")


@asynccontextmanager
async def deadline(device: str, timeout_s: float) -> AsyncIterator[None]:
    """Everything inside, within ``timeout_s``. Raises DeviceUnreachable when it takes longer."""
    call = TimedCall(timeout_s)
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


def _place(line: RequestLine, address: Address) -> int:
    """How many are under way to a device with this one; those that wait for its network are not."""
    return line.places.taken if address.addrNet is None else min(line.places.taken, PER_NETWORK)


class Requester:
    """Sends the confirmed requests of one application. Used inside its loop only."""

    def __init__(
        self,
        application: Application,
        own: tuple[str, int],
        *,
        apdu_timeout_s: float = APDU_TIMEOUT_S,
        retries: int = RETRIES,
        at_once: int = IN_FLIGHT,
    ) -> None:
        """``apdu_timeout_s`` and ``retries`` are for devices that tell none of their own.

        ``at_once`` requests go to a device at a time at most. Where that is one, it is one of all requesters of this
        process that say so.
        """
        self._application = application
        self.own = own
        self._new_line = partial(RequestLine, apdu_timeout_s, retries, at_once)
        self._takes_turns = at_once == 1
        self._lines: dict[Address, RequestLine] = {}
        self._networks: defaultdict[int | None, RemoteNetwork] = defaultdict(RemoteNetwork)
        self._lane: Lane | None = None

    def open_lane(self, lane: Lane) -> None:
        """Send what is in octets this way from now on, wherever it leads to."""
        self._lane = lane

    def is_own(self, address: Address) -> bool:
        """Whether something has come from ourselves: a broadcast may come back."""
        return socket_of(address) == self.own

    def line(self, address: Address) -> RequestLine:
        """What is going on with a device."""
        if address not in self._lines:
            self._lines[address] = self._new_line(turns_of(address)) if self._takes_turns else self._new_line()
        return self._lines[address]

    def patience_s(self, address: Address) -> float:
        """How long one request for several things may take of the call that is under way, once it is its turn.

        Some devices drop what they cannot do, and some routes an answer that is too long: then time has to be left to
        ask singly. Others are slow.
        """
        return max(_CALL.get().timeout_s * _PATIENCE, self.line(address).pace_s * _ANSWERS_LONG)

    def read_patience_s(self, address: Address) -> float | None:
        """The same for a read; None where others are under way beside it, which show that it alone is not answered."""
        return self.patience_s(address) if self._takes_turns else None

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
            except AnswerTooLong as error:
                if error.code != _IN_ONE_PIECE or self._lane_for(line, address, request) is None:
                    raise
                line.in_pieces.add(request.octets)
                continue
            except DeviceBusy:
                if not _is_read(request) or tries == line.retries:
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
        flight = Flight(
            *(line, address, number, _CALL.get(), _place(line, address), loop.time()),
            is_read=_is_read(request),
            answers_before=line.answers,
            seat=seat,
        )
        try:
            self._send(flight, request)
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
            if flight.sent is None:
                self._find(flight)
            raise
        finally:
            line.in_use.discard(number)
            flight.close()
        self._learn(flight)
        return _octets_of(told) if isinstance(request, OctetsRequest) else told

    def _send(self, flight: Flight, request: ConfirmedRequestPDU) -> None:
        lane = self._lane_for(flight.line, flight.address, request)
        if lane is not None:
            flight.sent = call = lane.begin(flight.address, flight.number, request)
            flight.answer = call.answer
            self._watch(flight)
        else:
            flight.answer = self._application.request(request)
            # Behind the task that has just been made to send it.
            flight.timer = asyncio.get_running_loop().call_soon(self._find, flight)

    def _learn(self, flight: Flight) -> None:
        """Who has been asked twice may have answered to either."""
        flight.call.answers += 1
        flight.line.answers += 1
        flight.line.is_silent = False
        if not (flight.repeats and flight.line.pace_s):
            flight.line.answered(asyncio.get_running_loop().time() - flight.sent_at, flight.place)

    def _find(self, flight: Flight) -> None:
        """What BACpypes3 has made of it: from now on it is ours to repeat, and to end."""
        transaction = transaction_of(self._application, flight)
        if transaction is not None:
            flight.sent = ByStack(flight, transaction)
            self._watch(flight)

    def _watch(self, flight: Flight) -> None:
        flight.timer = asyncio.get_running_loop().call_later(flight.patience_s, self._look_again, flight)

    def _look_again(self, flight: Flight) -> None:
        """Repeat what has waited long enough, by what is known of the device by now; give up what is passed over."""
        loop = asyncio.get_running_loop()
        still_s = flight.sent_at + flight.patience_s - loop.time()
        if flight.sent is None or not flight.sent.is_waiting:
            return
        if still_s <= 0 and flight.is_passed_over:
            flight.sent.give_up()
            return
        if still_s <= 0 and flight.repeats < flight.line.retries:
            flight.sent.send()
            flight.repeats += 1
            flight.seat.leave()
            still_s = flight.sent_at + flight.patience_s - loop.time()
        flight.timer = loop.call_later(max(still_s, _LEAST_LOOK_S), self._look_again, flight)

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

    def _lane_for(self, line: RequestLine, address: Address, request: ConfirmedRequestPDU) -> Lane | None:
        """The short way, for octets whose answer fits into one piece, to where it leads."""
        if self._lane is None or not isinstance(request, OctetsRequest) or request.octets in line.in_pieces:
            return None
        return self._lane if self._lane.leads_to(address) else None


def _is_read(request: ConfirmedRequestPDU) -> bool:
    return int(request.apduService) in _READS


def _octets_of(answer: Untyped) -> bytes:
    """What an answer to octets says, which BACpypes3 has in its own wrapping."""
    return answer if isinstance(answer, bytes) else bytes(answer.pduData)
