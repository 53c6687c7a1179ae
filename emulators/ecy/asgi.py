"""ASGI applications of a controller: HTTPS, and what may answer without TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults import ConnectionDropped
from emulators.ecy.http_front import HttpFront
from emulators.ecy.messages import Reply, Request
from emulators.http.connections import Message, Receive, Send, drop


class ControllerApp:
    """Answers for one controller, with its latency and its faults. ``secure`` is whether TLS is in front."""

    def __init__(self, controller: EmulatedController, *, secure: bool = True) -> None:
        self._controller = controller
        self._front = HttpFront(controller, secure=secure)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self._controller.connections.note(send)
        request = await _read(scope, receive)
        self._controller.counters.requests[request.method] += 1
        try:
            reply = await self._reply(request)
        except ConnectionDropped:
            await drop(receive, send)
        else:
            await _write(send, reply, self._controller.faults.on_send(reply))

    async def _reply(self, request: Request) -> Reply:
        if self._controller.settings.latency_s > 0:
            await asyncio.sleep(self._controller.settings.latency_s)
        if self._controller.is_rebooting:
            raise ConnectionDropped
        faults = self._controller.faults
        instead = await faults.on_request(request)
        reply = self._front.reply(request) if instead is None else instead
        return await faults.on_reply(request, reply)


class RedirectApp:
    """Sends every plain HTTP request to HTTPS (§17 row 34)."""

    def __init__(self, https_address: Callable[[], str]) -> None:
        self._https_address = https_address

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = await _read(scope, receive)
        query = f"?{request.query}" if request.query else ""
        location = f"https://{self._https_address()}{request.path}{query}"
        await _write(send, Reply(301, headers=(("location", location),)))


async def _read(scope: Message, receive: Receive) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await _body(receive),
    )


async def _body(receive: Receive) -> bytes:
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _write(send: Send, reply: Reply, pieces: AsyncIterator[bytes] | None = None) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    if reply.status != 204:
        headers.append((b"content-type", reply.content_type.encode("latin-1")))
        headers.append((b"content-length", str(len(reply.content)).encode("latin-1")))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if pieces is None:
        await send({"type": "http.response.body", "body": reply.content})
        return
    async for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
