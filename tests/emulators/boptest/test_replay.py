"""Recorded calls to a real BOPTEST are sent to the embedded server, in their order, over a real socket.

Compared are status, media type, keys in order, messages, lengths of series and which values are null; values are not,
because the plant is another one. ``boptest_differences.json`` lists what differs on purpose.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.plant import AIR, DATA, TOY, ToyPlant, case_names

Recorded = dict[str, Any]
_TRACE = "Traceback (most recent call last):"

_CALLS: list[Recorded] = json.loads((DATA / "boptest_transcripts.json").read_text(encoding="utf-8"))
_DIFFERENCES: dict[str, str] = json.loads((DATA / "boptest_differences.json").read_text(encoding="utf-8"))
_EXPECTING = [call for call in _CALLS if "status" in call]


@pytest.fixture(scope="module")
def outcomes() -> dict[int, tuple[object, object]]:
    """For every call what was recorded and what came, in comparable form."""
    plants = {name: lambda: ToyPlant(TOY, follows={"PHeaCoo_y": "oveAct_u"}) for name in case_names()}
    plants[AIR] = ToyPlant
    service = BoptestServer(plants, limits=Limits(workers=20))
    legacy = BoptestServer({TOY: plants[TOY]}, legacy=True)
    with service, legacy, requests.Session() as session:
        session.trust_env = False
        by_part = {"legacy": _Replay(session, legacy.url)}
        other = _Replay(session, service.url)
        return {call["seq"]: by_part.get(call["part"], other).send(call) for call in _CALLS}


@pytest.mark.parametrize("call", _EXPECTING, ids=lambda call: f"{call['seq']}-{call['note']}")
def test_a_recorded_call_is_answered_as_by_the_real_server(
    call: Recorded, outcomes: dict[int, tuple[object, object]]
) -> None:
    expected, answered = outcomes[call["seq"]]
    same = json.dumps(answered) == json.dumps(expected)  # as text, because the order of keys counts
    if str(call["seq"]) in _DIFFERENCES:
        assert not same, "listed as different, but the same"
    else:
        assert same or answered == expected
        assert same, "the keys come in another order"


def test_every_listed_difference_belongs_to_a_recorded_call() -> None:
    assert set(_DIFFERENCES) <= {str(call["seq"]) for call in _EXPECTING}


class _Replay:
    """Sends recorded calls to one server, with its testids in place of the recorded placeholders."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session = session
        self._url = url
        self._testids: dict[str, str] = {}

    def send(self, call: Recorded) -> tuple[object, object]:
        path = call["path"]
        for placeholder, testid in self._testids.items():
            path = path.replace(placeholder, testid)
        response = self._session.request(
            call["method"], self._url + path, allow_redirects=False, timeout=30, **_payload(call)
        )
        expected = {"status": call.get("status"), "type": call.get("type"), "body": call.get("json", call.get("text"))}
        return expected, self._answered(call, response)

    def _answered(self, call: Recorded, response: requests.Response) -> object:
        media_type = response.headers.get("content-type", "").partition(";")[0]
        text = response.text
        if "json" in call and media_type == "application/json":
            self._learn_testid(call, response.json())
        for placeholder, testid in self._testids.items():
            text = text.replace(testid, placeholder)
        body = _comparable(json.loads(text)) if media_type == "application/json" else text
        return {"status": response.status_code, "type": media_type, "body": body}

    def _learn_testid(self, call: Recorded, answer: object) -> None:
        if isinstance(answer, dict) and "testid" in answer and isinstance(call["json"], dict):
            self._testids[call["json"]["testid"]] = answer["testid"]


def _payload(call: Recorded) -> dict[str, Any]:
    headers = dict(call.get("headers", {}))
    body = call.get("body", {})
    if "json" in body:
        return {"json": body["json"], "headers": headers}
    if "form" in body:
        return {"data": body["form"], "headers": headers}
    if "raw" in body:
        raw = body["raw"].replace("<110 kB of JSON>", json.dumps({"step": "6" * 110_000}))
        return {"data": raw.encode(), "headers": {**headers, "Content-Type": body["content_type"]}}
    return {"headers": headers}


def _comparable(answer: object) -> object:
    if isinstance(answer, dict) and "message" in answer and "status" in answer:
        return {**answer, "message": _untraced(answer["message"]), "payload": _shape(answer["payload"])}
    return answer


def _shape(value: object) -> object:
    """The value with every number replaced by 0 and every traceback by its first line."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    if isinstance(value, str):
        return _untraced(value)
    return 0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def _untraced(text: str) -> str:
    return text[: text.index(_TRACE) + len(_TRACE)] if _TRACE in text else text
