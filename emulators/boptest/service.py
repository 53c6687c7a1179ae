"""The service API: many tests at once, each under its testid (boptest-api §4).

Left out: WebSocket, ``/submit``, accounts (``/users``), upload and deletion of cases, and the OpenAPI pages.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from emulators.boptest.case.testcase import CaseEngine, perform
from emulators.boptest.dialects.express import (
    allowed,
    cannot,
    error_text,
    finished,
    json_bytes,
    json_response,
    read_body,
    status_text,
)
from emulators.boptest.dialects.javascript import JsonSyntaxError, stringify
from emulators.boptest.faults import BoptestFault, BoptestFaults
from emulators.boptest.hub import Hub, Limits
from emulators.boptest.replies import BAD_REQUEST, StoppedError
from emulators.boptest.runs import Answered, MethodCall, UnknownTestError
from emulators.http.messages import HangUpError, Request, Response

VERSION = "1.0.0-dev"
NAMESPACE = "ibpsa"

_TEST_CALLS: Mapping[str, Mapping[str, str]] = {
    "name": {"GET": "get_name"},
    "inputs": {"GET": "get_inputs"},
    "measurements": {"GET": "get_measurements"},
    "forecast_points": {"GET": "get_forecast_points"},
    "step": {"GET": "get_step", "PUT": "set_step"},
    "initialize": {"PUT": "initialize"},
    "advance": {"POST": "advance"},
    "results": {"PUT": "get_results"},
    "forecast": {"PUT": "get_forecast"},
    "scenario": {"GET": "get_scenario", "PUT": "set_scenario"},
    "kpi": {"GET": "get_kpis"},
}
_SELECT = "select"
_SYNCHRONOUS = (_SELECT, f"{_SELECT}-")

Handler = Callable[[Request, BoptestFault], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Route:
    name: str
    """What faults call it."""
    handle: Handler


def answer_call(case: CaseEngine, call: MethodCall) -> Answered:
    """Answer on the thread of the test: an envelope, printed as JavaScript does."""
    reply = call.fault.during() or perform(case, call.method, call.params)
    envelope = {"status": reply.status, "message": reply.message, "payload": reply.payload}
    return Answered(reply.status, stringify(envelope).encode("utf-8", "replace"), reply.message != BAD_REQUEST)


class ServiceApp:
    """The service, as far as HTTP goes."""

    def __init__(self, hub: Hub, limits: Limits, faults: BoptestFaults) -> None:
        self._hub = hub
        self._limits = limits
        self._faults = faults

    async def respond(self, request: Request) -> Response:
        """Answer one request. Raises HangUpError."""
        try:
            return finished(request, await self._respond(request))
        except StoppedError as stopped:
            raise HangUpError(str(stopped)) from stopped

    async def _respond(self, request: Request) -> Response:
        routes = self._routes(request.decoded_path.removesuffix("/").split("/")[1:])
        if request.method == "OPTIONS" and routes:
            return allowed(routes)
        route = routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            return cannot(request)
        fault = self._faults.take(route.name)
        return fault.before() or fault.after(await _guarded(route, request, fault))

    def _routes(self, segments: list[str]) -> dict[str, _Route]:
        """What a path offers, by HTTP method. Letter case counts only in testids and names of cases."""
        match [segment.lower() for segment in segments]:
            case ["version"]:
                return {"GET": _Route("version", _version)}
            case ["testcases"]:
                return {"GET": _Route("testcases", partial(self._cases, NAMESPACE))}
            case ["testcases", _]:
                return {"GET": _Route("testcases", partial(self._cases, segments[1]))}
            case ["testcases", _, verb] | ["testcases", _, _, verb] if verb.startswith(_SELECT):
                return {"POST": _Route(_SELECT, partial(self._select, segments[1:-1], verb in _SYNCHRONOUS))}
            case ["status", _]:
                return {"GET": _Route("status", partial(self._status, segments[1]))}
            case ["stop", _]:
                return {"PUT": _Route("stop", partial(self._stop, segments[1]))}
            case [name, _] if name in _TEST_CALLS:
                return {
                    verb: _Route(method, partial(self._call, segments[1], method))
                    for verb, method in _TEST_CALLS[name].items()
                }
        return {}

    async def _cases(self, namespace: str, request: Request, fault: BoptestFault) -> Response:
        if not self._is_authorized(request):
            return status_text(HTTPStatus.UNAUTHORIZED)
        if namespace != NAMESPACE or not self._hub.cases:
            return status_text(HTTPStatus.NOT_FOUND)
        return json_response([{"testcaseid": case} for case in self._hub.cases])

    async def _select(self, where: list[str], wait: bool, request: Request, fault: BoptestFault) -> Response:
        *namespace, case = where
        if not self._is_authorized(request):
            return status_text(HTTPStatus.UNAUTHORIZED)
        if namespace not in ([], [NAMESPACE]) or case not in self._hub.cases:
            return status_text(HTTPStatus.NOT_FOUND)
        run = self._hub.select(case)
        if wait:
            await asyncio.wrap_future(run.started)
        return json_response({"testid": run.testid})

    async def _status(self, testid: str, request: Request, fault: BoptestFault) -> Response:
        return json_response("Running" if self._hub.find(testid).running else "Queued")

    async def _stop(self, testid: str, request: Request, fault: BoptestFault) -> Response:
        self._hub.stop(testid)
        return status_text(HTTPStatus.OK)

    async def _call(self, testid: str, method: str, request: Request, fault: BoptestFault) -> Response:
        params = {} if request.method in ("GET", "HEAD") else read_body(request)
        future = self._hub.find(testid).submit(MethodCall(method, params, fault))
        try:
            async with asyncio.timeout(self._limits.message_timeout_s):
                answered = await asyncio.wrap_future(future)
        except TimeoutError:
            return error_text(
                f"Timeout for request: '{uuid.uuid4()}', with method:'{method}', sent to testid: '{testid}'"
            )
        return json_bytes(answered.body, answered.status)

    def _is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") in {None, *self._limits.api_keys}


async def _guarded(route: _Route, request: Request, fault: BoptestFault) -> Response:
    try:
        return await route.handle(request, fault)
    except UnknownTestError as error:
        where = {"value": error.testid, "msg": str(error), "param": "testid", "location": "params"}
        return json_response({"errors": [where]}, HTTPStatus.BAD_REQUEST)
    except JsonSyntaxError as error:
        return error_text(str(error))


async def _version(request: Request, fault: BoptestFault) -> Response:
    message = "Queried the version number successfully."
    return json_response({"status": 200, "message": message, "payload": {"version": VERSION}})
