"""Which overrides are active, and with which value: groups, holds, permits, ramps, values in force."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.overriding.overrides import Overrides
from tests import bench
from utils.clocks import ModelSeconds
from utils.values import Frame, ObjectType, Quality, Sample, Target

ONE, TWO = "10.0.0.1", "10.0.0.2"
FAN = Target(ONE, ObjectType.ANALOG_OUTPUT, "Fan")
PUMP = Target(ONE, ObjectType.BINARY_OUTPUT, "Pump")
DAMPER = Target(TWO, ObjectType.ANALOG_OUTPUT, "Damper")
ALL_GOOD = {FAN: Sample(50.0), PUMP: Sample(True), DAMPER: Sample(30.0)}
IN_FORCE = {"ahu_yFan_u": 0.4, "ahu_yPum_u": 0.0, "vav_yDam_u": 0.2}


def overrides(
    folder: Path,
    hold_steps: int = 2,
    group: str | None = None,
    *,
    ramp_steps: int = 0,
    shadow: bool = False,
    ahu_permit: str | None = None,
    vav_permit: str | None = None,
) -> Overrides:
    ahu = bench.equipment(
        "AHU",
        ONE,
        [bench.output("ahu_yFan", "Fan"), bench.output("ahu_yPum", "Pump", "BinaryOutput")],
        group=group,
        activate_when=ahu_permit,
    )
    vav = bench.equipment("VAV", TWO, [bench.output("vav_yDam", "Damper")], group=group, activate_when=vav_permit)
    manager = bench.manager(folder, bench.settings(folder), ahu, vav)
    return Overrides(manager.equipment.values(), hold_steps, ramp_steps=ramp_steps, shadow=shadow)


def frame(number: int = 1) -> Frame:
    return Frame(number, ModelSeconds(5.0 * number), IN_FORCE)


def test_every_override_is_sent_with_its_activation(tmp_path: Path) -> None:
    commands = overrides(tmp_path).answer(frame(7), ALL_GOOD)
    assert commands.answers == 7
    assert commands.inputs == {
        "ahu_yFan_u": 0.5,
        "ahu_yFan_activate": 1.0,
        "ahu_yPum_u": 1.0,
        "ahu_yPum_activate": 1.0,
        "vav_yDam_u": 0.3,
        "vav_yDam_activate": 1.0,
    }


def test_a_controller_never_heard_leaves_its_group_to_the_building(tmp_path: Path) -> None:
    inputs = overrides(tmp_path).answer(frame(), {DAMPER: Sample(30.0)}).inputs
    assert (inputs["ahu_yFan_activate"], inputs["vav_yDam_activate"]) == (0.0, 1.0)
    assert inputs["ahu_yFan_u"] == IN_FORCE["ahu_yFan_u"]


def test_a_silent_controller_is_held_and_then_released_as_a_group(tmp_path: Path) -> None:
    subject = overrides(tmp_path, hold_steps=2)
    subject.answer(frame(0), ALL_GOOD)
    answers = [subject.answer(frame(n), {DAMPER: Sample(30.0)}).inputs for n in (1, 2, 3)]
    assert [inputs["ahu_yFan_activate"] for inputs in answers] == [1.0, 1.0, 0.0]
    assert [inputs["ahu_yPum_activate"] for inputs in answers] == [1.0, 1.0, 0.0]
    assert [inputs["ahu_yFan_u"] for inputs in answers] == [0.5, 0.5, 0.4]
    assert [inputs["vav_yDam_activate"] for inputs in answers] == [1.0, 1.0, 1.0]


def test_one_bad_output_counts_against_its_whole_group(tmp_path: Path) -> None:
    subject = overrides(tmp_path, hold_steps=0)
    subject.answer(frame(0), ALL_GOOD)
    inputs = subject.answer(frame(1), {**ALL_GOOD, PUMP: Sample(None, Quality.BAD)}).inputs
    assert (inputs["ahu_yFan_activate"], inputs["ahu_yPum_activate"]) == (0.0, 0.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e308])
def test_a_number_that_is_none_counts_as_a_miss(tmp_path: Path, value: float) -> None:
    subject = overrides(tmp_path, hold_steps=0)
    subject.answer(frame(0), ALL_GOOD)
    assert subject.answer(frame(1), {**ALL_GOOD, FAN: Sample(value)}).inputs["ahu_yFan_activate"] == 0.0


def test_a_group_may_span_controllers(tmp_path: Path) -> None:
    subject = overrides(tmp_path, hold_steps=0, group="air side")
    subject.answer(frame(0), ALL_GOOD)
    inputs = subject.answer(frame(1), {DAMPER: Sample(30.0)}).inputs
    assert {inputs[f"{name}_activate"] for name in ("ahu_yFan", "ahu_yPum", "vav_yDam")} == {0.0}


def test_a_group_that_comes_back_is_active_at_once(tmp_path: Path) -> None:
    subject = overrides(tmp_path, hold_steps=0)
    subject.answer(frame(0), ALL_GOOD)
    subject.answer(frame(1), {})
    assert not subject.active_groups
    assert subject.answer(frame(2), ALL_GOOD).inputs["ahu_yFan_activate"] == 1.0
    assert subject.active_groups == ("AHU", "VAV")


def test_an_unknown_value_in_force_is_left_out_rather_than_invented(tmp_path: Path) -> None:
    subject = overrides(tmp_path)
    inputs = subject.answer(Frame(1, ModelSeconds(5.0), {"ahu_yFan_u": math.nan}), {}).inputs
    assert "ahu_yFan_u" not in inputs
    assert inputs["ahu_yFan_activate"] == 0.0


ENABLE = Target(ONE, ObjectType.BINARY_VALUE, "BenchEnable")
LEVEL = Target(TWO, ObjectType.ANALOG_VALUE, "DemandLevel")
PERMITTED = {**ALL_GOOD, ENABLE: Sample(True), LEVEL: Sample(3.0)}


class TestPermits:
    """``activate_when``: an object of the controller that has to be true."""

    def answers(self, subject: Overrides, *samples: Mapping[Target, Sample]) -> list[float]:
        return [subject.answer(frame(n), s).inputs["ahu_yFan_activate"] for n, s in enumerate(samples)]

    @pytest.mark.parametrize(
        ("permit", "expected"),
        [
            (Sample(True), 1.0),
            (Sample(False), 0.0),
            (Sample(1), 1.0),
            (Sample(0.0), 0.0),
            (Sample(-0.5), 1.0),
            (Sample(math.nan), 0.0),
            (Sample(1e308), 0.0),
            (Sample(None, Quality.BAD), 0.0),
        ],
    )
    def test_overrides_are_active_only_while_the_object_is_true(
        self, tmp_path: Path, permit: Sample, expected: float
    ) -> None:
        subject = overrides(tmp_path, ahu_permit="BenchEnable")
        assert self.answers(subject, {**ALL_GOOD, ENABLE: permit}) == [expected]
        assert "VAV" in subject.active_groups

    def test_a_permit_that_is_withdrawn_releases_at_once_and_its_return_activates_again(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, hold_steps=2, ahu_permit="BenchEnable")
        withdrawn = {**ALL_GOOD, ENABLE: Sample(False)}
        assert self.answers(subject, PERMITTED, withdrawn, PERMITTED) == [1.0, 0.0, 1.0]

    def test_a_permit_that_is_not_heard_is_held_and_then_counts_as_withdrawn(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, hold_steps=2, ahu_permit="BenchEnable")
        lost = {**ALL_GOOD, ENABLE: Sample(None, Quality.MISSING)}
        assert self.answers(subject, PERMITTED, lost, ALL_GOOD, lost, PERMITTED) == [1.0, 1.0, 1.0, 0.0, 1.0]

    def test_several_permits_of_one_group_have_to_be_true_together(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, group="air side", ahu_permit="BenchEnable", vav_permit="DemandLevel")
        no_demand = {**PERMITTED, LEVEL: Sample(0.0)}
        disabled = {**PERMITTED, ENABLE: Sample(False)}
        assert self.answers(subject, PERMITTED, no_demand, disabled, PERMITTED) == [1.0, 0.0, 0.0, 1.0]

    def test_the_object_of_another_controller_with_the_same_name_does_not_count(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, ahu_permit="BenchEnable")
        elsewhere = Target(TWO, ObjectType.BINARY_VALUE, "BenchEnable")
        assert self.answers(subject, {**PERMITTED, ENABLE: Sample(False), elsewhere: Sample(True)}) == [0.0]


class TestRamp:
    """Analog values leave the value in force (fan 0.4) step by step for the command (0.5)."""

    def fan(self, subject: Overrides, numbers: range, samples: Mapping[Target, Sample]) -> list[float]:
        return [subject.answer(frame(n), samples).inputs["ahu_yFan_u"] for n in numbers]

    def test_the_first_take_over_ramps_from_the_building_s_own_value(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, ramp_steps=4)
        assert self.fan(subject, range(6), ALL_GOOD) == pytest.approx([0.425, 0.45, 0.475, 0.5, 0.5, 0.5])

    def test_binaries_switch_at_once_and_every_activation_is_on_from_the_first_step(self, tmp_path: Path) -> None:
        inputs = overrides(tmp_path, ramp_steps=4).answer(frame(0), ALL_GOOD).inputs
        assert inputs["ahu_yPum_u"] == 1.0
        assert (inputs["ahu_yFan_activate"], inputs["ahu_yPum_activate"]) == (1.0, 1.0)

    @pytest.mark.parametrize("steps", [0, 1])
    def test_without_a_ramp_the_command_is_in_force_at_once(self, tmp_path: Path, steps: int) -> None:
        assert self.fan(overrides(tmp_path, ramp_steps=steps), range(1), ALL_GOOD) == [0.5]

    def test_a_return_ramps_from_what_is_in_force_then(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, hold_steps=0, ramp_steps=2)
        self.fan(subject, range(5), ALL_GOOD)
        subject.answer(frame(5), {})
        back = [
            subject.answer(Frame(n, ModelSeconds(0.0), {"ahu_yFan_u": 0.1}), ALL_GOOD).inputs["ahu_yFan_u"]
            for n in (6, 7, 8)
        ]
        assert back == pytest.approx([0.3, 0.5, 0.5])

    def test_a_command_that_moves_during_the_ramp_is_met_at_its_end(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, ramp_steps=2)
        assert self.fan(subject, range(1), ALL_GOOD) == pytest.approx([0.45])
        assert self.fan(subject, range(1, 3), {**ALL_GOOD, FAN: Sample(90.0)}) == pytest.approx([0.9, 0.9])

    def test_a_value_in_force_that_is_not_known_cannot_be_ramped_from(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, ramp_steps=4)
        inputs = subject.answer(Frame(0, ModelSeconds(0.0), {"ahu_yFan_u": math.nan}), ALL_GOOD).inputs
        assert (inputs["ahu_yFan_u"], inputs["vav_yDam_u"]) == (0.5, 0.3)

    def test_a_hold_does_not_begin_another_ramp(self, tmp_path: Path) -> None:
        subject = overrides(tmp_path, hold_steps=2, ramp_steps=4)
        values = [subject.answer(frame(n), s).inputs["ahu_yFan_u"] for n, s in enumerate((ALL_GOOD, {}, ALL_GOOD))]
        assert values == pytest.approx([0.425, 0.45, 0.475])


class TestSensors:
    """A sensor that had good values and has been let go ends its group's overrides."""

    TEMPERATURE = Target(ONE, ObjectType.ANALOG_INPUT, "Temp")
    OUTDOOR = Target(ONE, ObjectType.ANALOG_VALUE, "Outdoor")
    COST = Target(ONE, ObjectType.ANALOG_INPUT, "Cost")
    SEEN: Mapping[Target, float] = {TEMPERATURE: 20.0, OUTDOOR: 30.0, COST: 1.0}

    def subject(self, folder: Path, ramp_steps: int = 0) -> Overrides:
        ahu = bench.equipment(
            "AHU",
            ONE,
            [
                bench.output("ahu_yFan", "Fan"),
                bench.analog_input("ahu_T_y", "Temp"),
                bench.analog_input("out_T_y", "Outdoor", object_type="AnalogValue"),
                {"bop_point": "cost_tot", "ecy_point": "Cost", "object_type": "AnalogInput"},
            ],
            group="air side",
        )
        vav = bench.equipment("VAV", TWO, [bench.output("vav_yDam", "Damper")], group="air side")
        manager = bench.manager(folder, bench.settings(folder), ahu, vav)
        return Overrides(manager.equipment.values(), 2, ramp_steps=ramp_steps)

    def answers(self, subject: Overrides, *seen: Mapping[Target, float]) -> list[float]:
        frames = [
            Frame(n, ModelSeconds(5.0 * n), {**IN_FORCE, "ahu_T_y": -5.0}, targets) for n, targets in enumerate(seen)
        ]
        inputs = [subject.answer(frame, ALL_GOOD).inputs for frame in frames]
        assert all(each["ahu_yFan_activate"] == each["vav_yDam_activate"] for each in inputs)
        return [each["ahu_yFan_activate"] for each in inputs]

    def without(self, *targets: Target) -> Mapping[Target, float]:
        return {target: value for target, value in self.SEEN.items() if target not in targets}

    def test_it_is_held_then_ends_them_and_they_return_with_it(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        lost = self.without(self.TEMPERATURE)
        seen = (self.SEEN, lost, lost, lost, lost, self.SEEN)
        assert self.answers(self.subject(tmp_path), *seen) == [1.0, 1.0, 1.0, 0.0, 0.0, 1.0]
        assert [message for message in caplog.messages if "Temp" in message] == [
            f"{self.TEMPERATURE}: let go, as it has no good value any more: ahu_T_y: -5 K is below absolute zero",
            f"{self.TEMPERATURE}: it has good values again",
        ]

    def test_a_single_good_value_begins_the_hold_anew(self, tmp_path: Path) -> None:
        lost = self.without(self.TEMPERATURE)
        assert self.answers(self.subject(tmp_path), self.SEEN, lost, lost, self.SEEN, lost, lost) == [1.0] * 6

    def test_a_value_object_a_kpi_and_what_never_had_a_value_end_nothing(self, tmp_path: Path) -> None:
        lost = self.without(self.OUTDOOR, self.COST)
        assert self.answers(self.subject(tmp_path), self.SEEN, *[lost] * 5) == [1.0] * 6
        never = self.without(self.TEMPERATURE)
        assert self.answers(self.subject(tmp_path), *[never] * 5) == [1.0] * 5

    def test_the_return_is_ramped(self, tmp_path: Path) -> None:
        subject = self.subject(tmp_path, ramp_steps=2)
        self.answers(subject, self.SEEN, self.SEEN, *[self.without(self.TEMPERATURE)] * 3)
        back = [subject.answer(Frame(n, ModelSeconds(0.0), {"ahu_yFan_u": 0.1}, self.SEEN), ALL_GOOD) for n in (5, 6)]
        assert [commands.inputs["ahu_yFan_u"] for commands in back] == pytest.approx([0.3, 0.5])


def test_a_shadow_run_sends_an_explicit_zero_every_step_with_the_value_in_force(tmp_path: Path) -> None:
    subject = overrides(tmp_path, shadow=True)
    for number in range(3):
        inputs = subject.answer(frame(number), ALL_GOOD).inputs
        assert {name: value for name, value in inputs.items() if name.endswith("_u")} == IN_FORCE
        assert {value for name, value in inputs.items() if name.endswith("_activate")} == {0.0}
    assert subject.active_groups == ()
    assert subject.groups == ("AHU", "VAV")


def test_what_happens_to_several_groups_at_once_is_one_log_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    subject = overrides(tmp_path, hold_steps=0)
    for number, samples in enumerate([ALL_GOOD, ALL_GOOD, {}, {}]):
        subject.answer(frame(number), samples)
    assert caplog.messages == [
        "groups AHU, VAV: overrides active",
        "groups AHU, VAV: left to the building's own control: its controllers are not heard in full",
    ]


def test_a_release_and_a_return_are_one_log_line_each(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    subject = overrides(tmp_path, hold_steps=1, group="air side", ramp_steps=3, ahu_permit="BenchEnable")
    subject.answer(frame(0), PERMITTED)
    caplog.set_level(logging.INFO)
    for number, samples in enumerate([PERMITTED, {}, {}, {}, PERMITTED, PERMITTED, {**PERMITTED, ENABLE: Sample(0)}]):
        subject.answer(frame(number + 1), samples)
    assert caplog.messages == [
        "group air side: left to the building's own control: its controllers are not heard in full",
        "group air side: overrides active",
        f"group air side: left to the building's own control: BenchEnable of {ONE} is not active",
    ]
