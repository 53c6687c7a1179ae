"""Answers of the resources, and their HTTP form."""

from __future__ import annotations

import json
from dataclasses import dataclass

from emulators.ecy.profile import Profile
from emulators.ecy.refusals import INVALID_REQUEST, UNKNOWN_OBJECT, UNKNOWN_PROPERTY, Refusal
from emulators.ecy.wire.values import Json
from emulators.http.messages import Response

JSON_TYPE = "application/json"
HTML_TYPE = "text/html;charset=ISO-8859-1"
TEXT_TYPE = "text/plain;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resource answers, on its own or inside a batch. ``has_body`` is false where nothing is sent at all."""

    status: int
    body: Json = None
    has_body: bool = True

    @property
    def failed(self) -> bool:
        """Whether the request was refused."""
        return self.status >= 400


def compact(value: Json) -> bytes:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()


def parse_json(content: bytes) -> Json:
    """The JSON in a body. Raises Refusal; NaN and infinities are not JSON."""
    try:
        value: Json = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(INVALID_REQUEST, "the body is not JSON") from error
    return value


def _refuse_constant(text: str) -> float:
    raise ValueError(text)


def refused(refusal: Refusal, profile: Profile) -> Answer:
    """The answer to a request that was refused, in the profile's form."""
    reason = refusal.reason
    missing = reason in (UNKNOWN_OBJECT, UNKNOWN_PROPERTY)
    status = profile.missing_status if missing else reason.status
    text = f"{reason.message} ({reason.code})"
    bodies: dict[str, Json] = {
        "object": {"error": {"code": reason.code, "message": str(refusal)}},
        "text": {"error": text},
        "plain": text,
    }
    return Answer(status, bodies[profile.error_form])


def as_response(answer: Answer, profile: Profile) -> Response:
    """The HTTP answer for a resource's answer."""
    if not answer.has_body:
        return Response(answer.status)
    if answer.failed and profile.error_form == "plain":
        return Response(answer.status, str(answer.body).encode(), TEXT_TYPE)
    return Response(answer.status, compact(answer.body))
