"""Faults that a test switches on while a controller runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from emulators.ecy.controller import Controller, ControllerSpec
from emulators.ecy.faults import AnswerInstead, DropConnection, FailWrites, Hold
from emulators.ecy.messages import Reply
from emulators.ecy.refusals import VALUE_OUT_OF_RANGE
from emulators.ecy.server import EcyServer
from tests.emulators.ecy_client import OBJECTS, PASSWORD, ROOT, SOME_OBJECTS, USER, EcyClient, error_code, signed_in

AV_3 = f"{OBJECTS}/analog-values/3"
BUSY = Reply(503, b'{"error":"busy"}')


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with EcyServer([ControllerSpec("AHU", objects=SOME_OBJECTS)], username=USER, password=PASSWORD) as running:
        yield running


@pytest.fixture
def controller(server: EcyServer) -> Iterator[Controller]:
    controller = server.controller("AHU")
    yield controller
    controller.faults.clear()
    controller.objects.restart(keep_out_of_service=False, keep_slots=False)


@pytest.fixture
def client(server: EcyServer, controller: Controller) -> Iterator[EcyClient]:
    with signed_in(server, "AHU") as signed:
        yield signed


def test_the_next_requests_are_answered_otherwise_and_not_carried_out(
    client: EcyClient, controller: Controller
) -> None:
    controller.faults.add(AnswerInstead(BUSY, times=2))
    answers = [client.post(AV_3, {"present-value": 20.0}) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(503, {"error": "busy"})] * 2
    assert controller.objects.named("Setpoint").present_value == 21.0
    assert client.post(AV_3, {"present-value": 20.0}).status_code == 200


def test_a_fault_for_ever_ends_when_it_is_removed(client: EcyClient, controller: Controller) -> None:
    fault = AnswerInstead(BUSY, times=None)
    controller.faults.add(fault)
    assert [client.get(f"{ROOT}/services").status_code for _ in range(3)] == [503] * 3
    controller.faults.remove(fault)
    assert client.get(f"{ROOT}/services").status_code == 200


@pytest.mark.parametrize(("after_work", "value"), [(False, 21.0), (True, 20.0)])
def test_a_dropped_connection_loses_the_request_or_only_its_answer(
    client: EcyClient, controller: Controller, after_work: bool, value: float
) -> None:
    controller.faults.add(DropConnection(after_work=after_work))
    with pytest.raises(requests.ConnectionError):
        client.post(AV_3, {"present-value": 20.0})
    assert controller.objects.named("Setpoint").present_value == value
    assert client.get(f"{ROOT}/services").status_code == 200


@pytest.mark.parametrize(("before_work", "meanwhile"), [(False, 20.0), (True, 21.0)])
def test_a_held_request_waits_before_its_work_or_before_its_answer(
    client: EcyClient, controller: Controller, before_work: bool, meanwhile: float
) -> None:
    hold = Hold(before_work=before_work)
    controller.faults.add(hold)
    answers: list[int] = []
    worker = threading.Thread(
        target=lambda: answers.append(client.post(AV_3, {"present-value": 20.0}).status_code), name="held-client"
    )
    worker.start()
    assert hold.holding.wait(5)
    assert controller.objects.named("Setpoint").present_value == meanwhile
    assert answers == []
    hold.release()
    worker.join()
    assert answers == [200]
    assert client.get(f"{ROOT}/services").status_code == 200
    assert controller.objects.named("Setpoint").present_value == 20.0


def test_a_held_controller_does_not_hold_the_others() -> None:
    specs = [ControllerSpec(name, objects=SOME_OBJECTS) for name in ("held", "free")]
    with EcyServer(specs, username=USER, password=PASSWORD) as server:
        hold = Hold()
        server.controller("held").faults.add(hold)
        with EcyClient(server, "held") as client:
            worker = threading.Thread(target=client.sign_in, name="held-client")
            worker.start()
            assert hold.holding.wait(5)
            with signed_in(server, "free") as other:
                assert other.get(f"{ROOT}/services").status_code == 200
            server.controller("held").faults.clear()
            worker.join()


def test_writes_to_chosen_objects_fail(client: EcyClient, controller: Controller) -> None:
    controller.faults.add(FailWrites({"Setpoint"}, VALUE_OUT_OF_RANGE))
    refused = client.post(f"{AV_3}/set-value-at", {"priority": 14, "value": 20.0})
    assert (refused.status_code, error_code(refused)) == (400, "value-out-of-range")
    body = {"priority": 14, "value": 20.0}
    assert client.post(f"{OBJECTS}/analog-outputs/1/set-value-at", body).status_code == 200
