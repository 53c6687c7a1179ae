"""Inputs of the simulation that are held by hand: what is sent for them, while they are held and after."""

from __future__ import annotations

import math

import pytest

from bridge.overriding.held_inputs import HeldInput, HeldInputs
from bridge.overriding.typed_input import HandRefused, input_named, input_value
from utils.clocks import ModelSeconds, UnixSeconds
from utils.values import Frame, PointMetadata

FAN, FAN_ON = "ahu_yFan_u", "ahu_yFan_activate"
BARE = "ahu_ySecret_u"
COMMANDED = {FAN: 0.6, FAN_ON: 1.0}
METADATA = {
    FAN: PointMetadata("1", minimum=0.0, maximum=1.0, is_input=True),
    FAN_ON: PointMetadata(None, is_input=True),
    "ahu_TSup_u": PointMetadata("K", minimum=285.15, is_input=True),
    "ahu_TMix_u": PointMetadata("K", maximum=313.15, is_input=True),
    "ahu_TSup_y": PointMetadata("K"),
}


def frame(number: int, **values: float) -> Frame:
    return Frame(number, ModelSeconds(5.0 * number), {FAN: 0.3, BARE: 7.0, **values})


def held(name: str = FAN, value: float | None = 0.9, activation: str | None = FAN_ON) -> HeldInput:
    return HeldInput(name, value, activation, "Ann", UnixSeconds(0.0))


@pytest.fixture
def subject() -> HeldInputs:
    return HeldInputs()


def test_what_is_held_takes_the_place_of_what_was_commanded_and_leaves_it_again(subject: HeldInputs) -> None:
    subject.hold(held())
    assert subject.over(frame(1), COMMANDED) == {FAN: 0.9, FAN_ON: 1.0}
    subject.release(FAN)
    assert subject.over(frame(2), COMMANDED) == COMMANDED


def test_a_group_that_is_not_in_force_gets_its_held_input_all_the_same(subject: HeldInputs) -> None:
    subject.hold(held())
    assert subject.over(frame(1), {FAN: 0.3, FAN_ON: 0.0}) == {FAN: 0.9, FAN_ON: 1.0}


def test_an_input_that_nobody_commands_is_put_out_of_force_once_with_the_value_in_force(subject: HeldInputs) -> None:
    subject.hold(held())
    subject.over(frame(1), {})
    subject.release(FAN)
    assert subject.over(frame(2, **{FAN: 0.9}), {}) == {FAN: 0.9, FAN_ON: 0.0}
    assert subject.over(frame(3), {}) == {}


def test_a_frame_that_is_answered_twice_is_answered_alike(subject: HeldInputs) -> None:
    subject.hold(held())
    subject.release(FAN)
    assert subject.over(frame(2), {}) == subject.over(frame(2), {}) == {FAN: 0.3, FAN_ON: 0.0}


def test_one_that_is_held_again_at_once_is_not_let_go_in_between(subject: HeldInputs) -> None:
    subject.hold(held())
    subject.release(FAN)
    subject.hold(held(value=0.1))
    assert [one.value for one in subject.all] == [0.1]
    assert subject.over(frame(2), {}) == {FAN: 0.1, FAN_ON: 1.0}


def test_an_input_may_be_left_to_the_buildings_own_control_by_hand(subject: HeldInputs) -> None:
    subject.hold(held(value=None))
    assert subject.over(frame(1), COMMANDED) == {FAN: 0.3, FAN_ON: 0.0}


def test_an_input_that_nothing_puts_out_of_force_gets_the_value_that_it_had(subject: HeldInputs) -> None:
    bare = held(BARE, 9.0, None)
    subject.hold(bare)
    assert [subject.over(frame(n, **{BARE: value}), {}) for n, value in ((1, 7.0), (2, 9.0))] == [{BARE: 9.0}] * 2
    subject.release(BARE)
    assert subject.over(frame(3, **{BARE: 9.0}), {}) == {BARE: 7.0}
    assert subject.over(frame(4), {}) == {}


