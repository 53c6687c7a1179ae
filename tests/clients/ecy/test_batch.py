from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clients.ecy.batch import BatchRequest
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.ecy.faults.calls import AnswerInstead, DropConnection, Hold
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.profile import Profile
from emulators.http.messages import Response
from tests.clients.certificates import Certificate
from tests.clients.ecy.bench import DAMPER, SETPOINT, Bench, bench, commanded, fresh
from tests.clients.raw_server import RawServer, http_reply
from utils.errors import DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import Quality

Requests = list[dict[str, Any]]
Told = list[dict[str, Any]] | None
Items = Callable[[Requests], Told]


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with bench() as serving:
        yield serving


@pytest.fixture
def ecy(shared: Bench) -> Iterator[Bench]:
    with fresh(shared, timeout_s=1.0) as signed_in:
        yield signed_in


def batches_of(ecy: Bench, action: Callable[[], object]) -> int:
    """How many HTTP requests an action takes."""
    before = sum(ecy.controller.counters.requests.values())
    action()
    return sum(ecy.controller.counters.requests.values()) - before


def test_writes_and_reads_share_one_batch(ecy: Bench) -> None:
    writes = [commanded(SETPOINT, 60.0 + number) for number in range(20)]
    assert batches_of(ecy, lambda: ecy.client.exchange(writes, [SETPOINT, DAMPER])) == 1
    assert ecy.client.read_values_from_endpoints([SETPOINT])[SETPOINT].value == 79.0


def test_nothing_to_do_asks_nothing(ecy: Bench) -> None:
    assert batches_of(ecy, lambda: ecy.client.exchange([], [])) == 0


def test_many_items_go_in_chunks_of_fifty(ecy: Bench) -> None:
    writes = [commanded(SETPOINT, float(number)) for number in range(120)]
    assert batches_of(ecy, lambda: ecy.client.write_values_from_endpoints(writes)) == 3


@pytest.mark.parametrize("status", [413, 400])
def test_a_size_that_was_refused_is_not_tried_again(status: int) -> None:
    profile = Profile(batch_limit=13, batch_limit_status=status)  # type: ignore[arg-type]
    with bench(profile) as ecy:
        ecy.client.connect()
        writes = [commanded(SETPOINT, float(number)) for number in range(48)]
        first = batches_of(ecy, lambda: ecy.client.write_values_from_endpoints(writes))
        again = batches_of(ecy, lambda: ecy.client.write_values_from_endpoints(writes))
    assert (first, again) == (2 + 4, 4)


def test_a_body_that_is_too_long_is_split_too() -> None:
    with bench(Profile(payload_limit_bytes=2000)) as ecy:
        ecy.client.connect()
        results = ecy.client.write_values_from_endpoints([commanded(SETPOINT, 1.0)] * 50)
    assert [result.error for result in results] == [None] * 50


def test_one_request_that_spoils_every_batch_does_not_shrink_the_others(tmp_path: Path) -> None:
    def items(requests: Requests) -> Told:
        if any(request["url"].endswith("/poison") for request in requests):
            return None
        return [{"id": request["id"], "status": 200, "body": {}} for request in requests]

    with batch_server(tmp_path, items) as (server, client):
        requests = [BatchRequest("GET", "/fine")] * 9 + [BatchRequest("GET", "/poison")]
        replies = client.send_batch_request(requests)
        assert [reply.is_success for reply in replies] == [True] * 9 + [False]
        before = len(server.requests)
        client.send_batch_request(requests[:9])
        assert len(server.requests) == before + 1


def test_two_requests_that_spoil_every_batch_are_both_told_and_the_others_carried_out(tmp_path: Path) -> None:
    def items(requests: Requests) -> Told:
        if any("poison" in request["url"] for request in requests):
            return None
        return [{"id": request["id"], "status": 200, "body": {}} for request in requests]

    urls = ["/fine/1", "/poison/1", "/fine/2", "/fine/3", "/poison/2", "/fine/4"]
    with batch_server(tmp_path, items) as (_, client):
        replies = client.send_batch_request([BatchRequest("GET", url) for url in urls])
    assert [reply.status for reply in replies] == [400 if "poison" in url else 200 for url in urls]


