"""Whenever leave is taken away, in the middle of whatever, slots are free and nothing is written afterwards."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import ClassVar

import pytest

from ledger.receipts import Receipt
from supervisory import Command, Context, Program
from supervisory.runtime.devices import Devices
from supervisory.runtime.dry_run import DryGate
from supervisory.runtime.runner import RunnerLimits
from supervisory.runtime.runtime import Runtime
from tests.supervisory.beside import SETPOINT, Beside, SteppedPlant
from tests.waiting import DEADLINE_S

ROLES = {"setpoint": "Setpoint"}


class Commanding(Program):
    """Has a set-point in its slot."""

    points: ClassVar = {"setpoint": Command("Pa")}
    period_s = 30.0

    def on_step(self, ctx: Context) -> None:
        ctx.command("setpoint", 100.0 + ctx.dt_s)


def test_switching_off_in_mid_step_writes_nothing_any_more() -> None:
    class Slow(Program):
        points: ClassVar = {"setpoint": Command("Pa")}
        period_s = 300.0

        async def on_step(self, ctx: Context) -> None:
            await asyncio.sleep(90)
            ctx.command("setpoint", 120.0)

    beside = Beside()

    def script(number: int) -> None:
        if number == 2:
            beside.enabling.switch(False)

    beside.script = script
    assert beside.run(Slow, steps=8, **ROLES).exit_code == 0
    assert beside.commands == []


def test_switching_off_during_a_blocked_step_frees_the_slot_while_the_hook_is_still_blocked() -> None:
    is_blocked, unblock = threading.Event(), threading.Event()
    seen: list[object] = []

    class Blocking(Commanding):
        def on_step(self, ctx: Context) -> None:
            super().on_step(ctx)
            if ctx.dt_s:
                is_blocked.set()
                unblock.wait(DEADLINE_S)

    beside = Beside(limits=RunnerLimits(30.0, 3, DEADLINE_S, is_lockstep=True))

    def operator() -> None:
        assert is_blocked.wait(DEADLINE_S)
        beside.enabling.switch(False)
        deadline = time.monotonic() + DEADLINE_S
        while beside.device.slots[SETPOINT][11] is not None and time.monotonic() < deadline:
            unblock.wait(0.005)
        seen.append(beside.device.slots[SETPOINT][11])
        unblock.set()

    person = threading.Thread(target=operator)
    person.start()
    beside.run(Blocking, steps=3, **ROLES)
    person.join()
    assert seen == [None]
    assert beside.commands == [100.0, None]


def test_an_error_in_on_stop_changes_nothing() -> None:
    class Clumsy(Commanding):
        def on_stop(self, ctx: Context) -> None:
            raise RuntimeError("too late")

    beside = Beside()
    assert beside.run(Clumsy, steps=2, **ROLES).exit_code == 0
    assert beside.owned_at_end == 0


@pytest.mark.slow
def test_on_stop_has_only_so_much_time() -> None:
    class Lingering(Commanding):
        async def on_stop(self, ctx: Context) -> None:
            await asyncio.sleep(1e6)

    began_s = time.monotonic()
    Beside().run(Lingering, steps=2, **ROLES)
    assert time.monotonic() - began_s < DEADLINE_S


def test_values_commanded_in_on_stop_are_not_written() -> None:
    class Parting(Commanding):
        def on_stop(self, ctx: Context) -> None:
            ctx.command("setpoint", 333.0)

    beside = Beside()
    beside.run(Parting, steps=2, **ROLES)
    assert 333.0 not in beside.commands


def test_every_life_has_a_new_instance() -> None:
    class Counting(Commanding):
        lives: ClassVar[list[int]] = []
        steps = 0

        def on_step(self, ctx: Context) -> None:
            self.steps += 1
            self.lives.append(self.steps)

    beside = Beside()
    beside.script = lambda number: beside.enabling.switch(number != 3)
    beside.run(Counting, steps=8, **ROLES)
    assert Counting.lives == [1, 2, 3, 1, 2, 3]


def test_a_program_that_cannot_be_made_is_in_fault_and_the_others_go_on() -> None:
    class Broken(Commanding):
        priority = 13

        def __init__(self, settings: object) -> None:
            raise ValueError("no such table")

    beside = Beside()
    summary = beside.run(Broken, Commanding, steps=3, **ROLES)
    assert "ValueError: no such table" in summary.failures["Broken"][0]
    assert beside.commands[0] == 100.0


def test_a_device_that_is_gone_during_the_release_is_released_when_it_is_back() -> None:
    beside = Beside()

    def script(number: int) -> None:
        if number == 2:
            beside.device.present = False
            beside.enabling.switch(False)
            threading.Timer(0.3, setattr, [beside.device, "present", True]).start()

    beside.script = script
    beside.run(Commanding, steps=5, **ROLES)
    assert beside.owned_at_end == 0
    assert beside.device.slots[SETPOINT] == [None] * 16


def test_two_programs_with_priorities_of_their_own_share_an_object() -> None:
    class Stronger(Commanding):
        priority = 9

    beside = Beside()
    held: list[tuple[object, object]] = []
    beside.script = lambda _: held.append((beside.device.slots[SETPOINT][8], beside.device.slots[SETPOINT][11]))
    beside.run(Commanding, Stronger, steps=2, **ROLES)
    assert held == [(100.0, 100.0)]


@pytest.mark.parametrize("steps", [1, 7])
def test_a_run_makes_as_many_rounds_as_it_was_asked_for(steps: int) -> None:
    assert Beside().run(Commanding, steps=steps, **ROLES).rounds == steps


def test_a_step_that_was_late_once_does_not_shift_all_that_follow() -> None:
    times: list[float] = []

    class Clockwork(Program):
        points: ClassVar = {"setpoint": Command("Pa")}
        period_s = 45.0

        def on_step(self, ctx: Context) -> None:
            times.append(ctx.time_s)

    Beside().run(Clockwork, steps=12, **ROLES)
    # Due at 1000, 1045, 1090, ..., by a plant that stands at 1000, 1030, 1060, ...
    assert times[:8] == [1000.0, 1060.0, 1090.0, 1150.0, 1180.0, 1240.0, 1270.0, 1330.0]


def test_an_end_that_fails_in_one_step_does_the_others_and_makes_the_exit_code_1() -> None:
    class FullDisk(DryGate):
        def end(self, reason: str) -> list[Receipt]:
            raise OSError(28, "No space left on device")

    gate = FullDisk(lambda program, line: None)
    plant = SteppedPlant(30.0, lambda number: None, is_lockstep=True)
    summary = Runtime(lambda on_change: [], plant, Devices({}), gate, steps=1).execute()
    assert summary.rounds == 1
    assert summary.troubles == ("giving back has failed: [Errno 28] No space left on device",)
    assert summary.exit_code == 1
