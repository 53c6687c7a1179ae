"""The client against every two of the firmware's unknowns together (ecy-rest-api §17)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields

import pytest

from emulators.ecy.profile import Profile
from tests.clients.ecy.bench import (
    ABSENT,
    DAMPER,
    FAN_STATUS,
    MODE,
    NAME,
    OBJECTS,
    OCCUPIED,
    PUMP,
    SETPOINT,
    SPEED,
    STAGE,
    SUPPLY_TEMP,
    Bench,
    bench,
    commanded,
    forced,
)
from tests.clients.ecy.firmware import SWITCHES
from tests.clients.pairwise import pairwise
from utils.errors import ObjectError
from utils.values import ObjectRef, PointValue, Quality

pytestmark = pytest.mark.slow

TOLD_ELSEWHERE = {
    "firmware",
    "session_idle_s",
    "session_cap",
    "session_cap_action",
    "lockout_failures",
    "lockout_s",
    "api_role",
    "missing_role_status",
    "payload_limit_bytes",
    "time_under_ntp",
    "priority_arrays",
    "stale_reads_s",
    "v1_urls",
    "strict_content_type",
    "storage",
    "trusts_faulty_inputs",
}
"""Switches that other tests turn."""
NOT_OUR_CONCERN = {
    "bacnet",
    "sensors",
    "reliability_writable",
    "default_priority",
    "unfiltered_objects",
    "duplicate_instance_text",
    "clock_survives_reboot",
    "own_zones",
    "out_of_service_survives_reboot",
    "slots_survive_reboot",
    "plain_http",
    "reboot_s",
    "program_priority",
}
"""Switches of what the client never does, or cannot tell apart."""

VALUES: dict[ObjectRef, PointValue] = {SETPOINT: 68.5, OCCUPIED: True, STAGE: 3, DAMPER: 55.5, PUMP: False, SPEED: 1}
INPUTS: dict[ObjectRef, PointValue] = {SUPPLY_TEMP: 21.25, FAN_STATUS: True, MODE: 3}


@pytest.fixture(scope="module", params=pairwise(SWITCHES), ids=lambda row: f"{row['batch_order']}-{row['leaf_form']}")
def firmware(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(Profile(**request.param)) as serving:
        serving.client.connect()
        yield serving


def test_every_switch_is_known_here() -> None:
    assert {field.name for field in fields(Profile)} == SWITCHES.keys() | TOLD_ELSEWHERE | NOT_OUR_CONCERN


def test_discovery_finds_every_object(firmware: Bench) -> None:
    found = firmware.client.get_existing_endpoints()
    assert {(endpoint.name, endpoint.ref.object_type) for endpoint in found} == {
        (spec.name, spec.object_type) for spec in OBJECTS
    }
    assert firmware.client.get_instance_number("Setpoint", SETPOINT.object_type) == SETPOINT.instance
    units = {endpoint.name: endpoint.units for endpoint in found}
    assert units["SupplyTemp"] == "degrees-celsius"
    assert units["Pump"] is None


def test_values_go_out_and_come_back(firmware: Bench) -> None:
    writes = [write for ref, value in INPUTS.items() for write in forced(ref, value)]
    writes += [commanded(ref, value) for ref, value in VALUES.items()]
    exchange = firmware.client.exchange(writes, [*INPUTS, *VALUES])
    assert [result.error for result in exchange.writes] == [None] * len(writes)
    # Where a batch has no order, its reads may come before its writes.
    samples = firmware.client.read_values_from_endpoints([*INPUTS, *VALUES])
    assert {ref: sample.value for ref, sample in samples.items()} == INPUTS | VALUES


def test_a_missing_object_spoils_only_its_own_items(firmware: Bench) -> None:
    exchange = firmware.client.exchange(
        [commanded(ABSENT, 1.0), *forced(SUPPLY_TEMP, 20.0)], [ABSENT, SUPPLY_TEMP, DAMPER]
    )
    first, *others = [result.error for result in exchange.writes]
    assert isinstance(first, ObjectError)
    assert first.missing
    assert others == [None, None]
    assert exchange.samples[ABSENT].quality is Quality.MISSING
    assert exchange.samples[DAMPER].quality is Quality.GOOD


def test_a_missing_object_is_known_for_it_before_any_form_has_proved_to_work() -> None:
    with bench(Profile(set_value_at="none", batch_status="absent")) as fresh:
        fresh.client.connect()
        (result,) = fresh.client.write_values_from_endpoints([commanded(ABSENT, 1.0)])
    assert isinstance(result.error, ObjectError)
    assert result.error.missing


def test_an_input_in_service_refuses_a_value(firmware: Bench) -> None:
    client = firmware.client
    client.set_out_of_service(FAN_STATUS.object_type, FAN_STATUS.instance, False)
    (result,) = client.write_values_from_endpoints(forced(FAN_STATUS, 1)[1:])
    assert isinstance(result.error, ObjectError)
    assert not result.error.missing


def test_a_survey_tells_the_whole_state(firmware: Bench) -> None:
    firmware.client.exchange([*forced(SUPPLY_TEMP, 20.0), commanded(SETPOINT, 66.0)], ())
    states = firmware.client.survey([SUPPLY_TEMP, SETPOINT, ABSENT])
    assert states[SUPPLY_TEMP].out_of_service is True
    assert states[SUPPLY_TEMP].priority_array is None
    assert states[SUPPLY_TEMP].present_value.value == 20.0
    assert states[SETPOINT].out_of_service is False
    assert states[SETPOINT].units == "degrees-fahrenheit"
    slots = states[SETPOINT].priority_array
    assert slots is not None
    assert [slot for slot, value in enumerate(slots, 1) if value == 66.0] == [14]
    assert states[ABSENT].present_value.quality is Quality.MISSING


@pytest.mark.parametrize("ref", VALUES, ids=str)
def test_a_released_slot_is_verified(firmware: Bench, ref: ObjectRef) -> None:
    firmware.client.exchange([commanded(ref, VALUES[ref])], ())
    assert firmware.client.relinquish(ref, 14)
    slots = firmware.client.survey([ref])[ref].priority_array
    assert slots is not None
    assert slots[13] is None


def test_a_batch_may_release_too(firmware: Bench) -> None:
    firmware.client.exchange([commanded(ref, value) for ref, value in VALUES.items()], ())
    results = firmware.client.write_values_from_endpoints([commanded(ref, None) for ref in VALUES])
    assert [result.error for result in results] == [None] * len(VALUES)
    slots = [state.priority_array for state in firmware.client.survey(list(VALUES)).values()]
    assert [array[13] for array in slots if array] == [None] * len(VALUES)


def test_the_clock_is_set_and_read_back(firmware: Bench) -> None:
    client = firmware.client
    client.disable_ntp()
    client.set_time_and_timezone("US/Mountain", 1_700_000_000.0)
    state = client.get_clock()
    assert state.ntp_enabled is False
    assert state.time_zone in ("US/Mountain", "America/Denver")
    assert state.local_time.isoformat(timespec="minutes") == "2023-11-14T15:13"
    client.set_time_and_timezone("America/New_York", time.time())
    client.set_ntp(True)
    assert client.get_clock().ntp_enabled is True


def test_a_single_property_is_told_in_its_own_kind(firmware: Bench) -> None:
    client = firmware.client
    client.get_existing_endpoints()
    assert client.get_property_value("Pump", PUMP.object_type, "present-value") is False
    assert client.get_property_value("Damper", DAMPER.object_type, "object-name") == "Damper"
    assert client.get_device_name() == NAME
    with pytest.raises(ObjectError) as caught:
        client.get_property_value("Damper", DAMPER.object_type, "no-such-property")
    assert caught.value.missing


def test_one_sign_in_is_enough(firmware: Bench) -> None:
    assert firmware.controller.counters.basic_sign_ins == 1