def test_one_request_at_which_the_controller_fails_is_told_and_the_others_carried_out(tmp_path: Path) -> None:
    def items(requests: Requests) -> Told:
        if any(request["url"] == "/poison" for request in requests):
            return None
        return [{"id": request["id"], "status": 200, "body": {}} for request in requests]

    with batch_server(tmp_path, items, "500 Internal Server Error") as (_, client):
        replies = client.send_batch_request([BatchRequest("GET", url) for url in ("/fine", "/poison", "/fine")])
    assert [reply.status for reply in replies] == [200, 500, 200]


def test_after_many_good_batches_a_size_that_was_refused_is_still_not_tried_again() -> None:
    with bench(Profile(batch_limit=13)) as ecy:
        ecy.client.connect()
        writes = [commanded(SETPOINT, float(number)) for number in range(48)]
        ecy.client.write_values_from_endpoints(writes)
        for _ in range(50):
            ecy.client.write_values_from_endpoints(writes[:1])
        assert batches_of(ecy, lambda: ecy.client.write_values_from_endpoints(writes)) == 4


def test_a_controller_that_fails_at_everything_is_not_asked_item_by_item(ecy: Bench) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(500, b"{}"), None))
    writes = [commanded(SETPOINT, float(number)) for number in range(40)]

    def write() -> None:
        with pytest.raises(DeviceUnreachable, match="HTTP 500"):
            ecy.client.write_values_from_endpoints(writes)

    assert batches_of(ecy, write) <= 12


@pytest.mark.slow
def test_a_batch_that_timed_out_is_not_repeated_and_later_ones_are_smaller(ecy: Bench) -> None:
    writes = [commanded(SETPOINT, float(number)) for number in range(40)]
    hold = Hold()
    ecy.controller.faults.add(hold)
    with pytest.raises(DeviceUnreachable, match="no complete answer"):
        ecy.client.write_values_from_endpoints(writes)
    ecy.controller.faults.remove(hold)
    assert ecy.controller.counters.writes["Setpoint"] == 40
    assert batches_of(ecy, lambda: ecy.client.write_values_from_endpoints(writes)) == 2
    for _ in range(20):
        ecy.client.write_values_from_endpoints(writes[:1])
    assert batches_of(ecy, lambda: ecy.client.write_values_from_endpoints(writes)) == 1


def test_a_lost_answer_is_unreachable_and_not_repeated(ecy: Bench) -> None:
    ecy.controller.faults.add(DropConnection(after_work=True))
    with pytest.raises(DeviceUnreachable):
        ecy.client.write_values_from_endpoints([commanded(SETPOINT, 61.0)])
    assert ecy.controller.counters.writes["Setpoint"] == 1


def test_a_refused_item_leaves_the_others_alone(ecy: Bench) -> None:
    ecy.controller.faults.add(FailWrites({"Setpoint"}))
    setpoint, damper = ecy.client.write_values_from_endpoints([commanded(SETPOINT, 61.0), commanded(DAMPER, 5.0)])
    assert isinstance(setpoint.error, ObjectError)
    assert "write-access-denied" in str(setpoint.error)
    assert damper.error is None


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"responses": 3}'])
def test_an_answer_without_sense_is_unreachable(ecy: Bench, body: bytes) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(200, body)))
    with pytest.raises(DeviceUnreachable, match="unreadable answer"):
        ecy.client.read_values_from_endpoints([DAMPER])


def test_a_controller_without_batches_is_an_object_error(ecy: Bench) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(404, b"{}")))
    with pytest.raises(ObjectError):
        ecy.client.read_values_from_endpoints([DAMPER])


