"""Writing to an emulated controller over BACnet/IP: commands, forced inputs, and every way to be refused."""

from __future__ import annotations

import pytest
from bacpypes3.apdu import DeviceCommunicationControlRequest, ReinitializeDeviceRequest, SimpleAckPDU
from bacpypes3.primitivedata import (
    Boolean,
    CharacterString,
    Double,
    Enumerated,
    Integer,
    ObjectIdentifier,
    Real,
    Unsigned,
)

from emulators.ecy.access.writing import WriteRecord
from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.profile import Profile
from tests.emulators.ecy.bacnet.client import NULL, Value, bacnet_bench, both_sides, refusal
from tests.emulators.ecy.client import OBJECTS

NAN = float("nan")


def test_a_command_is_seen_on_both_sides() -> None:
    with both_sides() as (bacnet, rest):
        bacnet.command("analog-value,3", Real(23.5), 8)
        assert rest.value("analog-values/3/present-value") == 23.5
        assert rest.get(f"{OBJECTS}/analog-values/3/priority-array").json()["8"] == 23.5
        bacnet.command("analog-value,3", NULL, 8)
        assert rest.value("analog-values/3/present-value") == 21.0


def test_null_gives_back_one_slot_and_leaves_the_others() -> None:
    with bacnet_bench() as bench:
        bench.controller.objects.command("Valve", 40.0, 10)
        bench.client.command("analog-output,1", Real(60.0), 8)
        bench.client.command("analog-output,1", NULL, 8)
        assert bench.client.slots("analog-output,1") == [None] * 9 + [40.0] + [None] * 6


def test_a_command_without_a_priority_goes_to_the_last_slot() -> None:
    with bacnet_bench() as bench:
        bench.client.command("binary-output,1", Enumerated(1))
        bench.client.command("multi-state-value,4", Unsigned(3))
        assert bench.controller.objects.named("Fan start").slots[15] == 1.0
        assert bench.controller.objects.named("Mode").slots[15] == 3.0


def test_a_value_is_kept_as_real32() -> None:
    with bacnet_bench() as bench:
        bench.client.command("analog-value,3", Real(21.1), 9)
        assert bench.controller.objects.named("Setpoint").slots[8] == 21.100000381469727


@pytest.mark.parametrize(
    ("target", "value", "priority", "answer"),
    [
        ("analog-value,3", Real(20.0), 6, "property: write-access-denied"),
        ("analog-value,3", NULL, 6, "property: write-access-denied"),
        ("analog-value,3", Real(20.0), 0, "parameter-out-of-range"),
        ("analog-value,3", Real(20.0), 17, "parameter-out-of-range"),
        ("analog-value,3", Real(20.0), 255, "parameter-out-of-range"),
        ("analog-value,3", Real(20.0), -1, "parameter-out-of-range"),
        ("analog-value,3", Real(NAN), 8, "property: value-out-of-range"),
        ("analog-value,3", Real(float("inf")), 8, "property: value-out-of-range"),
        ("analog-value,3", Unsigned(20), 8, "property: invalid-data-type"),
        ("analog-value,3", Integer(20), 8, "property: invalid-data-type"),
        ("analog-value,3", Double(20.0), 8, "property: invalid-data-type"),
        ("analog-value,3", CharacterString("20"), 8, "property: invalid-data-type"),
        ("binary-output,1", Boolean(True), 8, "property: invalid-data-type"),
        ("binary-output,1", Enumerated(2), 8, "property: value-out-of-range"),
        ("multi-state-value,4", Unsigned(0), 8, "property: value-out-of-range"),
        ("multi-state-value,4", Unsigned(4), 8, "property: value-out-of-range"),
        ("multi-state-value,4", Real(2.0), 8, "property: invalid-data-type"),
        ("analog-input,1", Real(20.0), None, "property: write-access-denied"),
        ("analog-input,1", Real(20.0), 8, "property: write-access-denied"),
        ("analog-value,99", Real(20.0), 8, "object: unknown-object"),
        ("trend-log,1", Real(20.0), 8, "object: unknown-object"),
    ],
    ids=str,
)
def test_a_bad_command_is_refused_and_changes_nothing(
    target: str, value: Value, priority: int | None, answer: str
) -> None:
    with bacnet_bench() as bench:
        before = {name: bench.controller.objects.named(name) for name in bench.controller.objects.names()}
        assert refusal(lambda: bench.client.command(target, value, priority)) == answer
        assert {name: bench.controller.objects.named(name) for name in before} == before


