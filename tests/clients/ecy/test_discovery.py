from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from clients.device_client import Binding, CovSubscription
from emulators.ecy.faults.calls import AnswerInstead
from emulators.ecy.faults.fault import Fault
from emulators.http.messages import Request, Response
from tests.clients.ecy.bench import NAME, OBJECTS, PUMP, SETPOINT, SUPPLY_TEMP, Bench, bench, fresh
from utils.errors import DeviceUnreachable, ObjectError
from utils.values import Endpoint, ObjectRef, ObjectType

BINDING = {
    "element-a": "/services/bacnet/local/objects/analog-values/7",
    "element-b": "/services/bacnet/local/objects/analog-values/8",
    "sync-a-to-b": {"options": {"write-priority": 14.0}},
}
SUBSCRIPTION = {
    "recipient-process": {"recipient": {"device": 4711}, "process-id": 1},
    "monitored-property-reference": {
        "object-identifier": {"object-type": "AnalogInput", "object-instance": 1},
        "property-identifier": "present-value",
    },
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with bench() as serving:
        yield serving


@pytest.fixture
def ecy(shared: Bench) -> Iterator[Bench]:
    with fresh(shared) as signed_in:
        yield signed_in


def test_discovery_is_one_call(ecy: Bench) -> None:
    assert len(ecy.client.get_existing_endpoints()) == len(OBJECTS)
    assert ecy.controller.counters.requests.total() == 1


def test_only_the_wanted_types_are_asked(ecy: Bench) -> None:
    found = ecy.client.get_existing_endpoints([ObjectType.ANALOG_VALUE])
    assert found == (Endpoint(SETPOINT, "Setpoint", "degrees-fahrenheit"),)


def test_names_are_looked_up_without_asking_again(ecy: Bench) -> None:
    assert ecy.client.get_instance_number("Setpoint", ObjectType.ANALOG_VALUE) == 7
    assert ecy.client.get_instance_number("Pump", ObjectType.BINARY_OUTPUT) == PUMP.instance
    assert ecy.controller.counters.requests.total() == 1


@pytest.mark.parametrize(
    ("name", "object_type"), [("setpoint", ObjectType.ANALOG_VALUE), ("Setpoint", ObjectType.ANALOG_INPUT)]
)
def test_a_name_that_is_not_there_is_missing(ecy: Bench, name: str, object_type: ObjectType) -> None:
    with pytest.raises(ObjectError, match=f"no {object_type} named '{name}'") as caught:
        ecy.client.get_instance_number(name, object_type)
    assert caught.value.missing


def test_descriptions_are_told_to_who_asks_for_them(ecy: Bench) -> None:
    plain = {endpoint.ref: endpoint.description for endpoint in ecy.client.get_existing_endpoints()}
    described = {endpoint.ref: endpoint.description for endpoint in ecy.client.get_described_endpoints()}
    assert (plain[SUPPLY_TEMP], described[SUPPLY_TEMP], described[PUMP]) == ("", "Discharge air sensor", "")
    assert ecy.controller.counters.requests.total() == 2


class NoDescriptions(Fault):
    """Refuses a selection with a description in it."""

    async def on_request(self, request: Request) -> Response | None:
        return Response(400, b'{"error": "unknown property"}') if "description" in request.query else None


def test_objects_are_told_where_descriptions_are_refused(ecy: Bench) -> None:
    ecy.controller.faults.add(NoDescriptions())
    found = ecy.client.get_described_endpoints()
    assert len(found) == len(OBJECTS)
    assert ecy.client.get_instance_number("Setpoint", ObjectType.ANALOG_VALUE) == 7


def test_a_description_that_is_no_text_is_none(ecy: Bench) -> None:
    identifier = {"object-type": "analog-value", "object-instance": 3}
    item = {"object-name": "Third", "object-identifier": identifier, "description": {"language": "fr"}}
    answer(ecy, {"analog-values": {"3": item}})
    [found] = ecy.client.get_described_endpoints()
    assert (found.name, found.description) == ("Third", "")


class OneTypeAtATime(Fault):
    """Refuses what names several types or units, and knows no multi-state objects."""

    async def on_request(self, request: Request) -> Response | None:
        is_refused = request.path.endswith("/objects") or "units" in request.query or "multi-state" in request.path
        return Response(400, b'{"error": "bad selection"}') if is_refused else None


def test_discovery_falls_back_to_single_types_and_fewer_members(ecy: Bench) -> None:
    ecy.controller.faults.add(OneTypeAtATime())
    found = {endpoint.ref: endpoint for endpoint in ecy.client.get_existing_endpoints()}
    assert found[SETPOINT] == Endpoint(SETPOINT, "Setpoint", None)
    assert PUMP in found
    assert not any(ref.object_type.is_multi_state for ref in found)


def answer(ecy: Bench, body: object) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(200, json.dumps(body).encode())))


