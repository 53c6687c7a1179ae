"""Plant time beside devices: the first device's clock, or without one the computer's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest

from supervisory.runtime.devices import Devices
from supervisory.runtime.plants import LivePlant
from tests.supervisory.beside import SETPOINT, START, TEMPERATURE, MemoryDevice
from tests.waiting import DEADLINE_S
from utils.errors import ObjectError
from utils.values import Quality


@pytest.fixture
def device() -> MemoryDevice:
    return MemoryDevice()


@pytest.fixture
def devices(device: MemoryDevice) -> Iterator[Devices]:
    found = Devices({"ahu": device})
    yield found
    found.close()


def test_plant_time_begins_with_the_devices_clock(devices: Devices) -> None:
    plant = LivePlant(devices, None, 1.0)
    assert abs((plant.clock.local(plant.clock.time_s) - START).total_seconds()) < DEADLINE_S


def test_a_device_without_a_clock_leaves_the_computers(device: MemoryDevice, devices: Devices) -> None:
    device.present = False
    plant = LivePlant(devices, "ahu", 1.0)
    assert abs((plant.clock.local(plant.clock.time_s) - datetime.now()).total_seconds()) < DEADLINE_S


def test_waiting_ends_with_a_change_and_with_a_stop(devices: Devices) -> None:
    plant = LivePlant(devices, None, 1.0)
    changed, stop = threading.Event(), threading.Event()
    changed.set()
    assert plant.pass_time(None, changed, stop)
    stop.set()
    assert not plant.pass_time(plant.clock.time_s, changed, stop)


def test_a_device_that_does_not_answer_has_a_sample_for_every_object(device: MemoryDevice, devices: Devices) -> None:
    device.present = False
    inputs = devices.read({device.device: (TEMPERATURE, SETPOINT)})
    samples = inputs[device.device].result(DEADLINE_S)
    assert {sample.quality for sample in samples.values()} == {Quality.MISSING}
    assert samples[TEMPERATURE].note == "no answer"


@pytest.mark.parametrize("text", ["ahu", "10.0.0.1"])
def test_a_device_is_known_by_name_and_address(devices: Devices, text: str) -> None:
    assert devices.named(text).alias == "ahu"


def test_a_device_that_is_not_in_the_config_cannot_be_reached(devices: Devices) -> None:
    with pytest.raises(ObjectError, match="is not among the devices of the config, did you mean 'ahu'"):
        devices.named("ahuu")


def test_a_device_that_has_not_answered_is_not_asked_the_same_twice(device: MemoryDevice, devices: Devices) -> None:
    may_answer = threading.Event()

    class Slow(MemoryDevice):
        def _answer(self) -> None:
            assert may_answer.wait(DEADLINE_S)

    slow = Slow()
    waiting = Devices({"ahu": slow})
    first = waiting.read({slow.device: (TEMPERATURE,)})[slow.device]
    again = waiting.read({slow.device: (TEMPERATURE,)})[slow.device]
    may_answer.set()
    assert first is again
    assert first.result(DEADLINE_S)[TEMPERATURE].value == 20.0
    assert waiting.read({slow.device: (TEMPERATURE,)})[slow.device] is not first
    waiting.close()
