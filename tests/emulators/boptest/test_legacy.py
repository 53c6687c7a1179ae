"""The single-case API of v0.6.0 where it differs from the service."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from emulators.boptest.faults import DroppedRequest, FailedSimulation
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.peer import Answer, ask
from tests.emulators.boptest.plant import TOY, ToyPlant
from utils.errors import ConfigError

MISSING = "Missing required parameter in the JSON body or the post body or the query string"


@pytest.fixture(scope="module")
def legacy() -> Iterator[BoptestServer]:
    with BoptestServer({TOY: lambda: ToyPlant(TOY, follows={"PHeaCoo_y": "oveAct_u"})}, legacy=True) as running:
        yield running


@pytest.fixture
def server(legacy: BoptestServer) -> BoptestServer:
    ask(legacy, "PUT", "/initialize", {"start_time": 0, "warmup_period": 0})
    return legacy


def advance(server: BoptestServer, **inputs: object) -> Answer:
    return ask(server, "POST", "/advance", inputs)


def test_a_legacy_server_has_one_case() -> None:
    with pytest.raises(ConfigError):
        BoptestServer({TOY: ToyPlant, "other": ToyPlant}, legacy=True)


def test_the_version_ends_with_a_line_break(server: BoptestServer) -> None:
    assert ask(server, "GET", "/version").json["payload"] == {"version": "0.6.0\n"}


def test_keys_are_sorted_and_whole_floats_keep_their_fraction(server: BoptestServer) -> None:
    answer = advance(server)
    assert list(answer.json) == ["message", "payload", "status"]
    assert list(answer.json["payload"]) == sorted(answer.json["payload"])
    assert '"time": 60.0' in answer.text
    assert answer.headers["content-type"] == "application/json"


def test_every_answer_allows_other_origins(server: BoptestServer) -> None:
    for path in ("/name", "/nosuch"):
        assert ask(server, "GET", path).headers["access-control-allow-origin"] == "*"


def test_a_missing_route_is_a_page_and_a_wrong_method_a_message(server: BoptestServer) -> None:
    missing = ask(server, "GET", "/testcases")
    assert (missing.status, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<title>404 Not Found</title>" in missing.text
    wrong = ask(server, "GET", "/advance")
    assert (wrong.status, wrong.json) == (405, {"message": "The method is not allowed for the requested URL."})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(None, None), (b"oveAct_u=1", "application/x-www-form-urlencoded"), (b"{broken", "application/json")],
)
def test_a_body_has_to_be_json(server: BoptestServer, body: bytes | None, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = ask(server, "POST", "/advance", body, headers)
    assert (answer.status, answer.json) == (
        400,
        {"message": "The browser (or proxy) sent a request that this server could not understand."},
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("PUT", "/initialize", {"start_time": 0}, f"Bad input for parameter warmup_period. {MISSING}"),
        ("PUT", "/step", {}, f"Bad input for parameter step. {MISSING}"),
        ("PUT", "/results", {"start_time": 0}, f"Bad input for parameter point_names. {MISSING}"),
        ("PUT", "/forecast", {"point_names": ["x"]}, f"Bad input for parameter horizon. {MISSING}"),
        (
            "POST",
            "/advance",
            {"oveAct_activate": "True"},
            "Bad input for parameter oveAct_activate. could not convert string to float: 'True'",
        ),
        ("PUT", "/step", {"step": -1}, "Invalid value -1.0 for parameter step. Value must not be negative."),
        ("PUT", "/step", {"step": []}, f"Bad input for parameter step. {MISSING}"),
        (
            "PUT",
            "/step",
            {"step": True},
            "Invalid value True for parameter step. Value must be a float, integer, or string able to be converted to "
            "a float, but is <class 'str'>.",
        ),
        (
            "PUT",
            "/results",
            {"point_names": 5, "start_time": 0, "final_time": 1},
            "Bad input for parameter point_names. 'int' object is not iterable",
        ),
    ],
)
def test_a_bad_argument_is_refused_in_an_envelope(
    server: BoptestServer, method: str, path: str, body: object, message: str
) -> None:
    answer = ask(server, method, path, body)
    assert (answer.status, answer.json) == (400, {"message": message, "payload": None, "status": 400})


@pytest.mark.parametrize(
    ("method", "path", "body", "names"),
    [
        ("POST", "/advance", {"a": 1, "oveAct_u": 1, "b": None}, "a, b"),
        ("PUT", "/results", {"point_names": ["x"], "start_time": 0, "final_time": 1, "x": 1}, "x"),
        ("PUT", "/scenario", {"electricity_price": "dynamic", "seed": 1}, "seed"),
    ],
)
def test_unknown_keys_are_refused_without_an_envelope(
    server: BoptestServer, method: str, path: str, body: object, names: str
) -> None:
    answer = ask(server, method, path, body)
    assert (answer.status, answer.json) == (400, {"message": f"Unknown arguments: {names}"})


@pytest.mark.parametrize("step", ["60", 60, " 6e1 ", [60, 61], ["60", None]])
def test_a_step_arrives_as_text_and_of_a_list_the_first(server: BoptestServer, step: object) -> None:
    assert ask(server, "PUT", "/step", {"step": step}).json["payload"] == {"step": 60.0}


@pytest.mark.parametrize("value", ["1.0", " 1 ", "1e0", True, [1, 0]])
def test_an_activation_is_whatever_float_takes(server: BoptestServer, value: object) -> None:
    assert advance(server, oveAct_u="1500", oveAct_activate=value).json["payload"]["oveAct_activate"] == 1.0


def test_names_may_be_nested_once(server: BoptestServer) -> None:
    window = {"start_time": "0", "final_time": "60"}
    for names in ("PHeaCoo_y", ["PHeaCoo_y"], [["PHeaCoo_y"]]):
        assert "PHeaCoo_y" in ask(server, "PUT", "/results", {"point_names": names, **window}).json["payload"]


@pytest.mark.parametrize("body", [None, {}, []])
def test_an_empty_body_of_any_kind_is_a_step_without_overrides(server: BoptestServer, body: object) -> None:
    answer = ask(server, "POST", "/advance", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert answer.json["payload"]["time"] == 60.0


@pytest.mark.parametrize(
    ("path", "body"),
    [("/step", 5), ("/step", [1]), ("/results", {"point_names": None, "start_time": 0, "final_time": 1})],
)
def test_what_the_parsers_cannot_take_apart_is_an_internal_error(
    server: BoptestServer, path: str, body: object
) -> None:
    answer = ask(server, "PUT", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})


def test_initialize_and_step_take_other_keys(server: BoptestServer) -> None:
    assert ask(server, "PUT", "/step", {"step": 60, "x": 1}).json["payload"] == {"step": 60.0}
    body = {"start_time": 0, "warmup_period": 0, "final_time": 30}
    assert ask(server, "PUT", "/initialize", body).status == 200
    assert [advance(server).json["payload"]["time"] for _ in range(2)] == [60.0, 120.0]


@pytest.mark.parametrize("release", [{"oveAct_activate": 0}, {"oveAct_activate": 0, "oveAct_u": None}])
def test_a_body_of_zeros_releases_nothing(server: BoptestServer, release: dict[str, object]) -> None:
    advance(server, oveAct_u=1500, oveAct_activate=1)
    assert advance(server, **release).json["payload"]["oveAct_activate"] == 1.0
    assert advance(server, **{**release, "oveAct_u": 1500}).json["payload"]["oveAct_activate"] == 0.0


def test_a_clipped_value_is_reported_as_in_the_service(server: BoptestServer) -> None:
    assert advance(server, oveAct_u=1e6, oveAct_activate=1).json["message"] == (
        "WARNING: value of 1000000.0 for oveAct_u is above maximum of 10000.0.  Using 10000.0. ;"
    )


def test_the_scenario_is_price_and_period_only(server: BoptestServer) -> None:
    put = ask(server, "PUT", "/scenario", {"electricity_price": "dynamic"})
    assert put.json["payload"] == {"electricity_price": "dynamic", "time_period": None}
    assert ask(server, "GET", "/scenario").json["payload"] == {"electricity_price": "dynamic"}


def test_an_unexpected_exception_is_an_internal_error(server: BoptestServer) -> None:
    ask(server, "PUT", "/step", {"step": 0})
    assert advance(server).status == 200
    failed = advance(server)
    ask(server, "PUT", "/step", {"step": 60})
    assert (failed.status, failed.json) == (500, {"message": "Internal Server Error"})


def test_faults_work_here_too(server: BoptestServer) -> None:
    server.faults.add(FailedSimulation(), "advance")
    failed = advance(server)
    assert (failed.status, list(failed.json)) == (500, ["message", "payload", "status"])
    server.faults.add(DroppedRequest(), "version")
    with pytest.raises(ConnectionError):
        ask(server, "GET", "/version")
