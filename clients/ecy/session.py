"""Sign-in to one controller, and what its statuses mean (ecy-rest-api §1, §4, §5).

A password is shown only to what asks for one as an ECY does, in its answer to a request without credentials. What
firmware 2.x says there was never seen (§17 row 5), so either of these is enough: it names Eclypse or Distech anywhere
(the session cookie of firmware 1.x does), or it asks for Basic in JSON, as the rest of its API speaks. A web page that
asks for a password is a printer's or a router's. A pin on record is enough as well: it was kept when this had been
seen, or a person has put it there.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial

from clients.ecy.wire import API, says, words_of
from clients.http.funnel import Failures, HttpFunnel, HttpReply, Json
from clients.http.tls import PinnedCertificate, TlsPolicy, trust_for
from utils.errors import AccountRefused, DeviceError, DeviceRefused, DeviceUnreachable, NotItself, ObjectError
from utils.text import one_line

_MISSING_RIGHTS = 403
_SIGN_IN = 401
_ASKING = (_SIGN_IN, _MISSING_RIGHTS)
_OWN_NAMES = ("eclypse", "distech")
_BUSY = frozenset({408, 429, 502, 503, 504})
_OLD_API = "/api/rest/v1"
_SERVICES = f"{API}/services"


class DeviceTimedOut(DeviceUnreachable):
    """The controller did not answer in time, though it might have acted."""


class EcySession:
    """Calls to one controller: Basic once, then its cookie, one fresh sign-in when the cookie has died.

    A rejected password is tried once and not again until :meth:`forget`, so that nobody gets locked out.
    """

    def __init__(
        self, device: str, username: str, password: str, tls: TlsPolicy, timeout_s: float, account: str = ""
    ) -> None:
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._device = device
        self._account = f" ({account})" if account else ""
        self._timeout_s = timeout_s
        self._credentials = {"Authorization": f"Basic {token}"}
        self._is_signed_in = False
        self._rejection: AccountRefused | None = None
        self._was_ecy = False
        self._is_recognised = False
        self.sign_ins = 0
        """Sessions that were opened."""
        self._trust = trust_for(device, tls, partial(DeviceRefused, device))
        self.funnel = HttpFunnel(f"https://{device}", _failures(device), trust=self._trust, secrets=[password, token])

    @property
    def device(self) -> str:
        """The address, for messages."""
        return self._device

    @property
    def pin(self) -> PinnedCertificate | None:
        """The judge of its certificate, where the policy is one of pins."""
        return self._trust.pin

    def meet(self) -> None:
        """Find out what answers, without credentials and without keeping anything. Raises like :meth:`open`."""
        reply = self._send("GET", _SERVICES, None, None)
        if reply.status in _ASKING and not self._may_see_account(reply):
            raise self._stranger(_SERVICES, reply)

    @property
    def rejection(self) -> AccountRefused | None:
        """The rejection of our password, where that was the controller's last word on it."""
        return self._rejection

    def open(self) -> None:
        """Find out what answers, and sign in unless a session is alive (there is no signing out, and a cap).

        A rejected password may be tried again. Raises DeviceRefused for firmware 1.x, and NotItself for what is not an
        ECY. What has been an ECY before is only not ready yet when it answers something else.
        """
        self._rejection = None
        reply = self._probed(_SERVICES)
        if reply.is_success and _is_json(reply):
            self._was_ecy = True
            return
        if self._was_ecy:
            self._raise_if_busy(reply)
            raise DeviceUnreachable(self._device, f"it does not answer as it used to (HTTP {reply.status})")
        old = self._probed(_OLD_API)
        if old.is_success and _is_json(old):
            raise self.refused("it has firmware 1.x, whose REST v1 is not supported; firmware 2.x is needed")
        self._raise_if_unavailable(reply)
        what = f"it is not an ECY controller: {_SERVICES} answered HTTP {reply.status} ({_kind(reply)})"
        raise NotItself(self._device, what)

    def forget(self) -> None:
        """Drop the session; the next call signs in, even after a rejected password."""
        self._is_signed_in = False
        self._rejection = None
        self.funnel.forget_cookies()

    def call(self, method: str, path: str, body: Json = None) -> HttpReply:
        """One call with credentials; the reply is neither 401, 403, a redirect nor "busy".

        What has not shown itself to be an ECY is asked without credentials first. Raises DeviceRefused or
        DeviceUnreachable.
        """
        if self._rejection is not None:
            raise self._rejection.with_traceback(None)
        has_session = self._is_signed_in and self.funnel.has_cookies
        shows_account = not has_session and self._is_known
        reply = self._send(method, path, body, self._credentials if shows_account else None)
        if not shows_account and reply.status in (_ASKING if not has_session else (_SIGN_IN,)):
            self._recognise(path, reply)
            shows_account = True
            reply = self._send(method, path, body, self._credentials)
        self._is_signed_in = reply.status != _SIGN_IN
        if not self._is_signed_in:
            self._rejection = AccountRefused(self._device, f"wrong user name or password{self._account}")
            raise self._rejection
        self.sign_ins += shows_account
        if reply.status == _MISSING_RIGHTS:
            raise AccountRefused(self._device, f"the user lacks the rights for {path.partition('?')[0]}{self._account}")
        self._raise_if_unavailable(reply)
        return reply

    def get(self, path: str) -> Json:
        """Read a resource. Raises DeviceError, for a resource that is not there ObjectError (``missing``)."""
        reply = self.call("GET", path)
        self.raise_for(reply, path)
        try:
            return reply.json()
        except ValueError:
            raise self.unreadable(path, reply) from None

    def post(self, path: str, body: Json) -> None:
        """Change a resource; any 2xx will do, whatever its body. Raises like :meth:`get`."""
        self.raise_for(self.call("POST", path, body), path)

    def raise_for(self, reply: HttpReply, path: str) -> None:
        """Raise what an answer outside 2xx stands for."""
        if not reply.is_success:
            raise self.error_for(reply.status, f"{path.partition('?')[0]}: {_words(reply)}")

    def error_for(self, status: int, sentence: str) -> DeviceError:
        """The error that a status outside 2xx stands for."""
        sentence = f"{sentence} (HTTP {status})"
        if status in (_SIGN_IN, _MISSING_RIGHTS):
            return self.refused(sentence)
        if status >= 500 or status in _BUSY:
            return DeviceUnreachable(self._device, sentence)
        missing = status == 404 or says(sentence, "unknown-object", "unknown-property")
        return ObjectError(self._device, sentence, missing=missing)

    def refused(self, what: str) -> DeviceRefused:
        """A refusal by this controller, to be raised."""
        return DeviceRefused(self._device, what)

    def unreadable(self, path: str, reply: HttpReply) -> DeviceUnreachable:
        """The error for an answer that makes no sense."""
        words = self.funnel.redact(words_of(reply.body))
        return DeviceUnreachable(self._device, f"{path.partition('?')[0]}: unreadable answer ({words})")

    def _probed(self, path: str) -> HttpReply:
        """Ask without credentials first: a password is shown only to a server that asks for one."""
        reply = self._send("GET", path, None, None)
        if reply.status not in _ASKING:
            return reply
        self._recognise(path, reply)
        return self.call("GET", path)

    @property
    def _is_known(self) -> bool:
        """Whether it has shown itself to be an ECY, now or in an earlier run."""
        return self._is_recognised or (self._trust.pin is not None and self._trust.pin.is_on_record)

    def _recognise(self, path: str, reply: HttpReply) -> None:
        """Judge what asks for a password, and put its certificate on record. Raises DeviceRefused for a stranger."""
        if not self._may_see_account(reply):
            raise self._stranger(path, reply)
        self._is_recognised = True
        if self._trust.pin is not None:
            self._trust.pin.keep()

    def _may_see_account(self, reply: HttpReply) -> bool:
        return self._is_known or _asks_like_an_ecy(reply)

    def _stranger(self, path: str, reply: HttpReply) -> NotItself:
        pin = self._trust.pin
        remedy = f"; if it is one, say so with a line {pin.remedy}" if pin is not None else ""
        what = f"{path} answered HTTP {reply.status} ({_kind(reply)}), which nothing shows to be an ECY's"
        words = f"it does not look like an ECY controller: {what}. No password was sent{remedy}"
        return NotItself(self._device, words)

    def _send(self, method: str, path: str, body: Json, credentials: Mapping[str, str] | None) -> HttpReply:
        if credentials is not None or not self._is_signed_in:
            self.funnel.forget_cookies()
        return self.funnel.call(method, path, body=body, headers=credentials, timeout_s=self._timeout_s)

    def _raise_if_unavailable(self, reply: HttpReply) -> None:
        self._raise_if_busy(reply)
        if 300 <= reply.status < 400:
            where = one_line(reply.headers.get("Location", "nowhere"))
            raise NotItself(self._device, f"it redirects to {where}, which is not followed")

    def _raise_if_busy(self, reply: HttpReply) -> None:
        if reply.status in _BUSY:
            what = f"it is busy or in maintenance (HTTP {reply.status})"
            raise DeviceUnreachable(self._device, what, retry_after_s=_retry_after_s(reply))


