"""The service over real sockets: routes, wire forms, workers, queues and timeouts."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Event
from uuid import UUID

import pytest

from emulators.boptest.faults import BoptestFault, HoldCall
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.plant import Plant
from tests.emulators.boptest.peer import Answer, ask, asking, select
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant
from tests.waiting import DEADLINE_S

PLANTS = {AIR: ToyPlant, TOY: lambda: ToyPlant(TOY)}


class Arrival(BoptestFault):
    """Tells when a request has come; nothing goes wrong."""

    def __init__(self) -> None:
        self.seen = Event()

    def before(self) -> None:
        self.seen.set()


@pytest.fixture(scope="module")
def server() -> Iterator[BoptestServer]:
    with BoptestServer(PLANTS, limits=Limits(workers=50)) as running:
        yield running


@pytest.fixture
def testid(server: BoptestServer) -> Iterator[str]:
    selected = select(server, TOY)
    yield selected
    ask(server, "PUT", f"/stop/{selected}")


def answers_until_invalid(server: BoptestServer, testid: str) -> Answer:
    """Poll the status, which does not keep a test alive, until the test has ended."""
    answer = ask(server, "GET", f"/status/{testid}")
    while answer.status == 200:
        answer = ask(server, "GET", f"/status/{testid}")
    return answer


def test_cases_are_listed_in_order(server: BoptestServer) -> None:
    assert ask(server, "GET", "/testcases").json == [{"testcaseid": AIR}, {"testcaseid": TOY}]
    assert ask(server, "GET", "/testcases/ibpsa/").json == [{"testcaseid": AIR}, {"testcaseid": TOY}]


@pytest.mark.parametrize("path", ["/testcases/nosuch", f"/testcases/{AIR}"])
def test_an_unknown_namespace_is_not_found(server: BoptestServer, path: str) -> None:
    answer = ask(server, "GET", path)
    assert (answer.status, answer.text) == (404, "Not Found")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_service_without_cases_lists_nothing() -> None:
    with BoptestServer({}) as empty:
        assert ask(empty, "GET", "/testcases").status == 404


@pytest.mark.parametrize(("key", "status"), [("canarykey", 200), ("wrong", 401), ("Bearer canarykey", 401)])
def test_a_key_is_checked_on_cases_only(server: BoptestServer, key: str, status: int) -> None:
    headers = {"Authorization": key}
    assert ask(server, "GET", "/testcases", headers=headers).status == status
    assert ask(server, "GET", "/version", headers=headers).status == 200


@pytest.mark.parametrize("verb", ["select", "select-", "select-async", "selectasync", "SELECTfoo"])
def test_every_form_of_select_gives_a_uuid(server: BoptestServer, verb: str) -> None:
    testid = select(server, TOY, verb)
    assert UUID(testid).version == 4
    assert ask(server, "PUT", f"/stop/{testid}").text == "OK"


@pytest.mark.parametrize("path", ["/testcases/nosuch/select", f"/testcases/nons/{AIR}/select"])
def test_an_unknown_case_cannot_be_selected(server: BoptestServer, path: str) -> None:
    assert ask(server, "POST", path).status == 404


def test_paths_match_in_any_letter_case_but_testids_do_not(server: BoptestServer, testid: str) -> None:
    assert ask(server, "GET", f"/NAME/{testid}/?x=1").json["payload"] == {"name": TOY}
    assert ask(server, "GET", f"/name/{testid.upper()}").json == {
        "errors": [
            {
                "value": testid.upper(),
                "msg": f"Invalid testid: {testid.upper()}",
                "param": "testid",
                "location": "params",
            }
        ]
    }


def test_a_missing_route_is_a_page_that_quotes_the_path(server: BoptestServer) -> None:
    answer = ask(server, "GET", "/a%3Cb%3E?x=1")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<pre>Cannot GET /a%3Cb%3E</pre>" in answer.text


def test_every_answer_has_the_headers_of_the_web_tier(server: BoptestServer) -> None:
    headers = ask(server, "GET", "/version").headers
    assert headers["keep-alive"] == "timeout=5"
    assert headers["connection"] == "keep-alive"
    assert headers["x-powered-by"] == "Express"


def test_a_known_tag_is_answered_with_304(server: BoptestServer) -> None:
    first = ask(server, "GET", "/version")
    assert first.headers["etag"] == 'W/"65-OWGUUpQEBKkQDFa5q5KAa0ZriGk"'
    again = ask(server, "GET", "/version", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.text) == (304, "")


def test_options_tells_the_methods_of_a_path(server: BoptestServer) -> None:
    for path, methods in {"/advance/x": "POST", "/step/x": "GET,HEAD,PUT"}.items():
        answer = ask(server, "OPTIONS", path)
        assert (answer.status, answer.headers["allow"], answer.text) == (200, methods, methods)
    assert ask(server, "OPTIONS", "/nosuch").status == 404


def test_head_is_get_without_a_body(server: BoptestServer) -> None:
    answer = ask(server, "HEAD", "/version")
    assert (answer.status, answer.text, answer.headers["content-length"]) == (200, "", "101")


@pytest.mark.parametrize(
    ("content_type", "body", "payload"),
    [
        ("application/json; charset=utf-8", b'{"step": 60}', {"step": 60}),
        ("application/x-www-form-urlencoded", b"step=+60+", {"step": 60}),
        ("application/x-www-form-urlencoded", b"step=60&step=61", None),
        ("text/plain", b'{"step": 60}', "'step'"),
    ],
)
def test_a_body_is_read_by_its_content_type(
    server: BoptestServer, testid: str, content_type: str, body: bytes, payload: object
) -> None:
    answer = ask(server, "PUT", f"/step/{testid}", body, {"Content-Type": content_type})
    assert answer.json["payload"] == payload


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Unexpected end of JSON input"),
        (b'{"step": 60', "Expected ',' or '}' after property value in JSON at position 11"),
        (b'{"step": "' + b"6" * 110_000 + b'"}', "request entity too large"),
    ],
)
def test_an_unreadable_body_is_a_500_of_plain_text(
    server: BoptestServer, testid: str, body: bytes, message: str
) -> None:
    answer = ask(server, "PUT", f"/step/{testid}", body, {"Content-Type": "application/json"})
    assert (answer.status, answer.text) == (500, message)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_request_without_any_body_counts_as_an_empty_object(server: BoptestServer, testid: str) -> None:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.putrequest("POST", f"/advance/{testid}")
        connection.putheader("Content-Type", "application/json")
        connection.endheaders()
        assert connection.getresponse().status == 200


def test_numbers_that_json_lacks_are_null(server: BoptestServer, testid: str) -> None:
    body = {"oveAct_u": "nan", "oveAct_activate": 1}
    assert '"oveAct_u":null' in ask(server, "POST", f"/advance/{testid}", body).text


def test_calls_to_one_test_are_made_one_after_another(server: BoptestServer, testid: str) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: ask(server, "POST", f"/advance/{testid}", {}), range(5)))
    assert sorted(answer.json["payload"]["time"] for answer in answers) == [60, 120, 180, 240, 300]


def test_a_long_advance_blocks_neither_other_tests_nor_the_status(server: BoptestServer, testid: str) -> None:
    other = select(server, AIR)
    hold = server.faults.add(HoldCall(), "advance")
    with asking(server, "POST", f"/advance/{testid}", {}) as answer:
        assert hold.reached.wait(DEADLINE_S)
        assert ask(server, "GET", f"/status/{testid}").json == "Running"
        assert ask(server, "POST", f"/advance/{other}", {}).status == 200
        assert not answer.done()
        hold.release.set()
    assert answer.result().json["payload"]["time"] == 60


def test_a_stopped_test_is_forgotten_at_once(server: BoptestServer) -> None:
    testid = select(server, TOY)
    assert ask(server, "PUT", f"/stop/{testid}").text == "OK"
    for method, path in [("PUT", "stop"), ("GET", "status"), ("POST", "advance")]:
        assert ask(server, method, f"/{path}/{testid}").status == 400


def test_tests_wait_for_a_worker_in_the_order_of_selection() -> None:
    with BoptestServer(PLANTS, limits=Limits(workers=1, message_timeout_s=0.2)) as server:
        first, second, third = select(server), select(server, AIR, "select-async"), select(server, AIR, "select-async")
        states = [ask(server, "GET", f"/status/{testid}").text for testid in (first, second, third)]
        assert states == ['"Running"', '"Queued"', '"Queued"']
        lost = ask(server, "POST", f"/advance/{third}", {})
        assert lost.status == 500
        assert lost.text.startswith("Timeout for request: '")
        assert lost.text.endswith(f"', with method:'advance', sent to testid: '{third}'")
        for testid in (second, first):
            assert ask(server, "PUT", f"/stop/{testid}").text == "OK"
        while ask(server, "GET", f"/status/{third}").json == "Queued":
            pass
        assert ask(server, "POST", f"/advance/{third}", {}).json["payload"]["time"] == 3600


def test_a_synchronous_select_waits_for_a_worker() -> None:
    with BoptestServer(PLANTS, limits=Limits(workers=1)) as server:
        first = select(server)
        arrived = server.faults.add(Arrival(), "select")
        with asking(server, "POST", f"/testcases/{AIR}/select") as answer:
            assert arrived.seen.wait(DEADLINE_S)
            assert ask(server, "GET", f"/status/{first}").json == "Running"
            assert not answer.done()
            ask(server, "PUT", f"/stop/{first}")
        assert answer.result().status == 200


def test_a_test_ends_by_itself_when_nothing_but_status_and_bad_requests_come() -> None:
    time_s = 0.0
    with BoptestServer(PLANTS, limits=Limits(monotonic=lambda: time_s)) as server:
        testid = select(server)
        ask(server, "PUT", f"/step/{testid}", {})
        time_s = 901.0
        while (answer := ask(server, "PUT", f"/step/{testid}", {})).status == 400 and "errors" not in answer.json:
            pass
        assert answers_until_invalid(server, testid).status == 400


def test_a_case_that_cannot_start_stays_queued_and_leaves_its_worker_free() -> None:
    def broken() -> Plant:
        raise RuntimeError("no such model")

    with BoptestServer({"broken": broken, AIR: ToyPlant}, limits=Limits(workers=1)) as server:
        testid = select(server, "broken", "select-async")
        assert ask(server, "GET", f"/status/{select(server)}").json == "Running"
        assert ask(server, "GET", f"/status/{testid}").json == "Queued"
        assert ask(server, "PUT", f"/stop/{testid}").text == "OK"


def test_a_stop_of_the_server_interrupts_a_step_and_hangs_up() -> None:
    entered = Event()

    class SlowPlant(ToyPlant):
        def advance(self, step_s: float, inputs: object) -> dict[str, float]:
            entered.set()
            return dict(self.initialize(0.0))

    with BoptestServer({AIR: SlowPlant}) as server:
        testid = select(server)
        ask(server, "PUT", f"/step/{testid}", {"step": 5e7})
        with asking(server, "POST", f"/advance/{testid}", {}) as answer:
            assert entered.wait(DEADLINE_S)
            server.stop()
        with pytest.raises(ConnectionError):
            answer.result()


def test_a_stop_of_the_server_lets_go_of_calls_that_nobody_answers() -> None:
    with BoptestServer(PLANTS, limits=Limits(workers=1)) as server:
        select(server)
        queued = select(server, AIR, "select-async")
        arrived = server.faults.add(Arrival(), "get_name")
        with asking(server, "GET", f"/name/{queued}") as answer:
            assert arrived.seen.wait(DEADLINE_S)
            assert ask(server, "GET", f"/status/{queued}").json == "Queued"
            server.stop()
        with pytest.raises(ConnectionError):
            answer.result()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/status/a%2Fb", 400, "Invalid testid: a/b"),
        ("/STATUS/x%20y/", 400, "Invalid testid: x y"),
        ("/status/%zz", 500, "Failed to decode param '%zz'"),
        ("/status/%e4", 500, "Failed to decode param '%e4'"),
        ("/stat%75s/x", 404, "Cannot GET"),
        ("/status//", 404, "Cannot GET"),
        ("//status/x", 404, "Cannot GET"),
    ],
)
def test_a_path_is_taken_apart_before_it_is_decoded(server: BoptestServer, path: str, status: int, words: str) -> None:
    answer = ask(server, "GET", path)
    assert (answer.status, words in answer.text) == (status, True)