@contextmanager
def batch_server(
    folder: Path, items: Items, refusal: str = "400 Bad Request"
) -> Iterator[tuple[RawServer, ECYDeviceClient]]:
    """A controller that answers batches as ``items`` says (None: the refusal), and a client of it."""

    def answer(_server: RawServer, connection: socket.socket, request: bytes) -> None:
        told = items(json.loads(request.partition(b"\r\n\r\n")[2])["requests"])
        if told is None:
            connection.sendall(http_reply(b'{"error": "poisoned"}', refusal))
        else:
            connection.sendall(http_reply(json.dumps({"responses": told}).encode()))

    with (
        RawServer(answer, Certificate(folder, "ecy").context()) as server,
        ECYDeviceClient(f"127.0.0.1:{server.port}", "u", "p", tls=TlsPolicy(TlsMode.OFF)) as client,
    ):
        yield server, client


def values(requests: Requests) -> list[dict[str, Any]]:
    """A good answer per request: its own position."""
    return [{"id": r["id"], "status": 200, "body": {"$value": n}} for n, r in enumerate(requests)]


ODD_ITEMS: dict[str, Items] = {
    "in another order": lambda requests: values(requests)[::-1],
    "ids of its own, in order": lambda requests: [{**item, "id": "x"} for item in values(requests)],
    "ids as numbers": lambda requests: [{**item, "id": int(item["id"])} for item in values(requests)],
    "without ids": lambda requests: [{"status": 200, "body": item["body"]} for item in values(requests)],
    "without a status": lambda requests: [{"id": i["id"], "body": i["body"]} for i in values(requests)],
}


@pytest.mark.parametrize("items", ODD_ITEMS.values(), ids=ODD_ITEMS)
def test_replies_find_their_requests(tmp_path: Path, items: Items) -> None:
    with batch_server(tmp_path, items) as (_, client):
        replies = client.send_batch_request([BatchRequest("GET", f"/{number}") for number in range(3)])
    assert [reply.body for reply in replies] == [{"$value": 0}, {"$value": 1}, {"$value": 2}]


def test_an_id_that_is_told_twice_beside_all_others_answers_nothing(tmp_path: Path) -> None:
    def twice(requests: Requests) -> Told:
        return [*values(requests), {"id": "2", "status": 200, "body": {"$value": 99}}]

    with batch_server(tmp_path, twice) as (_, client):
        replies = client.send_batch_request([BatchRequest("GET", f"/{number}") for number in range(3)])
    assert [reply.is_success for reply in replies] == [True, False, True]
    assert [reply.body for reply in replies if reply.is_success] == [{"$value": 0}, {"$value": 2}]
    assert replies[1].body == "no answer in the batch, or more than one"


def test_a_reply_that_never_comes_is_reported_for_its_item(tmp_path: Path) -> None:
    def all_but_the_last(requests: Requests) -> Told:
        return [item for item, request in zip(values(requests), requests, strict=True) if request["url"] != "/lost"]

    with batch_server(tmp_path, all_but_the_last) as (server, client):
        replies = client.send_batch_request([BatchRequest("GET", "/fine"), BatchRequest("GET", "/lost")])
    assert [reply.is_success for reply in replies] == [True, False]
    assert len(server.requests) == 2


def test_a_sample_without_a_reply_is_missing(tmp_path: Path) -> None:
    with batch_server(tmp_path, lambda _requests: []) as (_, client):
        sample = client.read_values_from_endpoints([DAMPER])[DAMPER]
    assert sample.quality is Quality.MISSING
    assert "no answer" in sample.note


@pytest.mark.parametrize(("status", "kind"), [(403, DeviceRefused), (503, DeviceUnreachable), (400, ObjectError)])
def test_an_items_status_names_its_error(tmp_path: Path, status: int, kind: type[Exception]) -> None:
    def items(requests: Requests) -> Told:
        return [{"id": request["id"], "status": status, "body": {"error": "no"}} for request in requests]

    with batch_server(tmp_path, items) as (_, client):
        (result,) = client.write_values_from_endpoints([commanded(DAMPER, 1.0)])
    assert type(result.error) is kind
