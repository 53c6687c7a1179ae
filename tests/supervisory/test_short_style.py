"""The short style where one point is somebody else's, or is not there: it is told, left alone, and the rest goes on."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import ClassVar

import pytest

from supervisory import EasyASO
from tests.supervisory.beside import FAN, SETPOINT, SUPPLY, Beside
from utils.errors import DeviceError, DeviceUnreachable


class ThreePoints(EasyASO):
    """Commands one after the other, and catches nothing."""

    made: ClassVar[list[bool]] = []
    second: ClassVar[str] = "analog-value,2"

    async def on_step(self) -> None:
        await self.bacnet_write("ahu", "analog-value,1", 100.0)
        self.made.append(await self.bacnet_write("ahu", self.second, 14.0))
        await self.bacnet_write("ahu", "binary-value,1", "active")


@pytest.fixture(autouse=True)
def _afresh() -> None:
    ThreePoints.made.clear()


def test_an_operators_value_costs_one_step_and_not_the_program() -> None:
    beside = Beside()
    beside.device.slots[SUPPLY][11] = 55.0
    seen: list[object] = []
    beside.script = lambda number: seen.append((beside.device.slots[SETPOINT][11], beside.device.slots[FAN][11]))
    summary = beside.run(ThreePoints, steps=8)
    assert seen[0] == (100.0, None)
    assert seen[1:-1] == [(100.0, True)] * (len(seen) - 2)
    assert beside.device.slots[SUPPLY][11] == 55.0
    assert (summary.failures, summary.exit_code) == ({}, 0)
    assert ThreePoints.made == [False] * 7
    [alarm] = beside.alarms
    assert "55" in alarm
    assert all(alarm in record.alarms for record in beside.records)
    assert beside.records[0].note.startswith("cut short: ")


def test_a_point_that_is_free_again_is_written_again() -> None:
    beside = Beside()
    beside.device.slots[SUPPLY][11] = 55.0

    def script(number: int) -> None:
        if number == 3:
            beside.device.slots[SUPPLY][11] = None

    beside.script = script
    beside.run(ThreePoints, steps=5)
    assert ThreePoints.made == [False, False, True, True]
    assert beside.records[-1].alarms == ()


def test_an_object_that_is_not_there_costs_one_step_and_not_the_program() -> None:
    class Missing(ThreePoints):
        second = "analog-value,99"

    beside = Beside()
    summary = beside.run(Missing, steps=4)
    assert (summary.exit_code, Missing.made) == (0, [False] * 3)
    assert beside.alarms == ["ahu: there is no AnalogValue 99"]


def test_who_catches_the_error_gets_it_each_time() -> None:
    class Careful(EasyASO):
        caught: ClassVar[list[str]] = []

        async def on_step(self) -> None:
            try:
                await self.bacnet_write("ahu", "analog-value,99", 1.0)
            except DeviceError as error:
                self.caught.append(error.what)

    beside = Beside()
    assert beside.run(Careful, steps=3).exit_code == 0
    assert Careful.caught == ["there is no AnalogValue 99"] * 3
    assert len(beside.alarms) == 1


def test_an_object_that_cannot_be_read_is_a_missing_input() -> None:
    class Reader(EasyASO):
        wanted: ClassVar[list[str]] = ["analog-input,1"]

        async def on_step(self) -> None:
            await self.bacnet_read("ahu", self.wanted[0])
            await self.bacnet_write("ahu", "analog-value,1", 100.0)

    beside = Beside(hold_steps=2)
    seen: list[object] = []

    def script(number: int) -> None:
        Reader.wanted[0] = "analog-value,99" if number >= 2 else "analog-input,1"
        seen.append(beside.device.slots[SETPOINT][11])

    beside.script = script
    summary = beside.run(Reader, steps=7)
    assert seen[:5] == [100.0, 100.0, 100.0, 100.0, None]
    assert (summary.failures, summary.exit_code) == ({}, 0)


def test_what_no_device_could_answer_is_a_fault() -> None:
    class Misspelt(EasyASO):
        async def on_step(self) -> None:
            await self.bacnet_write("10.9.9.9", "analog-value,1", 1.0)

    assert "not among the devices" in Beside().run(Misspelt, steps=2).failures["Misspelt"][0]


def test_a_value_of_another_librarys_is_a_number_and_what_is_none_is_told(caplog: pytest.LogCaptureFixture) -> None:
    class Writer(EasyASO):
        values: ClassVar[list[object]] = [Decimal("7.5"), [1]]

        async def on_step(self) -> None:
            await self.bacnet_write("ahu", "analog-value,1", self.values.pop(0))  # type: ignore[arg-type]

    beside = Beside()
    seen: list[object] = []
    beside.script = lambda number: seen.append(beside.device.slots[SETPOINT][11])
    summary = beside.run(Writer, steps=4)
    assert seen[0] == 7.5
    assert "ahu: analog-value,1: [1] is no number, and no text" in next(iter(summary.failures.values()))[0]
    assert "Traceback" not in caplog.text


class Lenient(EasyASO):
    """As programs for easy-aso are written: a failed read is None."""

    none_for_failed_reads = True
    told: ClassVar[list[object]] = []

    async def on_step(self) -> None:
        value = await self.bacnet_read("ahu", "analog-input,1")
        self.told.append(value)
        self.told.append(await self.bacnet_rpm("ahu", "analog-input,1") != [])
        await self.bacnet_write("ahu", "analog-value,1", value + 5.0)


def test_a_lenient_program_is_told_none_and_the_step_that_fails_of_it_is_skipped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    beside = Beside()

    def script(number: int) -> None:
        beside.device.present = number != 2 and number != 3

    beside.script = script
    with caplog.at_level(logging.WARNING):
        summary = beside.run(Lenient, steps=5)
    assert Lenient.told == [20.0, True, 20.0, True, None, False, None, False, 20.0, True]
    assert (summary.failures, summary.exit_code) == ({}, 0)
    assert beside.device.written[0] == (SETPOINT, 25.0, 12)
    told = [record.message for record in caplog.records if "so None" in record.message]
    assert told == ["Lenient: not read, so None: 10.0.0.1: no answer"] * 2  # of the read and of the multiple read


def test_a_lenient_program_is_not_kept_in_the_dark_about_a_write() -> None:
    class Writer(EasyASO):
        none_for_failed_reads = True
        caught: ClassVar[list[DeviceError]] = []

        async def on_step(self) -> None:
            try:
                await self.bacnet_write("ahu", "analog-value,1", 1.0)
            except DeviceError as error:
                self.caught.append(error)

    beside = Beside()
    beside.script = lambda number: setattr(beside.device, "present", False)
    beside.run(Writer, steps=3)
    assert [type(error) for error in Writer.caught] == [DeviceUnreachable] * 2


def test_a_program_is_told_when_its_life_ends_and_may_do_something_beside_its_steps() -> None:
    class Serving(EasyASO):
        log: ClassVar[list[object]] = []

        async def create_application(self) -> None:
            self.log.append("created")

        async def update_server(self) -> None:
            self.log.append("serving")
            await self.stop_event.wait()
            self.log.append("served")

        async def on_start(self) -> None:
            self.log.append("started")

        async def on_stop(self) -> None:
            self.log.append(("stopped", self.stop_event.is_set()))

    Beside().run(Serving, steps=2)
    assert Serving.log == ["created", "started", "serving", ("stopped", True)]
