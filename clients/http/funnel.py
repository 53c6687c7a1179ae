"""The one way out: every HTTP request of this project goes through :class:`HttpFunnel`.

It ignores the environment (proxies, CA bundles, .netrc), follows no redirects, repeats nothing, keeps a total
deadline per call, can be cut off from another thread, and turns foreign exceptions into ours without secrets in them.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeAlias
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from clients.http.connection import CURRENT_CALL, Call, TimedAdapter
from clients.http.tls import SYSTEM_CAS, Trust
from utils.errors import BridgeError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""A decoded JSON value."""

_IDLE_LIMIT_S = 4.0  # node drops an idle connection after 5 s (boptest-api §2)
_MAX_BODY_BYTES = 64 * 1024 * 1024
_READ_BYTES = 65536
_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
_FOREIGN = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Failures:
    """How the funnel's failures are told in the language of its user. Each makes an error from a sentence."""

    unreachable: Callable[[str], BridgeError]
    timed_out: Callable[[str], BridgeError]
    untrusted: Callable[[str], BridgeError]
    aborted: Callable[[str], BridgeError]


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An answer, whatever its status. ``body`` is without transfer and content encoding; an error's has no secrets."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Json:
        """The decoded body. Raises ValueError when it is not JSON."""
        try:
            document: Json = json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return document


