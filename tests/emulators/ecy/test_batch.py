"""Batches and the property-multiple verbs over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.server import EcyServer
from tests.emulators.ecy.client import OBJECTS, PASSWORD, ROOT, SOME_OBJECTS, USER, EcyClient, error_code, signed_in

AI_1 = f"{OBJECTS}/analog-inputs/1"
AV_3 = f"{OBJECTS}/analog-values/3"
READ_MULTIPLE = f"{OBJECTS}/read-property-multiple"
WRITE_MULTIPLE = f"{OBJECTS}/write-property-multiple"


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with EcyServer([ControllerSpec("AHU", objects=SOME_OBJECTS)], username=USER, password=PASSWORD) as running:
        yield running


@pytest.fixture
def controller(server: EcyServer) -> Iterator[EmulatedController]:
    yield server.controller("AHU")
    server.controller("AHU").objects.restart(keep_out_of_service=False, keep_slots=False)


@pytest.fixture
def client(server: EcyServer, controller: EmulatedController) -> Iterator[EcyClient]:
    with signed_in(server, "AHU") as signed:
        yield signed


def multiple(kind: str, instance: object, name: str = "presentValue", **more: object) -> dict[str, object]:
    item = {"type": kind, "instance": instance, "property": name, **more}
    return {"encode": "text", "property-references": [item]}


def test_requests_of_a_batch_run_in_order_and_are_answered_in_order(client: EcyClient) -> None:
    items = client.batch(
        [
            {"id": "before & after/1", "url": f"{AI_1}/present-value"},
            {"id": "oos", "method": "POST", "url": AI_1, "body": {"out-of-service": True}},
            {"id": "pv", "method": "POST", "url": AI_1, "body": {"present-value": 21.5}},
            {"id": "after", "method": "GET", "url": f"{AI_1}/present-value"},
            {"id": "names", "url": f"{OBJECTS}/devices?$select=*($select=object-name&$select=key)"},
        ]
    )
    assert items == [
        {"id": "before & after/1", "status": 200, "body": {"$value": -40.0}},
        {"id": "oos", "status": 200, "body": {}},
        {"id": "pv", "status": 200, "body": {}},
        {"id": "after", "status": 200, "body": {"$value": 21.5}},
        {"id": "names", "status": 200, "body": {"1": {"object-name": "AHU", "key": "1"}}},
    ]


def test_a_failure_stays_with_its_request(client: EcyClient) -> None:
    items = client.batch(
        [
            {"id": "1", "method": "POST", "url": AI_1, "body": {"present-value": 1.0}},
            {"id": "2", "url": f"{OBJECTS}/analog-values/99/present-value"},
            {"id": "3", "method": "POST", "url": f"{AV_3}/set-value-at", "body": {"priority": 14.0, "value": 20.5}},
        ]
    )
    assert [item["status"] for item in items] == [400, 404, 200]
    assert [item["body"].get("error", {}).get("code") for item in items] == [
        "write-access-denied",
        "unknown-object",
        None,
    ]


def test_a_successful_item_holds_the_literal_that_clients_search_for(client: EcyClient) -> None:
    answer = client.post(f"{ROOT}/batch", {"requests": [{"id": "1", "url": f"{ROOT}/services"}]})
    assert '"status":200' in answer.text


def test_adding_what_exists_fails_inside_a_batch_that_is_200(client: EcyClient) -> None:
    body = {"object-type": "AnalogValue", "instance-number": 3, "name": "New"}
    (item,) = client.batch([{"id": "1", "method": "POST", "url": f"{OBJECTS}/add", "body": body}])
    assert item["status"] == 400
    assert "Instance already exists" in item["body"]["error"]["message"]


@pytest.mark.parametrize(
    "request_",
    [
        {"url": f"{ROOT}/batch", "method": "POST", "body": {"requests": []}},
        {"url": "/services"},
        {"url": "/api/rest/v2x/services"},
        {"url": "https://127.0.0.1/api/rest/v2/services"},
        {"url": 7},
        {},
        {"url": f"{ROOT}/services", "method": 7},
        {"url": f"{ROOT}/services", "method": "get"},
    ],
)
def test_a_request_that_cannot_be_tried_fails_alone(client: EcyClient, request_: dict[str, object]) -> None:
    bad, good = client.batch([{"id": "bad", **request_}, {"id": "good", "url": f"{ROOT}/services"}])
    assert bad["status"] in (400, 404, 405)
    assert "error" in bad["body"]
    assert good["status"] == 200


def test_ids_are_echoed_even_when_doubled_or_missing(client: EcyClient) -> None:
    url = f"{ROOT}/services"
    items = client.batch([{"id": "1", "url": url}, {"id": "1", "url": url}, {"url": url}])
    assert [item.get("id") for item in items] == ["1", "1", None]
    assert "id" not in items[2]


@pytest.mark.parametrize("body", [[], {}, {"requests": {}}, {"requests": [1]}, "text"])
def test_a_batch_that_is_none_is_refused(client: EcyClient, body: object) -> None:
    answer = client.post(f"{ROOT}/batch", body)
    assert (answer.status_code, error_code(answer)) == (400, "invalid-request")


def test_a_batch_is_posted(client: EcyClient) -> None:
    assert client.get(f"{ROOT}/batch").status_code == 405


def test_sub_requests_are_counted(client: EcyClient, controller: EmulatedController) -> None:
    before = (controller.counters.sub_requests, controller.counters.requests["POST"])
    client.batch([{"id": "1", "url": f"{ROOT}/services"}] * 3)
    assert (controller.counters.sub_requests, controller.counters.requests["POST"]) == (before[0] + 3, before[1] + 1)


@pytest.mark.parametrize(
    ("kind", "instance", "name", "value"),
    [
        ("analogValue", 3, "presentValue", "21.000000"),
        ("AnalogValue", 3, "presentvalue", "21.000000"),
        ("analogInput", 2, "presentValue", "NaN"),
        ("binaryValue", 9, "presentValue", "active"),
        ("multiStateValue", 4, "presentValue", "1"),
        ("analogValue", 3, "objectName", "Setpoint"),
        ("analogValue", 3, "outOfService", "false"),
        ("analogOutput", 1, "priorityArray", "{" + ",".join(["Null"] * 16) + "}"),
        ("analogOutput", 1, "relinquishDefault", "0.000000"),
        ("analogOutput", 1, "minPresValue", "Null"),
        ("analogValue", 3, "objectIdentifier", "{AnalogValue,3}"),
        ("analogValue", 99, "presentValue", "Unknown Object"),
        ("schedule", 77, "presentValue", "Unknown Object"),
        ("analogValue", 3, "nonsense", "Unknown Property"),
    ],
)
def test_properties_are_read_as_text_and_errors_are_text_too(
    client: EcyClient, kind: str, instance: int, name: str, value: str
) -> None:
    answer = client.post(READ_MULTIPLE, multiple(kind, instance, name))
    assert answer.status_code == 200
    assert answer.json() == {"results": [{"type": kind, "instance": instance, "property": name, "value": value}]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"encode": "asn", "property-references": []},
        {"encode": "text", "property-references": {}},
        {"encode": "text", "property-references": [7]},
        {"encode": "text", "propertyReferences": []},
        multiple("analogValue", "three"),
        multiple("analogValue", None),
        multiple("analogValue", 3, "present-value"),
    ],
)
def test_a_malformed_list_of_properties_is_refused(client: EcyClient, body: object) -> None:
    assert client.post(READ_MULTIPLE, body).status_code == 400


@pytest.mark.parametrize(
    ("kind", "instance", "value", "stored"),
    [
        ("analogValue", 3, 19.5, 19.5),
        ("analogValue", 3, "19.5", 19.5),
        ("binaryValue", 9, False, 0.0),
        ("binaryValue", 9, 0, 0.0),
        ("binaryValue", 9, "inactive", 0.0),
        ("multiStateValue", 4, 3, 3.0),
        ("multiStateValue", 4, "3", 3.0),
    ],
)
def test_values_are_written_as_numbers_booleans_or_text_and_given_back_with_null(
    client: EcyClient, controller: EmulatedController, kind: str, instance: int, value: object, stored: float
) -> None:
    name = {3: "Setpoint", 9: "Occupied", 4: "Mode"}[instance]
    answer = client.post(WRITE_MULTIPLE, multiple(kind, instance, value=value, priority=14))
    assert answer.status_code == 200
    assert controller.objects.named(name).slots[13] == stored
    assert client.post(WRITE_MULTIPLE, multiple(kind, instance, value="null", priority=14)).status_code == 200
    assert controller.objects.named(name).slots[13] is None


def test_without_a_priority_the_default_slot_is_written(client: EcyClient, controller: EmulatedController) -> None:
    for body in (multiple("analogValue", 3, value=18.0), multiple("analogValue", 3, value=18.0, priority=-1)):
        controller.objects.command("Setpoint", None, 16)
        client.post(WRITE_MULTIPLE, body)
        assert controller.objects.named("Setpoint").slots[15] == 18.0


def test_other_properties_are_written_too(client: EcyClient) -> None:
    assert client.post(WRITE_MULTIPLE, multiple("analogInput", 1, "outOfService", value=True)).status_code == 200
    assert client.post(WRITE_MULTIPLE, multiple("analogInput", 1, value=5.0)).status_code == 200
    assert client.value("analog-inputs/1/present-value") == 5.0


def test_writing_to_an_object_that_does_not_exist_is_told_inside_a_200(client: EcyClient) -> None:
    answer = client.post(WRITE_MULTIPLE, multiple("analogValue", 99, value=1.0))
    assert answer.status_code == 200
    assert answer.json()["results"][0]["value"] == "Unknown Object"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (multiple("analogInput", 1, value=5.0), "write-access-denied"),
        (multiple("analogInput", 1, value="null"), "write-access-denied"),
        (multiple("analogValue", 3, "units", value="percent"), "write-access-denied"),
        (multiple("analogValue", 3, value="NaN"), "invalid-data-type"),
        (multiple("analogValue", 3, value="1_0"), "invalid-data-type"),
        (multiple("binaryValue", 9, value="2"), "invalid-data-type"),
        (multiple("analogValue", 3, value=1.0, priority=17), "value-out-of-range"),
        (multiple("analogValue", 3), "invalid-request"),
    ],
)
def test_a_write_that_is_denied_makes_the_answer_a_400(client: EcyClient, body: object, text: str) -> None:
    answer = client.post(WRITE_MULTIPLE, body)
    assert answer.status_code == 400
    assert text in answer.text
