"""What is going on with one device: how many requests it gets at a time, and how long it is left to answer each."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from weakref import WeakValueDictionary

from bacpypes3.pdu import Address

IN_FLIGHT = 8
"""Requests to one device at a time, and to one that answers many at once for good."""
PER_NETWORK = 2
"""Requests to one remote network at a time: all its devices share one router's queue, and often one token."""
APDU_TIMEOUT_S = 3.0
RETRIES = 3
"""What ASHRAE 135 (12.11) has devices start with: for those that do not tell."""

_HARMLESS_WAIT_S = 0.5
"""How long requests may stand in a device's own queue: others want to be heard there, too."""
_FORGOTTEN = 0.9
_QUEUED = 0.25
"""An answer has waited for others if each of them has made it longer by this share."""
_REGAINED = 1 / 64
_SOONEST_REPEAT_S = 1.0
_SHORTEST_TIMEOUT_S = 0.5
_MOST_RETRIES = 10
_INVOKE_IDS = 256
_KEPT_BACK = 64
"""Invoke ids of abandoned requests that are not used again soon: their answers may still come."""


class Places:
    """So many at a time, in the order in which they come; how many that are may change."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def allow(self, limit: int) -> None:
        """So many from now on; who is inside stays."""
        self.limit = limit
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self.taken < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self.taken += 1
                turn.set_result(None)

    def leave(self) -> None:
        """Whoever is inside goes."""
        self.taken -= 1
        self._admit()

    async def enter(self) -> None:
        """Wait for a place. Who is cancelled meanwhile has none."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.leave()
            raise

    async def __aenter__(self) -> None:
        await self.enter()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


_TURNS: WeakValueDictionary[Address, Places] = WeakValueDictionary()


def turns_of(address: Address) -> Places:
    """The places of a device that gets one request at a time, for all who ask it so from this process's loop."""
    return _TURNS.setdefault(address, Places(1))


@dataclass(slots=True)
class RequestLine:
    """One device. ``apdu_timeout_s`` and ``retries`` are its own once it has told them."""

    apdu_timeout_s: float = APDU_TIMEOUT_S
    retries: int = RETRIES
    at_once: int = IN_FLIGHT
    """So many at a time at most, whatever it takes."""
    places: Places = field(default_factory=lambda: Places(IN_FLIGHT))
    in_use: set[int] = field(default_factory=set)
    kept_back: deque[int] = field(default_factory=lambda: deque(maxlen=_KEPT_BACK))
    last: int = -1
    pace_s: float = 0.0
    """About how long one answer takes; the slow ones count. 0 until it has answered."""
    answers: int = 0
    is_silent: bool = False
    """Whether the last request to it was given up without an answer."""
    in_pieces: set[bytes] = field(default_factory=set)
    """Requests whose answers do not fit into one piece."""
    _alone_s: float = 0.0
    _at_once: int = 2
    """So many may be in flight to a slow device: one more than it has answered at once. Two show the first time."""
    _most: float = IN_FLIGHT

    def __post_init__(self) -> None:
        self._most = min(self._most, self.at_once)
        self.places.allow(self._limit())

    def invoke_id(self) -> int:
        """A number for the next request that no other has now, and none had that may still be answered."""
        self.last = next(
            number
            for step in range(1, _INVOKE_IDS + 1)
            if (number := (self.last + step) % _INVOKE_IDS) not in self.in_use and number not in self.kept_back
        )
        return self.last

    def tells(self, apdu_timeout_s: float | None, retries: int | None) -> None:
        """What the device has said of itself; what makes no sense is as if it had said nothing."""
        if apdu_timeout_s is not None and apdu_timeout_s > 0:
            self.apdu_timeout_s = max(apdu_timeout_s, _SHORTEST_TIMEOUT_S)
        if retries is not None:
            self.retries = min(max(retries, 1), _MOST_RETRIES)

    def patience_s(self, call_s: float, place: int, repeats: int) -> float:
        """How long the ``place``-th request in flight is left alone before it is repeated once more.

        The device's own time-out, if that leaves a call of ``call_s`` time for two repeats; longer where an answer
        takes longer: whoever repeats what stands in a queue makes the queue longer.
        """
        at_first_s = min(self.apdu_timeout_s, max(call_s / 3, _SOONEST_REPEAT_S))
        patience_s = max(at_first_s, 2 * self.pace_s * place)
        return float(patience_s * 2**repeats)

    def answered(self, latency_s: float, place: int) -> None:
        """Learn from an answer to a request that was the ``place``-th in flight when it was sent."""
        self.pace_s = max(latency_s / place, self.pace_s * _FORGOTTEN)
        if place == 1:
            self._alone_s = min(latency_s, self._alone_s / _FORGOTTEN or latency_s)
        elif self._alone_s:
            queued = latency_s > self._alone_s * (1 + (place - 1) * _QUEUED)
            self._at_once = 1 if queued else max(self._at_once, place + 1)
        self._most = min(self.at_once, self._most + _REGAINED)
        self.places.allow(self._limit())

    def is_crowded(self) -> None:
        """The device has said that it is busy."""
        self._most = max(1.0, min(self._most, self.places.taken) / 2)
        self.places.allow(self._limit())

    def _limit(self) -> int:
        """What it takes: all, as long as they do not wait in its queue; of a slow one, what it answers at once."""
        is_quick = self.pace_s * IN_FLIGHT <= _HARMLESS_WAIT_S
        quick = IN_FLIGHT if is_quick else int(_HARMLESS_WAIT_S / self.pace_s)
        return int(min(self._most, max(quick, self._at_once)))
