"""The little of ASGI that the emulators need: a whole request in, a whole response out, or neither."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from emulators.http.connections import Connections, Message, Receive, Send, hang_up
from emulators.http.messages import HangUpError, Request, Response

Respond: TypeAlias = Callable[[Request], Awaitable[Response]]
"""Answers a request, or raises HangUpError."""

_LONGEST_BODY = 8 * 1024 * 1024


def longest_body(path: str) -> int:
    """In bytes. Each emulator refuses what is longer than its peer takes; this only keeps memory from filling."""
    return _LONGEST_BODY


class HttpApplication:
    """An ASGI application around ``respond``. ``connections`` learn of every connection that brings a request."""

    def __init__(
        self, respond: Respond, connections: Connections, longest: Callable[[str], int] = longest_body
    ) -> None:
        self._respond = respond
        self._connections = connections
        self._longest = longest

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self._connections.note(send)
        request = await _read(scope, receive, self._longest)
        try:
            response = await self._respond(request)
        except HangUpError:
            await hang_up(receive, send)
        else:
            await _write(send, response)


async def _read(scope: Message, receive: Receive, longest: Callable[[str], int]) -> Request:
    path = scope["raw_path"].decode("latin-1")
    return Request(
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=await _body(receive, longest(path)),
    )


async def _body(receive: Receive, longest: int) -> bytes:
    """All of it, unless it is longer than anybody wants: then the rest is read and thrown away."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if len(body) <= longest:
            body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


async def _write(send: Send, response: Response) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.pieces is None:
        await send({"type": "http.response.body", "body": response.body})
        return
    async for piece in response.pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
