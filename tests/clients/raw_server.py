"""A server that answers with whatever bytes a test wants: for replies that no decent peer gives."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Answer = Callable[["RawServer", socket.socket, bytes], None]
"""Gets the server, the connection and one whole request; closes the connection by raising OSError."""


class RawServer:
    """Accepts connections and hands each request to ``answer``.

    ``greeting`` is sent to whoever connects; ``over`` is set when the test has ended.
    """

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None, greeting: bytes = b"") -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self.asked = threading.Event()
        self.answer = answer
        self._greeting = greeting
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="raw-server")]

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the accepting thread on every platform
        self._threads[0].join()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.over.is_set():
                connection.close()
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), name="raw-connection")
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.sendall(self._greeting)
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection, connection.makefile("rb") as incoming:
                while request := _request_from(incoming.readline, incoming.read):
                    self.requests.append(request)
                    self.asked.set()
                    self.answer(self, connection, request)


def _request_from(readline: Callable[[], bytes], read: Callable[[int], bytes]) -> bytes:
    head, length = b"", 0
    while line := readline():
        head += line
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
        if line == b"\r\n":
            return head + read(length)
    return b""


def http_reply(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    """A well-formed HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def always(reply: bytes) -> Answer:
    """Answers every request with the same bytes."""

    def answer(_server: RawServer, connection: socket.socket, _request: bytes) -> None:
        connection.sendall(reply)

    return answer


def hanging(server: RawServer, _connection: socket.socket, _request: bytes) -> None:
    """Never answers."""
    server.over.wait()


def dripping(head: bytes) -> Answer:
    """Answers a head and then one byte after the other, for ever."""

    def answer(server: RawServer, connection: socket.socket, _request: bytes) -> None:
        connection.sendall(head)
        while not server.over.wait(0.02):
            connection.sendall(b"x")

    return answer


def hanging_up(_server: RawServer, connection: socket.socket, _request: bytes) -> None:
    """Takes the request and closes the connection without a word."""
    connection.shutdown(socket.SHUT_RDWR)
    raise OSError("hung up")
