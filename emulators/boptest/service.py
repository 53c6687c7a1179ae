"""The service API: many tests at once, each under its testid (boptest-api §4).

Left out: WebSocket, ``/submit``, accounts (``/users``), upload and deletion of cases, and the pages of ``/docs``.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from emulators.boptest.case.testcase import CaseEngine, perform
from emulators.boptest.dialects.bodies import read_body
from emulators.boptest.dialects.express import (
    WebTierError,
    allowed,
    cannot,
    error_text,
    finished,
    json_bytes,
    json_response,
    path_parameter,
    status_text,
    yaml_file,
)
from emulators.boptest.dialects.javascript import stringify
from emulators.boptest.extension import BRANCH, OFFER, OWN_CONTROL, RESTORE, SAVE, Extension
from emulators.boptest.faults import BoptestFault, BoptestFaults
from emulators.boptest.hub import Hub, Limits
from emulators.boptest.openapi import document
from emulators.boptest.overview import QUEUED, RUNNING, listing
from emulators.boptest.replies import BAD_REQUEST, Json, StoppedError
from emulators.boptest.runs import Answered, MethodCall, UnknownTestError
from emulators.http.messages import HangUpError, Request, Response

VERSION = "1.0.0-dev"
NAMESPACE = "ibpsa"

_WITH_NAMES = ("get_results", "get_forecast")
"""Into the body of these the web tier itself looks for ``point_names``, which null does not have."""
_SYNCHRONOUS = ("", "-")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request: what its path names, its body, and the call that it is with the fault that it meets."""

    request: Request
    names: Mapping[str, str]
    body: Json
    call: str
    fault: BoptestFault


def answer_call(case: CaseEngine, call: MethodCall) -> Answered:
    """Answer on the thread of the test: an envelope, printed as JavaScript does."""
    reply = call.fault.during() or perform(case, call.method, call.params)
    envelope = {"status": reply.status, "message": reply.message, "payload": reply.payload}
    return Answered(reply.status, stringify(envelope).encode("utf-8", "replace"), reply.message != BAD_REQUEST)


class ServiceApp:
    """The service, as far as HTTP goes."""

    def __init__(self, hub: Hub, limits: Limits, faults: BoptestFaults, extension: Extension) -> None:
        self._hub = hub
        self._extension = extension
        self._limits = limits
        self._faults = faults

    async def respond(self, request: Request) -> Response:
        """Answer one request. Raises HangUpError."""
        try:
            return finished(request, await self._respond(request))
        except StoppedError as stopped:
            raise HangUpError(str(stopped)) from stopped

    async def _respond(self, request: Request) -> Response:
        try:
            body = read_body(request)  # before any route is looked for, as in Express
            names, methods = _routed(request.path)
        except WebTierError as error:
            return error_text(str(error))
        if request.method == "OPTIONS" and methods:
            return allowed(methods)
        route = methods.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            return cannot(request)
        fault = self._faults.take(route.call)
        return fault.before() or fault.after(
            await self._guarded(route, _Asked(request, names, body, route.call, fault))
        )

    async def _guarded(self, route: _Route, asked: _Asked) -> Response:
        try:
            return await route.handle(self, asked)
        except UnknownTestError as error:
            where = {"value": error.testid, "msg": str(error), "param": "testid", "location": "params"}
            return json_response({"errors": [where]}, HTTPStatus.BAD_REQUEST)

    async def tests(self, asked: _Asked) -> Response:
        """What there is, which a real service does not tell."""
        return json_response(listing(self._hub.looks(), self._limits.workers, self._limits.idle_timeout_s))

    async def openapi(self, asked: _Asked) -> Response:
        """The document of this API."""
        return yaml_file(document("service"))

    async def version(self, asked: _Asked) -> Response:
        """The version of the API."""
        message = "Queried the version number successfully."
        return json_response({"status": 200, "message": message, "payload": {"version": VERSION}})

    async def cases(self, asked: _Asked) -> Response:
        """The test cases of a namespace."""
        if not self._is_authorized(asked.request):
            return status_text(HTTPStatus.UNAUTHORIZED)
        if asked.names.get("namespace", NAMESPACE) != NAMESPACE or not self._hub.cases:
            return status_text(HTTPStatus.NOT_FOUND)
        return json_response([{"testcaseid": case} for case in self._hub.cases])

    async def select(self, asked: _Asked) -> Response:
        """A new test of a case, queued or running."""
        if not self._is_authorized(asked.request):
            return status_text(HTTPStatus.UNAUTHORIZED)
        case = asked.names["testcase"]
        if asked.names.get("namespace", NAMESPACE) != NAMESPACE or case not in self._hub.cases:
            return status_text(HTTPStatus.NOT_FOUND)
        run = self._hub.select(case)
        if asked.names["how"] in _SYNCHRONOUS:
            await asyncio.wrap_future(run.started)
        return json_response({"testid": run.testid})

    async def status(self, asked: _Asked) -> Response:
        """Whether a test is queued or running."""
        return json_response(RUNNING if self._hub.find(asked.names["testid"]).running else QUEUED)

    async def stop(self, asked: _Asked) -> Response:
        """The end of a test."""
        self._hub.stop(asked.names["testid"])
        return status_text(HTTPStatus.OK)

    async def pass_on(self, asked: _Asked) -> Response:
        """The answer of the test's own worker, for as long as somebody waits for it."""
        testid = asked.names["testid"]
        run = self._hub.find(testid)
        if asked.body is None and asked.call in _WITH_NAMES:
            return error_text("Cannot read properties of null (reading 'point_names')")
        params = {} if asked.request.method in ("GET", "HEAD") else asked.body
        future = run.submit(MethodCall(asked.call, params, asked.fault))
        try:
            async with asyncio.timeout(self._limits.message_timeout_s):
                answered = await asyncio.wrap_future(future)
        except TimeoutError:
            return error_text(
                f"Timeout for request: '{uuid.uuid4()}', with method:'{asked.call}', sent to testid: '{testid}'"
            )
        return json_bytes(answered.body, answered.status)

    async def offer(self, asked: _Asked) -> Response:
        """What there is beyond BOPTEST."""
        return self._extension.offer()

    async def extend(self, asked: _Asked) -> Response:
        """The answer to a call that BOPTEST does not have."""
        run = self._hub.find(asked.names["testid"])
        return await self._extension.respond(self._hub, run, asked.call, asked.request, asked.fault)

    def _is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization", "") in {"", *self._limits.api_keys}


