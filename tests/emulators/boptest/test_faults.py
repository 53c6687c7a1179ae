"""What a test can make the server do wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulators.boptest.faults import (
    AnswerWith,
    BoptestFault,
    BrokenLoad,
    DroppedAnswer,
    DroppedRequest,
    FailedSimulation,
    HoldCall,
    NullValues,
    SlowLoad,
)
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.peer import ask, asking, select
from tests.emulators.boptest.plant import TOY, ToyPlant
from tests.waiting import DEADLINE_S


@pytest.fixture
def server() -> Iterator[BoptestServer]:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}) as running:
        yield running


@pytest.fixture
def testid(server: BoptestServer) -> str:
    return select(server, TOY)


def time_of_next_step(server: BoptestServer, testid: str) -> float:
    time_s: float = ask(server, "POST", f"/advance/{testid}", {}).json["payload"]["time"]
    return time_s


def test_a_failed_simulation_is_a_500_and_makes_no_step(server: BoptestServer, testid: str) -> None:
    server.faults.add(FailedSimulation("diverged"), "advance")
    failed = ask(server, "POST", f"/advance/{testid}", {})
    assert failed.status == 500
    assert failed.json["payload"].endswith("diverged\n")
    assert failed.json["message"] == f"Failed to advance simulation: {failed.json['payload']}."
    assert time_of_next_step(server, testid) == 60


def test_a_given_answer_is_sent_as_often_as_asked(server: BoptestServer, testid: str) -> None:
    server.faults.add(AnswerWith(503, "busy", "text/plain"), "advance", "get_kpis", times=2)
    assert ask(server, "GET", f"/name/{testid}").status == 200
    assert ask(server, "GET", f"/kpi/{testid}").text == "busy"
    assert ask(server, "POST", f"/advance/{testid}", {}).status == 503
    assert time_of_next_step(server, testid) == 60


def test_a_rule_without_names_meets_every_call_until_it_is_cleared(server: BoptestServer, testid: str) -> None:
    server.faults.add(AnswerWith(500, "{}"), times=None)
    paths = ["/version", "/testcases", f"/status/{testid}", f"/name/{testid}"]
    assert [ask(server, "GET", path).status for path in paths] == [500] * 4
    server.faults.clear()
    assert [ask(server, "GET", path).status for path in paths] == [200] * 4


def test_a_dropped_request_is_not_done(server: BoptestServer, testid: str) -> None:
    server.faults.add(DroppedRequest(), "advance")
    with pytest.raises(ConnectionError):
        ask(server, "POST", f"/advance/{testid}", {})
    assert time_of_next_step(server, testid) == 60


def test_a_dropped_answer_is_done(server: BoptestServer, testid: str) -> None:
    server.faults.add(DroppedAnswer(), "advance")
    with pytest.raises(ConnectionError):
        ask(server, "POST", f"/advance/{testid}", {})
    assert time_of_next_step(server, testid) == 120


def test_a_held_advance_is_in_flight_until_its_release(server: BoptestServer, testid: str) -> None:
    hold = server.faults.add(HoldCall(), "advance")
    with asking(server, "POST", f"/advance/{testid}", {}) as answer:
        assert hold.reached.wait(DEADLINE_S)
        assert not answer.done()
        hold.release.set()
    assert answer.result().json["payload"]["time"] == 60


def test_a_stop_of_the_server_lets_go_of_a_held_advance(server: BoptestServer, testid: str) -> None:
    hold = server.faults.add(HoldCall(), "advance")
    with asking(server, "POST", f"/advance/{testid}", {}) as answer:
        assert hold.reached.wait(DEADLINE_S)
        server.stop()
    with pytest.raises(ConnectionError):
        answer.result()


def test_the_oldest_rule_that_fits_is_met_first(server: BoptestServer) -> None:
    server.faults.add(AnswerWith(501, "{}"), "version")
    server.faults.add(AnswerWith(502, "{}"), "version")
    assert [ask(server, "GET", "/version").status for _ in range(3)] == [501, 502, 200]


def test_a_fault_of_ones_own_needs_one_hook(server: BoptestServer, testid: str) -> None:
    class Counted(BoptestFault):
        calls = 0

        def during(self) -> None:
            self.calls += 1

    counted = server.faults.add(Counted(), times=None)
    ask(server, "GET", f"/name/{testid}")
    time_of_next_step(server, testid)
    assert counted.calls == 2


def test_points_of_the_state_are_told_as_null(server: BoptestServer, testid: str) -> None:
    point = next(iter(ToyPlant(TOY).measurements))
    server.faults.add(NullValues([point]), "advance")
    assert ask(server, "POST", f"/advance/{testid}", {}).json["payload"][point] is None
    assert ask(server, "POST", f"/advance/{testid}", {}).json["payload"][point] is not None


def test_calls_are_counted(server: BoptestServer, testid: str) -> None:
    server.faults.add(AnswerWith(500, "{}"), "advance")
    for _ in range(2):
        ask(server, "POST", f"/advance/{testid}", {})
    assert (server.faults.calls["advance"], server.faults.calls["select"]) == (2, 1)


def test_a_slow_load_is_queued_for_so_many_looks(server: BoptestServer) -> None:
    server.faults.add(SlowLoad(3), "load", "status", times=4)
    testid = select(server, TOY, "select-async")
    states = [ask(server, "GET", f"/status/{testid}").json for _ in range(2)]
    assert states == ["Queued", "Queued"]
    assert becomes_running(server, testid)


def test_a_test_that_is_stopped_while_it_is_loaded_is_unknown_until_it_runs(server: BoptestServer) -> None:
    load = server.faults.add(HoldCall(), "load")
    testid = select(server, TOY, "select-async")
    assert load.reached.wait(DEADLINE_S)
    assert ask(server, "PUT", f"/stop/{testid}").text == "OK"
    assert ask(server, "GET", f"/status/{testid}").status == 400
    load.release.set()
    assert becomes_running(server, testid)
    assert time_of_next_step(server, testid) == 60
    assert ask(server, "PUT", f"/stop/{testid}").status == 200
    assert ask(server, "PUT", f"/stop/{testid}").status == 400


def test_a_case_that_cannot_be_loaded_stays_queued_and_leaves_its_worker_to_others() -> None:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}, limits=Limits(workers=1)) as narrow:
        narrow.faults.add(BrokenLoad(), "load")
        broken = select(narrow, TOY, "select-async")
        assert time_of_next_step(narrow, select(narrow, TOY)) == 60
        assert ask(narrow, "GET", f"/status/{broken}").json == "Queued"


def becomes_running(server: BoptestServer, testid: str) -> bool:
    """Whether the test is told to run, sooner or later."""
    return any(ask(server, "GET", f"/status/{testid}").text == '"Running"' for _ in range(1000))
