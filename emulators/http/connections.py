"""Open connections, which may be cut: ASGI itself has no word for that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def _transport_behind(send: Send) -> asyncio.Transport:
    """uvicorn's ``send`` is a method of the request cycle, which owns the transport."""
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    return transport


async def hang_up(receive: Receive, send: Send) -> None:
    """End the connection of this request without an answer."""
    _transport_behind(send).abort()
    while (await receive())["type"] != "http.disconnect":
        pass


class Connections:
    """Every connection that has brought a request and is still open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[asyncio.Transport, asyncio.AbstractEventLoop] = {}

    def note(self, send: Send) -> None:
        """Remember the connection of a request."""
        transport = _transport_behind(send)
        if transport in self._open:
            return
        with self._lock:
            self._open = {known: loop for known, loop in self._open.items() if not known.is_closing()}
            self._open[transport] = asyncio.get_running_loop()

    def cut(self) -> None:
        """End all connections, from any thread."""
        with self._lock:
            still_open, self._open = self._open, {}
        for transport, loop in still_open.items():
            loop.call_soon_threadsafe(transport.abort)
