from __future__ import annotations

import json
import math

import pytest

from clients.boptest.wire import clipped_by_server, envelope_of, metadata_of, numbers_of, state_of, words_of
from clients.http.funnel import HttpReply, Json
from utils.errors import SimulationRefused, SimulationUnreachable

TRACE = 'Traceback (most recent call last):\n  File "case.py", line 7, in advance\n    step()\nValueError: bad step\n'


def reply(status: int, body: object) -> HttpReply:
    content = body if isinstance(body, str) else json.dumps(body)
    return HttpReply(status, {}, content.encode())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": 400, "message": "Unexpected input variable: x.", "payload": None}, "Unexpected input variable: x."),
        ({"status": 400, "message": "Bad Request", "payload": "'step'"}, "Bad Request: 'step'"),
        ({"status": 500, "message": f"Failed: {TRACE}.", "payload": TRACE}, "Failed: ValueError: bad step"),
        ({"errors": [{"msg": "Invalid testid: 7"}, {"msg": "again"}]}, "Invalid testid: 7; again"),
        ({"message": "Unknown arguments: nosuch"}, "Unknown arguments: nosuch"),
        ("<html><body><pre>Cannot GET /x</pre></body></html>", "Cannot GET /x"),
        ("request entity too large", "request entity too large"),
        ("", "no words"),
    ],
)
def test_the_servers_words_are_found_in_every_shape(body: object, words: str) -> None:
    assert words_of(reply(400, body)) == words


def test_long_words_are_cut() -> None:
    assert len(words_of(reply(500, "x" * 10_000))) < 500


@pytest.mark.parametrize(
    ("status", "kind"), [(400, SimulationRefused), (404, SimulationRefused), (500, SimulationRefused)]
)
def test_a_no_is_refused_with_its_status(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=rf"GET /kpi: why \(HTTP {status}\)"):
        envelope_of(reply(status, {"message": "why"}), "GET /kpi")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_gateway_is_unreachable(status: int) -> None:
    with pytest.raises(SimulationUnreachable):
        envelope_of(reply(status, "later"), "GET /kpi")


def test_null_and_text_are_not_numbers() -> None:
    numbers = numbers_of({"a": None, "b": 2, "c": True, "d": "x", "e": 10**400, "f": math.inf}, "GET /kpi")
    assert numbers.pop("b") == 2.0
    assert all(math.isnan(number) for number in numbers.values())


def test_a_state_needs_a_time() -> None:
    assert state_of({"time": 60, "x_y": 1}, "advance").time_s == 60.0
    without: list[Json] = [{"x_y": 1}, {"time": None}, {"time": True}, {"time": math.inf}, [], None]
    for payload in without:
        with pytest.raises(SimulationUnreachable):
            state_of(payload, "advance")


def test_a_limit_that_no_case_means_is_none() -> None:
    entry: Json = {"Unit": "K", "Description": "d", "Minimum": -1.797e308, "Maximum": 1.797e308}
    point = metadata_of({"x_u": entry}, "GET /inputs", is_input=True)["x_u"]
    assert (point.minimum, point.maximum) == (None, None)


def test_several_warnings_in_one_message_are_told_apart() -> None:
    message = (
        "WARNING: value of 400.0 for b_u is above maximum of 313.15.  Using 313.15. ;"
        "WARNING: value of -1.0 for a_u is below minimum of 0.0.  Using 0.0. ;"
    )
    assert dict(clipped_by_server(message)) == {
        "b_u": "value of 400.0 for b_u is above maximum of 313.15. Using 313.15",
        "a_u": "value of -1.0 for a_u is below minimum of 0.0. Using 0.0",
    }
    assert list(clipped_by_server("Advanced simulation successfully from 0.0s to 60.0s.")) == []
