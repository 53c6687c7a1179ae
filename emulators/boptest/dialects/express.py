"""How a Node/Express web tier dresses its answers (boptest-api §2)."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from http import HTTPStatus
from urllib.parse import quote, unquote

from emulators.boptest.dialects.javascript import stringify
from emulators.http.messages import Request, Response
from utils.errors import BridgeError

KEEP_ALIVE_S = 5
"""Node drops a connection that has been idle for so long."""

_JSON = "application/json; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_YAML = "text/yaml; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PAGE_POLICY = {"content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff"}


class WebTierError(BridgeError):
    """What the web tier itself cannot read: whatever the reason, the answer is a 500 with this text."""


def path_parameter(segment: str) -> str:
    """A segment of a path without percent-encoding. Raises WebTierError."""
    try:
        if not _NO_ESCAPE.search(segment):
            return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        pass
    raise WebTierError(f"Failed to decode param '{segment}'")


def json_response(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return json_bytes(stringify(value).encode("utf-8", "replace"), status)


def json_bytes(body: bytes, status: int) -> Response:
    """A JSON answer that is printed already."""
    return _tagged(Response(status, body, _JSON))


def yaml_file(body: bytes) -> Response:
    """A file of YAML."""
    return _tagged(Response(200, body, _YAML))


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
