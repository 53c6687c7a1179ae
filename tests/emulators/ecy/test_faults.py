"""Faults that a test switches on while a controller runs."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.answers import ChangeBatch, SpoilContent, TellInstead
from emulators.ecy.faults.calls import AnswerInstead, DripBody, DropConnection, HangInBody, Hold
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import VALUE_OUT_OF_RANGE
from emulators.ecy.server import EcyServer
from emulators.http.messages import Response
from tests.emulators.ecy.client import OBJECTS, PASSWORD, ROOT, SOME_OBJECTS, USER, EcyClient, error_code, signed_in
from tests.waiting import DEADLINE_S

AV_3 = f"{OBJECTS}/analog-values/3"
BUSY = Response(503, b'{"error":"busy"}')


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with EcyServer([ControllerSpec("AHU", objects=SOME_OBJECTS)], username=USER, password=PASSWORD) as running:
        yield running


@pytest.fixture
def client(server: EcyServer, controller: EmulatedController) -> Iterator[EcyClient]:
    with signed_in(server, "AHU") as signed:
        yield signed


def test_the_next_requests_are_answered_otherwise_and_not_carried_out(
    client: EcyClient, controller: EmulatedController
) -> None:
    controller.faults.add(AnswerInstead(BUSY, times=2))
    answers = [client.post(AV_3, {"present-value": 20.0}) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(503, {"error": "busy"})] * 2
    assert controller.objects.named("Setpoint").present_value == 21.0
    assert client.post(AV_3, {"present-value": 20.0}).status_code == 200


def test_a_fault_for_ever_ends_when_it_is_removed(client: EcyClient, controller: EmulatedController) -> None:
    fault = AnswerInstead(BUSY, times=None)
    controller.faults.add(fault)
    assert [client.get(f"{ROOT}/services").status_code for _ in range(3)] == [503] * 3
    controller.faults.remove(fault)
    assert client.get(f"{ROOT}/services").status_code == 200


@pytest.mark.parametrize(("after_work", "value"), [(False, 21.0), (True, 20.0)])
def test_a_dropped_connection_loses_the_request_or_only_its_answer(
    client: EcyClient, controller: EmulatedController, after_work: bool, value: float
) -> None:
    controller.faults.add(DropConnection(after_work=after_work))
    with pytest.raises(requests.ConnectionError):
        client.post(AV_3, {"present-value": 20.0})
    assert controller.objects.named("Setpoint").present_value == value
    assert client.get(f"{ROOT}/services").status_code == 200


@pytest.mark.parametrize(("before_work", "meanwhile"), [(False, 20.0), (True, 21.0)])
def test_a_held_request_waits_before_its_work_or_before_its_answer(
    client: EcyClient, controller: EmulatedController, before_work: bool, meanwhile: float
) -> None:
    hold = Hold(before_work=before_work)
    controller.faults.add(hold)
    answers: list[int] = []
    worker = threading.Thread(
        target=lambda: answers.append(client.post(AV_3, {"present-value": 20.0}).status_code), name="held-client"
    )
    worker.start()
    assert hold.holding.wait(DEADLINE_S)
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
            assert hold.holding.wait(DEADLINE_S)
            with signed_in(server, "free") as other:
                assert other.get(f"{ROOT}/services").status_code == 200
            server.controller("held").faults.clear()
            worker.join()


def test_writes_to_chosen_objects_fail(client: EcyClient, controller: EmulatedController) -> None:
    controller.faults.add(FailWrites({"Setpoint"}, VALUE_OUT_OF_RANGE))
    refused = client.post(f"{AV_3}/set-value-at", {"priority": 14, "value": 20.0})
    assert (refused.status_code, error_code(refused)) == (400, "value-out-of-range")
    body = {"priority": 14, "value": 20.0}
    assert client.post(f"{OBJECTS}/analog-outputs/1/set-value-at", body).status_code == 200


def test_a_controller_that_is_unplugged_refuses_connections_and_comes_back_at_its_address(
    server: EcyServer, client: EcyClient
) -> None:
    address = server.addresses["AHU"]
    server.unplug("AHU")
    for _ in ("on the old connection", "on a new one"):
        with pytest.raises(requests.ConnectionError):
            client.get(f"{ROOT}/services")
    server.plug_in("AHU")
    assert server.addresses["AHU"] == address
    assert client.get(f"{ROOT}/services").status_code == 200


def test_a_handshake_that_is_broken_is_no_answer(server: EcyServer, client: EcyClient) -> None:
    server.break_handshakes("AHU")
    with pytest.raises(requests.ConnectionError):
        client.get(f"{ROOT}/services")
    server.break_handshakes("AHU", broken=False)
    assert client.get(f"{ROOT}/services").status_code == 200


def test_a_changed_certificate_is_shown_to_new_connections(server: EcyServer) -> None:
    host, _, port = server.addresses["AHU"].partition(":")
    before = ssl.get_server_certificate((host, int(port)))
    server.change_certificate("AHU")
    after = ssl.get_server_certificate((host, int(port)))
    assert before != after
    assert after.strip() == server.certificate("AHU").read_text().strip()


@pytest.mark.parametrize("fault", [HangInBody(), DripBody()], ids=["hangs", "drips"])
def test_a_body_that_does_not_end_comes_whole_once_the_fault_is_gone(
    client: EcyClient, controller: EmulatedController, fault: Fault
) -> None:
    controller.faults.add(fault)
    with client.send("GET", f"{ROOT}/services", stream=True) as answer:
        pieces = answer.iter_content(1)
        first = next(pieces)
        controller.faults.remove(fault)
        assert json.loads(first + b"".join(pieces)).keys() >= {"bacnet"}


def test_content_is_spoiled_after_the_work(client: EcyClient, controller: EmulatedController) -> None:
    controller.faults.add(SpoilContent(lambda content: content[:1]))
    assert client.post(AV_3, {"present-value": 20.0}).text == "{"
    assert controller.objects.named("Setpoint").present_value == 20.0


def test_the_items_of_a_batch_are_changed_and_other_answers_are_not(
    client: EcyClient, controller: EmulatedController
) -> None:
    controller.faults.add(ChangeBatch(lambda items: [*items, "extra"]))
    request = {"id": "1", "method": "GET", "url": f"{AV_3}/object-name"}
    answer = client.post(f"{ROOT}/batch", {"requests": [request]}).json()
    assert answer["responses"][1:] == ["extra"]
    assert client.get(f"{ROOT}/services").status_code == 200


def test_a_value_is_told_as_something_else(client: EcyClient, controller: EmulatedController) -> None:
    controller.faults.add(TellInstead(controller.objects, {"Setpoint": "open"}))
    urls = [f"{AV_3}/present-value", f"{AV_3}/object-name"]
    requests = [{"id": str(number), "method": "GET", "url": url} for number, url in enumerate(urls)]
    answer = client.post(f"{ROOT}/batch", {"requests": requests}).json()
    assert [item["body"]["$value"] for item in answer["responses"]] == ["open", "Setpoint"]


def test_another_password_ends_every_session(
    server: EcyServer, client: EcyClient, controller: EmulatedController
) -> None:
    controller.change_password("another")
    assert client.get(f"{ROOT}/services").status_code == 401
    assert client.sign_in().status_code == 401
    controller.change_password(PASSWORD)
    assert client.sign_in().status_code == 200


def test_a_download_replaces_every_object(client: EcyClient, controller: EmulatedController) -> None:
    client.post(f"{OBJECTS}/analog-inputs/1", {"out-of-service": True})
    try:
        controller.download([replace(spec, instance=(spec.instance or 1) + 40) for spec in SOME_OBJECTS])
        assert client.get(AV_3).status_code == 404
        assert controller.objects.named("Setpoint").ref.instance == 43
        assert not any(controller.objects.named(spec.name).out_of_service for spec in SOME_OBJECTS)
    finally:
        controller.download(SOME_OBJECTS)


def test_a_reboot_may_put_the_clock_back() -> None:
    forgetful = Profile(clock_survives_reboot=False, reboot_s=0.0)
    with EcyServer([ControllerSpec("AHU")], username=USER, password=PASSWORD, profile=forgetful) as server:
        clock = server.controller("AHU").clock
        clock.enable_ntp(False)
        clock.set(None, "US/Mountain")
        server.controller("AHU").reboot()
        assert (clock.zone, clock.ntp_enabled) == ("UTC", True)
