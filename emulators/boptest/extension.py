"""What the embedded server has beyond BOPTEST, under ``/bench``: states, branches, the building's own control.

No real server has these paths, and BOPTEST has no names like them. Answers are BOPTEST's envelopes in either dialect;
a state is the bytes of its file.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from emulators.boptest.case.testcase import CaseEngine
from emulators.boptest.faults import BoptestFault
from emulators.boptest.hub import Hub
from emulators.boptest.replies import UNEXPECTED, BoptestReply
from emulators.boptest.runs import Answered, CaseRun, MethodCall
from emulators.http.application import longest_body
from emulators.http.messages import Request, Response
from emulators.states import ForeignStateError, SavedStateError, StateFile

NAME = "building-bench"
VERSION = 1
_LONGEST_STATE = 512 * 1024 * 1024
"""In bytes: half a million samples."""
_PATH = "/bench/"
OFFER = "bench"
SAVE, RESTORE, OWN_CONTROL, BRANCH = "save_state", "restore_state", "own_control", "branch"
"""The calls, by the names that faults know."""

_JSON = "application/json; charset=utf-8"
_STATE = "application/octet-stream"
_TAKEN = {"stay": False, "back": True}


def longest(path: str) -> int:
    """How many bytes of a body are kept: a state is larger than anything that BOPTEST takes."""
    return _LONGEST_STATE if path.lower().startswith(_PATH) else longest_body(path)


class Beside(Protocol):
    """What lives in this process beside the building and belongs to its states: the emulated controllers."""

    def save(self) -> Mapping[str, object]:
        """All that goes into a state, as JSON. Called on any thread."""

    def prepare(self, document: object, *, take_back: bool) -> Callable[[], None]:
        """The way back: what is returned goes there. Raises SavedStateError; nothing has changed yet.

        What clients have taken stays as it is now; ``take_back`` brings that of the state, where nothing is taken.
        """


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came with a call: a state, or nothing; and whether what was taken goes back too."""

    state: bytes
    take_back: bool


Answer = Callable[[CaseEngine, MethodCall], Answered]


class Extension:
    """Answers the calls of the extension, on the thread of the test like all others."""

    def __init__(self, answer: Answer, beside: Beside | None, *, branches: bool) -> None:
        """``answer`` does so for BOPTEST's own calls; ``branches``: whether there may be more than one test."""
        self._answer = answer
        self._beside = beside
        self._branches = branches
        self._calls: Mapping[str, Callable[[CaseEngine, _Sent], BoptestReply | bytes]] = {
            SAVE: self._save,
            RESTORE: self._restore,
            OWN_CONTROL: lambda case, _: case.get_own_control(),
            BRANCH: self._branch,
        }

    def answer(self, case: CaseEngine, call: MethodCall) -> Answered:
        """Answer on the thread of the test."""
        answers = self._calls.get(call.method)
        if answers is None:
            return self._answer(case, call)
        try:
            told = call.fault.during() or answers(case, call.params)
        except ForeignStateError as error:
            told = BoptestReply(409, str(error))
        except SavedStateError as error:
            told = BoptestReply(400, str(error))
        except UNEXPECTED as error:
            told = BoptestReply(500, f"{type(error).__name__}: {error}")
        return Answered(200, told) if isinstance(told, bytes) else Answered(told.status, _envelope(told))

    def offer(self) -> Response:
        """What there is: the answer by which a client recognises this server."""
        offers = ["state", "own-control", *(["branch"] if self._branches else [])]
        told = {"extension": NAME, "version": VERSION, "offers": offers, "controllers": self._beside is not None}
        return _json(BoptestReply(200, "What this server has beyond BOPTEST.", told))

    async def respond(self, hub: Hub, run: CaseRun, call: str, request: Request, fault: BoptestFault) -> Response:
        """Answer a call to a test."""
        if not run.running:
            return _json(BoptestReply(409, f"test {run.testid} is queued: it has no state yet"))
        taken = parse_qs(request.query).get("taken", ["stay"])[-1]
        if taken not in _TAKEN:
            return _json(BoptestReply(400, f"taken is {taken[:80]!a}, but should be 'stay' or 'back'"))
        sent = _Sent(request.body, _TAKEN[taken])
        answered = await asyncio.wrap_future(run.submit(MethodCall(call, sent, fault)))
        if answered.status != 200 or call not in (SAVE, BRANCH):
            return Response(answered.status, answered.body, _JSON)
        if call == SAVE:
            return Response(200, answered.body, _STATE)
        branch = hub.select(run.case, StateFile.unpacked(answered.body))
        return _json(BoptestReply(200, "A second test begins in the state of the first.", {"testid": branch.testid}))

    def _save(self, case: CaseEngine, sent: _Sent) -> bytes:
        saved = case.save()
        if self._beside is None:
            return saved.packed()
        return StateFile({**saved.document, "controllers": self._beside.save()}, saved.samples).packed()

    def _restore(self, case: CaseEngine, sent: _Sent) -> BoptestReply:
        """Both ways back are found before either is gone."""
        saved = StateFile.unpacked(sent.state)
        go_back = case.prepare(saved)
        controllers = saved.document.get("controllers")
        if self._beside is None or controllers is None:
            return self._gone_back(case, go_back())
        with_controllers = self._beside.prepare(controllers, take_back=sent.take_back)
        reply = go_back()
        with_controllers()
        return self._gone_back(case, reply)

    def _gone_back(self, case: CaseEngine, reply: BoptestReply) -> BoptestReply:
        return BoptestReply(200, reply.message, {"state": reply.payload, "is_over": case.is_over})

    def _branch(self, case: CaseEngine, sent: _Sent) -> bytes:
        """The state in which the second test begins: the one that was sent, or this test's."""
        if not sent.state:
            return case.save().packed()
        case.prepare(StateFile.unpacked(sent.state))
        return sent.state


def _envelope(reply: BoptestReply) -> bytes:
    return json.dumps({"status": reply.status, "message": reply.message, "payload": reply.payload}).encode()


def _json(reply: BoptestReply) -> Response:
    return Response(reply.status, _envelope(reply), _JSON)
