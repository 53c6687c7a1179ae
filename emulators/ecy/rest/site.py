"""What answers for a controller: over HTTPS, and what may answer without TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from emulators.ecy.controller import EmulatedController
from emulators.ecy.rest.front import HttpFront
from emulators.ecy.wire.messages import JSON_TYPE
from emulators.http.application import Respond
from emulators.http.messages import HangUpError, Request, Response


class ControllerSite:
    """Answers for one controller, with its latency and its faults. ``secure`` is whether TLS is in front."""

    def __init__(self, controller: EmulatedController, *, secure: bool = True) -> None:
        self._controller = controller
        self._front = HttpFront(controller, secure=secure)

    async def respond(self, request: Request) -> Response:
        """Answer one request. Raises HangUpError."""
        self._controller.counters.requests[request.method] += 1
        if self._controller.settings.latency_s > 0:
            await asyncio.sleep(self._controller.settings.latency_s)
        if self._controller.is_rebooting:
            raise HangUpError("the controller reboots")
        faults = self._controller.faults
        instead = await faults.on_request(request)
        response = self._front.respond(request) if instead is None else instead
        response = await faults.on_reply(request, response)
        return _finished(response, faults.on_send(response))


def redirecting(https_address: Callable[[], str]) -> Respond:
    """Sends every plain HTTP request to HTTPS (§17 row 34)."""

    async def respond(request: Request) -> Response:
        query = f"?{request.query}" if request.query else ""
        location = f"https://{https_address()}{request.path}{query}"
        return _finished(Response(301, headers={"location": location}))

    return respond


def _finished(response: Response, pieces: AsyncIterator[bytes] | None = None) -> Response:
    """The response with all of its headers."""
    headers = dict(response.headers)
    if response.status != 204:
        headers["content-type"] = response.content_type or JSON_TYPE
        headers["content-length"] = str(len(response.body))
    return replace(response, headers=headers, pieces=pieces)
