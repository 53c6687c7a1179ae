"""Outputs: a slot that beats all others, and what comes of commands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bridge.checkout.judging import OutputTry, judge_command
from bridge.checkout.judging.commands import free_slot
from bridge.checkout.results import MappingFault, PointVerdict
from tests.bridge.checkout.made_points import made_point
from utils.values import ObjectState, PointValue, PriorityArray, Quality, Sample

DAMPER = made_point("AnalogOutput", "Damper")
PUMP = made_point("BinaryOutput", "Pump")
VALVE_STEPS = (0.0, 50.0, 100.0, 50.0, 0.0)


def slots(**held: float) -> PriorityArray:
    return tuple(held.get(f"at{number}") for number in range(1, 17))


def state(value: PointValue | None, array: PriorityArray | None = None) -> ObjectState:
    return ObjectState(Sample(value), priority_array=array or slots())


def tried(found: Sequence[PointValue | None], **more: object) -> OutputTry:
    made = OutputTry("VAV", DAMPER, commanded=VALVE_STEPS, seen=tuple(map(state, found)))
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "slot"),
    [({}, 8), ({"at16": 30.0}, 8), ({"at9": 1.0, "at16": 2.0}, 8), ({"at8": 5.0}, 7), ({"at8": 5.0, "at10": 1.0}, 7)],
)
def test_the_slot_is_the_weakest_that_beats_every_other(held: dict[str, float], slot: int) -> None:
    assert free_slot(state(30.0, slots(**held))) == slot


@pytest.mark.parametrize("held", [{"at1": 3.0}, {"at5": 3.0}, {"at6": 3.0}, {"at7": 3.0}, {"at5": 3.0, "at8": 1.0}])
def test_what_would_take_a_slot_of_1_to_6_is_not_commanded(held: dict[str, float]) -> None:
    told = free_slot(state(3.0, slots(**held)))
    assert told == f"slot {min(held)[2:]} holds it at 3, and 1 to 6 are not the bench's"


def test_nor_is_what_does_not_tell_its_slots() -> None:
    assert free_slot(None) == "the controller does not tell how it stands"
    assert "slots cannot be read" in str(free_slot(ObjectState(Sample(3.0))))
    assert isinstance(free_slot(ObjectState(Sample(None, Quality.MISSING), priority_array=slots())), str)


def test_what_follows_passes() -> None:
    found = judge_command(tried(VALVE_STEPS))
    assert (found.verdict, found.fault) == (PointVerdict.PASS, None)
    assert found.says.startswith("0.00, 50.00, 100.00, 50.00, 0.00 were commanded in slot 8; Damper shows 0.00")


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ((30.0,) * 5, MappingFault.DEAD),
        ((0.0, 50.0, 50.0, 50.0, 50.0), MappingFault.STUCK),
        ((20.0, 60.0, 100.0, 60.0, 20.0), MappingFault.WRONG_SCALE),
        ((0.0, 5.0, 10.0, 5.0, 0.0), MappingFault.FACTOR),
        ((100.0, 50.0, 0.0, 50.0, 100.0), MappingFault.REVERSED),
    ],
)
def test_what_does_not_follow_is_named(found: Sequence[float], fault: MappingFault) -> None:
    told = judge_command(tried(found))
    assert (told.verdict, told.fault) == (PointVerdict.FAIL, fault)


def test_what_shows_what_it_showed_before_is_dead() -> None:
    assert judge_command(tried((0.0,) * 5, before=0.0)).fault is MappingFault.DEAD
    assert judge_command(tried((0.0,) * 5, before=30.0)).fault is MappingFault.STUCK


def test_a_slot_that_somebody_takes_meanwhile_is_named() -> None:
    seen = tuple(state(70.0, slots(at5=70.0)) for _ in VALVE_STEPS)
    found = judge_command(tried((), seen=seen))
    assert (found.fault, found.says.endswith("slot 5 holds 70")) == (MappingFault.WRONG_SLOT, True)


def test_obstacles_refusals_and_what_has_to_wait_are_told_as_they_are() -> None:
    assert judge_command(tried((), commanded=(), obstacle="slot 5 holds it")).verdict is PointVerdict.NOT_TESTED
    refused = judge_command(tried((), commanded=(), refusal="write-access-denied"))
    assert (refused.fault, refused.says[-19:]) == (MappingFault.NOT_WRITTEN, "write-access-denied")
    assert judge_command(tried((), commanded=(), deferred="it stays on for 600 s")).verdict is PointVerdict.DEFERRED
    assert judge_command(tried((0.0, None, 100.0, 50.0, 0.0))).verdict is PointVerdict.NOT_TESTED


def test_a_pump_goes_on_and_off() -> None:
    steps = (False, True, False)
    made = OutputTry("AHU", PUMP, commanded=steps, seen=tuple(map(state, steps)))
    assert judge_command(made).verdict is PointVerdict.PASS
    stays = replace(made, seen=tuple(map(state, (False, False, False))))
    assert judge_command(stays).fault is MappingFault.DEAD
