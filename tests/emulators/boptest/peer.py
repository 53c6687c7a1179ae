"""A bare HTTP client for the tests of the BOPTEST-compatible server: one call, one answer, nothing hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.plant import AIR


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the server says
        return json.loads(self.text)


def ask(
    server: BoptestServer, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send one request on a connection of its own. ``body`` is sent as JSON unless it is bytes."""
    headers = dict(headers or {})
    raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    if raw is not body:
        headers.setdefault("Content-Type", "application/json")
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request(method, path, raw, headers)
        response = connection.getresponse()
        body = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def select(server: BoptestServer, case: str = AIR, verb: str = "select") -> str:
    """Select a test case and return the testid."""
    testid: str = ask(server, "POST", f"/testcases/{case}/{verb}").json["testid"]
    return testid


@contextmanager
def asking(server: BoptestServer, method: str, path: str, body: object = None) -> Iterator[Future[Answer]]:
    """Send a request on another thread while the block runs; its end waits for the answer."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(ask, server, method, path, body)
