"""Serves sites on loopback sockets from one named thread.

The sockets are bound before the thread starts, so the ports are known and a taken port is an ordinary ``OSError``.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from emulators.http.application import HttpApplication, Respond, longest_body
from emulators.http.connections import Connections

_START_POLL_S = 0.005
_BACKLOG = 128


@dataclass(frozen=True, slots=True)
class ServedSite:
    """Who answers, and where it listens. Port 0 asks for a free one; a certificate makes it HTTPS."""

    respond: Respond
    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    keep_alive_s: int = 30
    connections: Connections = field(default_factory=Connections)
    longest_body: Callable[[str], int] = longest_body


class ServerThread:
    """Runs uvicorn servers for several sites in one event loop. A context manager: entering it, all sites answer."""

    def __init__(self, sites: Sequence[ServedSite], name: str) -> None:
        self._sites = list(sites)
        self._sockets = [_bind(site) for site in sites]
        self.ports: list[int] = [bound.getsockname()[1] for bound in self._sockets]
        """The ports listened on, in the order of the sites."""
        self._servers = [uvicorn.Server(_config(site)) for site in sites]
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._running: Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._running = self._pool.submit(lambda: asyncio.run(self._serve_all()))
        pause = threading.Event()
        while not all(server.started for server in self._servers):
            if self._running.done():
                self._running.result()
            pause.wait(_START_POLL_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening, let answers in flight end, and join the thread. Safe to call twice."""
        for server in self._servers:
            server.should_exit = True
        self._pool.shutdown()
        for bound in self._sockets:
            bound.close()

    def shut(self, number: int) -> None:
        """Refuse new connections to a site until :meth:`reopen`, from any thread. Those that are open go on."""
        self._in_loop(self._shut(number))

    def reopen(self, number: int) -> None:
        """Listen again, on the same port. Raises OSError when somebody else has taken it meanwhile."""
        self._sockets[number] = _bind(replace(self._sites[number], port=self.ports[number]))
        self._in_loop(self._servers[number].startup([self._sockets[number]]))

    def tls(self, number: int) -> ssl.SSLContext:
        """The TLS context of a site: what is changed in it holds for new connections. Raises ValueError without TLS."""
        context = self._servers[number].config.ssl
        if context is None:
            raise ValueError("the site does not speak TLS")
        return context

    def _in_loop(self, work: Coroutine[None, None, None]) -> None:
        if self._loop is None:
            raise RuntimeError("nothing is served yet")
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _shut(self, number: int) -> None:
        for listener in self._servers[number].servers:
            listener.close()

    async def _serve_all(self) -> None:
        self._loop = asyncio.get_running_loop()
        pairs = zip(self._servers, self._sockets, strict=True)
        await asyncio.gather(*(server.serve(sockets=[bound]) for server, bound in pairs))


def _bind(site: ServedSite) -> socket.socket:
    """A listening socket. Its protocol is named, because asyncio turns Nagle's delay off only where it is."""
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((site.host, site.port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise OSError(error.errno, f"port {site.port} of {site.host}: {error.strerror}") from error
    return bound


def _config(site: ServedSite) -> uvicorn.Config:
    return uvicorn.Config(
        HttpApplication(site.respond, site.connections, site.longest_body),
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="off",
        server_header=False,
        timeout_keep_alive=site.keep_alive_s,
        timeout_graceful_shutdown=1,
        ssl_certfile=site.certificate,
        ssl_keyfile=site.key,
    )
