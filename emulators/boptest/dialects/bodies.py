"""Request bodies as the web tier takes them (boptest-api §2, "Request bodies"): Express with body-parser 1."""

from __future__ import annotations

import re
import zlib

from emulators.boptest.dialects.express import WebTierError
from emulators.boptest.dialects.forms import FormError, parse_form
from emulators.boptest.dialects.javascript import JsonSyntaxError, parse
from emulators.boptest.replies import Json
from emulators.http.messages import Request

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_LIMIT = 100 * 1024
"""Of a body, in bytes, after it was decompressed."""
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""What zlib has to be told of an encoding. Brotli is not among them: body-parser 1 does not know it."""
_WORD = r"[\w!#$%&'*+.^`|~-]+"
_MEDIA_TYPE = re.compile(rf'\s*({_WORD}/{_WORD})\s*(?:;\s*{_WORD}\s*=\s*(?:{_WORD}|"[^"]*")\s*)*', re.ASCII)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s;"]+)', re.IGNORECASE)


def read_body(request: Request) -> Json:
    """The decoded body; a media type that is neither JSON nor a form counts as ``{}``. Raises WebTierError."""
    if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
        return {}
    sent_as = _media_type(request)
    try:
        if sent_as == _JSON:
            return parse(_text(request))
        if sent_as == _FORM:
            _refuse_charset(request)
            return parse_form(_text(request))
    except (FormError, JsonSyntaxError) as error:
        raise WebTierError(str(error)) from error
    return {}


def _media_type(request: Request) -> str:
    """In lower case; one with anything malformed behind it is none."""
    found = _MEDIA_TYPE.fullmatch(request.headers.get("content-type", ""))
    return found[1].lower() if found else ""


def _refuse_charset(request: Request) -> None:
    found = _CHARSET.search(request.headers["content-type"])
    if found and found[1].lower() != "utf-8":
        raise WebTierError(f'unsupported charset "{found[1].upper()}"')


def _text(request: Request) -> str:
    encoding = request.headers.get("content-encoding", "").lower() or "identity"
    if encoding == "identity":
        body = _bounded(request.body)
    elif encoding in _WINDOWS:
        body = _inflated(request.body, _WINDOWS[encoding])
    else:
        raise WebTierError(f'unsupported content encoding "{encoding}"')
    return body.decode("utf-8", "replace")


def _bounded(body: bytes) -> bytes:
    if len(body) > _LIMIT:
        raise WebTierError("request entity too large")
    return body


def _inflated(body: bytes, window: int) -> bytes:
    """Never more than one byte over the limit is inflated, however much the body would become.

    A gzip body may have several members, and zeros behind them.
    """
    inflated = b""
    left = body
    while True:
        stream = zlib.decompressobj(window)
        try:
            inflated = _bounded(inflated + stream.decompress(left, _LIMIT + 1 - len(inflated)))
        except zlib.error as error:
            raise WebTierError(str(error).rpartition(": ")[2]) from None
        if not stream.eof:
            raise WebTierError("unexpected end of file")
        left = stream.unused_data
        if window != _WINDOWS["gzip"] or not left.strip(b"\0"):
            return inflated
