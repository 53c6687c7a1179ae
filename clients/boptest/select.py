"""Which BOPTEST server this is (boptest-api §1, §4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clients.boptest.wire import envelope_of, object_of, refusal
from clients.http.funnel import HttpFunnel, HttpReply
from utils.errors import SimulationError, SimulationRefused, SimulationUnreachable


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Total deadlines in seconds, by what the server has to do.

    ``simulate_s`` is longer than the 20 minutes after which the server itself gives up; so is ``advance_s``, which is
    for ``advance`` alone.
    """

    quick_s: float = 30.0
    data_s: float = 120.0
    select_s: float = 600.0
    simulate_s: float = 1230.0
    advance_s: float = 1230.0


class Api(StrEnum):
    """The two server families: tests behind ids, or one test case per server."""

    SERVICE = "service"
    LEGACY = "legacy"


@dataclass(frozen=True, slots=True)
class Server:
    """What the probe found. A legacy server has exactly one case; ``version`` may be empty."""

    api: Api
    version: str
    cases: tuple[str, ...]


def probe(funnel: HttpFunnel, timeout_s: float) -> Server:
    """Find out what answers at the base URL. Raises SimulationRefused when it is no BOPTEST server with a case."""
    reply = funnel.call("GET", "/testcases", timeout_s=timeout_s)
    if reply.status == 401:
        raise SimulationRefused(f"{funnel.base_url} refused the API key")
    cases = _case_names(reply)
    if cases:
        return Server(Api.SERVICE, _version(funnel, timeout_s), cases)
    if reply.status == 404:
        return _probe_without_cases(funnel, timeout_s)
    if isinstance(refusal(reply, "GET /testcases"), SimulationUnreachable):
        raise refusal(reply, "GET /testcases")
    raise _not_boptest(funnel, reply)


def _probe_without_cases(funnel: HttpFunnel, timeout_s: float) -> Server:
    """A legacy server, or a service that has no test case (it answers 404 then)."""
    reply = funnel.call("GET", "/name", timeout_s=timeout_s)
    version = _version(funnel, timeout_s)
    if reply.is_success:
        return Server(Api.LEGACY, version, (_legacy_name(funnel, reply),))
    if version:
        raise SimulationRefused(f"the BOPTEST service at {funnel.base_url} has no test cases")
    raise _not_boptest(funnel, reply)


def _legacy_name(funnel: HttpFunnel, reply: HttpReply) -> str:
    try:
        return str(object_of(envelope_of(reply, "GET /name").payload, "GET /name")["name"])
    except (SimulationError, KeyError):
        raise _not_boptest(funnel, reply) from None


def _case_names(reply: HttpReply) -> tuple[str, ...]:
    """The names of a service's test cases; none when the answer is something else."""
    try:
        document = reply.json() if reply.is_success else None
    except ValueError:
        return ()
    items = document if isinstance(document, list) else []
    return tuple(str(item["testcaseid"]) for item in items if isinstance(item, dict) and "testcaseid" in item)


def _version(funnel: HttpFunnel, timeout_s: float) -> str:
    """The server's version, empty when it does not tell."""
    reply = funnel.call("GET", "/version", timeout_s=timeout_s)
    try:
        payload = object_of(envelope_of(reply, "GET /version").payload, "GET /version")
    except SimulationError:
        return ""
    return str(payload.get("version", "")).strip()


def _not_boptest(funnel: HttpFunnel, reply: HttpReply) -> SimulationRefused:
    kind = reply.headers.get("Content-Type", "no content type")
    return SimulationRefused(f"{funnel.base_url} is not a BOPTEST server: it answered HTTP {reply.status} ({kind})")
