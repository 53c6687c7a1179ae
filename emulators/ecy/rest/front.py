"""The HTTP front of one controller: sign-in, limits, then the API of its firmware (ecy-rest-api §2 to §5)."""

from __future__ import annotations

from dataclasses import replace

from emulators.ecy.access.sessions import new_session_id
from emulators.ecy.controller import EmulatedController
from emulators.ecy.refusals import (
    BATCH_TOO_LARGE,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_SIGNED_IN,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_MEDIA_TYPE,
    Reason,
    Refusal,
)
from emulators.ecy.rest import legacy
from emulators.ecy.rest.batch import BatchRunner
from emulators.ecy.rest.resources import RestV2
from emulators.ecy.wire.messages import HTML_TYPE, Answer, as_response, parse_json, refused
from emulators.ecy.wire.paths import BATCH, V1_ROOT, V2_ROOT, path_under_v2
from emulators.ecy.wire.values import Json
from emulators.http.messages import Request, Response

_V2_REALM = 'Basic realm="ECLYPSE"'


class HttpFront:
    """Turns a request into the controller's response. ``secure`` is whether it came over TLS."""

    def __init__(self, controller: EmulatedController, *, secure: bool = True) -> None:
        self._controller = controller
        self._profile = controller.profile
        self._rest = RestV2(controller)
        self._batch = BatchRunner(controller, self._rest)
        self._cookie_attributes = ";Path=/;Secure;HttpOnly" if secure else ";Path=/"

    def respond(self, request: Request) -> Response:
        """Sign in or resume, and carry the request out."""
        try:
            headers = self._signed_in(request)
            response = self._carry_out(request)
        except Refusal as refusal:
            return self._refused(refusal)
        return replace(response, headers={**headers, **response.headers})

    def _signed_in(self, request: Request) -> dict[str, str]:
        authorization = request.headers.get("authorization")
        if authorization is None:
            self._controller.sessions.resume(request.headers.get("cookie", ""))
            return {}
        self._controller.counters.basic_sign_ins += 1
        session = self._controller.sessions.sign_in(authorization)
        self._controller.counters.sessions_opened += 1
        return self._cookie(session)

    def _cookie(self, session: str) -> dict[str, str]:
        return {"set-cookie": f"{self._profile.cookie_name}={session}{self._cookie_attributes}"}

    def _refused(self, refusal: Refusal) -> Response:
        response = as_response(refused(refusal, self._profile), self._profile)
        if refusal.reason is not NOT_SIGNED_IN:
            return response
        old = self._profile.firmware == "1.x"
        if old or self._profile.unauthorized_body == "html":
            response = Response(401, legacy.html_page(401, "Unauthorized"), HTML_TYPE)
        challenge = {"www-authenticate": legacy.REALM if old else _V2_REALM}
        return replace(response, headers={**challenge, **self._cookie(new_session_id())})

    def _carry_out(self, request: Request) -> Response:
        if self._profile.firmware == "1.x":
            return legacy.answer_v1(self._controller.spec, request.path)
        if request.path == V1_ROOT or request.path.startswith(V1_ROOT + "/"):
            return self._v1_url(request)
        return as_response(self._answer_v2(request), self._profile)

    def _v1_url(self, request: Request) -> Response:
        if self._profile.v1_urls == "html":
            return Response(404, legacy.html_page(404, "Not Found"), HTML_TYPE)
        if self._profile.v1_urls == "redirect":
            return Response(302, headers={"location": V2_ROOT + request.path[len(V1_ROOT) :]})
        raise Refusal(UNKNOWN_RESOURCE, request.path)

    def _answer_v2(self, request: Request) -> Answer:
        path = path_under_v2(request.path)
        body = self._body(request)
        if path != BATCH:
            return self._rest.answer(request.method, path, request.query, body)
        if request.method != "POST":
            raise Refusal(METHOD_NOT_ALLOWED, request.method)
        return self._batch.run(body)

    def _body(self, request: Request) -> Json:
        if request.method != "POST":
            return None
        limit = self._profile.payload_limit_bytes
        if limit is not None and len(request.body) > limit:
            reason = Reason(BATCH_TOO_LARGE.code, "Payload too large", self._profile.batch_limit_status)
            raise Refusal(reason, f"more than {limit} bytes")
        is_json = request.headers.get("content-type", "").startswith("application/json")
        if self._profile.strict_content_type and not is_json:
            raise Refusal(UNSUPPORTED_MEDIA_TYPE)
        if not request.body:
            raise Refusal(INVALID_REQUEST, "the body is empty")
        return parse_json(request.body)
