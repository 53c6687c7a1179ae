"""Viewers of the page: each is told of the newest moment only, so that one who does not read slows nobody down.

A viewer that has fallen behind skips what it has missed. All methods but :meth:`Viewers.publish` belong to the thread
of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from page.rendering.payload import packed, told
from page.seeing.moment import ShownMoment
from page.seeing.units import System

MOST_VIEWERS = 64
SIGN_OF_LIFE_S = 10.0
"""A line that says nothing keeps proxies and phones from hanging up, and finds out who has gone."""


class Viewers:
    """Everybody who looks, and the newest moment."""

    def __init__(self, moment: ShownMoment, sign_of_life_s: float = SIGN_OF_LIFE_S) -> None:
        self.count = 0
        self.moment = moment
        self._sign_of_life_s = sign_of_life_s
        self._changed: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._packed: dict[System, tuple[int, bytes]] = {}

    def open(self) -> None:
        """The server's loop runs; called in it."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        self._beat()

    def close(self) -> None:
        """The server ends; called in its loop."""
        self._loop = None

    def publish(self, moment: ShownMoment) -> None:
        """Replace the newest moment, from any thread."""
        self.moment = moment
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    @property
    def is_full(self) -> bool:
        """Whether there are as many as this server takes."""
        return self.count >= MOST_VIEWERS

    async def stream(self, system: System) -> AsyncGenerator[bytes]:
        """Server-sent events for one viewer: the newest moment, again and again, until the run is over."""
        self.count += 1
        try:
            yield b"retry: 1000\n\n"
            last = -1
            while True:
                moment = self.moment
                if moment.number != last:
                    last = moment.number
                    yield self._event(moment, system)
                    if moment.is_over:
                        return
                elif self._changed is not None:
                    await self._changed.wait()
                    if self.moment.number == last:
                        yield b": \n\n"
        finally:
            self.count -= 1

    def _event(self, moment: ShownMoment, system: System) -> bytes:
        """A moment is packed once for all who read the same units."""
        number, content = self._packed.get(system, (-1, b""))
        if number != moment.number:
            content = b"data: " + packed(told(moment, system)) + b"\n\n"
            self._packed[system] = (moment.number, content)
        return content

    def _beat(self) -> None:
        """One clock for all: a timer for each viewer and moment costs more than what is sent."""
        if self._loop is not None:
            self._wake()
            self._loop.call_later(self._sign_of_life_s, self._beat)

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = asyncio.Event()