def _failures(device: str) -> Failures:
    unreachable = partial(DeviceUnreachable, device)
    return Failures(unreachable, partial(DeviceTimedOut, device), partial(DeviceRefused, device), unreachable)


def _retry_after_s(reply: HttpReply) -> float:
    """How long the controller wants to be left alone; 0 where it does not say, or not in seconds."""
    told = reply.headers.get("Retry-After", "").strip()
    return float(told) if told.isascii() and told.isdigit() else 0.0


def _words(reply: HttpReply) -> str:
    try:
        return words_of(reply.json())
    except ValueError:
        return words_of(reply.body)


def _kind(reply: HttpReply) -> str:
    return one_line(reply.headers.get("Content-Type", "no content type"))


def _is_json(reply: HttpReply) -> bool:
    try:
        return isinstance(reply.json(), dict | list)
    except ValueError:
        return False


def _asks_like_an_ecy(reply: HttpReply) -> bool:
    """Whether an answer that asks who is there may be a controller's; see the top of this module."""
    challenge = reply.headers.get("WWW-Authenticate", "").lower()
    if challenge and "basic" not in challenge:
        return False
    told = " ".join((*reply.headers.values(), reply.text)).lower()
    return any(name in told for name in _OWN_NAMES) or ("basic" in challenge and _is_json(reply))
