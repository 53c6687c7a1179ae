"""Who may come and who may touch: the address that was asked for, where a request comes from, and the token.

A page of somebody else's that is open in the same browser can send requests to this computer, and under a name that it
makes point here (DNS rebinding). It can change neither ``Host`` nor ``Origin``, so both are looked at first.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from utils.clocks import HOST, Clocks, MonotonicSeconds

_MOST_TRIES = 5
_FORGOTTEN_S = 60.0
"""So many wrong tokens in so many seconds, and nobody is listened to until they are forgotten."""
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Why not, with the status of the answer and what to say."""

    status: int
    words: str
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """The names under which a server may be asked: those of the address that it listens on."""

    address: str
    port: int

    def refusal(self, headers: Headers) -> TurnedAway | None:
        """What is wrong with where a request goes, or where it comes from."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            return TurnedAway(
                421, f"nobody of that name lives here: {host[:80]!r}; ask for the address that was printed"
            )
        origin = headers.get("origin")
        if origin is not None and origin.casefold() != f"http://{host}".casefold():
            return TurnedAway(403, f"a page of {origin[:80]!r} may not ask here")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            is_visit = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            return None if is_visit else TurnedAway(403, "another page may not ask here")
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self.port or parts.netloc != host or "@" in host:
            return False
        if self.address == "127.0.0.1":
            return name in _LOOPBACK_NAMES
        if name == self.address.casefold():
            return True
        # A name can be made to point here; numbers cannot, and on every address all numbers are ours.
        return name in _LOOPBACK_NAMES or (self.address in ("0.0.0.0", "::") and _is_number(name))  # noqa: S104


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class Keeper:
    """Knows the token, and who has tried to guess it. Used by one thread."""

    token: str = field(repr=False)
    clocks: Clocks = HOST
    _wrong: dict[str, deque[MonotonicSeconds]] = field(default_factory=dict, repr=False)

    def refusal(self, headers: Headers, visitor: str) -> TurnedAway | None:
        """What is wrong with the token that comes with a request of a visitor."""
        wrong = self._tries_of(visitor)
        if len(wrong) >= _MOST_TRIES:
            wait_s = max(1, round(wrong[0] + _FORGOTTEN_S - self.clocks.monotonic()))
            return TurnedAway(429, f"too many wrong tokens; try again in {wait_s} s", wait_s)
        scheme, _, said = headers.get("authorization", "").partition(" ")
        if not said or scheme.casefold() != "bearer":
            return TurnedAway(403, "this needs the token that was printed at the start, or the password")
        if hmac.compare_digest(said.strip().encode(), self.token.encode()):
            return None
        wrong.append(self.clocks.monotonic())
        self._wrong[visitor] = wrong
        return TurnedAway(403, "that is not the token, nor the password")

    def _tries_of(self, visitor: str) -> deque[MonotonicSeconds]:
        """Those that are not forgotten yet; who has none is not remembered."""
        since_s = self.clocks.monotonic() - _FORGOTTEN_S
        for known in [*self._wrong]:
            while self._wrong[known] and self._wrong[known][0] <= since_s:
                self._wrong[known].popleft()
            if not self._wrong[known]:
                del self._wrong[known]
        return self._wrong.get(visitor, deque())
