"""How a Node/Express web tier dresses its answers (boptest-api §2)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qsl, quote

from emulators.boptest.dialects.javascript import JsonSyntaxError, parse, stringify
from emulators.boptest.replies import Json
from emulators.http.messages import Request, Response

KEEP_ALIVE_S = 5
"""Node drops a connection that has been idle for so long."""

_JSON = "application/json; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_BODY_LIMIT = 100 * 1024
_FORM = "application/x-www-form-urlencoded"
_PAGE_POLICY = {"content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff"}


class BodyTooLargeError(JsonSyntaxError):
    """A body over 100 kB."""

    def __init__(self) -> None:
        super().__init__("request entity too large")


def read_body(request: Request) -> Json:
    """The decoded body; a media type that is neither JSON nor a form counts as ``{}``. Raises JsonSyntaxError."""
    if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
        return {}
    if len(request.body) > _BODY_LIMIT:
        raise BodyTooLargeError
    if request.content_type == "application/json":
        return parse(request.body.decode("utf-8", "replace"))
    return _form(request.body) if request.content_type == _FORM else {}


def _form(body: bytes) -> dict[str, str | list[str]]:
    """Every value is text; a key that comes again makes a list."""
    lists: dict[str, list[str]] = {}
    for key, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        lists.setdefault(key, []).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in lists.items()}


def json_response(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return json_bytes(stringify(value).encode("utf-8", "replace"), status)


def json_bytes(body: bytes, status: int) -> Response:
    """A JSON answer that is printed already."""
    return _tagged(Response(status, body, _JSON))


def status_text(status: HTTPStatus) -> Response:
    """The bare text of a status: ``OK``, ``Not Found``, ``Unauthorized``."""
    return _tagged(Response(status, status.phrase.encode(), _TEXT))


def error_text(message: str) -> Response:
    """A 500 of the web tier: one line of text, labelled as HTML."""
    return _tagged(Response(500, message.encode("utf-8", "replace"), _HTML))


def allowed(methods: Iterable[str]) -> Response:
    """The answer to OPTIONS."""
    allow = ",".join("GET,HEAD" if method == "GET" else method for method in methods)
    return _tagged(Response(200, allow.encode(), _HTML, {"allow": allow}))


def cannot(request: Request) -> Response:
    """The page for a route or method that does not exist."""
    path = escape(quote(request.decoded_path, safe="/:@!$&'()*+,;=~-._"))
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
        f"<body>\n<pre>Cannot {request.method} {path}</pre>\n</body>\n</html>\n"
    )
    return Response(404, page.encode(), _HTML, _PAGE_POLICY)


def finished(request: Request, response: Response) -> Response:
    """The response with all of its headers, or 304 when the client has it already."""
    if _is_fresh(request, response):
        response = Response(304, headers=response.headers)
    headers = {"content-length": str(len(response.body)), "x-powered-by": "Express", **response.headers}
    if request.headers.get("connection", "").lower() != "close":
        headers |= {"connection": "keep-alive", "keep-alive": f"timeout={KEEP_ALIVE_S}"}
    if response.content_type:
        headers["content-type"] = response.content_type
    return replace(response, headers=headers)


def _tagged(response: Response) -> Response:
    digest = b64encode(hashlib.sha1(response.body, usedforsecurity=False).digest()).decode().rstrip("=")
    tag = f'W/"{len(response.body):x}-{digest}"'
    return replace(response, headers={**response.headers, "etag": tag})


def _is_fresh(request: Request, response: Response) -> bool:
    known = request.headers.get("if-none-match")
    if known is None or request.method not in ("GET", "HEAD") or response.status != HTTPStatus.OK:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return "*" in tags or response.headers.get("etag", "").removeprefix("W/") in tags
