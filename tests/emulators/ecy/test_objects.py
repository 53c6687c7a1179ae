"""The object database: BACnet rules without any network."""

from __future__ import annotations

import math
import struct
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from emulators.ecy.objects import objects
from emulators.ecy.objects.database import Change, ObjectDatabase
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.refusals import Refusal
from emulators.program import ObjectSpec
from tests.emulators.ecy.client import SOME_OBJECTS
from utils.values import ObjectRef, ObjectType


@pytest.fixture
def database() -> ObjectDatabase:
    return ObjectDatabase(SOME_OBJECTS, reserved_names=["AHU"])


def refusal_code(raised: pytest.ExceptionInfo[Refusal]) -> str:
    return raised.value.reason.code


def test_the_lowest_numbered_slot_wins_and_the_relinquish_default_comes_last(database: ObjectDatabase) -> None:
    assert database.named("Setpoint").present_value == 21.0
    database.command("Setpoint", 18.0, 16)
    database.command("Setpoint", 24.0, 8)
    assert database.named("Setpoint").present_value == 24.0
    database.command("Setpoint", None, 8)
    assert database.named("Setpoint").present_value == 18.0
    database.command("Setpoint", None, 16)
    assert database.named("Setpoint").present_value == 21.0


def test_analog_values_are_stored_as_real32(database: ObjectDatabase) -> None:
    celsius = 294.45 - 273.15
    database.command("Setpoint", celsius, 14)
    stored = database.named("Setpoint").slots[13]
    assert stored != celsius
    assert stored == struct.unpack("f", struct.pack("f", celsius))[0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e39])
def test_an_analog_object_refuses_what_is_no_real32_number(database: ObjectDatabase, value: float) -> None:
    with pytest.raises(Refusal) as raised:
        database.command("Setpoint", value, 14)
    assert refusal_code(raised) == "value-out-of-range"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Mode", 0.0, "value-out-of-range"),
        ("Mode", 4.0, "value-out-of-range"),
        ("Mode", 1.5, "invalid-data-type"),
        ("Mode", math.nan, "value-out-of-range"),
        ("Occupied", 2.0, "value-out-of-range"),
        ("Occupied", 0.5, "invalid-data-type"),
    ],
)
def test_states_that_do_not_exist_are_refused(database: ObjectDatabase, name: str, value: float, code: str) -> None:
    with pytest.raises(Refusal) as raised:
        database.command(name, value, 14)
    assert refusal_code(raised) == code


def test_a_multi_state_object_without_an_initial_state_starts_in_state_one(database: ObjectDatabase) -> None:
    assert database.named("Mode").present_value == 1.0


def test_configured_limits_are_enforced(database: ObjectDatabase) -> None:
    database.limit("Setpoint", 10.0, 30.0)
    database.command("Setpoint", 30.0, 14)
    with pytest.raises(Refusal) as raised:
        database.command("Setpoint", 30.1, 14)
    assert refusal_code(raised) == "value-out-of-range"


@pytest.mark.parametrize("priority", [0, 17, -1])
def test_priorities_beyond_the_array_are_refused(database: ObjectDatabase, priority: int) -> None:
    with pytest.raises(Refusal) as raised:
        database.command("Setpoint", 20.0, priority)
    assert refusal_code(raised) == "value-out-of-range"


def test_an_input_in_service_cannot_be_written(database: ObjectDatabase) -> None:
    ref = database.find("Outdoor temperature")
    with pytest.raises(Refusal) as raised:
        database.update(ref, lambda target: objects.forced(target, 5.0))
    assert refusal_code(raised) == "write-access-denied"


def test_an_input_out_of_service_keeps_what_it_had_and_what_it_is_given_until_hardware_returns(
    database: ObjectDatabase,
) -> None:
    ref = database.find("Outdoor temperature")
    assert database.update(ref, lambda target: objects.with_out_of_service(target, True)).present_value == -40.0
    database.measure("Outdoor temperature", 12.0)
    assert database.get(ref).present_value == -40.0
    assert database.update(ref, lambda target: objects.forced(target, 5.0)).present_value == 5.0
    assert database.update(ref, lambda target: objects.with_out_of_service(target, False)).present_value == 12.0


