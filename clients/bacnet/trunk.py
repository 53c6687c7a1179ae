"""A network behind a router: so many requests at a time, and none of them waits for those who do not answer.

All its devices share the router's queue, and often one token. Who has not answered in its time has let the others pass
already (a router goes on after 0.25 s, ASHRAE 135, 9.5.6.3): its place is given away, though its answer may still come.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from clients.bacnet.line import PER_NETWORK, Places, RequestLine


class Seat:
    """One place on a network, given up once: when the answer is there, or when it is overdue."""

    def __init__(self, *places: Places) -> None:
        self._places = places

    def leave(self) -> None:
        """Let somebody else take it."""
        places, self._places = self._places, ()
        for one in places:
            one.leave()


class RemoteNetwork:
    """The places on one network. Of those who have been silent lately only one at a time is asked."""

    def __init__(self) -> None:
        self._places = Places(PER_NETWORK)
        self._of_the_silent = Places(1)

    @asynccontextmanager
    async def seat(self, line: RequestLine) -> AsyncIterator[Seat]:
        """Wait for a place for one request to a device."""
        silent = line.is_silent
        if silent:
            await self._of_the_silent.enter()
        try:
            await self._places.enter()
        except BaseException:
            if silent:
                self._of_the_silent.leave()
            raise
        seat = Seat(self._places, self._of_the_silent) if silent else Seat(self._places)
        try:
            yield seat
        finally:
            seat.leave()
