"""The single-case API of BOPTEST v0.6.0: a Flask process, no testid (boptest-api §13, "Legacy differences")."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace

from emulators.boptest.case.testcase import CALLS, CaseEngine
from emulators.boptest.dialects.legacy_arguments import SCENARIO, UnknownArgumentsError, parsed
from emulators.boptest.extension import OFFER, OWN_CONTROL, RESTORE, SAVE, Extension
from emulators.boptest.faults import BoptestFault, BoptestFaults
from emulators.boptest.hub import Hub
from emulators.boptest.openapi import document
from emulators.boptest.replies import UNEXPECTED, BoptestReply, Json, RefusalError, StoppedError
from emulators.boptest.runs import Answered, CaseRun, MethodCall
from emulators.http.messages import HangUpError, Request, Response

VERSION = "0.6.0\n"

_JSON = "application/json"
_HTML = "text/html; charset=utf-8"
_YAML = "text/yaml; charset=utf-8"
ROUTES: Mapping[str, Mapping[str, str]] = {
    "/openapi.yaml": {"GET": "openapi"},
    "/version": {"GET": "version"},
    "/name": {"GET": "get_name"},
    "/inputs": {"GET": "get_inputs"},
    "/measurements": {"GET": "get_measurements"},
    "/forecast_points": {"GET": "get_forecast_points"},
    "/step": {"GET": "get_step", "PUT": "set_step"},
    "/initialize": {"PUT": "initialize"},
    "/advance": {"POST": "advance"},
    "/results": {"PUT": "get_results"},
    "/forecast": {"PUT": "get_forecast"},
    "/scenario": {"GET": "get_scenario", "PUT": "set_scenario"},
    "/kpi": {"GET": "get_kpis"},
    "/bench": {"GET": OFFER},
    "/bench/state": {"GET": SAVE, "PUT": RESTORE},
    "/bench/own-control": {"GET": OWN_CONTROL},
}
_NOT_FOUND = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not "
    "found on the server. If you entered the URL manually please check your spelling and try again.</p>\n"
)
_NOT_ALLOWED = "The method is not allowed for the requested URL."
_NOT_UNDERSTOOD = "The browser (or proxy) sent a request that this server could not understand."
_FAILED = "Internal Server Error"
_SCENARIO_CALLS = ("get_scenario", "set_scenario")


def answer_call(case: CaseEngine, call: MethodCall) -> Answered:
    """Answer on the thread of the test, printed as Flask does."""
    try:
        reply = call.fault.during() or CALLS[call.method](case, parsed(case.plant.inputs, call.method, call.params))
    except UnknownArgumentsError as error:
        return Answered(400, _message_only(str(error)))
    except RefusalError as refusal:
        reply = BoptestReply(400, str(refusal))
    except UNEXPECTED:
        return Answered(500, _message_only(_FAILED))
    payload = _without_uncertainty(reply.payload) if call.method in _SCENARIO_CALLS else reply.payload
    return Answered(reply.status, _encoded({"status": reply.status, "message": reply.message, "payload": payload}))


class LegacyApp:
    """The single-case server, as far as HTTP goes."""

    def __init__(self, hub: Hub, faults: BoptestFaults, extension: Extension) -> None:
        self._hub = hub
        self._extension = extension
        self._faults = faults
        self._run: CaseRun | None = None

    async def respond(self, request: Request) -> Response:
        """Answer one request. Raises HangUpError."""
        try:
            return _finished(await self._respond(request))
        except StoppedError as stopped:
            raise HangUpError(str(stopped)) from stopped

    async def _respond(self, request: Request) -> Response:
        methods = ROUTES.get(request.decoded_path)
        if methods is None:
            return Response(404, _NOT_FOUND.encode(), _HTML)
        method = methods.get("GET" if request.method == "HEAD" else request.method)
        if method is None:
            return Response(405, _message_only(_NOT_ALLOWED), _JSON)
        fault = self._faults.take(method)
        return fault.before() or fault.after(await self._call(request, method, fault))

    async def _call(self, request: Request, method: str, fault: BoptestFault) -> Response:
        if method == "openapi":
            return Response(200, document("legacy"), _YAML)
        if method == "version":
            message = "Queried the version number successfully."
            return Response(200, _encoded({"status": 200, "message": message, "payload": {"version": VERSION}}), _JSON)
        if method == OFFER:
            return self._extension.offer()
        if method in (SAVE, RESTORE, OWN_CONTROL):
            return await self._extension.respond(self._hub, await self._running_test(), method, request, fault)
        try:
            params = {} if request.method in ("GET", "HEAD") else _read_body(request)
        except RefusalError as refusal:
            return Response(400, _message_only(str(refusal)), _JSON)
        run = await self._running_test()
        answered = await asyncio.wrap_future(run.submit(MethodCall(method, params, fault)))
        return Response(answered.status, answered.body, _JSON)

    async def _running_test(self) -> CaseRun:
        if self._run is None:
            self._run = self._hub.select(self._hub.cases[0])
        if not self._run.running:
            await asyncio.wrap_future(self._run.started)
        return self._run


def _finished(response: Response) -> Response:
    """The response with all of its headers."""
    length = str(len(response.body))
    headers = {"content-length": length, "access-control-allow-origin": "*", "content-type": response.content_type}
    return replace(response, headers=headers)


def _read_body(request: Request) -> Json:
    if request.content_type != _JSON:
        raise RefusalError(_NOT_UNDERSTOOD)
    try:
        return json.loads(request.body)
    except ValueError:
        raise RefusalError(_NOT_UNDERSTOOD) from None


def _without_uncertainty(payload: object) -> object:
    """The scenario as this version knows it: price and period only."""
    return {key: value for key, value in payload.items() if key in SCENARIO} if isinstance(payload, dict) else payload


def _message_only(message: str) -> bytes:
    return _encoded({"message": message})


def _encoded(value: object) -> bytes:
    """Sorted keys, Python's floats and NaN, a line end."""
    return (json.dumps(value, sort_keys=True, default=list) + "\n").encode()
