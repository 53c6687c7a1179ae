"""Controllers that do not store what they are sent, or are slow to show it: over REST and BACnet alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bacpypes3.primitivedata import Boolean, Enumerated, Real

from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import Crosses, Ramps, Sticks, Stores, Wanders
from emulators.ecy.objects.storage import EXACT, StorageQuirk
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests.emulators.ecy.bacnet.client import NULL, BacnetClient, bacnet_bench, chosen, refusal
from tests.emulators.ecy.client import OBJECTS, PASSWORD, SOME_OBJECTS, USER, EcyClient, error_code, signed_in

SENT = 33.37
AV_3 = f"{OBJECTS}/analog-values/3"
AI_1 = f"{OBJECTS}/analog-inputs/1"
FORMS: list[tuple[StorageQuirk, float]] = [
    (EXACT, 33.37),
    (StorageQuirk(maximum=15.5), 15.5),
    (StorageQuirk(minimum=40.0), 40.0),
    (StorageQuirk(step=1.0), 33.0),
    (StorageQuirk(step=0.1), 33.4),
    (StorageQuirk(span=100.0), 85 * 100.0 / 255),
    (StorageQuirk(span=30.0), 30.0),
    (StorageQuirk(span=100.0, bits=12), 1367 * 100.0 / 4095),
    (StorageQuirk(factor=0.1), 3.337),
    (StorageQuirk(factor=-1.0, offset=100.0), 66.63),
    (StorageQuirk(factor=1.8, offset=32.0, maximum=90.0), 90.0),
    (StorageQuirk(factor=-1.0, unsigned=True), 0.0),
    (StorageQuirk(unsigned=True), 33.0),
    (StorageQuirk(factor=10.0, maximum=300.0, step=7.0), 301.0),
]


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    spec = ControllerSpec("AHU", objects=SOME_OBJECTS)
    with EcyServer([spec], username=USER, password=PASSWORD, bacnet_port=0) as running:
        yield running


@pytest.fixture
def rest(server: EcyServer, controller: EmulatedController) -> Iterator[EcyClient]:
    with signed_in(server, "AHU") as signed:
        yield signed


@pytest.fixture
def bacnet(server: EcyServer, controller: EmulatedController) -> Iterator[BacnetClient]:
    with BacnetClient(server.bacnet_addresses["AHU"]) as client:
        yield client


def slot(rest: EcyClient, priority: int = 14) -> object:
    return rest.value(f"analog-values/3/priority-array/{priority}")


def send(rest: EcyClient, value: float | None, path: str = AV_3) -> None:
    answer = rest.post(f"{path}/set-value-at", {"priority": 14, "value": value})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("storage", "stored"), FORMS, ids=[str(form[0]) for form in FORMS])
def test_a_number_is_stored_in_the_form_that_was_chosen(storage: StorageQuirk, stored: float) -> None:
    assert storage.stored(SENT) == pytest.approx(stored)


def test_half_a_step_is_rounded_up() -> None:
    assert [StorageQuirk(step=1.0).stored(value) for value in (0.5, 1.5, 2.5, -0.5)] == [1.0, 2.0, 3.0, 0.0]


def test_a_slot_holds_what_was_stored_whichever_way_it_was_sent(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    controller.faults.add(Stores(StorageQuirk(step=1.0)))
    send(rest, 33.37)
    bacnet.command("analog-value,3", Real(12.6), 13)
    rest.post(AV_3, {"present-value": 7.4})
    item = {"type": "analogValue", "instance": 3, "property": "presentValue", "value": 5.7, "priority": 12}
    rest.post(f"{OBJECTS}/write-property-multiple", {"encode": "text", "property-references": [item]})
    assert controller.objects.named("Setpoint").slots == (*[None] * 11, 6.0, 13.0, 33.0, None, 7.0)
    assert rest.value("analog-values/3/present-value") == bacnet.read("analog-value,3") == 6.0
    assert chosen(bacnet.read("analog-value,3", "priority-array", 14)) == 33.0


def test_an_input_that_is_out_of_service_holds_what_was_stored(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    controller.faults.add(Stores(StorageQuirk(maximum=30.0)))
    rest.post(AI_1, {"out-of-service": True, "present-value": SENT})
    assert rest.value("analog-inputs/1/present-value") == 30.0
    bacnet.write("analog-input,1", "present-value", Real(35.5))
    assert bacnet.read("analog-input,1") == 30.0
    bacnet.write("analog-input,1", "out-of-service", Boolean(False))
    assert bacnet.read("analog-input,1") == -40.0


def test_only_analog_objects_of_the_given_names_store_otherwise(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    controller.faults.add(Stores(StorageQuirk(step=10.0), {"Setpoint", "Mode", "Fan start"}))
    send(rest, SENT)
    send(rest, 31.0, f"{OBJECTS}/analog-outputs/1")
    send(rest, 3, f"{OBJECTS}/multi-state-values/4")
    bacnet.command("binary-output,1", Enumerated(1), 14)
    names = ("Setpoint", "Valve", "Mode", "Fan start")
    assert [controller.objects.named(name).slots[13] for name in names] == [30.0, 31.0, 3.0, 1.0]


def test_operators_at_the_controller_and_its_program_are_stored_exactly(controller: EmulatedController) -> None:
    controller.faults.add(Stores(StorageQuirk(step=1.0)))
    controller.objects.command("Setpoint", 22.5, 14)
    assert controller.objects.named("Setpoint").slots[13] == 22.5


def test_a_number_that_is_clamped_is_not_refused_and_one_that_is_none_is(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    controller.objects.limit("Setpoint", 10.0, 30.0)
    try:
        controller.faults.add(Stores(StorageQuirk(maximum=30.0)))
        send(rest, SENT)
        assert slot(rest) == 30.0
        refused = rest.post(f"{AV_3}/set-value-at", {"priority": 14, "value": 5.0})
        assert error_code(refused) == "value-out-of-range"
        told = refusal(lambda: bacnet.command("analog-value,3", Real(float("inf")), 14))
        assert told == "property: value-out-of-range"
    finally:
        controller.objects.limit("Setpoint", None, None)


def test_a_slot_that_is_given_back_may_hold_zero_instead(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    send(rest, SENT)
    controller.faults.add(Stores(StorageQuirk(null_is_zero=True)))
    send(rest, None)
    bacnet.command("analog-value,3", NULL, 13)
    assert [slot(rest, priority) for priority in (12, 13, 14)] == [None, 0.0, 0.0]


def test_a_write_may_be_acknowledged_and_forgotten(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    send(rest, SENT)
    rest.post(AI_1, {"out-of-service": True, "present-value": 4.0})
    controller.faults.add(Stores(StorageQuirk(ignores=True)))
    send(rest, 12.0)
    send(rest, None)
    bacnet.command("analog-value,3", NULL, 14)
    bacnet.write("analog-input,1", "present-value", Real(5.0))
    rest.post(AI_1, {"present-value": 6.0})
    assert slot(rest) == pytest.approx(SENT)
    assert rest.value("analog-inputs/1/present-value") == 4.0
    assert controller.counters.writes["Setpoint"] >= 4


def test_an_object_may_stick_after_it_has_changed_some_times(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    controller.faults.add(Sticks(2, {"Outdoor temperature"}))
    rest.post(AI_1, {"out-of-service": True, "present-value": 1.0})
    rest.post(AI_1, {"present-value": 1.0})
    bacnet.write("analog-input,1", "present-value", Real(2.0))
    bacnet.write("analog-input,1", "present-value", Real(3.0))
    rest.post(AI_1, {"present-value": 4.0})
    assert rest.value("analog-inputs/1/present-value") == bacnet.read("analog-input,1") == 2.0
    send(rest, 1.0)
    send(rest, 2.0)
    send(rest, 3.0)
    assert slot(rest) == 3.0


def test_two_inputs_may_be_crossed(rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController) -> None:
    controller.objects.add(ObjectSpec("AnalogInput", "Return temperature", "degrees-celsius", initial=5.0, instance=77))
    other = f"{OBJECTS}/analog-inputs/77"
    try:
        controller.faults.add(Crosses(controller.objects, "Outdoor temperature", "Return temperature"))
        rest.post(AI_1, {"out-of-service": True, "present-value": 20.0})
        assert rest.value("analog-inputs/77/present-value") == bacnet.read("analog-input,77") == 20.0
        assert rest.value("analog-inputs/1/present-value") == bacnet.read("analog-input,1") == 5.0
        rest.post(other, {"out-of-service": True, "present-value": 21.0})
        assert (rest.value("analog-inputs/1/present-value"), bacnet.read("analog-input,77")) == (21.0, 20.0)
        controller.faults.clear()
        assert (rest.value("analog-inputs/1/present-value"), bacnet.read("analog-input,77")) == (20.0, 21.0)
    finally:
        controller.objects.delete(controller.objects.named("Return temperature").ref)


def test_the_controller_is_as_before_once_the_fault_is_gone(rest: EcyClient, controller: EmulatedController) -> None:
    fault = Stores(StorageQuirk(step=1.0))
    controller.faults.add(fault)
    send(rest, SENT)
    controller.faults.remove(fault)
    assert slot(rest) == 33.0
    send(rest, 20.5)
    assert slot(rest) == 20.5


def test_a_read_back_may_wander_so_that_no_two_reads_agree(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController
) -> None:
    send(rest, 20.0)
    rest.post(AI_1, {"out-of-service": True, "present-value": 20.0})
    controller.faults.add(Wanders(0.5))
    reads = [slot(rest), chosen(bacnet.read("analog-value,3", "priority-array", 14))]
    reads += [slot(rest), rest.value("analog-values/3/present-value")]
    forced = [rest.value("analog-inputs/1/present-value") for _ in range(3)] + [bacnet.read("analog-input,1")]
    for told in (reads, forced):
        assert len(set(told)) == 4
        assert told == pytest.approx([20.0] * 4, abs=0.5)
    assert controller.objects.named("Setpoint").slots[13] == 20.0
    assert rest.value("analog-outputs/1/present-value") == 0.0


@pytest.mark.parametrize("over", ["REST", "BACnet"])
def test_a_present_value_may_ramp_while_its_slot_is_told_at_once(
    rest: EcyClient, bacnet: BacnetClient, controller: EmulatedController, over: str
) -> None:
    def value() -> object:
        told = rest.value("analog-values/3/present-value") if over == "REST" else bacnet.read("analog-value,3")
        assert (slot(rest), chosen(bacnet.read("analog-value,3", "priority-array", 14))) == (slot_holds, slot_holds)
        return told

    controller.faults.add(Ramps(reads=4))
    send(rest, slot_holds := 25.0)
    assert [value() for _ in range(5)] == [22.0, 23.0, 24.0, 25.0, 25.0]


def test_what_is_given_back_ramps_too_and_so_does_a_forced_input(
    rest: EcyClient, controller: EmulatedController
) -> None:
    send(rest, 25.0)
    controller.faults.add(Ramps(reads=2, names={"Setpoint", "Outdoor temperature"}))
    send(rest, None)
    rest.post(AI_1, {"out-of-service": True, "present-value": 20.0})
    assert [rest.value("analog-values/3/present-value") for _ in range(3)] == [23.0, 21.0, 21.0]
    assert [rest.value("analog-inputs/1/present-value") for _ in range(3)] == [-10.0, 20.0, 20.0]
    assert slot(rest) is None


@pytest.mark.parametrize("fault", [Wanders(), Ramps()], ids=["wanders", "ramps"])
def test_binary_and_multi_state_objects_are_told_as_they_are(
    rest: EcyClient, controller: EmulatedController, fault: Fault
) -> None:
    controller.faults.add(fault)
    send(rest, 3, f"{OBJECTS}/multi-state-values/4")
    assert rest.value("multi-state-values/4/present-value") == 3
    assert rest.value("binary-values/9/present-value") == "Active"


def test_row_9_a_slot_may_not_be_told_by_itself_and_there_may_be_no_array() -> None:
    whole, none = Profile(index_access=False), Profile(priority_arrays=False)
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, profile=one) for name, one in (("AHU", whole), ("VAV", none))]
    with EcyServer(specs, username=USER, password=PASSWORD) as server:
        with signed_in(server, "AHU") as rest:
            assert error_code(rest.get(f"{AV_3}/priority-array/14")) == "unknown-property"
            assert len(rest.get(f"{AV_3}/priority-array").json()) == 16
            assert rest.value("multi-state-values/4/state-text/2") == "heat"
        with signed_in(server, "VAV") as rest:
            assert error_code(rest.get(f"{AV_3}/priority-array")) == "unknown-property"
            assert "priority-array" not in rest.get(AV_3).json()
            item = {"type": "analogValue", "instance": 3, "property": "priorityArray"}
            body = {"encode": "text", "property-references": [item]}
            [result] = rest.post(f"{OBJECTS}/read-property-multiple", body).json()["results"]
            assert result["value"] == "Unknown Property"
            send(rest, SENT)
            assert rest.value("analog-values/3/present-value") == pytest.approx(SENT)


def test_row_9_without_arrays_there_is_none_over_bacnet_either() -> None:
    with bacnet_bench(Profile(priority_arrays=False)) as bench:
        bench.client.command("analog-value,3", Real(12.0), 14)
        told = refusal(lambda: bench.client.read("analog-value,3", "priority-array"))
        assert told == "property: unknown-property"
        assert bench.client.read("analog-value,3") == 12.0