def test_an_output_out_of_service_follows_commands_but_its_terminal_stays(database: ObjectDatabase) -> None:
    ref = database.find("Valve")
    database.command("Valve", 40.0, 14)
    database.update(ref, lambda target: objects.with_out_of_service(target, True))
    database.command("Valve", 80.0, 14)
    assert (database.get(ref).present_value, database.get(ref).terminal) == (80.0, 40.0)
    database.update(ref, lambda target: objects.with_out_of_service(target, False))
    assert database.get(ref).terminal == 80.0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Outdoor temperature", lambda target: objects.commanded(target, 5.0, 14)),
        ("Outdoor temperature", lambda target: objects.with_relinquish_default(target, 5.0)),
        ("Valve", lambda target: objects.forced(target, 5.0)),
        ("Valve", lambda target: objects.measured(target, 5.0)),
    ],
)
def test_inputs_are_not_commanded_and_outputs_are_not_measured(
    database: ObjectDatabase, name: str, change: Callable[[BacnetObject], BacnetObject]
) -> None:
    with pytest.raises(Refusal) as raised:
        database.update(database.find(name), change)
    assert refusal_code(raised) == "write-access-denied"


@pytest.mark.parametrize("name", ["Setpoint", "AHU"])
def test_names_are_unique_in_the_controller(database: ObjectDatabase, name: str) -> None:
    with pytest.raises(Refusal, match="Object with same name already exists"):
        database.add(ObjectSpec("BinaryValue", name))


def test_a_refused_rename_leaves_the_object_as_it_was(database: ObjectDatabase) -> None:
    ref = database.find("Setpoint")
    with pytest.raises(Refusal, match="same name"):
        database.update(ref, lambda target: replace(target, name="Valve"))
    assert database.get(ref).name == "Setpoint"


def test_instances_count_from_one_within_the_type_and_are_unique() -> None:
    database = ObjectDatabase([ObjectSpec("AnalogValue", "a"), ObjectSpec("AnalogValue", "b")])
    assert [database.find(name).instance for name in "ab"] == [1, 2]
    with pytest.raises(Refusal, match="Instance already exists"):
        database.add(ObjectSpec("AnalogValue", "c", instance=2))


def test_an_object_of_the_program_cannot_be_deleted(database: ObjectDatabase) -> None:
    database.protect(["Valve"])
    with pytest.raises(Refusal, match="control program"):
        database.delete(database.find("Valve"))


def test_a_deleted_object_frees_its_name(database: ObjectDatabase) -> None:
    database.delete(database.find("Setpoint"))
    with pytest.raises(Refusal, match="Unknown Object"):
        database.get(ObjectRef(ObjectType.ANALOG_VALUE, 3))
    assert database.add(ObjectSpec("AnalogValue", "Setpoint")).instance == 1


def test_listeners_hear_of_every_change_and_of_nothing_else(database: ObjectDatabase) -> None:
    changes: list[Change] = []
    database.subscribe(changes.append)
    database.command("Setpoint", 20.0, 14)
    database.command("Setpoint", 20.0, 14)
    ref = database.add(ObjectSpec("AnalogValue", "new"))
    database.delete(ref)
    database.unsubscribe(changes.append)
    database.command("Setpoint", 25.0, 14)
    seen = [(change.old is None, change.new is None) for change in changes]
    assert seen == [(False, False), (True, False), (False, True)]


def test_a_listener_may_use_the_database_because_the_lock_is_free(database: ObjectDatabase) -> None:
    seen: list[float] = []
    database.subscribe(lambda change: seen.append(database.named("Setpoint").present_value))
    database.command("Setpoint", 20.0, 14)
    assert seen == [20.0]


def test_writers_in_many_threads_lose_nothing(database: ObjectDatabase) -> None:
    def write(priority: int) -> None:
        for value in range(200):
            database.command("Setpoint", float(value), priority)

    threads = [threading.Thread(target=write, args=(priority,), name=f"writer-{priority}") for priority in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.named("Setpoint").slots[:4] == (199.0,) * 4


@pytest.mark.parametrize(("keep", "forced_after", "slot_after"), [(True, 5.0, 20.0), (False, -40.0, None)])
def test_a_restart_keeps_or_clears_what_was_taken(
    database: ObjectDatabase, keep: bool, forced_after: float, slot_after: float | None
) -> None:
    ref = database.find("Outdoor temperature")
    database.update(ref, lambda target: objects.forced(objects.with_out_of_service(target, True), 5.0))
    database.command("Setpoint", 20.0, 14)
    database.restart(keep_out_of_service=keep, keep_slots=keep)
    assert database.get(ref).present_value == forced_after
    assert database.named("Setpoint").slots[13] == slot_after
