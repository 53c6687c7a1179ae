"""What the runtime promises programs, and what it does to those that misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from typing import ClassVar

import pytest

from supervisory import Command, Context, EasyASO, NoValue, Program, Read
from supervisory.guard.enabling import State
from supervisory.runtime.runner import RunnerLimits
from tests.supervisory.beside import SETPOINT, TEMPERATURE, Beside, MemoryDevice
from tests.waiting import DEADLINE_S, eventually
from utils.errors import DeviceUnreachable
from utils.values import ObjectRef, Quality, Sample

ROLES = {"temperature": "Temperature", "setpoint": "Setpoint"}
POINTS: Mapping[str, Read | Command] = {"temperature": Read("K"), "setpoint": Command("kPa", minimum=0.05, maximum=0.4)}
LIMITS = RunnerLimits(30.0, 3, 0.3, is_lockstep=True)


class Holder(Program):
    """Commands a set-point from the first step on."""

    points = POINTS
    period_s = 60.0

    def on_step(self, ctx: Context) -> None:
        ctx.command("setpoint", 0.1)


class Counting(Program):
    """Notes its hooks and its times."""

    points = POINTS
    period_s = 60.0
    log: ClassVar[list[tuple[str, float, float]]] = []

    def on_start(self, ctx: Context) -> None:
        self.log.append(("start", ctx.time_s, ctx.dt_s))

    def on_step(self, ctx: Context) -> None:
        self.log.append(("step", ctx.time_s, ctx.dt_s))

    def on_stop(self, ctx: Context) -> None:
        self.log.append((f"stop: {ctx.stop_reason}", ctx.time_s, ctx.dt_s))


@pytest.fixture(autouse=True)
def _forget() -> None:
    Counting.log.clear()


def test_hooks_come_in_order_with_plant_time_and_their_period() -> None:
    Beside().run(Counting, steps=5, **ROLES)
    steps = [(1000.0, 0.0), (1060.0, 60.0), (1120.0, 60.0)]
    assert Counting.log[0] == ("start", 1000.0, 0.0)
    assert Counting.log[1:4] == [("step", *times) for times in steps]
    assert Counting.log[4][0] == "stop: the run has ended"


def test_a_record_tells_the_time_since_the_last_step() -> None:
    beside = Beside()
    beside.run(Counting, steps=5, **ROLES)
    assert [record.moment.dt_s for record in beside.records] == [0.0, 60.0, 60.0]


def test_an_alarm_stands_in_the_records_as_long_as_it_lasts() -> None:
    class Alarming(Holder):
        def on_step(self, ctx: Context) -> None:
            super().on_step(ctx)
            if ctx.time_s == 1060.0:
                ctx.alarm("it is hot")

    def refuse(number: int) -> None:
        beside.device.refuses_values = number < 5

    beside = Beside(script=refuse)
    beside.device.refuses_values = True
    beside.run(Alarming, steps=7, **ROLES)
    refused = "setpoint was not written: 10.0.0.1: AnalogValue 1: write access denied"
    assert [record.alarms for record in beside.records] == [(refused,), (refused, "it is hot"), (refused,), ()]


def test_at_the_end_nothing_runs_again_after_the_release() -> None:
    beside, states = Beside(), list[State]()
    beside.script = lambda number: beside.enabling.subscribe(lambda name: states.append(beside.enabling.state(name)))
    beside.run(Holder, steps=2, **ROLES)
    assert states == [State.RELEASING, State.DISABLED]


def test_values_are_read_and_commanded_in_the_units_of_the_roles() -> None:
    class Reset(Program):
        points = POINTS

        def on_step(self, ctx: Context) -> None:
            ctx.explain(kelvin=ctx.value("temperature"))
            ctx.command("setpoint", 0.125)

    beside = Beside()
    beside.run(Reset, steps=1, **ROLES)
    assert beside.records[0].facts == {"kelvin": pytest.approx(293.15)}
    assert beside.commands == [125.0, None]


def test_one_batch_is_read_per_device_whatever_the_number_of_programs() -> None:
    class Other(Counting):
        priority = 13

    beside = Beside()
    beside.run(Counting, Other, steps=1, **ROLES)
    assert beside.device.read_batches == 1


def test_a_command_that_changes_nothing_is_not_written_again() -> None:
    beside = Beside()
    beside.run(Holder, steps=9, **ROLES)
    assert beside.commands == [100.0, None]


def test_what_is_held_is_written_again_now_and_then() -> None:
    beside = Beside(refresh_s=120.0)
    beside.script = lambda number: beside.device.slots[SETPOINT].__setitem__(11, None)
    beside.run(Holder, steps=6, **ROLES)
    assert beside.commands.count(100.0) == 2


def test_a_change_within_the_deadband_is_not_written() -> None:
    class Creeping(Program):
        points: ClassVar = {"setpoint": Command("Pa", deadband=5.0)}
        period_s = 30.0

        def on_step(self, ctx: Context) -> None:
            ctx.command("setpoint", 100.0 + ctx.time_s / 10 - 100)

    beside = Beside()
    beside.run(Creeping, steps=4, setpoint="Setpoint")
    assert beside.commands == [100.0, 106.0, None]


def test_everything_is_given_back_at_the_end() -> None:
    beside = Beside()
    summary = beside.run(Holder, steps=2, **ROLES)
    assert (beside.owned_at_end, summary.exit_code) == (0, 0)
    assert beside.device.slots[SETPOINT] == [None] * 16


def test_a_program_that_raises_gives_back_and_the_others_go_on() -> None:
    class Failing(Holder):
        priority = 13

        def on_step(self, ctx: Context) -> None:
            super().on_step(ctx)
            if ctx.dt_s:
                raise ZeroDivisionError("a mistake")

    beside = Beside()
    summary = beside.run(Failing, Counting, steps=7, **ROLES)
    assert summary.exit_code == 1
    assert "ZeroDivisionError: a mistake" in summary.failures["Failing"][0]
    assert beside.enabling.reason("Failing").endswith("ZeroDivisionError: a mistake")
    assert beside.device.slots[SETPOINT] == [None] * 16
    assert [name for name, *_ in Counting.log].count("step") == 4


def test_a_button_that_a_program_has_not_is_a_fault_of_the_program() -> None:
    class Misspelt(Counting):
        buttons: ClassVar[Mapping[str, str]] = {"reset": "Active: begins anew"}

        def on_step(self, ctx: Context) -> None:
            assert not ctx.pressed("reset")
            ctx.pressed("rest")

    summary = Beside().run(Misspelt, steps=3, **ROLES)
    assert "the program has no button \"rest\", did you mean 'reset'?" in summary.failures["Misspelt"][0]


def test_a_command_outside_the_limits_is_refused_before_it_is_sent() -> None:
    class Greedy(Program):
        points = POINTS

        def on_step(self, ctx: Context) -> None:
            ctx.command("setpoint", 0.5)

    beside = Beside()
    summary = beside.run(Greedy, steps=1, **ROLES)
    assert "CommandRefused: setpoint: 0.5 is outside 0.05 to 0.4 kPa" in summary.failures["Greedy"][0]
    assert beside.commands == []


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_never_sent(value: float) -> None:
    class Lost(Program):
        points: ClassVar = {"setpoint": Command()}

        def on_step(self, ctx: Context) -> None:
            ctx.command("setpoint", value)

    beside = Beside()
    summary = beside.run(Lost, steps=1, setpoint="Setpoint")
    assert "is not a finite number" in summary.failures["Lost"][0]
    assert beside.commands == []


def test_a_hook_that_blocks_is_abandoned_and_what_it_owns_is_given_back() -> None:
    unblock = threading.Event()

    class Blocking(Holder):
        priority = 13

        def on_step(self, ctx: Context) -> None:
            if ctx.dt_s:
                unblock.wait(DEADLINE_S)
            super().on_step(ctx)

    beside = Beside(limits=LIMITS)
    try:
        summary = beside.run(Blocking, Counting, steps=7, **ROLES)
    finally:
        unblock.set()
    assert "a hook has blocked for more than 0.3 s" in summary.failures["Blocking"][0]
    assert beside.device.slots[SETPOINT] == [None] * 16
    assert [name for name, *_ in Counting.log].count("step") == 4


def test_a_hook_that_waits_for_what_never_comes_is_abandoned() -> None:
    class Waiting(Program):
        points = POINTS

        async def on_step(self, ctx: Context) -> None:
            await asyncio.Event().wait()

    summary = Beside(limits=LIMITS).run(Waiting, steps=3, **ROLES)
    assert "never comes" in summary.failures["Waiting"][0]


def test_a_hook_that_ends_the_process_ends_only_its_program() -> None:
    class Quitting(Program):
        points = POINTS

        def on_step(self, ctx: Context) -> None:
            raise SystemExit(3)

    summary = Beside(limits=LIMITS).run(Quitting, Counting, steps=3, **ROLES)
    assert "SystemExit: 3" in summary.failures["Quitting"][0]
    assert [name for name, *_ in Counting.log].count("step") == 2


def test_a_step_that_outlasts_its_period_too_often_stops_the_program() -> None:
    class Slow(Program):
        points = POINTS
        period_s = 60.0

        async def on_step(self, ctx: Context) -> None:
            await asyncio.sleep(600)

    summary = Beside().run(Slow, steps=9, **ROLES)
    assert "longer than its period of 60 s" in summary.failures["Slow"][0]


def test_sleeping_in_a_hook_counts_in_plant_time() -> None:
    class Sleepy(Program):
        points = POINTS
        period_s = 300.0
        slept: ClassVar[list[float]] = []

        async def on_step(self, ctx: Context) -> None:
            began_s = asyncio.get_running_loop().time()
            await asyncio.sleep(90)
            self.slept.append(asyncio.get_running_loop().time() - began_s)

    Beside().run(Sleepy, steps=5, **ROLES)
    assert Sleepy.slept == [90.0]


def test_bad_inputs_skip_steps_and_hold_and_then_give_back() -> None:
    class Reading(Program):
        points = POINTS
        period_s = 30.0

        def on_step(self, ctx: Context) -> None:
            ctx.command("setpoint", 0.1)

    beside = Beside(hold_steps=2)
    held: list[object] = []

    def script(number: int) -> None:
        held.append(beside.device.slots[SETPOINT][11])
        beside.device.values[TEMPERATURE] = None

    beside.script = script
    summary = beside.run(Reading, steps=6, **ROLES)
    assert held == [100.0, 100.0, 100.0, None, None]
    assert summary.exit_code == 0
    assert "no good value of temperature (it tells NaN)" in beside.records[1].note
    assert beside.records[1].readings["temperature"].quality is Quality.BAD


def test_a_program_goes_on_when_its_inputs_are_good_again() -> None:
    beside = Beside(hold_steps=0)

    def script(number: int) -> None:
        beside.device.values[TEMPERATURE] = None if number == 2 else 20.0

    beside.script = script
    summary = beside.run(Holder, steps=9, **ROLES)
    assert beside.commands == [100.0, None, 100.0, None]
    assert summary.exit_code == 0


def test_a_value_that_is_asked_for_and_not_there_skips_the_step() -> None:
    class Optional(Program):
        points: ClassVar = {"temperature": Read("degC", required=False), "setpoint": Command("Pa")}

        def on_step(self, ctx: Context) -> None:
            ctx.command("setpoint", ctx.value("temperature"))

    beside = Beside()
    beside.device.values[TEMPERATURE] = None
    summary = beside.run(Optional, steps=2, **ROLES)
    assert (beside.commands, summary.exit_code) == ([], 0)


def test_a_device_that_does_not_answer_is_a_missing_input_and_no_failure() -> None:
    beside = Beside()

    def script(number: int) -> None:
        beside.device.present = number != 2

    beside.script = script
    summary = beside.run(Holder, steps=5, **ROLES)
    assert summary.exit_code == 0
    assert beside.records[1].readings["temperature"].quality is Quality.MISSING


class SlowDevice(MemoryDevice):
    """Takes its time while ``is_silent`` is set, and then does not answer, or does."""

    def __init__(self, *, answers: bool = False) -> None:
        super().__init__()
        self.answers = answers
        self.is_silent = threading.Event()
        self.gives_up = threading.Event()
        self.is_asked = threading.Event()

    def read_values_from_endpoints(self, refs: Iterable[ObjectRef]) -> dict[ObjectRef, Sample]:
        if self.is_silent.is_set():
            self.is_asked.set()
            self.gives_up.wait(DEADLINE_S)
            if not self.answers:
                raise DeviceUnreachable(self.device, "no answer")
        return super().read_values_from_endpoints(refs)


def test_a_device_that_is_silent_for_many_periods_is_a_missing_input_and_no_overrun() -> None:
    device = SlowDevice()
    beside = Beside(device=device, limits=RunnerLimits(30.0, 3, 5.0, is_lockstep=False), hold_steps=4)

    def script(number: int) -> None:
        """Time goes on whatever the device does: 7 periods in which it is waited for, then it returns."""
        [runner] = beside.runtime.runners if beside.runtime is not None else []
        if number in (4, 30):
            eventually(lambda: device.slots[SETPOINT][11] == 100.0)
        if number == 4:
            device.is_silent.set()
        if number == 18:
            device.gives_up.set()
            eventually(lambda: device.slots[SETPOINT][11] is None)
            device.is_silent.clear()
            device.gives_up.clear()
        if number >= 6:
            device.is_asked.wait(DEADLINE_S)
        if not device.is_silent.is_set():
            eventually(lambda: runner.is_settled)
        if number == 30 and beside.runtime is not None:
            beside.runtime.request_stop()

    beside.script = script
    summary = beside.run(Holder, steps=100, **ROLES)
    assert summary.failures == {}
    assert beside.commands == [100.0, None, 100.0, None]
    [silence] = [record for record in beside.records if record.note]
    assert "no good value of temperature (no answer)" in silence.note


def test_the_time_that_a_device_takes_is_not_the_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisory.runtime.worker._ANSWERS_TAKE", 1)
    computes, goes_on = threading.Event(), threading.Event()

    class Thinking(Holder):
        def on_step(self, ctx: Context) -> None:
            super().on_step(ctx)
            computes.set()
            goes_on.wait(DEADLINE_S)

    device = SlowDevice(answers=True)
    device.is_silent.set()
    beside = Beside(device=device, limits=RunnerLimits(30.0, 3, 0.4, is_lockstep=False))

    def script(number: int) -> None:
        """The device takes longer than a hook may; then the hook computes, for a moment."""
        [runner] = beside.runtime.runners if beside.runtime is not None else []
        if number <= 7:
            device.gives_up.wait(0.1)
        elif number == 8:
            device.gives_up.set()
            computes.wait(DEADLINE_S)
        else:
            goes_on.set()
            eventually(lambda: runner.is_settled)
        if number == 12 and beside.runtime is not None:
            beside.runtime.request_stop()

    beside.script = script
    assert beside.run(Thinking, steps=100, **ROLES).failures == {}
    assert beside.commands == [100.0, None]


def test_a_write_that_is_refused_is_told_once() -> None:
    beside = Beside()
    beside.device.refuses_values = True
    beside.run(Holder, steps=5, **ROLES)
    assert beside.alarms == ["setpoint was not written: 10.0.0.1: AnalogValue 1: write access denied"]


def test_switching_off_gives_back_and_switching_on_begins_anew_after_one_look() -> None:
    beside = Beside()

    def script(number: int) -> None:
        if number == 3:
            beside.enabling.switch(False)
        if number == 5:
            beside.enabling.switch(True)

    beside.script = script
    beside.run(Counting, steps=9, **ROLES)
    kinds = [name for name, *_ in Counting.log]
    assert kinds == ["start", "step", "step", "stop: switched off", "start", "step", "stop: the run has ended"]
    restart_s, dt_s = Counting.log[4][1:]
    assert (restart_s, dt_s) == (1210.0, 0.0)


def test_an_operator_who_takes_over_the_slot_keeps_it() -> None:
    class Restless(Program):
        points: ClassVar = {"setpoint": Command("Pa")}
        period_s = 30.0

        def on_step(self, ctx: Context) -> None:
            ctx.command("setpoint", 100.0 + ctx.dt_s)

    beside = Beside()
    beside.script = lambda number: beside.device.slots[SETPOINT].__setitem__(11, 55.0)
    beside.run(Restless, steps=5, setpoint="Setpoint")
    assert beside.device.slots[SETPOINT][11] == 55.0
    [alarm] = beside.alarms  # of all the steps in which it was not written
    assert "holds 55.0, which is not ours: somebody else has taken it over" in alarm


def test_state_survives_a_new_life_of_the_program() -> None:
    class Remembering(Program):
        points = POINTS
        period_s = 60.0

        def on_step(self, ctx: Context) -> None:
            ctx.state["steps"] = ctx.state.get("steps", 0) + 1
            ctx.explain(steps=ctx.state["steps"])

    beside = Beside()

    def script(number: int) -> None:
        beside.enabling.switch(number != 2)

    beside.script = script
    beside.run(Remembering, steps=8, **ROLES)
    assert [record.facts["steps"] for record in beside.records] == [1, 2, 3]


def test_state_that_is_not_json_is_a_failure_with_words() -> None:
    class Odd(Program):
        points = POINTS

        def on_step(self, ctx: Context) -> None:
            ctx.state["when"] = ctx.now

    summary = Beside().run(Odd, steps=1, **ROLES)
    assert "the state of Odd must be plain JSON values" in summary.failures["Odd"][0]


def test_a_role_that_does_not_exist_is_named_with_the_nearest() -> None:
    class Misspelt(Program):
        points = POINTS

        def on_step(self, ctx: Context) -> None:
            ctx.reading("temprature")

    summary = Beside().run(Misspelt, steps=1, **ROLES)
    assert "has no role 'temprature', did you mean 'temperature'?" in summary.failures["Misspelt"][0]


class Easy(EasyASO):
    """Reads, writes and sleeps by address."""

    log: ClassVar[list[object]] = []

    async def on_step(self) -> None:
        self.log.append(asyncio.get_running_loop().time())
        value = await self.bacnet_read("ahu", "analog-input,1")
        await self.bacnet_write("10.0.0.1", "analog-value,1", value + 5.0)
        await asyncio.sleep(60)

    async def on_stop(self) -> None:
        await self.bacnet_write("ahu", "analog-value,1", "null")
        self.log.append("stopped")


def test_the_short_style_reads_writes_and_sleeps_in_plant_time() -> None:
    Easy.log.clear()
    beside = Beside()
    summary = beside.run(Easy, steps=6)
    assert Easy.log == [1000.0, 1060.0, 1120.0, "stopped"]
    assert beside.device.written[0] == (SETPOINT, 25.0, 12)
    assert beside.records[0].commanded == {"10.0.0.1 analog-value,1": 25.0}
    assert (summary.exit_code, beside.device.slots[SETPOINT]) == (0, [None] * 16)


def test_the_short_style_outlives_a_device_that_does_not_answer_for_a_while() -> None:
    Easy.log.clear()
    beside = Beside()

    def script(number: int) -> None:
        beside.device.present = not 2 <= number <= 3

    beside.script = script
    summary = beside.run(Easy, steps=7)
    assert summary.exit_code == 0
    assert Easy.log == [1000.0, 1060.0, 1090.0, 1120.0, 1180.0, "stopped"]
    assert "10.0.0.1: no answer" in beside.records[1].note


def test_a_loop_without_a_sleep_makes_one_step_per_step_of_the_plant() -> None:
    class Eager(EasyASO):
        times: ClassVar[list[float]] = []

        async def on_step(self) -> None:
            self.times.append(asyncio.get_running_loop().time())

    Beside().run(Eager, steps=4)
    assert Eager.times == [1000.0, 1030.0, 1060.0, 1090.0]


def test_no_value_is_an_error_of_its_own() -> None:
    assert issubclass(NoValue, LookupError)


def test_a_program_in_fault_stays_off() -> None:
    class Once(Holder):
        lives: ClassVar[list[float]] = []

        def on_start(self, ctx: Context) -> None:
            self.lives.append(ctx.time_s)
            raise RuntimeError("no")

    beside = Beside()
    states: list[State] = []
    beside.script = lambda number: states.append(beside.enabling.state("Once"))
    beside.run(Once, steps=5, **ROLES)
    assert len(Once.lives) == 1
    assert states[-1] is State.FAULT
