"""The tests of a service that are ours: those in use, and those that earlier runs left (boptest-api §3, §4, §15)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import quote

from clients.boptest.select import Timeouts
from clients.boptest.wire import json_of, object_of, refusal
from clients.http.funnel import HttpFunnel, HttpReply
from utils.errors import SimulationError, SimulationRefused, SimulationUnreachable
from utils.names import is_token

log = logging.getLogger(__name__)
_FIRST_POLL_S = 0.02
_LONGEST_POLL_S = 1.0
_GONE = frozenset({400, 404})  # what /stop and /status answer for a test that has ended
_RUNNING = "Running"
_UNKNOWN = ""


class TestIds(Protocol):
    """Where the ids of occupied tests are kept, so that a later run can stop what a crash left behind."""

    def remember(self, server: str, testid: str) -> None:
        """Put down a test of the server (its base URL) before it is used."""

    def forget(self, server: str, testid: str) -> None:
        """The test has ended."""

    def abandon(self, server: str, testid: str) -> None:
        """The test was stopped before it ran, and may run all the same: it is an orphan from now on."""

    def orphans(self, server: str) -> Sequence[str]:
        """The tests of the server that nobody uses any more."""

    def may_still_load(self, testid: str) -> bool:
        """Whether an abandoned test that its server does not know may still come up."""


class OwnTests:
    """Selects tests of a service and stops them."""

    def __init__(self, funnel: HttpFunnel, timeouts: Timeouts, test_ids: TestIds | None) -> None:
        self._funnel = funnel
        self._timeouts = timeouts
        self._test_ids = test_ids
        self._runs: dict[str, bool] = {}
        """Our tests, and whether each has been seen running."""
        self._told: set[str] = set()

    def select(
        self, case: str, patience_s: float | None = None, while_waiting: Callable[[float], None] = lambda waited_s: None
    ) -> str:
        """Occupy a test of the case, wait until it runs, and return its id.

        Always through ``select-async``: stopping a test that a synchronous select still waits for takes the whole
        service down (boptest-api §15). While it waits, what earlier runs have left is stopped as it comes up, and
        ``while_waiting`` is told for how long it has waited. Raises SimulationRefused when no worker has loaded it in
        time; it is stopped then.
        """
        testid = self._ordered(case)
        self.adopt(testid, case, patience_s, while_waiting)
        return testid

    def adopt(
        self,
        testid: str,
        case: str,
        patience_s: float | None = None,
        while_waiting: Callable[[float], None] = lambda waited_s: None,
    ) -> None:
        """Take a test that was ordered as ours, and wait until it runs, as :meth:`select` does."""
        self._runs[testid] = False
        if self._test_ids is not None:
            self._test_ids.remember(self._funnel.base_url, testid)
        self._await_running(testid, case, self._timeouts.select_s if patience_s is None else patience_s, while_waiting)

    def stop(self, testid: str) -> None:
        """End a test; one that is gone already is fine. Raises SimulationError.

        Its note is kept when it was not running yet: a worker that is loading it writes Running all the same
        (boptest-api §3, "Races").
        """
        self._end(testid, _RUNNING if self._runs.get(testid) else self._status(testid))

    def stop_all(self) -> None:
        """End every test of ours; nothing happens when there is none. Raises the first SimulationError at its end."""
        _each(self.stop, tuple(self._runs))

    def stop_leftovers(self) -> None:
        """End what runs that have died, or have not waited for a worker, left here.

        Raises the first SimulationError when all were tried; at once when the server does not answer.
        """
        if self._test_ids is not None:
            _each(self._stop_leftover, self._test_ids.orphans(self._funnel.base_url))

    def make_way(self) -> None:
        """As :meth:`stop_leftovers`. What cannot be stopped is said once, and is no reason not to go on."""
        try:
            self.stop_leftovers()
        except (SimulationRefused, SimulationUnreachable) as error:
            if str(error) not in self._told:
                self._told.add(str(error))
                log.warning("a test that an earlier run left is not stopped yet: %s", error)

    def _ordered(self, case: str) -> str:
        what = f"POST /testcases/{case}/select-async"
        reply = self._call("POST", f"/testcases/{quote(case, safe='')}/select-async")
        if not reply.is_success:
            raise refusal(reply, what)
        testid = object_of(json_of(reply, what), what).get("testid")
        if not isinstance(testid, str):
            raise SimulationUnreachable(f"{what}: the answer has no testid")
        if not is_token(testid):
            raise SimulationRefused(f"{what}: {testid[:80]!a} is no test id (letters, digits, - and _)")
        return testid

    def _await_running(self, testid: str, case: str, patience_s: float, while_waiting: Callable[[float], None]) -> None:
        began_s = time.monotonic()
        pause_s = _FIRST_POLL_S
        while not self._is_running(testid):
            waited_s = time.monotonic() - began_s
            if waited_s >= patience_s:
                self.stop(testid)
                raise SimulationRefused(f"no worker took up {case} within {patience_s:g} s, loading included")
            if pause_s < _LONGEST_POLL_S <= 2 * pause_s:
                log.info("waiting for a worker to load %s, %.0f s at most", case, patience_s)
            self.make_way()
            while_waiting(waited_s)
            self._funnel.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_POLL_S)

    def _is_running(self, testid: str) -> bool:
        status = self._status(testid)
        if status == _UNKNOWN:
            raise SimulationRefused(f"GET /status/{testid}: Invalid testid: {testid}")
        self._runs[testid] = status == _RUNNING
        return self._runs[testid]

    def _status(self, testid: str) -> str:
        """What the server says of a test; nothing where it does not know it. Raises SimulationError."""
        what = f"GET /status/{testid}"
        reply = self._call("GET", f"/status/{quote(testid, safe='')}")
        if reply.status in _GONE:
            return _UNKNOWN
        if not reply.is_success:
            raise refusal(reply, what)
        return str(json_of(reply, what))

    def _stop_leftover(self, testid: str) -> None:
        status = self._status(testid)
        if status == _UNKNOWN and self._test_ids is not None and self._test_ids.may_still_load(testid):
            return
        self._end(testid, status)
        if status == _RUNNING:
            log.info("test %s, which an earlier run left, is stopped", testid)

    def _end(self, testid: str, status: str) -> None:
        if status != _UNKNOWN:
            reply = self._call("PUT", f"/stop/{quote(testid, safe='')}")
            if not (reply.is_success or reply.status in _GONE):
                raise refusal(reply, f"PUT /stop/{testid}")
        self._runs.pop(testid, None)
        if status in (_RUNNING, _UNKNOWN):
            self._forget(testid)
        else:
            self._abandon(testid)

    def _forget(self, testid: str) -> None:
        if self._test_ids is not None:
            self._test_ids.forget(self._funnel.base_url, testid)

    def _abandon(self, testid: str) -> None:
        words = "test %s is stopped before it ran; a worker that is loading it runs it all the same, until %s"
        if self._test_ids is None:
            log.warning(words, testid, "it has been idle for long")
            return
        self._test_ids.abandon(self._funnel.base_url, testid)
        log.warning(words, testid, "the next start, check or release stops it")

    def _call(self, method: str, path: str) -> HttpReply:
        return self._funnel.call(method, path, timeout_s=self._timeouts.quick_s)


def _each(stop: Callable[[str], None], testids: Sequence[str]) -> None:
    """Stop all of them, unless the server does not answer. Raises the first SimulationError."""
    failures: list[SimulationError] = []
    for testid in testids:
        try:
            stop(testid)
        except SimulationRefused as error:
            failures.append(error)
    if failures:
        raise failures[0]