@dataclass(frozen=True, slots=True)
class _Route:
    """What answers a call, which faults know by its name."""

    call: str
    handle: Callable[[ServiceApp, _Asked], Awaitable[Response]] = ServiceApp.pass_on


_SELECT = {"POST": _Route("select", ServiceApp.select)}
ROUTES: Mapping[str, Mapping[str, _Route]] = {
    "/": {"GET": _Route("tests", ServiceApp.tests)},
    "/openapi.yaml": {"GET": _Route("openapi", ServiceApp.openapi)},
    "/version": {"GET": _Route("version", ServiceApp.version)},
    "/testcases": {"GET": _Route("testcases", ServiceApp.cases)},
    "/testcases/{namespace}": {"GET": _Route("testcases", ServiceApp.cases)},
    "/testcases/{testcase}/select{how}": _SELECT,
    "/testcases/{namespace}/{testcase}/select{how}": _SELECT,
    "/status/{testid}": {"GET": _Route("status", ServiceApp.status)},
    "/stop/{testid}": {"PUT": _Route("stop", ServiceApp.stop)},
    "/name/{testid}": {"GET": _Route("get_name")},
    "/inputs/{testid}": {"GET": _Route("get_inputs")},
    "/measurements/{testid}": {"GET": _Route("get_measurements")},
    "/forecast_points/{testid}": {"GET": _Route("get_forecast_points")},
    "/step/{testid}": {"GET": _Route("get_step"), "PUT": _Route("set_step")},
    "/initialize/{testid}": {"PUT": _Route("initialize")},
    "/advance/{testid}": {"POST": _Route("advance")},
    "/results/{testid}": {"PUT": _Route("get_results")},
    "/forecast/{testid}": {"PUT": _Route("get_forecast")},
    "/scenario/{testid}": {"GET": _Route("get_scenario"), "PUT": _Route("set_scenario")},
    "/kpi/{testid}": {"GET": _Route("get_kpis")},
    "/bench": {"GET": _Route(OFFER, ServiceApp.offer)},
    "/bench/state/{testid}": {
        "GET": _Route(SAVE, ServiceApp.extend),
        "PUT": _Route(RESTORE, ServiceApp.extend),
    },
    "/bench/own-control/{testid}": {"GET": _Route(OWN_CONTROL, ServiceApp.extend)},
    "/bench/branch/{testid}": {"POST": _Route(BRANCH, ServiceApp.extend)},
}
"""What a path offers, by HTTP method. Behind ``select`` anything may follow."""


def _pattern(template: str) -> re.Pattern[str]:
    """Letter case counts only in names, and a slash at the end not at all."""
    names = template.rstrip("/").replace("{how}", "(?P<how>[^/]*)")
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", names) + "/?", re.IGNORECASE)


_PATTERNS = {_pattern(template): methods for template, methods in ROUTES.items()}


def _routed(path: str) -> tuple[Mapping[str, str], Mapping[str, _Route]]:
    """What a path names, and its routes by HTTP method. Raises WebTierError for a name that cannot be decoded."""
    for pattern, methods in _PATTERNS.items():
        if found := pattern.fullmatch(path):
            return {name: path_parameter(value) for name, value in found.groupdict().items()}, methods
    return {}, {}
