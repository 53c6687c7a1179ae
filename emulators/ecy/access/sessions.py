"""Sign-in by Basic, and the sessions that cookies stand for (ecy-rest-api §4)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

from emulators.ecy.profile import Profile
from emulators.ecy.refusals import AT_CAPACITY, FORBIDDEN, NOT_SIGNED_IN, Refusal

_ID_ALPHABET = string.digits + string.ascii_lowercase
_ID_LENGTH = 26


@dataclass(frozen=True, slots=True)
class Account:
    """The one account of a controller."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Account({self.username!r})"

    def opens_with(self, authorization: str) -> bool:
        """Whether an ``Authorization`` header carries this account."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            return False
        expected = f"{self.username}:{self.password}".encode()
        return scheme.lower() == "basic" and hmac.compare_digest(given, expected)


def new_session_id() -> str:
    """Some 26 lower-case base-36 characters."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))


class Sessions:
    """Who is signed in. Times are seconds of ``monotonic``; used by the server's thread only."""

    def __init__(self, account: Account, profile: Profile, monotonic: Callable[[], float]) -> None:
        self.account = account
        """May be replaced: the password was changed."""
        self._profile = profile
        self._monotonic = monotonic
        self._last_use: dict[str, float] = {}
        self._failures = 0
        self._locked_until = float("-inf")

    @property
    def open_count(self) -> int:
        """How many sessions are alive."""
        self._expire()
        return len(self._last_use)

    def clear(self) -> None:
        """Forget every session, as a reboot does."""
        self._last_use = {}

    def sign_in(self, authorization: str) -> str:
        """Open a session and return its id; every sign-in opens another one (§4.1).

        Raises Refusal for a wrong password, during a lock-out, without the API role, and at the session cap.
        """
        if self._monotonic() < self._locked_until or not self.account.opens_with(authorization):
            self._reject()
        self._failures = 0
        if not self._profile.api_role:
            raise Refusal(FORBIDDEN if self._profile.missing_role_status == 403 else NOT_SIGNED_IN)
        self._make_room()
        session = new_session_id()
        self._last_use[session] = self._monotonic()
        return session

    def resume(self, cookies: str) -> None:
        """Go on with the session that a ``Cookie`` header names among other pieces. Raises Refusal if there is none."""
        self._expire()
        pieces = (piece.partition("=") for piece in cookies.split(";"))
        named = (value.strip() for name, _, value in pieces if name.strip() == self._profile.cookie_name)
        session = next((value for value in named if value in self._last_use), None)
        if session is None:
            raise Refusal(NOT_SIGNED_IN)
        self._last_use[session] = self._monotonic()

    def _reject(self) -> None:
        self._failures += 1
        limit = self._profile.lockout_failures
        if limit is not None and self._failures >= limit:
            self._locked_until = self._monotonic() + self._profile.lockout_s
            self._failures = 0
        raise Refusal(NOT_SIGNED_IN)

    def _make_room(self) -> None:
        self._expire()
        if self._profile.session_cap is None or len(self._last_use) < self._profile.session_cap:
            return
        if self._profile.session_cap_action == "refuse":
            raise Refusal(AT_CAPACITY)
        del self._last_use[next(iter(self._last_use))]

    def _expire(self) -> None:
        oldest = self._monotonic() - self._profile.session_idle_s
        self._last_use = {session: used for session, used in self._last_use.items() if used > oldest}
