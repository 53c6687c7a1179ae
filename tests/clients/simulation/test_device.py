"""The simulation behind the methods of a controller, over a real socket to the embedded building."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clients.boptest_client import BOPTestClient
from clients.simulation import SimulationDevice
from emulators.boptest.faults import TellValues
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from utils.clocks import ModelSeconds, model_datetime
from utils.errors import ObjectError
from utils.values import ObjectRef, ObjectType, PointValue, Quality, Write, WriteKind, as_real32

SUMMER_S = 186 * 86400.0 + 10 * 3600


@pytest.fixture(scope="module")
def building() -> Iterator[BoptestServer]:
    with BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as server:
        yield server


@pytest.fixture
def device(building: BoptestServer) -> Iterator[SimulationDevice]:
    with BOPTestClient(building.url) as client:
        client.connect()
        first = client.initialize_system(SUMMER_S, 0)
        client.set_step_time(30)
        yield SimulationDevice(client, first, lambda time_s: model_datetime(ModelSeconds(time_s), 2023))
        client.stop()


def _ref(device: SimulationDevice, name: str) -> ObjectRef:
    return next(endpoint.ref for endpoint in device.get_existing_endpoints() if endpoint.name == name)


def _command(device: SimulationDevice, name: str, value: PointValue | None, priority: int = 12) -> None:
    (result,) = device.write_values_from_endpoints([Write(_ref(device, name), WriteKind.COMMAND, value, priority)])
    if result.error is not None:
        raise result.error


def test_measurements_are_inputs_and_overrides_are_values_with_their_units(device: SimulationDevice) -> None:
    by_name = {endpoint.name: endpoint for endpoint in device.get_existing_endpoints()}
    assert by_name["hvac_reaAhu_TSup_y"].ref.object_type is ObjectType.ANALOG_INPUT
    assert by_name["hvac_oveAhu_dpSet"].ref.object_type is ObjectType.ANALOG_VALUE
    assert by_name["hvac_oveAhu_dpSet"].units == "Pa"
    assert "hvac_oveAhu_dpSet_u" not in by_name


def test_a_measurement_that_no_controller_can_hold_is_bad(building: BoptestServer, device: SimulationDevice) -> None:
    building.faults.add(TellValues({"hvac_reaAhu_TSup_y": 1e308}), "advance")
    device.advance()
    ref = _ref(device, "hvac_reaAhu_TSup_y")
    assert device.read_values_from_endpoints([ref])[ref].quality is Quality.BAD


def test_the_strongest_slot_is_what_the_next_advance_overrides(device: SimulationDevice) -> None:
    _command(device, "hvac_oveAhu_dpSet", 120.0, 12)
    _command(device, "hvac_oveAhu_dpSet", 80.0, 8)
    state = device.advance()
    assert (state.values["hvac_oveAhu_dpSet_u"], state.values["hvac_oveAhu_dpSet_activate"]) == (80.0, 1.0)
    _command(device, "hvac_oveAhu_dpSet", None, 8)
    assert device.advance().values["hvac_oveAhu_dpSet_u"] == 120.0


def test_with_no_slot_taken_the_simulations_own_control_goes_on(device: SimulationDevice) -> None:
    _command(device, "hvac_oveAhu_dpSet", 120.0)
    device.advance()
    assert device.relinquish(_ref(device, "hvac_oveAhu_dpSet"), 12)
    state = device.advance()
    assert state.values["hvac_oveAhu_dpSet_activate"] == 0.0
    assert state.values["hvac_oveAhu_dpSet_u"] < 110.0


def test_a_commanded_zero_is_in_force(device: SimulationDevice) -> None:
    _command(device, "hvac_oveAhu_yFan", 0.0)
    state = device.advance()
    assert (state.values["hvac_oveAhu_yFan_u"], state.values["hvac_oveAhu_yFan_activate"]) == (0.0, 1.0)


def test_values_are_kept_as_a_controller_keeps_them(device: SimulationDevice) -> None:
    ref = _ref(device, "hvac_oveAhu_dpSet")
    _command(device, "hvac_oveAhu_dpSet", 120.1)
    state = device.survey([ref])[ref]
    assert state.present_value.value == as_real32(120.1) != 120.1
    assert state.priority_array is not None
    assert state.priority_array[11] == as_real32(120.1)


@pytest.mark.parametrize(
    ("name", "value", "priority", "words"),
    [
        ("hvac_oveAhu_dpSet", 1000.0, 12, "above its maximum"),
        ("hvac_oveAhu_dpSet", 1.0, 12, "below its minimum"),
        ("hvac_oveAhu_dpSet", float("nan"), 12, "not a finite number"),
        ("hvac_oveAhu_dpSet", 1e39, 12, "more than a controller can hold"),
        ("hvac_oveAhu_dpSet", 100.0, 6, "no slot 6"),
        ("hvac_oveAhu_dpSet", 100.0, 17, "no slot 17"),
        ("hvac_oveAhu_dpSet", 100.0, 0, "no slot 0"),
        ("hvac_reaAhu_TSup_y", 290.0, 12, "a measurement cannot be written"),
    ],
)
def test_what_a_controller_would_refuse_is_refused(
    device: SimulationDevice, name: str, value: float, priority: int, words: str
) -> None:
    with pytest.raises(ObjectError, match=words):
        _command(device, name, value, priority)


def test_a_value_at_its_limit_is_sent_as_the_limit_whatever_single_precision_makes_of_it(
    device: SimulationDevice, caplog: pytest.LogCaptureFixture
) -> None:
    _command(device, "hvac_oveAhu_TSupSet", 285.15)
    assert device.advance().values["hvac_oveAhu_TSupSet_u"] == 285.15 != as_real32(285.15)
    assert "was sent" not in caplog.text


def test_a_point_that_is_not_there_is_missing_and_nothing_else(device: SimulationDevice) -> None:
    absent = ObjectRef(ObjectType.ANALOG_VALUE, 999)
    assert device.survey([absent])[absent].is_missing
    assert device.read_values_from_endpoints([absent])[absent].quality is Quality.MISSING


def test_its_clock_is_plant_time(device: SimulationDevice) -> None:
    before = device.get_clock().local_time
    device.advance()
    assert (device.get_clock().local_time - before).total_seconds() == 30.0
