"""Switches that make a server fail on purpose, so that a client's bad days can be tested.

A fault is an object with hooks around one request; a rule says which calls meet it and how often. Calls are named as
BOPTEST's workers name them (``advance``, ``get_kpis``, ...), and ``version``, ``testcases``, ``select``, ``status``,
``stop`` for the rest. ``load`` is what a worker does with a test before it answers anything: of a fault's hooks it
meets :meth:`BoptestFault.during`, which may take its time or raise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Event, Lock
from typing import TypeVar

from emulators.boptest.replies import BoptestReply
from emulators.http.messages import HangUpError, Response


class BoptestFault:
    """Something that goes wrong with a call. This one does nothing; the others override what they need."""

    def before(self) -> Response | None:
        """Called before anything is done: a response answers the call, HangUpError closes the connection."""
        return None

    def during(self) -> BoptestReply | None:
        """Called on the thread of the test, when it is the call's turn: a reply takes the place of the call."""
        return None

    def after(self, response: Response) -> Response:
        """Called when the call was done: returns what is sent, HangUpError closes the connection."""
        return response

    def let_go(self) -> None:
        """Called when the server stops: whatever waits in :meth:`during` has to return."""


class HoldCall(BoptestFault):
    """Keeps calls in flight: ``reached`` tells that one has come, ``release`` lets all of them go on."""

    def __init__(self) -> None:
        self.reached = Event()
        self.release = Event()

    def during(self) -> BoptestReply | None:
        """Wait for the release."""
        self.reached.set()
        self.release.wait()
        return None

    def let_go(self) -> None:
        """Release."""
        self.release.set()


class SlowLoad(BoptestFault):
    """Loading takes as long as the ``status`` of some test is asked ``polls`` times. For ``load`` and ``status``."""

    def __init__(self, polls: int) -> None:
        self._left = polls
        self._lock = Lock()
        self._loaded = Event()

    def before(self) -> Response | None:
        """Count."""
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self._loaded.set()
        return None

    def during(self) -> BoptestReply | None:
        """Load."""
        self._loaded.wait()
        return None

    def let_go(self) -> None:
        """Have loaded."""
        self._loaded.set()


class BrokenLoad(BoptestFault):
    """The worker cannot load the case: the test stays queued for ever (boptest-api §4, select)."""

    def during(self) -> BoptestReply | None:
        """Fail."""
        raise RuntimeError("the FMU cannot be loaded")


class AnswerWith(BoptestFault):
    """Answers in place of the server; the call is not done."""

    def __init__(self, status: int, body: str, content_type: str = "application/json; charset=utf-8") -> None:
        self._response = Response(status, body.encode(), content_type)

    def before(self) -> Response | None:
        """Answer."""
        return self._response


class FailedSimulation(BoptestFault):
    """The model fails: status 500 with a traceback, and the time stands still (boptest-api §5)."""

    def __init__(self, reason: str = "the solver did not converge") -> None:
        self._trace = f"Traceback (most recent call last):\nRuntimeError: {reason}\n"

    def during(self) -> BoptestReply | None:
        """Fail."""
        return BoptestReply(500, f"Failed to advance simulation: {self._trace}.", self._trace)


class DroppedRequest(BoptestFault):
    """The connection breaks before the call is done."""

    def before(self) -> Response | None:
        """Break."""
        raise HangUpError("the request is dropped")


class DroppedAnswer(BoptestFault):
    """The call is done, but the connection breaks before the answer."""

    def after(self, response: Response) -> Response:
        """Break."""
        raise HangUpError("the answer is dropped")


class TellValues(BoptestFault):
    """The call is done, but these points of the state are told as given, whatever a measurement may be."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def after(self, response: Response) -> Response:
        """Tell something else."""
        envelope = json.loads(response.body)
        envelope["payload"] |= self._values
        return replace(response, body=json.dumps(envelope).encode())


class NullValues(TellValues):
    """The call is done, but these points of the state are told as null."""

    def __init__(self, points: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(points))


NO_FAULT = BoptestFault()
_LOAD = "load"
"""No call, so that a rule for any call does not meet it."""

AnyFault = TypeVar("AnyFault", bound=BoptestFault)


@dataclass(slots=True)
class _Rule:
    fault: BoptestFault
    methods: frozenset[str]
    left: int | None

    def meets(self, method: str) -> bool:
        fits = method in self.methods if self.methods else method != _LOAD
        return self.left != 0 and fits


class BoptestFaults:
    """The rules of one server. Safe to change from any thread while it runs."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        """How often each method was called, faults or not."""
        self._lock = Lock()
        self._rules: list[_Rule] = []

    def add(self, fault: AnyFault, *methods: str, times: int | None = 1) -> AnyFault:
        """Let the next ``times`` calls of these methods (of any, without names) meet the fault; None is every call.

        A call meets the oldest rule that fits.
        """
        with self._lock:
            self._rules.append(_Rule(fault, frozenset(methods), times))
        return fault

    def clear(self) -> None:
        """Forget every rule and let go of what is held."""
        with self._lock:
            rules, self._rules = self._rules, []
        for rule in rules:
            rule.fault.let_go()

    def take(self, method: str) -> BoptestFault:
        """The fault that a call of this method meets now."""
        with self._lock:
            self.calls[method] += 1
            for rule in self._rules:
                if rule.meets(method):
                    rule.left = None if rule.left is None else rule.left - 1
                    return rule.fault
        return NO_FAULT
