"""Emulated controllers that are no ECYs: what the standard leaves open, and what makers do beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bacpypes3.apdu import AbortPDU, IAmRequest, ReadPropertyMultipleRequest, WhoIsRequest
from bacpypes3.basetypes import BinaryPV
from bacpypes3.primitivedata import Boolean, Real, Unsigned

from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.makes import MAKES, NORTH, ON_A_TRUNK, OWN_WAYS, SOUTH
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from tests.emulators.ecy.bacnet.client import NULL, BacnetBench, bacnet_bench, refusal

DENIED, NO_PROPERTY = "property: write-access-denied", "property: unknown-property"
SETPOINT, VALVE, FAN, MODE = "analog-value,3", "analog-output,1", "binary-output,1", "multi-state-value,4"


def test_a_bench_has_the_makes_in_turn() -> None:
    assert [MAKES["mix"](number) for number in (1, 2, 3)] == [NORTH, SOUTH, NORTH]
    assert [MAKES[make](1) for make in ("ecy", "trunk", "own-ways")] == [Profile(), ON_A_TRUNK, OWN_WAYS]


class TestNorth:
    @pytest.fixture
    def bench(self) -> Iterator[BacnetBench]:
        with bacnet_bench(NORTH) as bench:
            yield bench

    def test_it_says_who_made_it_and_how_little_it_takes(self, bench: BacnetBench) -> None:
        bench.client.tell(WhoIsRequest())
        [said] = bench.client.heard(IAmRequest, 1)
        assert (said.vendorID, said.maxAPDULengthAccepted, str(said.segmentationSupported)) == (
            777,
            206,
            "no-segmentation",
        )
        assert bench.client.read("device,1", "vendor-name") == "Vendor North"
        assert bench.client.read("device,1", "vendor-identifier") == 777

    def test_lists_are_read_and_not_written(self, bench: BacnetBench) -> None:
        assert len(bench.client.read_multiple((SETPOINT, ["present-value"]))) == 1
        said = refusal(lambda: bench.client.write_multiple((SETPOINT, "present-value", Real(20.0), 8)))
        assert said == "unrecognized-service"

    def test_nobody_takes_its_inputs_out_of_service(self, bench: BacnetBench) -> None:
        assert refusal(lambda: bench.client.write("analog-input,1", "out-of-service", Boolean(True))) == DENIED
        assert bench.client.read("analog-input,1", "out-of-service") == 0

    def test_a_request_that_is_longer_than_it_takes_is_not_looked_at(self, bench: BacnetBench) -> None:
        wanted = [(SETPOINT, ["present-value"])] * 40
        with pytest.raises(AbortPDU, match="apdu-too-long"):
            bench.client.read_multiple(*wanted)
        assert bench.controller.counters.bacnet["ReadPropertyMultiple"] <= 1


class TestSouth:
    @pytest.fixture
    def bench(self) -> Iterator[BacnetBench]:
        with bacnet_bench(SOUTH) as bench:
            yield bench

    def test_lists_are_written_and_not_read(self, bench: BacnetBench) -> None:
        bench.client.write_multiple((VALVE, "present-value", Real(20.0), 16))
        wanted = [(VALVE, ["present-value"])]
        assert refusal(lambda: bench.client.read_multiple(*wanted)) == "unrecognized-service"
        assert ReadPropertyMultipleRequest.__name__.removesuffix("Request") not in bench.controller.counters.bacnet

    def test_others_command_in_one_slot_alone(self, bench: BacnetBench) -> None:
        assert refusal(lambda: bench.client.command(VALVE, Real(20.0), 8)) == DENIED
        bench.client.command(VALVE, Real(30.0))
        assert bench.client.slots(VALVE)[15] == 30.0
        bench.client.command(VALVE, NULL, 16)
        assert bench.client.slots(VALVE)[15] is None

    def test_an_analog_value_has_no_slots_and_whoever_writes_last_has_it(self, bench: BacnetBench) -> None:
        for name in ("priority-array", "relinquish-default", "current-command-priority"):
            assert refusal(lambda name=name: bench.client.read(SETPOINT, name)) == NO_PROPERTY  # type: ignore[misc]
        bench.client.command(SETPOINT, Real(23.0), 8)
        bench.client.command(SETPOINT, Real(24.0), 14)
        bench.client.write(SETPOINT, "present-value", Real(25.0))
        assert bench.client.read(SETPOINT) == 25.0
        assert refusal(lambda: bench.client.command(SETPOINT, NULL, 14)) == "property: invalid-data-type"
        listed = [str(one) for one in bench.client.read(SETPOINT, "property-list")]
        assert "priority-array" not in listed
        assert "present-value" in listed


class TestOwnWays:
    @pytest.fixture
    def bench(self) -> Iterator[BacnetBench]:
        objects = [
            ObjectSpec("AnalogValue", "Setpoint", "degrees-celsius", initial=21.0, instance=3),
            ObjectSpec("AnalogOutput", "Valve", "percent", instance=1),
            ObjectSpec("AnalogValue", "Pressure", "pascals", instance=5),
            ObjectSpec("AnalogValue", "Flow", "cubic-meters-per-second", instance=6),
            ObjectSpec("MultiStateValue", "Mode", states=("off", "heat", "cool"), instance=4),
        ]
        with bacnet_bench(OWN_WAYS, objects) as bench:
            yield bench

    @pytest.mark.parametrize(
        ("target", "sent", "stored"),
        [
            (SETPOINT, 21.26, pytest.approx(21.3)),
            (SETPOINT, 500.0, 120.0),
            (VALVE, 33.4, 33.0),
            (VALVE, -5.0, 0.0),
            ("analog-value,5", 250.25, 250.25),
            ("analog-value,6", 0.1, pytest.approx(0.1, rel=1e-7)),
        ],
    )
    def test_what_is_acknowledged_is_stored_in_its_resolution_and_within_its_limits(
        self, bench: BacnetBench, target: str, sent: float, stored: float
    ) -> None:
        bench.client.command(target, Real(sent), 12)
        assert bench.client.slots(target)[11] == stored
        bench.client.command(target, NULL, 12)
        assert bench.client.slots(target)[11] is None

    def test_a_pressure_or_a_state_that_it_does_not_know_is_acknowledged_and_changes_nothing(
        self, bench: BacnetBench
    ) -> None:
        bench.client.command("analog-value,5", Real(100.0), 12)
        bench.client.command("analog-value,5", Real(9000.0), 12)
        assert bench.client.slots("analog-value,5")[11] == 100.0
        bench.client.command(MODE, Unsigned(2), 12)
        bench.client.command(MODE, Unsigned(9), 12)
        assert bench.client.slots(MODE)[11] == 2

    def test_a_change_is_told_from_its_own_increment_on(self, bench: BacnetBench) -> None:
        assert bench.client.read(SETPOINT, "cov-increment") == 1.0


class TestMinimumTimes:
    """ASHRAE 135, 19.2.3: the object holds itself in slot 6."""

    @pytest.fixture
    def clock(self) -> list[float]:
        return [0.0]

    @pytest.fixture
    def bench(self, clock: list[float]) -> Iterator[BacnetBench]:
        slow = Profile(bacnet=BacnetProfile(minimum_on_s=60, minimum_off_s=30))
        with bacnet_bench(slow, monotonic=lambda: clock[0]) as bench:
            yield bench

    def test_they_are_told_and_of_no_other_object(self, bench: BacnetBench) -> None:
        assert [bench.client.read(one, "minimum-on-time") for one in (FAN, "binary-value,9")] == [60, 60]
        assert bench.client.read(FAN, "minimum-off-time") == 30
        assert refusal(lambda: bench.client.read(VALVE, "minimum-on-time")) == NO_PROPERTY

    def test_what_has_changed_is_held_for_its_time_and_then_follows_the_others(
        self, bench: BacnetBench, clock: list[float]
    ) -> None:
        bench.client.command(FAN, BinaryPV("active"), 12)
        assert bench.client.slots(FAN)[5] == 1.0
        bench.client.command(FAN, NULL, 12)
        assert (bench.client.read(FAN), bench.client.slots(FAN)[5]) == (BinaryPV("active"), 1.0)
        clock[0] = 59.9
        assert bench.client.read(FAN) == BinaryPV("active")
        clock[0] = 60.0
        assert (bench.client.read(FAN), bench.client.slots(FAN)[5]) == (BinaryPV("inactive"), 0.0)
        clock[0] = 90.0
        assert bench.client.slots(FAN)[5] is None

    def test_a_stronger_command_is_followed_at_once_and_held_anew(self, bench: BacnetBench, clock: list[float]) -> None:
        bench.client.command(FAN, BinaryPV("active"), 12)
        bench.client.command(FAN, BinaryPV("inactive"), 5)
        assert (bench.client.read(FAN), bench.client.slots(FAN)[5]) == (BinaryPV("inactive"), 0.0)
        clock[0] = 30.0
        assert bench.client.slots(FAN)[5] is None

    def test_nobody_else_commands_there(self, bench: BacnetBench) -> None:
        assert refusal(lambda: bench.client.command(FAN, BinaryPV("active"), 6)) == DENIED

    def test_other_controllers_have_none(self) -> None:
        with bacnet_bench() as bench:
            assert refusal(lambda: bench.client.read(FAN, "minimum-on-time")) == NO_PROPERTY
            bench.client.command(FAN, BinaryPV("active"), 12)
            assert bench.client.slots(FAN)[5] is None