def test_a_value_outside_the_limits_is_refused() -> None:
    with bacnet_bench() as bench:
        bench.controller.objects.limit("Setpoint", 10.0, 30.0)
        assert refusal(lambda: bench.client.command("analog-value,3", Real(31.0), 8)) == "property: value-out-of-range"
        bench.client.command("analog-value,3", Real(30.0), 8)


def test_an_input_takes_a_value_only_while_it_is_out_of_service() -> None:
    with bacnet_bench() as bench:
        bench.client.write("analog-input,1", "out-of-service", Boolean(True))
        bench.client.write("analog-input,1", "present-value", Real(14.5))
        bench.controller.objects.measure("Outdoor temperature", 3.0)
        assert bench.client.read("analog-input,1") == 14.5
        bench.client.write("analog-input,1", "out-of-service", Boolean(False))
        assert bench.client.read("analog-input,1") == 3.0


def test_an_input_takes_a_reliability_only_while_it_is_out_of_service_and_has_its_own_again_after_that() -> None:
    with bacnet_bench(Profile(sensors="open-loop")) as bench:
        client, target = bench.client, "analog-input,1"
        assert str(client.read(target, "reliability")) == "open-loop"
        assert refusal(lambda: client.write(target, "reliability", Enumerated(0))) == "property: write-access-denied"
        client.write(target, "out-of-service", Boolean(True))
        assert str(client.read(target, "status-flags")) == "fault;out-of-service"
        assert refusal(lambda: client.write(target, "reliability", Unsigned(0))) == "property: invalid-data-type"
        client.write(target, "reliability", Enumerated(0))
        assert str(client.read(target, "status-flags")) == "out-of-service"
        client.write(target, "out-of-service", Boolean(False))
        assert str(client.read(target, "reliability")) == "open-loop"


def test_nothing_can_be_given_back_to_an_input() -> None:
    with bacnet_bench() as bench:
        bench.client.write("analog-input,1", "out-of-service", Boolean(True))
        assert refusal(lambda: bench.client.command("analog-input,1", NULL, 8)) == "property: invalid-data-type"


def test_settings_of_an_object_can_be_written() -> None:
    with bacnet_bench() as bench:
        bench.client.write("analog-value,3", "description", CharacterString("Größe"))
        bench.client.write("analog-value,3", "relinquish-default", Real(19.5))
        bench.client.write("analog-value,3", "cov-increment", Real(0.5))
        bench.client.write("multi-state-value,4", "relinquish-default", Unsigned(2))
        assert bench.controller.objects.named("Setpoint").description == "Größe"
        assert bench.client.read("analog-value,3") == 19.5
        assert bench.client.read("analog-value,3", "cov-increment") == 0.5
        assert bench.client.read("multi-state-value,4") == 2


@pytest.mark.parametrize(
    ("target", "name", "value", "index", "answer"),
    [
        ("analog-value,3", "units", Enumerated(98), None, "property: write-access-denied"),
        ("analog-value,3", "object-name", CharacterString("New"), None, "property: write-access-denied"),
        ("analog-value,3", "status-flags", Enumerated(1), None, "property: write-access-denied"),
        ("analog-value,3", "priority-array", Real(1.0), 8, "property: write-access-denied"),
        ("analog-value,3", "present-value", Real(1.0), 8, "property: property-is-not-an-array"),
        ("analog-value,3", "state-text", CharacterString("x"), 1, "property: unknown-property"),
        ("analog-value,3", "cov-increment", Real(-1.0), None, "property: value-out-of-range"),
        ("analog-value,3", "out-of-service", Enumerated(1), None, "property: invalid-data-type"),
        ("analog-value,3", "description", Real(1.0), None, "property: invalid-data-type"),
        ("device,1", "object-name", CharacterString("New"), None, "property: write-access-denied"),
        ("device,1", "present-value", Real(1.0), None, "property: unknown-property"),
    ],
    ids=str,
)
def test_what_a_client_may_not_change_is_refused(
    target: str, name: str, value: Value, index: int | None, answer: str
) -> None:
    with bacnet_bench() as bench:
        assert refusal(lambda: bench.client.write(target, name, value, index=index)) == answer


