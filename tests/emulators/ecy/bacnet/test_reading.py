"""Reading an emulated controller over BACnet/IP: what it shows beside REST, and what it says to bad questions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bacpypes3.primitivedata import Real

from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from tests.emulators.ecy.bacnet.client import BacnetBench, bacnet_bench, both_sides, chosen, refusal
from tests.emulators.ecy.client import OBJECTS

NOON_IN_JULY = datetime(2023, 7, 6, 17, 0, 1, 250_000, tzinfo=UTC)


def test_both_front_ends_show_one_object() -> None:
    with both_sides() as (bacnet, rest):
        rest.post(f"{OBJECTS}/analog-values/3/set-value-at", {"value": 23.5, "priority": 8})
        rest.post(f"{OBJECTS}/analog-values/3/set-value-at", {"value": 19.0, "priority": 5})
        rest.post(f"{OBJECTS}/analog-inputs/1", {"out-of-service": True})
        rest.post(f"{OBJECTS}/analog-inputs/1", {"present-value": 14.5})
        assert bacnet.read("analog-value,3") == 19.0
        assert bacnet.slots("analog-value,3") == [None] * 4 + [19.0, None, None, 23.5] + [None] * 8
        assert bacnet.read("analog-input,1") == 14.5
        assert str(bacnet.read("analog-input,1", "status-flags")) == "out-of-service"


def test_values_come_in_the_datatype_of_their_object() -> None:
    with bacnet_bench() as bench:
        bench.controller.objects.measure("Fan status", 1.0)
        assert str(bench.client.read("binary-input,3")) == "active"
        assert str(bench.client.read("binary-value,9")) == "active"
        assert isinstance(bench.client.read("analog-value,3"), Real)
        assert bench.client.read("multi-state-value,4") == 1


def test_an_object_says_what_it_is() -> None:
    with bacnet_bench() as bench:
        client = bench.client
        bench.controller.objects.limit("Setpoint", 10.0, 30.0)
        assert client.read("analog-value,3", "object-name") == "Setpoint"
        assert client.read("analog-value,3", "description") == "Zone"
        assert str(client.read("analog-value,3", "units")) == "degrees-celsius"
        assert client.read("analog-value,3", "min-pres-value") == 10.0
        assert client.read("analog-value,3", "max-pres-value") == 30.0
        assert client.read("analog-value,3", "relinquish-default") == 21.0
        assert client.read("analog-value,3", "cov-increment") == pytest.approx(0.1)
        assert client.read("multi-state-value,4", "number-of-states") == 3
        assert client.read("multi-state-value,4", "state-text") == ["off", "heat", "cool"]
        assert str(client.read("binary-output,1", "polarity")) == "normal"


def test_a_property_list_names_what_can_be_read() -> None:
    with bacnet_bench() as bench:
        for target in ("analog-input,1", "binary-value,9", "multi-state-value,4", "device,1"):
            for name in bench.client.read(target, "property-list"):
                bench.client.read(target, str(name))


def test_the_command_in_force_is_told_by_its_priority() -> None:
    with bacnet_bench() as bench:
        assert chosen(bench.client.read("analog-value,3", "current-command-priority")) == ()
        bench.controller.objects.command("Setpoint", 23.5, 8)
        assert chosen(bench.client.read("analog-value,3", "current-command-priority")) == 8


def test_a_sensor_without_a_number_is_in_fault() -> None:
    with bacnet_bench() as bench:
        assert str(bench.client.read("analog-input,2", "status-flags")) == "fault"
        assert str(bench.client.read("analog-input,2", "reliability")) == "no-sensor"
        assert str(bench.client.read("analog-input,1", "status-flags")) == ""
        assert str(bench.client.read("analog-input,1", "reliability")) == "no-fault-detected"


def test_the_device_object_describes_the_controller() -> None:
    with bacnet_bench(spec={"location": "Roof", "instance": 12}) as bench:
        client = bench.client
        assert client.read("device,12", "object-name") == "AHU"
        assert client.read("device,12", "location") == "Roof"
        assert client.read("device,12", "model-name") == "ECY-S1000"
        assert client.read("device,12", "vendor-name") == "Distech Controls Inc."
        assert client.read("device,12", "vendor-identifier") == 364
        assert client.read("device,12", "application-software-version") == "emulated"
        assert client.read("device,4194303", "object-identifier")[1] == 12
        assert len(client.read("device,12", "object-list")) == 9
        assert client.read("device,12", "object-list", 0) == 9
        assert str(client.read("device,12", "object-list", 2)) == "analog-input,1"


def test_the_device_tells_the_local_time_of_its_own_clock() -> None:
    chicago = {"time_zone": "America/Chicago"}
    with bacnet_bench(spec=chicago, now=lambda: NOON_IN_JULY) as bench:
        assert str(bench.client.read("device,1", "local-date")) == "2023-7-6 thu"
        assert str(bench.client.read("device,1", "local-time")) == "12:00:01.25"
        assert bench.client.read("device,1", "utc-offset") == 360
        assert bool(bench.client.read("device,1", "daylight-savings-status"))


def test_only_services_and_types_that_are_there_are_announced() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(cov=False))) as bench:
        services = str(bench.client.read("device,1", "protocol-services-supported")).split(";")
        types = str(bench.client.read("device,1", "protocol-object-types-supported")).split(";")
    assert {"read-property-multiple", "write-property-multiple", "who-has"} <= set(services)
    assert not {"subscribe-cov", "device-communication-control", "reinitialize-device"} & set(services)
    assert len(types) == 10
    assert {"device", "multi-state-output"} <= set(types)


@pytest.mark.parametrize(
    ("target", "name", "index", "answer"),
    [
        ("analog-value,99", "present-value", None, "object: unknown-object"),
        ("trend-log,1", "present-value", None, "object: unknown-object"),
        ("device,2", "object-name", None, "object: unknown-object"),
        ("analog-input,1", "priority-array", None, "property: unknown-property"),
        ("analog-value,3", "min-pres-value", None, "property: unknown-property"),
        ("binary-value,9", "units", None, "property: unknown-property"),
        ("analog-value,3", "present-value", 1, "property: property-is-not-an-array"),
        ("analog-value,3", "priority-array", 17, "property: invalid-array-index"),
        ("device,1", "object-list", 10, "property: invalid-array-index"),
        ("device,1", "device-address-binding", 1, "property: property-is-not-an-array"),
    ],
)
def test_a_read_of_what_is_not_there_is_refused(target: str, name: str, index: int | None, answer: str) -> None:
    with bacnet_bench() as bench:
        assert refusal(lambda: bench.client.read(target, name, index)) == answer


def test_read_multiple_answers_each_item_for_itself() -> None:
    with bacnet_bench() as bench:
        results = bench.client.read_multiple(
            ("analog-value,3", ["present-value", "state-text"]), ("analog-value,99", ["present-value"])
        )
    assert results["analog-value,3", "present-value"].propertyValue.cast_out(Real) == 21.0
    assert str(results["analog-value,3", "state-text"].propertyAccessError.errorCode) == "unknown-property"
    assert str(results["analog-value,99", "present-value"].propertyAccessError.errorCode) == "unknown-object"


def test_all_is_what_is_required_and_what_is_optional() -> None:
    with bacnet_bench() as bench:
        names = {
            group: {name for _, name in bench.client.read_multiple(("analog-value,3", [group]))}
            for group in ("all", "required", "optional")
        }
    assert names["all"] == names["required"] | names["optional"]
    assert "description" in names["optional"]
    assert {"object-name", "present-value", "units", "priority-array"} <= names["required"]
    assert "property-list" not in names["all"]


def test_a_long_answer_comes_in_segments() -> None:
    with bacnet_bench(objects=_many()) as bench:
        assert len(bench.client.read("device,1", "object-list")) == 401


def test_a_controller_without_segmentation_aborts_a_long_answer() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(segmentation=False)), objects=_many()) as bench:
        assert refusal(lambda: bench.client.read("device,1", "object-list")) == "segmentation-not-supported"
        assert bench.client.read("device,1", "object-list", 0) == 401
        assert str(bench.client.read("device,1", "segmentation-supported")) == "no-segmentation"


def test_a_controller_without_read_multiple_rejects_it() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(read_property_multiple=False))) as bench:
        answer = refusal(lambda: bench.client.read_multiple(("analog-value,3", ["present-value"])))
    assert answer == "unrecognized-service"


def test_requests_are_counted_by_service() -> None:
    with bacnet_bench() as bench:
        _read_twice(bench)
        assert bench.controller.counters.bacnet == {"ReadProperty": 2}


def _read_twice(bench: BacnetBench) -> None:
    for _ in range(2):
        bench.client.read("analog-value,3")


def _many() -> list[ObjectSpec]:
    return [ObjectSpec("AnalogValue", f"Point {number}", "percent") for number in range(400)]
