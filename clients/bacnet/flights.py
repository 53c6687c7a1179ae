"""One request on its way, whichever way it goes: how long it is left alone, how it is repeated and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from bacpypes3.apdu import AbortReason
from bacpypes3.app import Application
from bacpypes3.appservice import ABORTED, AWAIT_CONFIRMATION, ClientSSM
from bacpypes3.pdu import Address

from clients.bacnet.line import RequestLine
from clients.bacnet.names import device_key
from clients.bacnet.results import Untyped
from clients.bacnet.trunk import Seat
from utils.errors import ObjectError


class Dispatched(Protocol):
    """What a way knows of a request that it has sent."""

    @property
    def is_waiting(self) -> bool:
        """Whether nothing has been heard of it yet, so that it may be sent once more."""

    def send(self) -> None:
        """Send it once more."""

    def give_up(self) -> None:
        """End it as one that has not been answered."""

    def close(self) -> None:
        """What still comes for it is of no interest."""


@dataclass(slots=True)
class TimedCall:
    """What has a deadline, and whether anything has been answered in it."""

    timeout_s: float
    answers: int = 0


@dataclass(slots=True)
class Flight:
    """A request that has been sent, as the ``place``-th to its device at that time."""

    line: RequestLine
    address: Address
    number: int
    call: TimedCall
    place: int
    sent_at: float
    is_read: bool
    answers_before: int
    answer: Untyped = None
    sent: Dispatched | None = None
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

    def close(self) -> None:
        """It is over, or its caller has given up."""
        if self.timer is not None:
            self.timer.cancel()
        if self.sent is not None:
            self.sent.close()


class ByStack:
    """A request in BACpypes3's transactions. Its timer is stopped, unless it goes in pieces: it is repeated by us."""

    def __init__(self, flight: Flight, transaction: Untyped) -> None:
        self._flight = flight
        self._transaction = transaction
        self._at_work: set[asyncio.Task[None]] = set()
        if self.is_waiting:
            transaction.stop_timer()
            transaction.response = partial(_respond, flight, transaction)

    @property
    def is_waiting(self) -> bool:
        """Whether neither an answer nor the first piece of one has come."""
        return bool(self._transaction.state == AWAIT_CONFIRMATION and self._transaction.segmentCount == 1)

    def send(self) -> None:
        """Send it once more."""
        self._soon(self._transaction.request(self._transaction.get_segment(0)))

    def give_up(self) -> None:
        """End it as one that has not been answered."""
        self._soon(self._transaction.response(self._transaction.abort(AbortReason.noResponse)))

    def close(self) -> None:
        """Take it out of the transactions, unless it has left them by itself."""
        if self._transaction in self._transaction.ssmSAP.clientTransactions:
            self._transaction.set_state(ABORTED)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)


def transaction_of(application: Application, flight: Flight) -> Untyped:
    """BACpypes3's transaction of a request; None where there is none any more."""
    for transaction in application.asap.clientTransactions:
        if transaction.invokeID == flight.number and transaction.pdu_address == flight.address:
            return transaction
    return None


async def _respond(flight: Flight, transaction: Untyped, apdu: Untyped) -> None:
    """BACpypes3 loses an answer that it cannot decode."""
    await ClientSSM.response(transaction, apdu)
    if not flight.answer.done():
        flight.answer.set_exception(ObjectError(device_key(flight.address), "unreadable answer"))
