"""Requests to a page, as programs make them, and its stream."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from page import Page
from tests.waiting import DEADLINE_S


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:  # noqa: ANN401
        """Its JSON."""
        return json.loads(self.body)

    @property
    def words(self) -> str:
        """What it says to people."""
        return str(self.content["words"])


def get(page: Page, path: str, **headers: str) -> Answer:
    """Ask for something, with headers whose names have _ for -."""
    return ask(page, "GET", path, None, headers)


def post(page: Page, name: str, content: object = None, *, token: str | None = None, **headers: str) -> Answer:
    """Do something with the page's token, or with another one."""
    told = page.token if token is None else token
    body = json.dumps({} if content is None else content).encode()
    usual = {"Content_Type": "application/json", **({"Authorization": f"Bearer {told}"} if told else {})}
    return ask(page, "POST", f"/api/{name}", body, {**usual, **headers})


def ask(page: Page, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One request on a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", page.port, timeout=DEADLINE_S)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextmanager
def watching(page: Page, path: str = "/stream") -> Iterator[socket.socket]:
    """A viewer's connection, with its request sent and nothing read yet. It takes little that is not read."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(DEADLINE_S)
        connection.connect(("127.0.0.1", page.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nConnection: close\r\n\r\n".encode())
        yield connection


def moments(connection: socket.socket) -> Iterator[dict[str, Any]]:
    """The moments that a viewer is told, until the stream ends."""
    left = b""
    with connection.makefile("rb") as stream:
        while line := stream.readline():
            left = line.strip()
            if left.startswith(b"data: "):
                yield json.loads(left.removeprefix(b"data: "))
