"""Which BOPTEST server this is, and the one test of it that we occupy (boptest-api §1, §3, §4, §15)."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import quote

from clients.boptest_wire import envelope_of, json_of, object_of, refusal
from clients.http_funnel import HttpFunnel, Reply
from utils.errors import SimulationError, SimulationRefused, SimulationUnreachable

_LOG = logging.getLogger(__name__)
_FIRST_POLL_S = 0.02
_LONGEST_POLL_S = 1.0
_GONE = frozenset({400, 404})  # what /stop and /status answer for a test that has ended


class TestIds(Protocol):
    """Where the ids of occupied tests are kept, so that a later run can stop what a crash left behind."""

    def remember(self, server: str, testid: str) -> None:
        """Put down a test of the server (its base URL) before it is used."""

    def forget(self, server: str, testid: str) -> None:
        """The test has ended."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Total deadlines in seconds, by what the server has to do.

    ``simulate_s`` is longer than the 20 minutes after which the server itself gives up.
    """

    quick_s: float = 30.0
    data_s: float = 120.0
    select_s: float = 600.0
    simulate_s: float = 1230.0


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


def _legacy_name(funnel: HttpFunnel, reply: Reply) -> str:
    try:
        return str(object_of(envelope_of(reply, "GET /name").payload, "GET /name")["name"])
    except (SimulationError, KeyError):
        raise _not_boptest(funnel, reply) from None


def _case_names(reply: Reply) -> tuple[str, ...]:
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


def _not_boptest(funnel: HttpFunnel, reply: Reply) -> SimulationRefused:
    kind = reply.headers.get("Content-Type", "no content type")
    return SimulationRefused(f"{funnel.base_url} is not a BOPTEST server: it answered HTTP {reply.status} ({kind})")


class Slot:
    """The test of a service that we occupy, if any."""

    def __init__(self, funnel: HttpFunnel, timeouts: Timeouts, test_ids: TestIds | None) -> None:
        self._funnel = funnel
        self._timeouts = timeouts
        self._test_ids = test_ids
        self.testid: str | None = None

    def select(self, case: str) -> None:
        """Occupy a test of the case and wait until a worker runs it.

        Always through ``select-async``: stopping a test that a synchronous select still waits for takes the whole
        service down (boptest-api §15). Raises SimulationRefused when no worker takes it in time; it is stopped then.
        """
        what = f"POST /testcases/{case}/select-async"
        reply = self._call("POST", f"/testcases/{quote(case, safe='')}/select-async")
        if not reply.is_success:
            raise refusal(reply, what)
        testid = object_of(json_of(reply, what), what).get("testid")
        if not isinstance(testid, str):
            raise SimulationUnreachable(f"{what}: the answer has no testid")
        self.testid = testid
        if self._test_ids is not None:
            self._test_ids.remember(self._funnel.base_url, testid)
        self._await_running(testid, case)

    def stop(self) -> None:
        """End our test; nothing happens when there is none."""
        if self.testid is not None:
            self.stop_test(self.testid)
            self.testid = None

    def stop_test(self, testid: str) -> None:
        """End a test and forget its id; a test that is gone already is fine. Raises SimulationError."""
        reply = self._call("PUT", f"/stop/{quote(testid, safe='')}")
        if not (reply.is_success or reply.status in _GONE):
            raise refusal(reply, f"PUT /stop/{testid}")
        if self._test_ids is not None:
            self._test_ids.forget(self._funnel.base_url, testid)

    def _await_running(self, testid: str, case: str) -> None:
        deadline = time.monotonic() + self._timeouts.select_s
        pause_s = _FIRST_POLL_S
        while not self._is_running(testid):
            if time.monotonic() >= deadline:
                self.stop()
                raise SimulationRefused(f"no worker took up {case} within {self._timeouts.select_s:g} s")
            if pause_s == _FIRST_POLL_S:
                _LOG.info("%s is queued until a worker is free", case)
            self._funnel.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_POLL_S)

    def _is_running(self, testid: str) -> bool:
        what = f"GET /status/{testid}"
        reply = self._call("GET", f"/status/{testid}")
        if not reply.is_success:
            raise refusal(reply, what)
        return json_of(reply, what) == "Running"

    def _call(self, method: str, path: str) -> Reply:
        return self._funnel.call(method, path, timeout_s=self._timeouts.quick_s)
