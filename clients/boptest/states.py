"""What the bench's embedded server has beyond BOPTEST: states, branches, the building's own control.

A real server has none of it, and whatever it answers to a path that it does not know means no.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clients.boptest.select import Timeouts
from clients.boptest.wire import envelope_of, object_of, refusal, state_of
from clients.http.funnel import HttpFunnel, HttpReply
from utils.errors import SimulationRefused, SimulationUnreachable
from utils.names import is_token
from utils.values import SimulationState

_EXTENSION, _VERSION = "building-bench", 1
_LONGEST_STATE = 512 * 1024 * 1024


class BenchOffer(StrEnum):
    """What a server may have beyond BOPTEST."""

    STATES = "state"
    OWN_CONTROL = "own-control"
    BRANCHES = "branch"


@dataclass(frozen=True, slots=True)
class RestoredState:
    """Where a test is after it went back. ``is_over``: at the end of its scenario."""

    state: SimulationState
    is_over: bool


class ServerStates:
    """The calls of the extension. ``tail`` is what follows a path: the test's id on a service, nothing on legacy.

    None is ever repeated. Each raises SimulationRefused without asking where the server does not offer it.
    """

    def __init__(self, funnel: HttpFunnel, timeouts: Timeouts) -> None:
        self._funnel = funnel
        self._timeouts = timeouts
        self._offers: frozenset[str] | None = None

    def forget(self) -> None:
        """Ask again what there is: another server may answer now."""
        self._offers = None

    def offers(self, what: BenchOffer) -> bool:
        """Whether the server has it; asked once. Raises SimulationUnreachable when nobody answers."""
        if self._offers is None:
            self._offers = _offers(self._funnel.call("GET", "/bench", timeout_s=self._timeouts.quick_s))
        return what in self._offers

    def save(self, tail: str) -> bytes:
        """All that the test is now, as the bytes of a file."""
        path, timeout_s = self._path(BenchOffer.STATES), self._timeouts.data_s
        reply = self._funnel.call("GET", f"{path}{tail}", timeout_s=timeout_s, longest=_LONGEST_STATE)
        if not reply.is_success:
            raise refusal(reply, f"GET {path}")
        return reply.body

    def restore(self, tail: str, state: bytes, *, take_back: bool) -> RestoredState:
        """Go back to a state."""
        path = self._path(BenchOffer.STATES)
        query = "?taken=back" if take_back else ""
        reply = self._funnel.call("PUT", f"{path}{tail}{query}", body=state, timeout_s=self._timeouts.data_s)
        told = object_of(envelope_of(reply, f"PUT {path}").payload, f"PUT {path}")
        return RestoredState(state_of(told.get("state"), f"PUT {path}"), told.get("is_over") is True)

    def own_control(self, tail: str) -> SimulationState:
        """What the building's own control would command now, by the names of the inputs."""
        path = self._path(BenchOffer.OWN_CONTROL)
        reply = self._funnel.call("GET", f"{path}{tail}", timeout_s=self._timeouts.quick_s)
        return state_of(envelope_of(reply, f"GET {path}").payload, f"GET {path}")

    def branch(self, tail: str, state: bytes | None) -> str:
        """Order a second test that begins in a state, or in that of this test, and return its id."""
        path, timeout_s = self._path(BenchOffer.BRANCHES), self._timeouts.data_s
        reply = self._funnel.call("POST", f"{path}{tail}", body=state or b"", timeout_s=timeout_s)
        testid = object_of(envelope_of(reply, f"POST {path}").payload, f"POST {path}").get("testid")
        if not isinstance(testid, str) or not is_token(testid):
            raise SimulationUnreachable(f"POST {path}: the answer has no testid")
        return testid

    def _path(self, what: BenchOffer) -> str:
        if not self.offers(what):
            raise SimulationRefused(f"{self._funnel.base_url} has no /bench/{what}: only the embedded server does")
        return f"/bench/{what}"


def _offers(reply: HttpReply) -> frozenset[str]:
    """Nothing, unless the answer is the embedded server's own, and of the version that is known here."""
    try:
        document = reply.json() if reply.is_success else None
    except ValueError:
        return frozenset()
    told = document.get("payload") if isinstance(document, dict) else None
    if not isinstance(told, dict) or (told.get("extension"), told.get("version")) != (_EXTENSION, _VERSION):
        return frozenset()
    offers = told.get("offers")
    return frozenset(item for item in offers if isinstance(item, str)) if isinstance(offers, list) else frozenset()
