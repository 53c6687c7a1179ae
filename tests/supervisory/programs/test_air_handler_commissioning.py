"""The self-commissioning air handler: when it tests, what ends a course, what is given back, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from pydantic import ValidationError

from supervisory.blocks.commissioning import CommissioningSettings
from supervisory.programs.air_handler_commissioning import AirHandlerCommissioning
from tests.supervisory.programs.fakes import FakeContext
from tests.supervisory.programs.small_air_handler import COMMANDED, SmallAirHandler, night

RECIRCULATION = "mixed and return air agree with the outdoor damper shut"
OPENS = "outdoor damper opens, return damper shuts"


def started(ctx: FakeContext, **settings: object) -> AirHandlerCommissioning:
    program = AirHandlerCommissioning(CommissioningSettings.model_validate(settings))
    program.on_start(ctx)
    return program


def step(program: AirHandlerCommissioning, ctx: FakeContext, *handlers: SmallAirHandler) -> None:
    ctx.step(program)
    for handler in handlers:
        handler.breathe(program.period_s)


def until_over(program: AirHandlerCommissioning, ctx: FakeContext, *handlers: SmallAirHandler) -> Mapping[str, str]:
    """Steps until a course has ended; what its tests said."""
    for _ in range(600):
        step(program, ctx, *handlers)
        if "results" in ctx.facts:
            results = ctx.facts["results"]
            assert isinstance(results, Mapping)
            return results
    raise AssertionError(f"no course has ended: {ctx.facts}")


def course_of(**faults: object) -> tuple[Mapping[str, str], FakeContext]:
    ctx = night()
    handler = SmallAirHandler(ctx, **faults)  # type: ignore[arg-type]
    return until_over(started(ctx), ctx, handler), ctx


def why(ctx: FakeContext) -> str:
    """What the program has explained."""
    return str(ctx.facts["why"])


def failed(results: Mapping[str, str]) -> list[str]:
    return [test for test, said in results.items() if said == "failed"]


def test_a_sound_air_handler_passes_every_test_and_gets_everything_back() -> None:
    results, ctx = course_of()
    assert set(results.values()) == {"passed"}
    assert len(results) == 9
    assert ctx.slots == {}
    assert ctx.alarms == []
    assert list(ctx.pages) == ["ahu.html"]


@pytest.mark.parametrize(
    ("faults", "tests"),
    [
        ({"heating_leak": 0.1}, ["heating valve shuts"]),
        ({"cooling_leak": 0.1}, ["cooling valve shuts"]),
        ({"hot_water": False}, ["heating valve opens"]),
        ({"throttled": 0.6}, ["air flows as well when dampers move"]),
        ({"throttled": 0.0}, ["air flows as well when dampers move"]),
        ({"mixed_bias_k": -2.3}, [RECIRCULATION]),
        ({"outdoor_sticks_at": 0.4}, [RECIRCULATION, OPENS]),
    ],
)
def test_a_fault_fails_its_own_test_and_no_other_and_people_are_told(
    faults: dict[str, object], tests: list[str]
) -> None:
    results, ctx = course_of(**faults)
    assert failed(results) == tests
    assert ctx.alarms == [f"ahu: failed: {', '.join(tests)}; the report is ahu.html"]
    assert ctx.slots == {}


def test_a_valve_is_not_said_to_shut_where_nothing_shows_that_there_was_water() -> None:
    results, ctx = course_of(hot_water=False)
    assert results["heating valve shuts"] == "not testable"
    assert "nothing proves that there was water" in ctx.pages["ahu.html"]


def test_return_and_exhaust_damper_move_in_step_with_the_outdoor_one_and_one_thing_at_a_time() -> None:
    ctx = night()
    handler, seen = SmallAirHandler(ctx), set()
    program = started(ctx)
    while "results" not in ctx.facts:
        step(program, ctx, handler)
        if ctx.slots:
            seen.add(tuple(ctx.slot(role, "ahu") for role in COMMANDED))
    assert all(outdoor + returned == 100.0 and exhaust == outdoor for _, outdoor, returned, exhaust, *_ in seen)
    moved = {(outdoor > 0.0) + (heating > 0.0) + (cooling > 0.0) for _, outdoor, _, _, heating, cooling, *_ in seen}
    assert moved == {0, 1}
    assert {outdoor for _, outdoor, *_ in seen} == {0.0, 50.0, 100.0}


def test_an_open_valve_is_shut_as_soon_as_the_air_has_answered() -> None:
    ctx = night()
    handler = SmallAirHandler(ctx)
    program, minutes = started(ctx), 0.0
    while "results" not in ctx.facts:
        step(program, ctx, handler)
        minutes += 0.5 * (ctx.slots.get(("heating_valve", "ahu")) == 100.0)
    assert 0.5 <= minutes <= 3.0


def test_without_pumps_of_its_own_a_coil_cannot_be_shown_to_have_no_water() -> None:
    results, ctx = course_of(parts=tuple(role for role in COMMANDED if "pump" not in role))
    assert results["heating valve shuts"] == results["cooling valve shuts"] == "not testable"
    assert "not proven: a coil has no pump that was turned off" in ctx.pages["ahu.html"]


def test_an_air_handler_without_a_coil_is_not_tested_for_one() -> None:
    results, _ = course_of(parts=("fan_speed", "outdoor_damper"))
    assert not any("valve" in test for test in results)
    assert len(results) == 5


def test_what_does_not_settle_is_not_testable_and_the_course_goes_on() -> None:
    results, _ = course_of(wanders_k=1.0)
    assert results["supply and mixed air agree but for the fan"] == "not testable"
    assert results["heating valve opens"] == "passed"


def test_air_handlers_are_tested_one_at_a_time_and_again_after_a_month() -> None:
    ctx = night()
    handlers = SmallAirHandler(ctx, "east"), SmallAirHandler(ctx, "west")
    program = started(ctx, from_h=0.0, to_h=23.0)
    taken = []
    while len(ctx.pages) < 2:
        step(program, ctx, *handlers)
        taken.append({name for _, name in ctx.slots})
    assert all(len(names) <= 1 for names in taken)
    assert {"east"} in taken
    assert {"west"} in taken
    step(program, ctx, *handlers)
    assert why(ctx) == "no air handler is due"
    ctx.now += timedelta(days=30)
    step(program, ctx, *handlers)
    assert why(ctx) == "at rest"


def begun(**settings: object) -> tuple[AirHandlerCommissioning, FakeContext, SmallAirHandler]:
    """A course ten minutes old."""
    ctx = night()
    handler = SmallAirHandler(ctx)
    program = started(ctx, **settings)
    for _ in range(20):
        step(program, ctx, handler)
    assert ctx.slots
    return program, ctx, handler


def _freeze(ctx: FakeContext, handler: SmallAirHandler) -> None:
    handler.room_degc = -20.0


def _drift(ctx: FakeContext, handler: SmallAirHandler) -> None:
    ctx.show("zone_temperature", {"core": 18.5})


def _lose_zone(ctx: FakeContext, handler: SmallAirHandler) -> None:
    ctx.lose("zone_temperature", "core")


def _override(ctx: FakeContext, handler: SmallAirHandler) -> None:
    handler.operator["heating_valve"] = 40.0


def _alarm(ctx: FakeContext, handler: SmallAirHandler) -> None:
    ctx.show("alarm", {"freeze stat": True})


def _people(ctx: FakeContext, handler: SmallAirHandler) -> None:
    ctx.show("occupied", {"floor": True})


def _nap(ctx: FakeContext, handler: SmallAirHandler) -> None:
    ctx.wait(100.0)


def _morning(ctx: FakeContext, handler: SmallAirHandler) -> None:
    ctx.now += timedelta(hours=5)


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (_freeze, "a coil may freeze"),
        (_drift, "zone core has moved by -3.5 K"),
        (_lose_zone, "the temperature of zone core is not known any more"),
        (_override, "somebody else commands the heating valve: 40 % is in force"),
        (_alarm, "freeze stat is in alarm"),
        (_people, "floor is occupied"),
        (_morning, "the night is over"),
        (_nap, "nothing was seen for 130 s"),
    ],
)
def test_what_speaks_against_a_course_ends_it_and_everything_is_given_back(
    happen: Callable[[FakeContext, SmallAirHandler], None], reason: str
) -> None:
    program, ctx, handler = begun()
    happen(ctx, handler)
    results = until_over(program, ctx, handler)
    assert ctx.slots == {}
    assert reason in why(ctx)
    assert reason in ctx.alarms[-1]
    assert "not testable" in results.values()
    assert reason.partition(":")[0] in ctx.pages["ahu.html"]


def test_a_sensor_that_is_lost_ends_a_course() -> None:
    program, ctx, _ = begun()
    ctx.lose("mixed_air_temperature", "ahu")
    step(program, ctx)
    assert ctx.slots == {}
    assert why(ctx) == "not known: mixed_air_temperature"


def test_without_air_at_rest_nothing_else_is_tested() -> None:
    results, ctx = course_of(recirculates=False)
    assert failed(results) == ["air flows as well when dampers move"]
    assert set(results.values()) == {"failed", "not testable"}
    assert "no air flows with the outdoor damper shut: the fan, or the return damper" in ctx.alarms[0]
    assert ctx.slots == {}


def test_a_course_that_was_cut_off_is_tried_again_in_the_next_night_and_not_before() -> None:
    program, ctx, handler = begun()
    _drift(ctx, handler)
    until_over(program, ctx, handler)
    ctx.show("zone_temperature", {"core": 22.0})
    step(program, ctx, handler)
    assert why(ctx) == "no air handler is due"
    ctx.now += timedelta(hours=24)
    step(program, ctx, handler)
    assert why(ctx) == "at rest"


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda ctx: ctx.show("alarm", {"freeze stat": True}), "freeze stat is in alarm"),
        (
            lambda ctx: (ctx.show("alarm", {"fan": False}), ctx.lose("alarm", "fan")),
            "not known whether fan is in alarm",
        ),
        (lambda ctx: ctx.show("occupied", {"floor": 1.0}), "floor is occupied"),
        (lambda ctx: ctx.show("outdoor_air_temperature", {"ahu": 2.0}), "2.0 °C outdoors is out of the range"),
        (lambda ctx: ctx.lose("outdoor_air_temperature", "ahu"), "not known how warm it is outdoors"),
        (lambda ctx: ctx.wait(3 * 3600.0), "not in the hours of the night"),
        (lambda ctx: ctx.wait(12 * 3600.0), "not in the hours of the night"),
    ],
)
def test_no_course_begins_while_something_speaks_against_it(
    prepare: Callable[[FakeContext], object], reason: str
) -> None:
    ctx = night()
    SmallAirHandler(ctx)
    program = started(ctx)
    prepare(ctx)
    ctx.step(program)
    assert reason in why(ctx)
    assert ctx.slots == {}
    assert ctx.facts["due"] == ["ahu"]


def test_a_shared_outdoor_sensor_counts_for_less() -> None:
    """At 13 K between outdoor and return air its own sensor is good enough, and one that others share is not."""
    roles = ("outdoor_air_temperature", "shared_outdoor_air_temperature")
    said = [course_of(outdoor_sensor=role, outdoor_degc=9.0)[0][OPENS] for role in roles]
    assert said == ["passed", "not testable"]


def test_the_switch_ends_a_course_and_what_was_found_until_then_is_told() -> None:
    program, ctx, _ = begun()
    ctx.stop_reason = "switched off"
    program.on_stop(ctx)
    assert ctx.alarms == ["ahu: cut off: switched off; the report is ahu.html"]
    assert "The course was cut off: switched off." in ctx.pages["ahu.html"]
    assert ctx.state["ahu"]["running"] is False


def test_a_course_that_a_crash_has_cut_off_is_told_by_the_next_life() -> None:
    _, ctx, handler = begun()
    ctx.slots.clear()
    program = started(ctx)
    assert ctx.alarms == ["the tests of ahu were cut off by the end of the program"]
    step(program, ctx, handler)
    assert why(ctx) == "no air handler is due"


def test_an_air_handler_that_lacks_a_sensor_is_named_and_the_others_are_tested() -> None:
    ctx = night()
    handler = SmallAirHandler(ctx)
    ctx.bind("fan_speed", "bare", "ahu")
    program = started(ctx)
    assert ctx.alarms[0].startswith("bare cannot be tested, the config has no outdoor_damper, no mixed_air_temperature")
    assert "no outdoor_air_temperature or shared_outdoor_air_temperature" in ctx.alarms[0]
    assert "supply_airflow" in ctx.alarms[0]
    assert set(until_over(program, ctx, handler).values()) == {"passed"}


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"from_h": 0.0, "to_h": 2.0}, "must have room for a course, which may take 3.5 h"),
        ({"freeze_degc": 8.0}, "freeze_degc must be below"),
        ({"outdoor_most_degc": 5.0}, "outdoor_least_degc must be below"),
        ({"creep_k": 0.5}, "creep_k must be below repeat_k"),
        ({"average_min": 20.0}, "longer than twice average_min"),
        ({"from": 3}, "from"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        CommissioningSettings.model_validate(settings)