def test_odd_entries_are_passed_over(ecy: Bench) -> None:
    identifier = {"object-type": "analog-value", "object-instance": 3.0}
    answer(
        ecy,
        {
            "analog-values": {
                "1": {"object-name": {"$value": "Wrapped"}},
                "2": {"description": "nameless"},
                "odd": {"object-name": "No number"},
                "4": None,
            },
            "analog-inputs": [{"object-name": "In a list", "object-identifier": {**identifier, "object-instance": 3}}],
        },
    )
    found = ecy.client.get_existing_endpoints()
    assert {(str(endpoint.ref), endpoint.name) for endpoint in found} == {
        ("AnalogValue 1", "Wrapped"),
        ("AnalogInput 3", "In a list"),
    }


def test_two_objects_of_one_name_are_told_apart_by_type(ecy: Bench, caplog: pytest.LogCaptureFixture) -> None:
    twin = {"5": {"object-name": "Twin"}}
    answer(ecy, {"analog-values": twin, "binary-values": twin})
    with caplog.at_level(logging.WARNING):
        ecy.client.get_existing_endpoints()
    assert "more than one object is named Twin" in caplog.text
    assert ecy.client.get_instance_number("Twin", ObjectType.BINARY_VALUE) == 5


def test_a_discovery_that_fails_is_told(ecy: Bench) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(503, b"later"), times=None))
    with pytest.raises(DeviceUnreachable):
        ecy.client.get_existing_endpoints()


def test_bindings_and_subscriptions_are_told(ecy: Bench) -> None:
    assert ecy.client.get_bindings() == []
    assert ecy.client.get_cov_subscriptions() == []
    ecy.controller.documents.event_bindings["night"] = BINDING  # type: ignore[assignment]
    ecy.controller.documents.cov_subscriptions["1"] = SUBSCRIPTION  # type: ignore[assignment]
    objects = "/services/bacnet/local/objects/analog-values"
    assert ecy.client.get_bindings() == [Binding("night", f"{objects}/7", f"{objects}/8", 14)]
    assert ecy.client.get_cov_subscriptions() == [CovSubscription("4711", SUPPLY_TEMP)]


def test_firmware_without_bindings_has_none(ecy: Bench) -> None:
    ecy.controller.faults.add(AnswerInstead(Response(404, b"{}"), times=None))
    assert ecy.client.get_bindings() == []
    assert ecy.client.get_cov_subscriptions() == []


def test_a_subscription_to_something_else_has_no_reference(ecy: Bench) -> None:
    answer(ecy, {"1": {"active-cov-subscriptions": [{"recipient-process": {}}]}})
    assert ecy.client.get_cov_subscriptions() == [CovSubscription("unknown", None)]


def test_the_device_has_a_name(ecy: Bench) -> None:
    assert ecy.client.get_device_name() == NAME
    answer(ecy, {})
    with pytest.raises(ObjectError):
        ecy.client.get_device_name()


def test_the_client_names_its_address_only(ecy: Bench) -> None:
    address = ecy.server.addresses[NAME]
    assert ecy.client.device == address
    assert repr(ecy.client) == f"ECYDeviceClient('{address}')"
    assert str(ObjectRef(ObjectType.ANALOG_VALUE, 7)) == "AnalogValue 7"
