"""Stands before every request: looks where it goes and comes from, and says to browsers what a page of ours may do."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from page.assets import policy
from page.rendering.payload import packed
from page.serving.guard import Doors

_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guarded:
    """An ASGI application behind the doors."""

    def __init__(self, app: ASGIApp, doors: Doors, opened: Callable[[], None]) -> None:
        self._app = app
        self._doors = doors
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "lifespan":
            self._opened()
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._doors.refusal(Headers(scope=scope))
        if refusal is None:
            await self._app(scope, receive, sending)
        else:
            answer = Response(packed({"words": refusal.words}), refusal.status, media_type="application/json")
            await answer(scope, receive, sending)
