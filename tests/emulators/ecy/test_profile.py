"""Each switch of the profile, over HTTPS: one controller for each variant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from emulators.ecy.controller import ControllerSpec
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from tests.emulators.ecy.client import (
    OBJECTS,
    PASSWORD,
    ROOT,
    SOME_OBJECTS,
    TIME,
    USER,
    EcyClient,
    FakeTime,
    signed_in,
)

PROFILES = {
    "cookie": Profile(cookie_name="SID"),
    "idle": Profile(session_idle_s=5),
    "cap": Profile(session_cap=1),
    "lockout": Profile(lockout_failures=1, lockout_s=60),
    "html 401": Profile(unauthorized_body="html"),
    "no role": Profile(api_role=False),
    "no role 401": Profile(api_role=False, missing_role_status=401),
    "value": Profile(leaf_form="value", binary_form="active", nan_form="NaN"),
    "bare": Profile(leaf_form="bare", binary_form="boolean", multiple_form="json", priority_array_form="list"),
    "no null": Profile(relinquish_by_set_value=False, default_priority=10),
    "AV only": Profile(set_value_at="analog-values"),
    "no verb": Profile(set_value_at="none"),
    "no content": Profile(post_reply="no-content"),
    "echo": Profile(post_reply="echo"),
    "headers": Profile(batch_items="headers", batch_status="text"),
    "no status": Profile(batch_status="absent", post_reply="no-content"),
    "limit": Profile(batch_limit=2),
    "limit 400": Profile(payload_limit_bytes=100, batch_limit_status=400),
    "stop": Profile(batch_order="stop-at-first-error"),
    "parallel": Profile(batch_order="parallel"),
    "text error": Profile(error_form="text", missing_status=400),
    "plain error": Profile(error_form="plain", duplicate_instance_text="Instance Number already exists"),
    "lean": Profile(empty_collections="omitted", unknown_select="refused", unfiltered_objects="references"),
    "camel": Profile(object_type_form="analogValue", units_form="degreesCelsius"),
    "kebab": Profile(object_type_form="analog-value", units_form="degrees celsius"),
    "overwritten": Profile(time_under_ntp="overwritten", date_time_form="utc"),
    "zones": Profile(accepted_zones=frozenset({"America/Denver"}), date_time_form="offset"),
    "stale": Profile(stale_reads_s=5),
    "reboot": Profile(reboot_s=60, out_of_service_survives_reboot=False, slots_survive_reboot=False),
    "v1 html": Profile(v1_urls="html"),
    "v1 redirect": Profile(v1_urls="redirect", plain_http="redirect"),
    "strict type": Profile(strict_content_type=True, plain_http="served"),
    "1.x": Profile(firmware="1.x"),
}
HOST_NOW = datetime(2026, 7, 6, 12, 0, tzinfo=UTC)
AV_3 = f"{OBJECTS}/analog-values/3"


@pytest.fixture(scope="module")
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture(scope="module")
def server(time: FakeTime) -> Iterator[EcyServer]:
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, profile=profile) for name, profile in PROFILES.items()]
    with EcyServer(specs, username=USER, password=PASSWORD, now=lambda: HOST_NOW, monotonic=time) as running:
        yield running


def test_row_1_the_cookie_has_another_name(server: EcyServer) -> None:
    with EcyClient(server, "cookie") as client:
        assert client.sign_in().headers["Set-Cookie"].startswith("SID=")
        assert client.get(f"{ROOT}/services").status_code == 200


def test_row_2_an_idle_session_expires(server: EcyServer, time: FakeTime) -> None:
    with signed_in(server, "idle") as client:
        time.advance(5)
        assert client.get(f"{ROOT}/services").status_code == 401
        assert client.sign_in().status_code == 200


def test_row_3_the_session_cap_answers_503(server: EcyServer) -> None:
    with signed_in(server, "cap") as client, EcyClient(server, "cap") as second:
        assert second.sign_in().status_code == 503
        assert client.get(f"{ROOT}/services").status_code == 200


def test_row_4_a_wrong_password_locks_out_for_a_while(server: EcyServer, time: FakeTime) -> None:
    with EcyClient(server, "lockout") as client:
        assert client.send("GET", f"{ROOT}/services", auth=(USER, "wrong")).status_code == 401
        assert client.sign_in().status_code == 401
        time.advance(60)
        assert client.sign_in().status_code == 200


def test_row_5_a_401_may_come_as_a_page(server: EcyServer) -> None:
    with EcyClient(server, "html 401") as client:
        answer = client.get(f"{ROOT}/services")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("name", "status"), [("no role", 403), ("no role 401", 401)])
def test_row_5_an_account_without_the_role_is_refused(server: EcyServer, name: str, status: int) -> None:
    with EcyClient(server, name) as client:
        assert client.sign_in().status_code == status


def test_rows_6_to_8_a_leaf_under_another_name_with_other_words(server: EcyServer) -> None:
    with signed_in(server, "value") as client:
        assert client.get(f"{OBJECTS}/binary-values/9/present-value").json() == {"value": "active"}
        assert client.get(f"{OBJECTS}/analog-inputs/2/present-value").json() == {"value": "NaN"}


def test_rows_6_to_9_bare_values_booleans_and_lists(server: EcyServer) -> None:
    body = {
        "encode": "text",
        "property-references": [
            {"type": "binaryValue", "instance": 9, "property": "presentValue"},
            {"type": "analogValue", "instance": 3, "property": "presentValue"},
        ],
    }
    with signed_in(server, "bare") as client:
        assert client.get(f"{OBJECTS}/binary-values/9/present-value").json() is True
        assert client.get(f"{AV_3}/priority-array").json() == [None] * 16
        results = client.post(f"{OBJECTS}/read-property-multiple", body).json()["results"]
    assert [item["value"] for item in results] == [True, 21.0]


def test_rows_10_and_12_null_is_refused_and_another_slot_is_the_default(server: EcyServer) -> None:
    with signed_in(server, "no null") as client:
        assert client.post(f"{AV_3}/set-value-at", {"priority": 10, "value": None}).status_code == 400
        client.post(AV_3, {"present-value": 20.0})
        assert client.value("analog-values/3/priority-array/10") == 20.0
        item = {"type": "analogValue", "instance": 3, "property": "presentValue", "value": "null", "priority": 10}
        body = {"encode": "text", "property-references": [item]}
        assert client.post(f"{OBJECTS}/write-property-multiple", body).status_code == 200
        assert client.value("analog-values/3/priority-array/10") is None


@pytest.mark.parametrize(("name", "value", "output"), [("AV only", 200, 404), ("no verb", 404, 404)])
def test_row_11_the_verb_is_not_everywhere(server: EcyServer, name: str, value: int, output: int) -> None:
    body = {"priority": 14, "value": 20.0}
    with signed_in(server, name) as client:
        assert client.post(f"{AV_3}/set-value-at", body).status_code == value
        assert client.post(f"{OBJECTS}/analog-outputs/1/set-value-at", body).status_code == output


def test_row_13_a_post_is_answered_without_content_or_with_an_echo(server: EcyServer) -> None:
    with signed_in(server, "no content") as client:
        answer = client.post(AV_3, {"present-value": 20.0})
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get(f"{ROOT}/services").status_code == 200
    with signed_in(server, "echo") as client:
        assert client.post(AV_3, {"present-value": 20.0}).json() == {"present-value": 20.0}


def test_row_14_items_with_headers_text_status_and_no_body(server: EcyServer) -> None:
    with signed_in(server, "headers") as client:
        (item,) = client.batch([{"id": "1", "method": "POST", "url": AV_3, "body": {"present-value": 20.0}}])
    assert item["status"] == "200"
    assert "headers" in item
    assert "body" not in item


def test_row_14_items_without_status(server: EcyServer) -> None:
    with signed_in(server, "no status") as client:
        (item,) = client.batch([{"id": "1", "method": "POST", "url": AV_3, "body": {"present-value": 20.0}}])
    assert item == {"id": "1", "body": {}}


@pytest.mark.parametrize(("name", "status"), [("limit", 413), ("limit 400", 400)])
def test_row_15_a_batch_that_is_too_large_is_refused_whole(server: EcyServer, name: str, status: int) -> None:
    item = {"id": "1", "url": f"{ROOT}/services"}
    with signed_in(server, name) as client:
        assert client.post(f"{ROOT}/batch", {"requests": [item] * 3}).status_code == status
        assert len(client.batch([item])) == 1


def test_row_17_after_the_first_error_nothing_more_is_done(server: EcyServer) -> None:
    with signed_in(server, "stop") as client:
        items = client.batch(
            [
                {"id": "1", "url": f"{ROOT}/services"},
                {"id": "2", "url": f"{ROOT}/nonsense"},
                {"id": "3", "method": "POST", "url": AV_3, "body": {"present-value": 1.0}},
            ]
        )
        assert [item["id"] for item in items] == ["1", "2"]
        assert client.value("analog-values/3/present-value") == 21.0


def test_row_17_a_parallel_batch_does_not_keep_the_order_of_the_work(server: EcyServer) -> None:
    path = f"{OBJECTS}/analog-inputs/1"
    with signed_in(server, "parallel") as client:
        items = client.batch(
            [
                {"id": "1", "method": "POST", "url": path, "body": {"out-of-service": True}},
                {"id": "2", "method": "POST", "url": path, "body": {"present-value": 1.0}},
            ]
        )
    assert [(item["id"], item["status"]) for item in items] == [("1", 200), ("2", 400)]


def test_rows_19_and_20_errors_as_text_and_400_for_what_is_missing(server: EcyServer) -> None:
    with signed_in(server, "text error") as client:
        answer = client.get(f"{OBJECTS}/analog-values/99")
        assert (answer.status_code, answer.json()) == (400, {"error": "Unknown Object (unknown-object)"})


def test_row_19_errors_as_plain_text_with_the_words_of_older_firmware(server: EcyServer) -> None:
    body = {"object-type": "AnalogValue", "instance-number": 3, "name": "New"}
    with signed_in(server, "plain error") as client:
        answer = client.post(f"{OBJECTS}/add", body)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "Instance Number already exists" in answer.text
        (item,) = client.batch([{"id": "1", "url": f"{ROOT}/nonsense"}])
        assert isinstance(item["body"], str)


def test_rows_21_and_22_lean_discovery(server: EcyServer) -> None:
    with signed_in(server, "lean") as client:
        references = client.get(OBJECTS).json()
        assert references["analog-values"] == {"3": {"key": "3"}}
        assert "multi-state-inputs" not in references
        assert client.get(f"{OBJECTS}?$select=nonsense").status_code == 400


def test_row_22_by_default_the_whole_tree_is_told(server: EcyServer) -> None:
    with signed_in(server, "cookie") as client:
        whole = client.get(OBJECTS).json()
    assert whole["analog-values"]["3"]["present-value"] == 21.0
    assert whole["multi-state-inputs"] == {}


@pytest.mark.parametrize(
    ("name", "kind", "units"),
    [
        ("cookie", "AnalogValue", "degrees-celsius"),
        ("camel", "analogValue", "degreesCelsius"),
        ("kebab", "analog-value", "degrees celsius"),
    ],
)
def test_rows_24_and_35_spelling_of_types_and_units(server: EcyServer, name: str, kind: str, units: str) -> None:
    with signed_in(server, name) as client:
        assert client.value("analog-values/3/object-identifier/object-type") == kind
        assert client.value("analog-values/3/units") == units


def test_rows_26_and_28_a_time_under_ntp_is_overwritten_and_told_in_utc(server: EcyServer) -> None:
    with signed_in(server, "overwritten") as client:
        body = {"time-zone": "America/Denver", "date-time": "2020-01-01T00:00:00"}
        assert client.post(TIME, body).status_code == 200
        told = client.get(TIME).json()
    assert (told["time-zone"], told["date-time"]) == ("America/Denver", "2026-07-06T12:00:00Z")


def test_rows_27_and_28_only_some_zones_and_the_offset_is_told(server: EcyServer) -> None:
    with signed_in(server, "zones") as client:
        assert client.post(TIME, {"time-zone": "US/Mountain"}).status_code == 400
        assert client.post(TIME, {"time-zone": "America/Denver"}).status_code == 200
        assert client.get(TIME).json()["date-time"] == "2026-07-06T06:00:00-06:00"


def test_row_29_reads_follow_writes_late(server: EcyServer, time: FakeTime) -> None:
    with signed_in(server, "stale") as client:
        client.post(AV_3, {"present-value": 20.0})
        time.advance(3)
        client.post(AV_3, {"present-value": 19.0})
        assert client.value("analog-values/3/present-value") == 21.0
        time.advance(2)
        assert client.value("analog-values/3/present-value") == 20.0
        time.advance(3)
        assert client.value("analog-values/3/present-value") == 19.0


def test_rows_30_and_36_a_reboot_drops_connections_sessions_and_what_was_taken(
    server: EcyServer, time: FakeTime
) -> None:
    with signed_in(server, "reboot") as client:
        client.post(f"{OBJECTS}/analog-inputs/1", {"out-of-service": True})
        client.post(AV_3, {"present-value": 20.0})
        server.controller("reboot").reboot()
        for _ in ("on the old connection", "on a new one", "on another"):
            with pytest.raises(requests.ConnectionError):
                client.get(f"{ROOT}/services")
        time.advance(60)
        assert client.get(f"{ROOT}/services").status_code == 401
        assert client.sign_in().status_code == 200
        assert client.value("analog-inputs/1/out-of-service") is False
        assert client.value("analog-values/3/present-value") == 21.0


def test_row_33_v1_urls_answer_with_a_page_or_a_redirect(server: EcyServer) -> None:
    with signed_in(server, "v1 html") as client:
        answer = client.get("/api/rest/v1/info")
        assert (answer.status_code, answer.text[:6]) == (404, "<html>")
    with signed_in(server, "v1 redirect") as client:
        answer = client.get("/api/rest/v1/info")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/api/rest/v2/info")


def test_row_34_plain_http_is_redirected_or_served(server: EcyServer) -> None:
    with EcyClient(server, "v1 redirect") as client:
        client.base = f"http://{server.plain_addresses['v1 redirect']}"
        answer = client.get(f"{ROOT}/services?x=1")
        location = f"https://{server.addresses['v1 redirect']}{ROOT}/services?x=1"
        assert (answer.status_code, answer.headers["Location"]) == (301, location)
    with EcyClient(server, "strict type") as client:
        client.base = f"http://{server.plain_addresses['strict type']}"
        answer = client.sign_in()
        assert (answer.status_code, answer.headers["Set-Cookie"][-7:]) == (200, ";Path=/")


def test_a_body_that_is_not_announced_as_json_may_get_415(server: EcyServer) -> None:
    with signed_in(server, "strict type") as client:
        assert client.send("POST", AV_3, data=b'{"present-value":20.0}').status_code == 415
        assert client.post(AV_3, {"present-value": 20.0}).status_code == 200
    with signed_in(server, "cookie") as client:
        assert client.send("POST", AV_3, data=b'{"present-value":20.0}').status_code == 200


def test_firmware_1_shows_its_identity_and_has_no_v2(server: EcyServer) -> None:
    with EcyClient(server, "1.x") as client:
        refused = client.get("/api/rest/v1")
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == 'basic realm="Radius"'
        assert refused.headers["Content-Type"].startswith("text/html")
        assert client.send("GET", "/api/rest/v1", auth=(USER, PASSWORD)).status_code == 200
        device = client.get("/api/rest/v1/info/device").json()
        info = client.get("/api/rest/v1/info")
        assert (device["hostName"], device["modelName"]) == ("1.x", "ECY-S1000")
        assert device["softwareVersion"].count(".") == 3
        assert info.json()["apiRevision"]
        assert r"\/api\/rest\/v1\/info" in info.text
        assert client.get(f"{ROOT}/services").status_code == 404