def test_a_value_in_force_that_is_no_number_is_left_out(subject: HeldInputs) -> None:
    subject.hold(held())
    subject.release(FAN)
    assert subject.over(frame(2, **{FAN: math.nan}), {}) == {FAN_ON: 0.0}


class TestABuildingThatBeginsAnew:
    def test_lets_go_what_a_state_has_in_force_and_nobody_holds_or_commands(self, subject: HeldInputs) -> None:
        subject.begin_anew({FAN: 0.9, FAN_ON: 1.0, BARE: 7.0})
        assert subject.over(frame(0), {}) == {FAN: 0.3, FAN_ON: 0.0}
        assert subject.over(frame(1), {}) == {}

    def test_leaves_to_controllers_and_hands_what_is_theirs(self, subject: HeldInputs) -> None:
        subject.begin_anew({FAN: 0.9, FAN_ON: 1.0})
        assert subject.over(frame(0), COMMANDED) == COMMANDED
        subject.hold(held())
        subject.begin_anew({FAN: 0.2, FAN_ON: 1.0})
        assert subject.over(frame(0), {}) == {FAN: 0.9, FAN_ON: 1.0}

    def test_gives_back_what_an_input_without_activation_has_there(self, subject: HeldInputs) -> None:
        subject.hold(held(BARE, 3.0, None))
        subject.over(frame(4), {})
        subject.begin_anew({BARE: 8.0})
        subject.over(frame(0, **{BARE: 8.0}), {})
        subject.release(BARE)
        assert subject.over(frame(1), {}) == {BARE: 8.0}


def test_it_is_in_force_when_it_has_been_part_of_an_answer(subject: HeldInputs) -> None:
    one = held()
    subject.hold(one)
    assert not subject.is_in_force(one)
    subject.over(frame(1), {})
    assert subject.is_in_force(one)


class TestTyping:
    def test_an_input_is_found_by_its_own_name_and_by_that_of_its_activation(self) -> None:
        assert input_named(FAN, METADATA) == input_named(FAN_ON, METADATA) == (FAN, FAN_ON)
        assert input_named("ahu_TSup_u", METADATA) == ("ahu_TSup_u", None)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("ahu_yFun_u", "the simulation has no input named ahu_yFun_u, did you mean 'ahu_yFan_u'?"),
            ("ahu_TSup_y", "ahu_TSup_y is measured: only inputs of the simulation can be held"),
        ],
    )
    def test_what_is_no_input_is_said(self, name: str, words: str) -> None:
        with pytest.raises(HandRefused) as refusal:
            input_named(name, METADATA)
        assert str(refusal.value) == words

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            (FAN, 1.5, "ahu_yFan_u takes 0 to 1, not 1.5"),
            (FAN, math.nan, "ahu_yFan_u: nan is not a number"),
            (FAN, math.inf, "ahu_yFan_u: inf is not a number"),
            (FAN, True, "ahu_yFan_u: True is not a number"),
            (FAN, "1", "ahu_yFan_u: '1' is not a number"),
            (
                FAN_ON,
                1,
                "ahu_yFan_activate takes 0, the building's own control; to put a value in force hold ahu_yFan_u",
            ),
            ("ahu_TSup_u", 280.0, "ahu_TSup_u takes at least 285.15 K, not 280"),
            ("ahu_TMix_u", 320.0, "ahu_TMix_u takes at most 313.15 K, not 320"),
        ],
    )
    def test_a_value_without_room_is_said(self, name: str, value: float, words: str) -> None:
        with pytest.raises(HandRefused) as refusal:
            input_value(name, value, METADATA)
        assert str(refusal.value) == words

    def test_limits_themselves_fit(self) -> None:
        assert [input_value(FAN, value, METADATA) for value in (0, 1)] == [0.0, 1.0]
        assert input_value(FAN_ON, 0, METADATA) is None
