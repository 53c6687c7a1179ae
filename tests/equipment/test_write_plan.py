"""Which writes a controller needs: on change, at the refresh, and none that it does not need."""

from __future__ import annotations

from dataclasses import dataclass, field

from equipment.write_plan import WritePlan
from tests.equipment.plan_points import INPUT, VALUE, bound
from utils.clocks import MonotonicSeconds
from utils.errors import ObjectError
from utils.values import ObjectRef, ObjectType, PointValue, Target, Write, WriteKind, WriteResult

OUTPUT = Target("10.0.0.1", ObjectType.ANALOG_OUTPUT, "Damper")
INPUT_REF, VALUE_REF = ObjectRef(INPUT.object_type, 1), ObjectRef(VALUE.object_type, 2)


@dataclass
class Bench:
    """A plan, its clock, and a controller that accepts what it is told to."""

    plan: WritePlan = field(
        default_factory=lambda: WritePlan(
            [bound(INPUT, 1, deadband=0.1), bound(VALUE, 2, priority=12), bound(OUTPUT, 3)], refresh_s=60, hold_steps=2
        )
    )
    now_s: float = 0.0

    def step(self, values: dict[Target, PointValue], refuse: tuple[ObjectRef, ...] = ()) -> list[Write]:
        self.plan.update(values)
        writes = self.plan.due(MonotonicSeconds(self.now_s))
        error = ObjectError("10.0.0.1", "write-access-denied")
        self.plan.confirm(
            [WriteResult(w, error if w.ref in refuse else None) for w in writes], MonotonicSeconds(self.now_s)
        )
        return writes


TAKE_INPUT = [Write(INPUT_REF, WriteKind.OUT_OF_SERVICE, True), Write(INPUT_REF, WriteKind.PRESENT_VALUE, 21.0)]
COMMAND = Write(VALUE_REF, WriteKind.COMMAND, 5.0, 12)
BOTH: dict[Target, PointValue] = {INPUT: 21.0, VALUE: 5.0}


def test_an_input_is_put_out_of_service_before_its_first_value() -> None:
    assert Bench().step({INPUT: 21.0}) == TAKE_INPUT


def test_a_value_is_commanded_at_its_priority() -> None:
    assert Bench().step({VALUE: 5.0}) == [COMMAND]


def test_an_output_is_never_written() -> None:
    assert Bench().step({OUTPUT: 50.0}) == []


def test_what_has_not_changed_is_not_written_again() -> None:
    bench = Bench()
    bench.step(BOTH)
    assert bench.step(BOTH) == []


def test_a_change_within_the_deadband_is_not_written_and_does_not_creep() -> None:
    bench = Bench()
    bench.step({INPUT: 21.0})
    assert bench.step({INPUT: 21.06}) == []
    assert bench.step({INPUT: 21.12}) == [Write(INPUT_REF, WriteKind.PRESENT_VALUE, 21.12)]


def test_everything_is_written_again_at_the_refresh_out_of_service_included() -> None:
    bench = Bench()
    bench.step(BOTH)
    bench.now_s = 59.9
    assert bench.step(BOTH) == []
    bench.now_s = 60.0
    assert bench.step(BOTH) == [*TAKE_INPUT, COMMAND]


def test_a_bad_value_is_held_and_then_let_go_of_once() -> None:
    bench = Bench()
    bench.step(BOTH)
    assert [bench.step({}) for _ in range(2)] == [[], []]
    assert bench.step({}) == [
        Write(INPUT_REF, WriteKind.OUT_OF_SERVICE, False),
        Write(VALUE_REF, WriteKind.COMMAND, None, 12),
    ]
    assert bench.step({}) == []


def test_a_letting_go_that_fails_is_tried_again_at_once_and_then_at_the_refresh() -> None:
    bench = Bench()
    bench.step(BOTH)
    for _ in range(2):
        bench.step({})
    back = [Write(INPUT_REF, WriteKind.OUT_OF_SERVICE, False), Write(VALUE_REF, WriteKind.COMMAND, None, 12)]
    both = (INPUT_REF, VALUE_REF)
    assert [bench.step({}, refuse=both) for _ in range(3)] == [back, back, []]
    bench.now_s = 60.0
    assert [bench.step({}), bench.step({})] == [back, []]


def test_what_an_absent_controller_may_still_hold_is_let_go_of_when_it_is_back_and_there_is_no_value() -> None:
    bench = Bench()
    bench.plan.forget({VALUE_REF})
    for _ in range(2):
        assert bench.step({}) == []
    assert [bench.step({}), bench.step({})] == [[Write(VALUE_REF, WriteKind.COMMAND, None, 12)], []]


def test_an_input_that_was_out_of_service_before_us_is_let_go_of_as_it_was_found() -> None:
    bench = Bench()
    bench.plan.found_forced = {INPUT_REF: 17.5}
    bench.step({INPUT: 17.5})
    assert [bench.step({}) for _ in range(3)] == [[], [], [Write(INPUT_REF, WriteKind.PRESENT_VALUE, 17.5)]]
    assert bench.step({}) == []
    assert bench.step({INPUT: 21.0}) == TAKE_INPUT


def test_a_value_that_comes_back_is_taken_again() -> None:
    bench = Bench()
    bench.step(BOTH)
    for _ in range(4):
        bench.step({})
    assert bench.step(BOTH) == [*TAKE_INPUT, COMMAND]


def test_an_input_that_refuses_is_taken_anew_at_once() -> None:
    bench = Bench()
    bench.step({INPUT: 21.0})
    bench.step({INPUT: 22.0}, refuse=(INPUT_REF,))
    assert bench.step({INPUT: 22.0})[0] == Write(INPUT_REF, WriteKind.OUT_OF_SERVICE, True)


def test_an_object_that_keeps_refusing_is_asked_only_at_the_refresh() -> None:
    bench = Bench()
    for _ in range(2):
        bench.step({VALUE: 5.0}, refuse=(VALUE_REF,))
    assert bench.step({VALUE: 6.0}, refuse=(VALUE_REF,)) == []
    bench.now_s = 60.0
    assert bench.step({VALUE: 6.0}) == [Write(VALUE_REF, WriteKind.COMMAND, 6.0, 12)]


def test_after_forgetting_everything_is_written_anew() -> None:
    bench = Bench()
    bench.step(BOTH)
    bench.plan.forget()
    assert bench.step(BOTH) == [*TAKE_INPUT, COMMAND]


def test_what_is_renewed_is_written_however_little_it_has_changed_and_once() -> None:
    bench = Bench()
    bench.step(BOTH)
    bench.plan.renew({INPUT})
    near: dict[Target, PointValue] = {**BOTH, INPUT: 21.05}
    assert bench.step(near) == [TAKE_INPUT[0], Write(INPUT_REF, WriteKind.PRESENT_VALUE, 21.05)]
    assert bench.step(near) == []


def test_what_is_renewed_and_has_no_value_any_more_is_let_go_of_at_once() -> None:
    bench = Bench()
    bench.step(BOTH)
    bench.plan.renew({VALUE})
    assert bench.step({INPUT: 21.0}) == [Write(VALUE_REF, WriteKind.COMMAND, None, 12)]