def test_names_can_be_written_where_the_profile_lets_them() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(names_writable=True))) as bench:
        before = bench.client.read("device,1", "database-revision")
        bench.client.write("analog-value,3", "object-name", CharacterString("Zone setpoint"))
        assert bench.controller.objects.find("Zone setpoint").instance == 3
        assert bench.client.read("device,1", "database-revision") == before + 1
        taken = CharacterString("Valve")
        assert refusal(lambda: bench.client.write("analog-value,3", "object-name", taken)) == "property: duplicate-name"
        empty = CharacterString("")
        answer = refusal(lambda: bench.client.write("analog-value,3", "object-name", empty))
        assert answer == "property: value-out-of-range"


def test_write_multiple_writes_in_order() -> None:
    with bacnet_bench() as bench:
        answer = bench.client.write_multiple(
            ("analog-input,1", "out-of-service", Boolean(True), None),
            ("analog-input,1", "present-value", Real(7.0), None),
            ("analog-value,3", "present-value", Real(25.0), 8),
            ("analog-output,1", "present-value", NULL, 8),
        )
        assert isinstance(answer, SimpleAckPDU)
        assert bench.client.read("analog-input,1") == 7.0
        assert bench.client.read("analog-value,3") == 25.0


def test_write_multiple_stops_at_the_first_refusal_and_names_it() -> None:
    with bacnet_bench() as bench:
        with pytest.raises(BaseException) as refused:  # noqa: PT011 - BACpypes3's answers are no exceptions
            bench.client.write_multiple(
                ("analog-value,3", "present-value", Real(25.0), 8),
                ("analog-input,1", "present-value", Real(7.0), None),
                ("analog-output,1", "present-value", Real(50.0), 8),
            )
        answer: Value = refused.value
        assert str(answer.errorType.errorCode) == "write-access-denied"
        assert str(answer.firstFailedWriteAttempt.objectIdentifier) == "analog-input,1"
        assert str(answer.firstFailedWriteAttempt.propertyIdentifier) == "present-value"
        assert bench.client.read("analog-value,3") == 25.0
        assert bench.client.read("analog-output,1") == 0.0


def test_write_multiple_with_an_impossible_priority_writes_nothing() -> None:
    with bacnet_bench() as bench:
        writes = [("analog-value,3", "present-value", Real(25.0), priority) for priority in (8, 17)]
        assert refusal(lambda: bench.client.write_multiple(*writes)) == "parameter-out-of-range"
        assert bench.client.read("analog-value,3") == 21.0


def test_a_controller_without_write_multiple_rejects_it() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(write_property_multiple=False))) as bench:
        write = ("analog-value,3", "present-value", Real(25.0), 8)
        assert refusal(lambda: bench.client.write_multiple(write)) == "unrecognized-service"


@pytest.mark.parametrize(
    "request_",
    [
        DeviceCommunicationControlRequest(enableDisable="disable", timeDuration=1),
        ReinitializeDeviceRequest(reinitializedStateOfDevice="coldstart"),
    ],
)
def test_nobody_may_silence_or_restart_a_controller(request_: Value) -> None:
    with bacnet_bench() as bench:
        assert refusal(lambda: bench.client.send(request_)) == "unrecognized-service"
        assert bench.client.read("analog-value,3") == 21.0


def test_writes_are_open_to_faults_and_recorded_like_those_of_rest() -> None:
    with bacnet_bench() as bench:
        bench.client.command("analog-value,3", Real(25.0), 8)
        bench.client.write("analog-value,3", "description", CharacterString("Hall"))
        bench.controller.faults.add(FailWrites(["Setpoint"]))
        answer = refusal(lambda: bench.client.command("analog-value,3", Real(26.0), 8))
        assert answer == "property: write-access-denied"
        assert bench.controller.journal == [
            WriteRecord("Setpoint", "present-value", 25.0, 8),
            WriteRecord("Setpoint", "description", "Hall"),
            WriteRecord("Setpoint", "present-value", 26.0, 8, "write-access-denied"),
        ]
        assert bench.controller.counters.writes["Setpoint"] == 2


def test_an_object_identifier_of_any_size_is_answered() -> None:
    with bacnet_bench() as bench:
        highest = ObjectIdentifier("analog-value,4194303")
        assert refusal(lambda: bench.client.command(str(highest), Real(1.0), 8)) == "object: unknown-object"