class _Session(requests.Session):
    """A session without the environment and without redirects: credentials go to the named peer only."""

    def __init__(self, adapter: TimedAdapter) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere, ever."""
        return None


class HttpFunnel:
    """Requests to one peer. Used by one thread at a time, except :meth:`abort`.

    ``secrets`` never appear in a message. A connection that was idle for ``idle_limit_s`` is not used again: the peer
    may be closing it, and nothing is ever sent twice.
    """

    def __init__(
        self,
        base_url: str,
        failures: Failures,
        *,
        headers: Mapping[str, str] | None = None,
        trust: Trust = SYSTEM_CAS,
        secrets: Iterable[str] = (),
        idle_limit_s: float = _IDLE_LIMIT_S,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._name, password = without_credentials(self._base_url)
        self._failures = failures
        self._headers = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", **(headers or {})}
        self._trust = trust
        self._secrets = tuple(secret for secret in (*secrets, password) if secret)
        self._idle_limit_s = idle_limit_s
        self._adapter = TimedAdapter(trust.context() if base_url.lower().startswith("https") else None)
        self._session = _Session(self._adapter)
        self._lock = threading.Lock()
        self._calls: set[Call] = set()
        self._aborted = threading.Event()
        self._last_used = time.monotonic()

    @property
    def base_url(self) -> str:
        """Where paths start, for messages: without credentials and trailing slash."""
        return self._name

    @property
    def has_cookies(self) -> bool:
        """Whether the peer gave us a session cookie that is still good."""
        return len(self._session.cookies) > 0

    def forget_cookies(self) -> None:
        """Drop every cookie."""
        self._session.cookies.clear()

    def call(
        self,
        method: str,
        path: str,
        *,
        timeout_s: float,
        body: Json | bytes = None,
        headers: Mapping[str, str] | None = None,
        longest: int | None = None,
    ) -> HttpReply:
        """Send one request, once, and return the whole answer, of ``longest`` bytes or else 64 MiB at most.

        ``body`` is sent as JSON unless it is None or bytes; ``timeout_s`` bounds everything from connecting to the
        last byte. Raises the configured failures.
        """
        call = Call(timeout_s, self._trust.check)
        token = CURRENT_CALL.set(call)
        try:
            self._begin(call)
            return self._exchange(self._prepared(method, path, body, headers or {}), call, longest or _MAX_BODY_BYTES)
        except _FOREIGN as error:
            failure = self._translated(error, call, f"{method} {path.partition('?')[0]}", timeout_s)
        finally:
            CURRENT_CALL.reset(token)
            self._end(call)
        raise failure

    def wait(self, seconds: float) -> None:
        """Wait; :meth:`abort` wakes it. Raises the ``aborted`` failure then."""
        if self._aborted.wait(seconds):
            raise self._failures.aborted("abandoned on request")

    def abort(self) -> None:
        """Abandon the call in flight and every later one, from any thread, until :meth:`resume`."""
        self._aborted.set()
        with self._lock:
            for call in self._calls:
                call.cut()

    def resume(self) -> None:
        """Let calls through again after :meth:`abort`."""
        self._aborted.clear()

    def redact(self, text: str) -> str:
        """The text without any secret of this peer."""
        cookies = [cookie.value for cookie in self._session.cookies if cookie.value]
        for secret in (*self._secrets, *cookies):
            text = text.replace(secret, "***")
        return text

    def close(self) -> None:
        """Close every connection. Safe to call twice."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepared(
        self, method: str, path: str, body: Json | bytes, headers: Mapping[str, str]
    ) -> requests.PreparedRequest:
        all_headers = {**self._headers, **headers}
        data = body if isinstance(body, bytes) else None
        if isinstance(body, bytes):
            all_headers["Content-Type"] = "application/octet-stream"
        elif body is not None:
            all_headers["Content-Type"] = "application/json"
            data = json.dumps(body, allow_nan=False).encode()
        request = requests.PreparedRequest()
        request.prepare(
            method=method, url=self._base_url + path, headers=all_headers, data=data, cookies=self._session.cookies
        )
        return request

    def _begin(self, call: Call) -> None:
        if time.monotonic() - self._last_used > self._idle_limit_s:
            self._adapter.drop_idle()
        with self._lock:
            self._calls.add(call)
            if self._aborted.is_set():
                call.cut()

    def _end(self, call: Call) -> None:
        call.detach()
        self._last_used = time.monotonic()
        with self._lock:
            self._calls.discard(call)

    def _exchange(self, request: requests.PreparedRequest, call: Call, longest: int) -> HttpReply:
        if call.is_cut:
            raise ConnectionAbortedError("abandoned before it was sent")
        timeout_s = call.remaining_s()
        with self._session.send(request, stream=True, timeout=timeout_s, verify=self._trust.verify) as response:
            body = _body(response, longest)
            if call.is_cut:
                raise ConnectionAbortedError("abandoned")
            if response.status_code >= 400:
                body = self.redact(body.decode("utf-8", "replace")).encode()
            return HttpReply(response.status_code, response.headers, body)

    def _translated(self, error: Exception, call: Call, what: str, timeout_s: float) -> BridgeError:
        if call.is_cut:
            return self._failures.aborted(f"{what} was abandoned on request")
        if call.is_late:
            return self._failures.timed_out(f"{what}: no complete answer within {timeout_s:g} s")
        reason = self.redact(_root(error))
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return self._failures.untrusted(f"its certificate is not trusted ({reason})")
        if any(sign in reason for sign in _NOT_TLS):
            return self._failures.untrusted(f"it does not speak TLS ({reason})")
        return self._failures.unreachable(f"{what}: {reason}")


def without_credentials(url: str) -> tuple[str, str]:
    """The URL without user and password, and the password (empty without one)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host).geturl(), parts.password or ""


def _body(response: requests.Response, longest: int) -> bytes:
    """Read the body up to so many bytes. Raises OSError beyond them."""
    body = bytearray()
    for piece in response.iter_content(_READ_BYTES):
        body += piece
        if len(body) > longest:
            raise OSError(f"the answer is larger than {longest // 1024**2} MiB")
    return bytes(body)


def _root(error: BaseException) -> str:
    """The innermost reason of a nest of foreign exceptions, in one line."""
    inner: object = error
    while isinstance(inner, BaseException):
        error = inner
        inner = getattr(error, "reason", None) or next(
            (argument for argument in reversed(error.args) if isinstance(argument, BaseException)), None
        )
    return " ".join(str(error).split()) or type(error).__name__
