"""REST v2 over HTTPS: the minimum conformance set of ecy-rest-api §18."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from tests.emulators.ecy.client import (
    OBJECTS,
    PASSWORD,
    ROOT,
    SOME_OBJECTS,
    TIME,
    USER,
    EcyClient,
    error_code,
    signed_in,
)

NAME = "AHU"


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    spec = ControllerSpec(NAME, "ECY-S1000-BI", SOME_OBJECTS, instance=4711, location="Roof", ntp_enabled=False)
    with EcyServer([spec], username=USER, password=PASSWORD, scan=ExchangeScan(5.0), journal=True) as running:
        yield running


@pytest.fixture
def controller(server: EcyServer) -> Iterator[EmulatedController]:
    """The controller, given back as it was: nothing commanded, everything in service, nothing added."""
    controller = server.controller(NAME)
    kept = {spec.name for spec in SOME_OBJECTS}
    yield controller
    controller.objects.restart(keep_out_of_service=False, keep_slots=False)
    controller.clock.enable_ntp(False)
    controller.clock.set(None, "UTC")
    controller.journal.clear()
    for name, ref in controller.objects.names().items():
        if name not in kept:
            controller.objects.delete(ref)


@pytest.fixture
def client(server: EcyServer, controller: EmulatedController) -> Iterator[EcyClient]:
    with signed_in(server, NAME) as signed:
        yield signed


def test_without_a_sign_in_there_is_401_with_a_challenge_and_a_cookie(server: EcyServer) -> None:
    with EcyClient(server, NAME) as stranger:
        answer = stranger.get(f"{ROOT}/services")
        again = stranger.get(f"{ROOT}/services")
    assert (answer.status_code, again.status_code) == (401, 401)
    assert answer.headers["WWW-Authenticate"].lower().startswith("basic realm=")
    assert answer.headers["Set-Cookie"].startswith("ECLYPSERESTSESSIONID=")
    assert error_code(answer) == "unauthorized"


def test_a_sign_in_gives_a_cookie_that_is_enough_from_then_on(
    server: EcyServer, controller: EmulatedController
) -> None:
    before = controller.counters.sessions_opened
    with EcyClient(server, NAME) as client:
        cookie = client.sign_in().headers["Set-Cookie"]
        answer = client.get(f"{ROOT}/services")
    assert cookie.endswith(";Path=/;Secure;HttpOnly")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert controller.counters.sessions_opened == before + 1


def test_credentials_beside_a_cookie_open_another_session(client: EcyClient, controller: EmulatedController) -> None:
    before = controller.counters.sessions_opened
    assert "Set-Cookie" in client.sign_in().headers
    assert controller.counters.sessions_opened == before + 1


def test_a_cookie_sent_back_with_its_attributes_is_understood(server: EcyServer) -> None:
    with EcyClient(server, NAME) as client:
        cookie = client.sign_in().headers["Set-Cookie"]
        client.session.cookies.clear()
        assert client.send("GET", f"{ROOT}/services", headers={"Cookie": cookie}).status_code == 200


def test_services_are_listed_by_name_and_json_is_compact(client: EcyClient) -> None:
    answer = client.get(f"{ROOT}/services")
    assert {"bacnet", "platform", "packages", "gfx", "events"} <= set(answer.json())
    assert ": " not in answer.text
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "query",
    [
        "$select=analog-values($select=*($select=object-name,object-identifier)),binary-inputs($select=*($select=object-name,object-identifier))",
        "$select=analog-values($select=*($select=object-name&$select=object-identifier))&$select=binary-inputs($select=*($select=object-name&$select=object-identifier))",
        "%24select%3Danalog-values%28%24select%3D%2A%28%24select%3Dobject-%2A%29%29%2Cbinary-i%2A%28%24select%3D%2A%28%24select%3Dobject-%2A%29%29",
    ],
)
def test_discovery_tells_names_and_identifiers(client: EcyClient, query: str) -> None:
    answer = client.get(f"{OBJECTS}?{query}")
    assert answer.status_code == 200
    assert answer.json() == {
        "analog-values": {
            "3": {
                "object-name": "Setpoint",
                "object-identifier": {"object-type": "AnalogValue", "object-instance": 3},
            }
        },
        "binary-inputs": {
            "3": {
                "object-name": "Fan status",
                "object-identifier": {"object-type": "BinaryInput", "object-instance": 3},
            }
        },
    }


def test_types_without_objects_are_empty_and_unknown_names_are_left_out(client: EcyClient) -> None:
    answer = client.get(f"{OBJECTS}?$select=multi-state-inputs($select=*($select=object-name)),nonsense")
    assert answer.json() == {"multi-state-inputs": {}}


def test_a_malformed_selection_is_a_bad_request(client: EcyClient) -> None:
    assert client.get(f"{OBJECTS}?$select=analog-values(").status_code == 400


def test_two_selections_of_one_member_are_merged(client: EcyClient) -> None:
    answer = client.get(f"{OBJECTS}/analog-values?$select=*($select=units),*($select=description)")
    assert answer.json() == {"3": {"units": "degrees-celsius", "description": "Zone"}}


def test_the_device_object_tells_name_and_model(client: EcyClient) -> None:
    query = "$select=*($select=object-name&$select=model-name&$select=description&$select=location)"
    assert client.get(f"{OBJECTS}/devices?{query}").json() == {
        "4711": {"object-name": NAME, "model-name": "ECY-S1000-BI", "description": "", "location": "Roof"}
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("analog-inputs/1/present-value", -40.0),
        ("analog-inputs/2/present-value", None),
        ("analog-values/3/units", "degrees-celsius"),
        ("analog-values/3/object-name", "Setpoint"),
        ("analog-values/3/object-identifier/object-instance", 3),
        ("binary-values/9/present-value", "Active"),
        ("binary-inputs/3/out-of-service", False),
        ("multi-state-values/4/present-value", 1),
        ("multi-state-values/4/number-of-states", 3),
        ("multi-state-values/4/state-text/2", "heat"),
        ("analog-outputs/1/priority-array/14", None),
        ("analog-values/3/relinquish-default", 21.0),
    ],
)
def test_a_leaf_is_wrapped_in_value(client: EcyClient, path: str, value: object) -> None:
    assert client.value(path) == value


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("analog-values/99", "unknown-object"),
        ("analog-values/99/present-value", "unknown-object"),
        ("analog-values/03", "unknown-object"),
        ("trend-logs/1", "unknown-object"),
        ("analog-values/3/nonsense", "unknown-property"),
        ("analog-inputs/1/priority-array", "unknown-property"),
        ("analog-inputs/1/present-value/more", "unknown-property"),
        ("../nonsense", "unknown-resource"),
    ],
)
def test_what_does_not_exist_is_404_with_an_error(client: EcyClient, path: str, code: str) -> None:
    answer = client.get(f"{OBJECTS}/{path}")
    assert (answer.status_code, error_code(answer)) == (404, code)


def test_an_object_is_read_whole(client: EcyClient) -> None:
    members = client.get(f"{OBJECTS}/analog-values/3").json()
    assert members["key"] == "3"
    assert members["present-value"] == 21.0
    assert members["priority-array"] == {str(priority): None for priority in range(1, 17)}
    assert members["status-flags"]["out-of-service"] is False


def test_a_star_stands_at_the_end_of_a_name(client: EcyClient) -> None:
    assert client.get(f"{OBJECTS}?$select=*-values").status_code == 400
    answer = client.get(f"{OBJECTS}?$select=analog-*($select=*($select=present-value))")
    assert set(answer.json()) == {"analog-inputs", "analog-outputs", "analog-values"}


def test_an_input_is_forced_only_out_of_service_and_hardware_returns_afterwards(client: EcyClient) -> None:
    path = f"{OBJECTS}/analog-inputs/1"
    refused = client.post(path, {"present-value": 21.5})
    assert (refused.status_code, error_code(refused)) == (400, "write-access-denied")
    assert client.post(path, {"out-of-service": True}).json() == {}
    assert client.value("analog-inputs/1/present-value") == -40.0
    assert client.post(path, {"present-value": 21.5}).status_code == 200
    assert client.value("analog-inputs/1/present-value") == 21.5
    assert client.post(path, {"out-of-service": False}).status_code == 200
    assert client.value("analog-inputs/1/present-value") == -40.0


def test_binary_inputs_are_forced_with_booleans(client: EcyClient) -> None:
    path = f"{OBJECTS}/binary-inputs/3"
    assert client.post(path, {"out-of-service": True, "present-value": True}).status_code == 200
    assert client.value("binary-inputs/3/present-value") == "Active"


def test_the_members_of_one_post_are_written_all_or_none(client: EcyClient) -> None:
    answer = client.post(f"{OBJECTS}/analog-inputs/1", {"out-of-service": True, "present-value": "warm"})
    assert (answer.status_code, error_code(answer)) == (400, "invalid-data-type")
    assert client.value("analog-inputs/1/out-of-service") is False


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("analog-values/3", {"present-value": "21.5"}, 400, "invalid-data-type"),
        ("analog-values/3", {"present-value": True}, 400, "invalid-data-type"),
        ("analog-values/3", {"present-value": None}, 400, "invalid-data-type"),
        ("analog-values/3", {"present-value": 10**400}, 400, "value-out-of-range"),
        ("binary-values/9", {"present-value": 1}, 400, "invalid-data-type"),
        ("binary-values/9", {"present-value": "Active"}, 400, "invalid-data-type"),
        ("binary-inputs/3", {"out-of-service": 1}, 400, "invalid-data-type"),
        ("multi-state-values/4", {"present-value": 0}, 400, "value-out-of-range"),
        ("analog-values/3", {"units": "percent"}, 400, "write-access-denied"),
        ("analog-values/3", {"nonsense": 1}, 404, "unknown-property"),
        ("analog-inputs/1", {"relinquish-default": 1.0}, 404, "unknown-property"),
        ("analog-values/3", {"description": 7}, 400, "invalid-data-type"),
        ("analog-values/99", {"present-value": 1.0}, 404, "unknown-object"),
        ("trend-logs/1", {"present-value": 1.0}, 404, "unknown-object"),
        ("analog-values/3/present-value", {"value": 1.0}, 404, "unknown-resource"),
        ("analog-values", {"present-value": 1.0}, 404, "unknown-resource"),
        ("analog-values/3", [1], 400, "invalid-request"),
        ("analog-values/3", {"object-name": "Valve"}, 400, "duplicate-name"),
        ("analog-values/3", {"object-name": ""}, 400, "invalid-request"),
    ],
)
def test_what_cannot_be_written_is_refused(client: EcyClient, path: str, body: object, status: int, code: str) -> None:
    answer = client.post(f"{OBJECTS}/{path}", body)
    assert (answer.status_code, error_code(answer)) == (status, code)


@pytest.mark.parametrize("content", [b"", b"{", b'{"present-value":NaN}', b'{"present-value":Infinity}', b"\xff"])
def test_a_body_that_is_not_json_is_refused(client: EcyClient, content: bytes) -> None:
    answer = client.send("POST", f"{OBJECTS}/analog-values/3", data=content)
    assert (answer.status_code, error_code(answer)) == (400, "invalid-request")


def test_a_value_without_priority_lands_in_slot_16(client: EcyClient, controller: EmulatedController) -> None:
    assert client.post(f"{OBJECTS}/analog-values/3", {"present-value": 19.5}).status_code == 200
    assert controller.objects.named("Setpoint").slots[15] == 19.5


def test_limits_names_and_defaults_can_be_posted(client: EcyClient, controller: EmulatedController) -> None:
    path = f"{OBJECTS}/analog-values/3"
    assert client.post(path, {"min-pres-value": 10, "max-pres-value": 30.5, "default-value": 20}).status_code == 200
    refused = client.post(path, {"present-value": 31})
    assert (refused.status_code, error_code(refused)) == (400, "value-out-of-range")
    assert client.value("analog-values/3/present-value") == 20.0
    reset = {"min-pres-value": None, "max-pres-value": None, "relinquish-default": 21.0}
    assert client.post(path, reset).status_code == 200
    assert client.post(path, {"object-name": "Other", "description": "text"}).status_code == 200
    assert controller.objects.named("Other").description == "text"
    assert client.post(path, {"object-name": "Setpoint", "description": "Zone"}).status_code == 200


@pytest.mark.parametrize("priority", [14, 14.0, "14"])
@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("analog-outputs/1", 55.5, 55.5),
        ("analog-values/3", 18.0, 18.0),
        ("binary-outputs/1", True, "Active"),
        ("binary-values/9", False, "Inactive"),
        ("multi-state-values/4", 3, 3),
    ],
)
def test_a_slot_is_commanded_and_given_back(
    client: EcyClient, path: str, value: object, read: object, priority: object
) -> None:
    before = client.value(f"{path}/present-value")
    verb = f"{OBJECTS}/{path}/set-value-at"
    assert client.post(verb, {"priority": priority, "value": value}).json() == {}
    assert client.value(f"{path}/present-value") == read
    assert client.value(f"{path}/priority-array/14") == read
    assert client.post(verb, {"priority": priority, "value": None}).status_code == 200
    assert client.value(f"{path}/present-value") == before


@pytest.mark.parametrize("value", [None, "", "null", "Null", "NaN", ...])
def test_every_form_of_relinquishing_frees_the_slot(
    client: EcyClient, controller: EmulatedController, value: object
) -> None:
    controller.objects.command("Setpoint", 25.0, 8)
    body = {"priority": 8} if value is ... else {"priority": 8, "value": value}
    assert client.post(f"{OBJECTS}/analog-values/3/set-value-at", body).status_code == 200
    assert controller.objects.named("Setpoint").slots[7] is None


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("analog-values/3", {"priority": 0, "value": 1.0}, 400, "value-out-of-range"),
        ("analog-values/3", {"priority": 17, "value": 1.0}, 400, "value-out-of-range"),
        ("analog-values/3", {"priority": 14.5, "value": 1.0}, 400, "invalid-data-type"),
        ("analog-values/3", {"priority": "high", "value": 1.0}, 400, "invalid-data-type"),
        ("analog-values/3", {"priority": True, "value": 1.0}, 400, "invalid-data-type"),
        ("analog-values/3", {"value": 1.0}, 400, "invalid-request"),
        ("analog-values/3", {"priority": 14, "value": "21"}, 400, "invalid-data-type"),
        ("multi-state-values/4", {"priority": 14, "value": 4}, 400, "value-out-of-range"),
        ("analog-inputs/1", {"priority": 14, "value": 1.0}, 400, "write-access-denied"),
        ("analog-values/99", {"priority": 14, "value": 1.0}, 404, "unknown-object"),
    ],
)
def test_a_wrong_command_is_refused(client: EcyClient, path: str, body: object, status: int, code: str) -> None:
    answer = client.post(f"{OBJECTS}/{path}/set-value-at", body)
    assert (answer.status_code, error_code(answer)) == (status, code)


def test_objects_are_added_and_deleted(client: EcyClient) -> None:
    body = {"object-type": "analogvalue", "instance-number": 501, "name": "BridgeAv501"}
    assert client.post(f"{OBJECTS}/add", body).status_code == 200
    assert client.value("analog-values/501/object-name") == "BridgeAv501"
    assert client.delete(f"{OBJECTS}/analog-values/501").status_code == 200
    again = client.delete(f"{OBJECTS}/analog-values/501")
    assert (again.status_code, error_code(again)) == (404, "unknown-object")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"object-type": "AnalogValue", "instance-number": 3, "name": "New"}, "Instance already exists"),
        ({"object-type": "BinaryValue", "instance-number": 3, "name": "Valve"}, "Object with same name already exists"),
        ({"object-type": "BinaryValue", "instance-number": 3, "name": NAME}, "Object with same name already exists"),
        ({"object-type": "schedule", "instance-number": 3, "name": "New"}, "cannot be added"),
        ({"object-type": "BinaryValue", "name": "New"}, "not a whole number"),
        ({"object-type": "BinaryValue", "instance-number": 3}, "have to be text"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_words_clients_look_for(
    client: EcyClient, body: object, text: str
) -> None:
    answer = client.post(f"{OBJECTS}/add", body)
    assert answer.status_code == 400
    assert text in answer.text


def test_the_clock_is_set_with_its_zone_and_read_back(client: EcyClient, controller: EmulatedController) -> None:
    body = {"time-zone": "US/Mountain", "date-time": "2023-07-15T08:00:00"}
    assert client.post(TIME, body).status_code == 200
    told = client.get(TIME).json()
    assert (told["time-zone"], told["date-time"]) == ("US/Mountain", "2023-07-15T08:00:00")
    assert controller.clock.now() == datetime(2023, 7, 15, 8)


def test_the_time_is_refused_while_ntp_is_enabled(client: EcyClient) -> None:
    query = f"{ROOT}/services/platform?$select=time($select=ntp)"
    assert client.post(f"{TIME}/ntp", {"enabled": True}).status_code == 200
    assert client.get(query).json()["time"]["ntp"]["enabled"] is True
    refused = client.post(TIME, {"time-zone": "UTC", "date-time": "2023-07-15T08:00:00"})
    assert (refused.status_code, error_code(refused)) == (400, "time-is-synchronized")
    assert client.post(f"{TIME}/ntp", {"enabled": False}).status_code == 200
    assert client.post(TIME, {"date-time": "2023-07-15T08:00:00"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TIME, {"time-zone": "Mars/Olympus", "date-time": "2023-07-15T08:00:00"}),
        (TIME, {"date-time": "2023-07-15T08:00:00Z"}),
        (TIME, {"date-time": "2023-07-15T08:00:00+02:00"}),
        (TIME, {"date-time": "2023-07-15T08:00:00.5"}),
        (TIME, {"date-time": "2023-02-30T08:00:00"}),
        (TIME, {"date-time": 1689408000}),
        (TIME, {"time-zone": 7}),
        (TIME, {}),
        (f"{TIME}/ntp", {"enabled": "false"}),
        (f"{TIME}/ntp", {}),
    ],
)
def test_a_time_in_another_form_is_refused(client: EcyClient, path: str, body: object) -> None:
    assert client.post(path, body).status_code == 400


def test_a_member_that_the_time_does_not_have_is_404(client: EcyClient) -> None:
    answer = client.post(TIME, {"time-zone": "UTC", "ntp": {"enabled": True}})
    assert (answer.status_code, error_code(answer)) == (404, "unknown-property")


def test_other_services_are_readable(client: EcyClient, controller: EmulatedController) -> None:
    controller.documents.event_bindings["b1"] = {"type": "ControlElement"}
    controller.documents.cov_subscriptions["1"] = {"monitored-property-reference": {}}
    assert client.get(f"{ROOT}/services/events/bindings").json() == {"b1": {"type": "ControlElement"}}
    query = "$select=*($select=active-cov-subscriptions)"
    assert "1" in client.get(f"{OBJECTS}/devices?{query}").json()["4711"]["active-cov-subscriptions"]
    assert "version" in client.get(f"{ROOT}/services/packages").json()["packages"]["os"]
    assert client.get(f"{ROOT}/services/gfx/programs/").json() == {}
    network = client.get(f"{ROOT}/services/platform?$select=network($select=connected-to-internet)")
    assert network.json() == {"network": {"connected-to-internet": False}}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_methods_that_v2_does_not_have_are_405(client: EcyClient, method: str) -> None:
    assert client.send(method, f"{OBJECTS}/analog-values/3", json={}).status_code == 405


def test_only_objects_can_be_deleted(client: EcyClient) -> None:
    assert client.delete(f"{ROOT}/services/platform/time").status_code == 405


@pytest.mark.parametrize("path", ["/api/rest/v1", "/api/rest/v1/info/device", "/elsewhere"])
def test_urls_of_v1_and_others_are_404_in_json(client: EcyClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, error_code(answer)) == (404, "unknown-resource")


def test_writes_are_counted_and_recorded_in_order(client: EcyClient, controller: EmulatedController) -> None:
    before = controller.counters.writes["Setpoint"]
    client.post(f"{OBJECTS}/analog-values/3/set-value-at", {"priority": 14, "value": 20.0})
    client.post(f"{OBJECTS}/analog-inputs/1", {"present-value": 1.0})
    assert controller.counters.writes["Setpoint"] == before + 1
    told = [(record.name, record.property_name, record.value, record.priority) for record in controller.journal]
    assert told == [
        ("Setpoint", "present-value", 20.0, 14),
        ("Outdoor temperature", "present-value", 1.0, None),
    ]
    assert [record.refused for record in controller.journal] == ["", "write-access-denied"]
