from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.boptest.select import Timeouts
from clients.boptest_client import BOPTestClient
from emulators.boptest.faults import AnswerWith as FaultAnswer
from emulators.boptest.faults import BrokenLoad, HoldCall, SlowLoad
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.plant import PointMeta
from tests.clients.raw_server import Answer, RawServer, always, http_reply
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, SimulationAborted, SimulationError, SimulationRefused, SimulationUnreachable

AIR_POINT = "hvac_oveAhu_yFan_u"
TOY_POINT = "oveAct_u"
PLANTS = {AIR: lambda: ToyPlant(AIR), TOY: lambda: ToyPlant(TOY)}


class Notebook:
    """Test ids on record."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.abandoned: list[str] = []
        self.written = threading.Event()

    def remember(self, server: str, testid: str) -> None:
        self.kept.append((server, testid))
        self.written.set()

    def forget(self, server: str, testid: str) -> None:
        self.kept = [entry for entry in self.kept if entry != (server, testid)]
        self.abandoned = [other for other in self.abandoned if other != testid]

    def abandon(self, server: str, testid: str) -> None:
        assert (server, testid) in self.kept
        self.abandoned.append(testid)

    def orphans(self, server: str) -> list[str]:
        return list(self.abandoned)

    def may_still_load(self, testid: str) -> bool:
        return testid in self.abandoned


@pytest.fixture(scope="module")
def service() -> Iterator[BoptestServer]:
    """Two cases and a single worker: whoever leaves a test behind blocks the next."""
    with BoptestServer(PLANTS, limits=Limits(workers=1)) as running:
        yield running


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def client(service: BoptestServer, notebook: Notebook) -> Iterator[BOPTestClient]:
    with BOPTestClient(service.url, test_ids=notebook) as unconnected:
        yield unconnected
        unconnected.stop()


def test_a_named_case_is_taken(client: BOPTestClient) -> None:
    client.connect(TOY)
    assert (client.testcase, client.api) == (TOY, "service")


@pytest.mark.parametrize(("points", "case"), [([AIR_POINT], AIR), ([TOY_POINT, "PHeaCoo_y"], TOY)])
def test_the_only_case_that_has_every_point_is_taken(client: BOPTestClient, points: list[str], case: str) -> None:
    client.connect(points=points)
    assert client.testcase == case
    client.keep_alive()


@pytest.mark.parametrize(
    ("case", "points"),
    [("nosuch", []), (None, []), (None, [AIR_POINT, TOY_POINT])],
    ids=["unknown name", "several cases", "no case has all"],
)
def test_no_single_case_is_a_config_error_that_lists_them(
    client: BOPTestClient, notebook: Notebook, case: str | None, points: list[str]
) -> None:
    with pytest.raises(ConfigError, match=f"TESTCASE_NAME: .*{AIR}, {TOY}"):
        client.connect(case, points)
    assert notebook.kept == []


def test_all_cases_that_fit_are_told_with_the_points_that_they_have_beyond() -> None:
    many = {f"more_{number:02d}_y": PointMeta("1", "one of many") for number in range(14)}
    plants = {
        "one": lambda: ToyPlant(TOY),
        "three": lambda: ToyPlant(TOY, beyond=many),
        "two": lambda: ToyPlant(TOY, beyond={"people_y": PointMeta("1", "people")}),
        "unfit": PLANTS[AIR],
    }
    with (
        BoptestServer(plants) as server,
        BOPTestClient(server.url) as client,
        pytest.raises(ConfigError, match="TESTCASE_NAME: one, three, two have every configured point") as caught,
    ):
        client.connect(points=[TOY_POINT])
    told = str(caught.value)
    assert "name one: one has nothing beyond; three has more_00_y, more_01_y, " in told
    assert "more_11_y and 2 more beyond; two has people_y beyond; it has: one, three, two, unfit" in told


def test_a_legacy_server_has_to_run_the_named_case() -> None:
    with BoptestServer({TOY: PLANTS[TOY]}, legacy=True) as server, BOPTestClient(server.url) as client:
        with pytest.raises(ConfigError, match=TOY):
            client.connect(AIR)
        client.connect(TOY)
        assert client.api == "legacy"
        client.stop()
        client.keep_alive()


def test_the_testid_is_on_record_while_the_test_runs(
    client: BOPTestClient, notebook: Notebook, service: BoptestServer
) -> None:
    client.connect(TOY)
    assert [server for server, _ in notebook.kept] == [service.url]
    client.stop()
    assert notebook.kept == []
    client.stop()


def test_connecting_again_gives_the_first_test_back(client: BOPTestClient, notebook: Notebook) -> None:
    client.connect(TOY)
    client.connect(TOY)
    assert len(notebook.kept) == 1


def test_without_a_free_worker_the_queued_test_is_stopped_in_the_end_and_stays_on_record(
    client: BOPTestClient, service: BoptestServer
) -> None:
    client.connect(TOY)
    late = Notebook()
    impatient = BOPTestClient(service.url, test_ids=late, timeouts=Timeouts(select_s=0.1))
    with impatient as second, pytest.raises(SimulationRefused, match="no worker took up testcase1 within"):
        second.connect(TOY)
    assert late.written.is_set()
    assert [testid for _, testid in late.kept] == late.abandoned != []


def test_abort_wakes_the_wait_for_a_worker_and_the_note_of_the_test_stays(
    client: BOPTestClient, service: BoptestServer, caplog: pytest.LogCaptureFixture
) -> None:
    client.connect(TOY)
    waiting = Notebook()
    with BOPTestClient(service.url, test_ids=waiting) as second:
        stamps: list[float] = []

        def abort() -> None:
            waiting.written.wait(DEADLINE_S)
            stamps.append(time.monotonic())
            second.abort()

        thread = threading.Thread(target=abort, name="aborter")
        thread.start()
        with pytest.raises(SimulationAborted):
            second.connect(TOY)
        assert time.monotonic() - stamps[0] < DEADLINE_S
        thread.join()
        assert waiting.abandoned == []
        second.stop()
    assert [testid for _, testid in waiting.kept] == waiting.abandoned != []
    assert "is stopped before it ran" in caplog.text


def test_an_orphan_is_stopped_and_one_that_is_gone_is_fine(
    client: BOPTestClient, service: BoptestServer, notebook: Notebook
) -> None:
    client.connect(TOY)
    ((_, testid),) = notebook.kept
    with BOPTestClient(service.url, test_ids=notebook) as later:
        later._tests.stop(testid)
        assert notebook.kept == []
        later._tests.stop(testid)
    with pytest.raises(SimulationRefused, match="Invalid testid"):
        client.keep_alive()


@pytest.mark.parametrize(("key", "words"), [("canarykey", None), ("wrong-key", "refused the API key")])
def test_the_api_key_is_sent_as_it_is(service: BoptestServer, key: str, words: str | None) -> None:
    with BOPTestClient(service.url, api_key=key) as client:
        if words is None:
            client.connect(TOY)
            client.stop()
        else:
            with pytest.raises(SimulationRefused, match=words) as caught:
                client.connect(TOY)
            assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (http_reply(b"<html>hello</html>"), SimulationRefused, "is not a BOPTEST server: it answered HTTP 200"),
        (http_reply(b'{"a": 1}'), SimulationRefused, "is not a BOPTEST server"),
        (http_reply(b"[]"), SimulationRefused, "is not a BOPTEST server"),
        (http_reply(b"no", "404 Not Found"), SimulationRefused, "is not a BOPTEST server: it answered HTTP 404"),
        (http_reply(b"", "302 Found", "Location: /login"), SimulationRefused, "HTTP 302"),
        (http_reply(b"oops", "500 Internal Server Error"), SimulationRefused, "HTTP 500"),
        (http_reply(b"soon", "503 Service Unavailable"), SimulationUnreachable, "soon"),
    ],
)
def test_what_is_no_boptest_server_is_told_apart(reply: bytes, kind: type[SimulationError], words: str) -> None:
    with RawServer(always(reply)) as server, BOPTestClient(server.url) as client, pytest.raises(kind, match=words):
        client.connect()


def scripted(replies: dict[str, bytes]) -> Answer:
    """Answers by the beginning of the path; anything else is 404."""

    def answer(_server: RawServer, connection: socket.socket, request: bytes) -> None:
        path = request.split()[1].decode()
        fitting = [reply for start, reply in replies.items() if path.startswith(start)]
        connection.sendall(fitting[0] if fitting else http_reply(b"Not Found", "404 Not Found"))

    return answer


def enveloped(payload: object) -> bytes:
    return http_reply(json.dumps({"status": 200, "message": "ok", "payload": payload}).encode())


def test_a_service_without_cases_says_so() -> None:
    replies = {"/version": enveloped({"version": "0.9.0"})}
    with (
        RawServer(scripted(replies)) as server,
        BOPTestClient(server.url) as client,
        pytest.raises(SimulationRefused, match="has no test cases"),
    ):
        client.connect()


def test_a_name_page_that_is_no_boptest_name_is_not_taken_for_a_legacy_server() -> None:
    replies = {"/name": http_reply(b'{"name": "printer"}')}
    with (
        RawServer(scripted(replies)) as server,
        BOPTestClient(server.url) as client,
        pytest.raises(SimulationRefused, match="not a BOPTEST server"),
    ):
        client.connect()


def test_a_service_may_live_under_a_path_and_gets_all_scenario_keys() -> None:
    replies = {
        "/bench/testcases/toy/select-async": http_reply(b'{"testid": "id-1"}'),
        "/bench/testcases": http_reply(b'[{"testcaseid": "toy"}]'),
        "/bench/status/id-1": http_reply(b'"Running"'),
        "/bench/scenario/id-1": enveloped({"time_period": None}),
        "/bench/stop/id-1": http_reply(b"OK"),
    }
    with RawServer(scripted(replies)) as server, BOPTestClient(f"{server.url}/bench/") as client:
        client.connect()
        client.set_scenario(electricity_price="dynamic")
        client.stop()
    body = next(request for request in server.requests if b"/scenario/" in request).partition(b"\r\n\r\n")[2]
    assert json.loads(body) == {
        "electricity_price": "dynamic",
        "time_period": None,
        "temperature_uncertainty": None,
        "solar_uncertainty": None,
        "seed": None,
    }


def test_a_test_that_ends_while_it_is_queued_is_refused() -> None:
    replies = {
        "/testcases/toy/select-async": http_reply(b'{"testid": "id-1"}'),
        "/testcases": http_reply(b'[{"testcaseid": "toy"}]'),
        "/status": http_reply(b'{"errors": [{"msg": "Invalid testid: id-1"}]}', "400 Bad Request"),
        "/stop": http_reply(b"{}", "400 Bad Request"),
    }
    with RawServer(scripted(replies)) as server, BOPTestClient(server.url) as client:
        with pytest.raises(SimulationRefused, match="Invalid testid: id-1"):
            client.connect()
        client.stop()


@pytest.mark.parametrize("testid", ["../certificate-pins", "/etc/pins", "..", "", "a\n"])
def test_a_test_id_that_could_be_a_path_is_refused_and_becomes_neither_file_nor_url(
    notebook: Notebook, testid: str
) -> None:
    replies = {
        "/testcases/toy/select-async": http_reply(json.dumps({"testid": testid}).encode()),
        "/testcases": http_reply(b'[{"testcaseid": "toy"}]'),
    }
    with RawServer(scripted(replies)) as server, BOPTestClient(server.url, test_ids=notebook) as client:
        with pytest.raises(SimulationRefused, match=r"select-async: '.*' is no test id"):
            client.connect()
        client.stop()
    assert not notebook.written.is_set()
    assert len([request for request in server.requests if b"/testcases" not in request]) == 1  # the version


class TestLeaving:
    def test_the_end_of_the_block_stops_what_it_has_selected(self, service: BoptestServer) -> None:
        for _ in range(3):
            with BOPTestClient(service.url, timeouts=Timeouts(select_s=5.0)) as client:
                client.connect(TOY)

    def test_close_alone_lets_the_test_go_on(self, service: BoptestServer, notebook: Notebook) -> None:
        first = BOPTestClient(service.url, test_ids=notebook)
        first.connect(TOY)
        first.close()
        ((_, testid),) = notebook.kept
        with BOPTestClient(service.url, test_ids=notebook) as later:
            later._tests.stop(testid)
        assert notebook.kept == []

    def test_a_stop_that_fails_hides_no_error_of_the_block(
        self, service: BoptestServer, notebook: Notebook, caplog: pytest.LogCaptureFixture
    ) -> None:
        client = BOPTestClient(service.url, test_ids=notebook)
        client.connect(TOY)
        service.faults.add(FaultAnswer(500, "no", "text/plain"), "stop")
        with pytest.raises(ZeroDivisionError), client:
            raise ZeroDivisionError
        assert "could not be stopped" in caplog.text
        client.stop()
        assert notebook.kept == []


class TestLoading:
    """A single worker, and a test of ours that was left while the worker was loading it."""

    def left_loading(self, service: BoptestServer, notebook: Notebook) -> HoldCall:
        load = service.faults.add(HoldCall(), "load")
        client = BOPTestClient(service.url, test_ids=notebook, timeouts=Timeouts(select_s=0.1))
        with client, pytest.raises(SimulationRefused, match="loading included"):
            client.connect(TOY)
        assert load.reached.is_set()
        return load

    def test_who_comes_next_stops_it_when_it_has_come_up_and_gets_the_worker(
        self, service: BoptestServer, notebook: Notebook
    ) -> None:
        load = self.left_loading(service, notebook)
        ((_, left),) = notebook.kept
        asked = service.faults.calls["status"]
        with (
            ThreadPoolExecutor(1) as pool,
            BOPTestClient(service.url, test_ids=notebook, timeouts=Timeouts(select_s=20.0)) as client,
        ):
            connected = pool.submit(client.connect, TOY)
            while service.faults.calls["status"] < asked + 4:  # both tests were asked for at least twice
                time.sleep(0.001)
            load.release.set()
            connected.result(DEADLINE_S)
            assert left not in [testid for _, testid in notebook.kept]
            client.keep_alive()
        assert notebook.kept == []

    def test_it_stays_on_record_while_the_server_does_not_know_it(
        self, service: BoptestServer, notebook: Notebook
    ) -> None:
        load = self.left_loading(service, notebook)
        client = BOPTestClient(service.url, test_ids=notebook)
        client.stop_leftovers()
        assert notebook.abandoned != []
        load.release.set()
        while notebook.kept:
            client.stop_leftovers()
        client.close()

    def test_it_is_stopped_whatever_becomes_of_the_next_test(self, service: BoptestServer, notebook: Notebook) -> None:
        self.left_loading(service, notebook).release.set()
        client = BOPTestClient(service.url, test_ids=notebook)
        while notebook.kept:
            service.faults.add(FaultAnswer(500, "no", "text/plain"), "select")
            with pytest.raises(SimulationRefused, match="select-async"):
                client.connect(TOY)
        client.close()

    def test_a_load_that_is_slow_is_waited_for(self, service: BoptestServer, client: BOPTestClient) -> None:
        service.faults.add(SlowLoad(5), "load", "status", times=6)
        client.connect(TOY)
        client.keep_alive()

    def test_a_leftover_that_cannot_be_stopped_is_said_once_and_ends_no_start(
        self, notebook: Notebook, caplog: pytest.LogCaptureFixture
    ) -> None:
        with BoptestServer(PLANTS) as server, BOPTestClient(server.url, test_ids=notebook) as client:
            first = BOPTestClient(server.url, test_ids=notebook)
            first.connect(TOY)
            first.close()
            ((_, left),) = notebook.kept
            notebook.abandoned.append(left)
            server.faults.add(FaultAnswer(500, "no", "text/plain"), "stop", times=None)
            server.faults.add(SlowLoad(3), "load", "status", times=4)
            client.connect(TOY)
            assert caplog.text.count("is not stopped yet") == 1
            server.faults.clear()
            client.stop_leftovers()
            assert left not in [testid for _, testid in notebook.kept]


class TestChoosing:
    def test_the_case_that_fits_is_loaded_once_where_a_worker_is_free(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        with BoptestServer(PLANTS) as server, BOPTestClient(server.url) as client:
            client.connect(points=[AIR_POINT])
            assert server.faults.calls["select"] == 2
            assert client.testcase == AIR
            assert AIR_POINT in client.get_metadata()
        told = "looking for the case that has the configured points:"
        assert f"{told} {AIR} (1 of 2)" in caplog.text
        assert f"{told} {TOY} (2 of 2)" in caplog.text
        assert "queued" not in caplog.text

    @pytest.mark.parametrize("fault", [BrokenLoad, None], ids=["is never loaded", "refuses"])
    def test_a_case_that_cannot_be_loaded_is_passed_over(
        self, fault: type[BrokenLoad] | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        patience = Timeouts(select_s=3.0)
        with BoptestServer(PLANTS) as server, BOPTestClient(server.url, timeouts=patience) as client:
            if fault is None:
                server.faults.add(FaultAnswer(500, "no such object", "text/plain"), "select")
            else:
                server.faults.add(fault(), "load")
            client.connect(points=[TOY_POINT])
            assert client.testcase == TOY
        assert f"{AIR} cannot be looked at and is passed over" in caplog.text

    def test_what_was_passed_over_is_named_when_nothing_fits(self) -> None:
        with BoptestServer(PLANTS) as server, BOPTestClient(server.url) as client:
            server.faults.add(FaultAnswer(500, "no such object", "text/plain"), "select")
            with pytest.raises(ConfigError, match=rf"no test case has every .* \({AIR} could not be looked at\)"):
                client.connect(points=[AIR_POINT])

    def test_where_no_worker_takes_up_anything_it_does_not_wait_for_every_case(self) -> None:
        plants = {f"case{number:02}": lambda: ToyPlant(TOY) for number in range(12)}
        with (
            BoptestServer(plants, limits=Limits(workers=1)) as server,
            BOPTestClient(server.url) as busy,
            BOPTestClient(server.url, timeouts=Timeouts(select_s=0.3)) as client,
        ):
            busy.connect("case00")
            with pytest.raises(SimulationRefused, match="no worker took up"):
                client.connect(points=[TOY_POINT])
            assert server.faults.calls["select"] < 6
