"""The page's server: one named thread, and sockets that are bound before it starts, so that a taken port is known."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from page.serving.connection import PageConnection
from utils.errors import ConfigError, Problem

USUAL_PORT = 8900
LOOPBACK = "127.0.0.1"
_NEXT_PORTS = 50
_BACKLOG = 64
_UNREAD_BYTES = 32_768
"""What the system keeps for a viewer that does not read: a few moments, not minutes of them."""
_START_POLL_S = 0.005
_LAST_WORDS_S = 1.0


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Where the page is to be. Port 0 asks for any that is free; ``moves`` takes the next free one instead."""

    address: str = LOOPBACK
    port: int = USUAL_PORT
    moves: bool = False

    @property
    def is_here_only(self) -> bool:
        """Whether only this computer reaches it."""
        return ip_address(self.address).is_loopback

    @property
    def host(self) -> str:
        """The address as it stands in a URL; of every address, the one by which this computer reaches itself."""
        address = ip_address(self.address)
        if address.is_unspecified:
            return "[::1]" if address.version == 6 else LOOPBACK
        return f"[{address}]" if address.version == 6 else str(address)

    def bind(self) -> socket.socket:
        """A socket that listens there. Raises :class:`ConfigError` where none can be had."""
        last = min(self.port + _NEXT_PORTS, 65_535) if self.moves and self.port else self.port
        for port in range(self.port, last + 1):
            try:
                return _bound(self.address, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE or port == last:
                    raise ConfigError([self._problem(error)]) from error
        raise AssertionError("a range of ports is never empty")

    def _problem(self, error: OSError) -> Problem:
        if error.errno == errno.EADDRINUSE:
            what = f"port {self.port} is in use, perhaps by the page of another run; choose another, as in --page 8901"
            return Problem("--page", what)
        what = f"no page can be at {self.address} port {self.port}: {error.strerror or error}"
        return Problem("PAGE_ADDRESS" if self.address != LOOPBACK else "--page", what)


def _bound(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES)
        bound.bind((address, port))
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


class PageServer:
    """Serves an application on a bound socket from a thread of its own."""

    def __init__(self, application: ASGIApp, bound: socket.socket, closing: Callable[[], None]) -> None:
        """``closing`` is called in the server's loop when it ends."""
        config = uvicorn.Config(
            application,
            log_config=None,
            log_level="critical",
            access_log=False,
            http=PageConnection,
            ws="none",
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._bound = bound
        self._server = uvicorn.Server(config)
        self._closing = closing
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="page")

    def start(self) -> None:
        """Begin, and come back when requests are answered."""
        self._thread.start()
        pause = threading.Event()
        while not self._server.started and self._thread.is_alive():
            pause.wait(_START_POLL_S)

    def stop(self) -> None:
        """Let answers in flight end, and end."""
        self._server.should_exit = True
        self._thread.join()
        self._bound.close()

    async def _serve(self) -> None:
        try:
            await self._server.serve(sockets=[self._bound])
        finally:
            self._closing()
            for connection in [*self._server.server_state.connections]:
                # What is left has not been read, and would keep its socket open for as long as this process lives.
                connection.transport.abort()
