"""The client beside the embedded server's extension, and beside servers that have none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clients.boptest_client import BenchOffer, BOPTestClient
from emulators.boptest.faults import AnswerWith, DroppedAnswer, DroppedRequest
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant
from utils.errors import SimulationRefused, SimulationUnreachable

FAN = {"hvac_oveAhu_yFan_u": 0.7, "hvac_oveAhu_yFan_activate": 1.0}
EXPRESS = "<!DOCTYPE html>\n<html><body><pre>Cannot GET /bench</pre></body></html>\n"
FLASK = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
OTHER = '{"status": 200, "message": "", "payload": %s}'


@pytest.fixture(params=["service", "legacy"])
def server(request: pytest.FixtureRequest) -> Iterator[BoptestServer]:
    with BoptestServer({AIR: ToyPlant}, legacy=request.param == "legacy", limits=Limits(workers=3)) as running:
        yield running


@pytest.fixture
def client(server: BoptestServer) -> Iterator[BOPTestClient]:
    with BOPTestClient(server.url) as connected:
        connected.connect()
        connected.set_step_time(60.0)
        yield connected


def test_the_embedded_server_is_asked_once_what_it_offers(client: BOPTestClient, server: BoptestServer) -> None:
    assert client.offers(BenchOffer.STATES)
    assert client.offers(BenchOffer.OWN_CONTROL)
    assert client.offers(BenchOffer.BRANCHES) == (client.api == "service")
    assert server.faults.calls["bench"] == 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, EXPRESS, "text/html; charset=utf-8"),
        (404, FLASK, "text/html; charset=utf-8"),
        (404, '{"message": "Not Found"}', "application/json"),
        (404, "", "text/plain"),
        (400, '{"errors": [{"msg": "Invalid testid: bench"}]}', "application/json"),
        (401, "Unauthorized", "text/plain"),
        (405, '{"message": "not allowed"}', "application/json"),
        (500, "Internal Server Error", "text/html"),
        (200, "<html>welcome</html>", "text/html"),
        (200, "[1, 2]", "application/json"),
        (200, OTHER % "{}", "application/json"),
        (200, OTHER % '{"extension": "another", "version": 1, "offers": ["state"]}', "application/json"),
        (200, OTHER % '{"extension": "building-bench", "version": 2, "offers": ["state"]}', "application/json"),
        (200, OTHER % '{"extension": "building-bench", "version": 1, "offers": "state"}', "application/json"),
        (200, OTHER % '{"extension": "building-bench", "version": 1, "offers": [["state"]]}', "application/json"),
    ],
)
def test_any_other_answer_is_a_quiet_no_and_nothing_is_tried(
    client: BOPTestClient, server: BoptestServer, caplog: pytest.LogCaptureFixture, status: int, body: str, kind: str
) -> None:
    server.faults.add(AnswerWith(status, body, kind), "bench")
    assert not any(client.offers(what) for what in BenchOffer)
    for refused in (client.save_state, lambda: client.restore_state(b""), client.get_own_control, client.branch):
        with pytest.raises(SimulationRefused, match="only the embedded server does"):
            refused()
    assert caplog.messages == []
    assert (server.faults.calls["bench"], server.faults.calls["save_state"]) == (1, 0)


def test_a_server_that_does_not_answer_has_not_said_no(client: BOPTestClient, server: BoptestServer) -> None:
    server.faults.add(DroppedRequest(), "bench")
    with pytest.raises(SimulationUnreachable):
        client.offers(BenchOffer.STATES)
    assert client.offers(BenchOffer.STATES)


def test_a_test_goes_back_and_on(client: BOPTestClient) -> None:
    before = client.advance_simulation(FAN)
    state = client.save_state()
    after = client.advance_simulation({})
    assert client.restore_state(state) == before
    assert client.advance_simulation({}) == after


def test_the_own_control_is_told_with_its_time(client: BOPTestClient) -> None:
    state = client.advance_simulation(FAN)
    own = client.get_own_control()
    assert (own.time_s, own.values) == (state.time_s, {"hvac_oveAhu_yFan_u": 0.5})


def test_words_of_the_server_reach_the_caller(client: BOPTestClient) -> None:
    with pytest.raises(
        SimulationRefused, match=r"PUT /bench/state: this is not a state file of the bench \(HTTP 400\)"
    ):
        client.restore_state(b"nonsense")
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}) as other, BOPTestClient(other.url) as foreign:
        foreign.connect()
        with pytest.raises(SimulationRefused, match=rf"of 'toy of {TOY}'; this is toy of {AIR} \(HTTP 409\)"):
            client.restore_state(foreign.save_state())


def test_nothing_is_sent_twice(client: BOPTestClient, server: BoptestServer) -> None:
    state = client.save_state()
    for call in ("restore_state", "save_state", "own_control"):
        server.faults.add(DroppedAnswer(), call)
    with pytest.raises(SimulationUnreachable):
        client.restore_state(state)
    with pytest.raises(SimulationUnreachable):
        client.save_state()
    with pytest.raises(SimulationUnreachable):
        client.get_own_control()
    assert [server.faults.calls[call] for call in ("restore_state", "save_state", "own_control")] == [1, 2, 1]


def test_a_branch_is_a_client_of_its_own_that_stops_its_own_test() -> None:
    with BoptestServer({AIR: ToyPlant}, limits=Limits(workers=3)) as server, BOPTestClient(server.url) as client:
        client.connect()
        client.set_step_time(60.0)
        early = client.save_state()
        client.advance_simulation(FAN)
        with client.branch() as now, client.branch(early) as then:
            assert now.testcase == AIR
            assert now.advance_simulation({}).time_s == 120.0
            assert then.advance_simulation({}).time_s == 60.0
            assert server.faults.calls["branch"] == 2
        assert client.advance_simulation({}).time_s == 120.0
        with pytest.raises(SimulationRefused, match="no test is selected"):
            now.save_state()


def test_a_legacy_server_has_one_test_and_no_branch() -> None:
    with BoptestServer({AIR: ToyPlant}, legacy=True) as server, BOPTestClient(server.url) as client:
        client.connect()
        with pytest.raises(SimulationRefused, match="has no /bench/branch"):
            client.branch()
