"""Which overrides are active, and with which value: groups, holds, values in force."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bridge.overrides import Overrides
from tests import bench
from utils.values import Frame, ObjectType, Quality, Sample, Target

ONE, TWO = "10.0.0.1", "10.0.0.2"
FAN = Target(ONE, ObjectType.ANALOG_OUTPUT, "Fan")
PUMP = Target(ONE, ObjectType.BINARY_OUTPUT, "Pump")
DAMPER = Target(TWO, ObjectType.ANALOG_OUTPUT, "Damper")
ALL_GOOD = {FAN: Sample(50.0), PUMP: Sample(True), DAMPER: Sample(30.0)}
IN_FORCE = {"ahu_yFan_u": 0.4, "ahu_yPum_u": 0.0, "vav_yDam_u": 0.2}


def overrides(folder: Path, hold_steps: int = 2, group: str | None = None) -> Overrides:
    grouped = {"group": group} if group else {}
    ahu = bench.equipment(
        "AHU", ONE, [bench.output("ahu_yFan", "Fan"), bench.output("ahu_yPum", "Pump", "BinaryOutput")], **grouped
    )
    vav = bench.equipment("VAV", TWO, [bench.output("vav_yDam", "Damper")], **grouped)
    manager = bench.manager(folder, bench.settings(folder), ahu, vav)
    return Overrides(manager.equipment.values(), hold_steps)


def frame(number: int = 1) -> Frame:
    return Frame(number, 5.0 * number, IN_FORCE)


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


@pytest.mark.parametrize("value", [math.nan, math.inf])
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
    inputs = subject.answer(Frame(1, 5.0, {"ahu_yFan_u": math.nan}), {}).inputs
    assert "ahu_yFan_u" not in inputs
    assert inputs["ahu_yFan_activate"] == 0.0
