"""The little of ASGI that both servers need: a whole request in, a whole response out, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MethodType
from typing import Any

from starlette.types import Receive, Scope, Send

from utils.errors import BridgeError

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class AsgiRequest:
    """A request with its whole body. Header names are in lower case; ``path`` is decoded and has no query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. ``headers`` come on top of type and length."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class HangUpError(BridgeError):
    """The connection is closed without an answer."""


async def read_request(scope: Scope, receive: Receive) -> AsgiRequest:
    """Wait for the whole body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return AsgiRequest(scope["method"], scope["path"], headers, body)


async def send_response(send: Send, response: Response) -> None:
    """Send a whole answer."""
    headers = {"content-length": str(len(response.body)), **response.headers}
    if response.content_type:
        headers["content-type"] = response.content_type
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    await send({"type": "http.response.body", "body": response.body})


async def hang_up(receive: Receive, send: Send) -> None:
    """Close the connection without an answer.

    ASGI has no word for it: uvicorn's ``send`` is a method of the request cycle, which owns the transport.
    """
    if isinstance(send, MethodType):
        cycle: Any = send.__self__
        cycle.transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
