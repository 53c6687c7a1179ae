"""What a program sees in one step, and what it may ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from supervisory.program import Command, CommandRefused, NoValue, Read, Reading
from supervisory.runtime.context import Given, Moment, StepContext, lacking, readings_of
from supervisory.setup.bindings import Bindings, Key, ProgramPoint
from supervisory.setup.roles import Role
from utils.values import ObjectRef, ObjectType, PointValue, Quality, Sample

NOON = datetime(2023, 7, 6, 12)
ROLES: Mapping[str, Role] = {
    "outdoor": Read("degC"),
    "zones": Read("degC", many=True),
    "humidity": Read("percent", required=False),
    "setpoint": Command("Pa", minimum=50.0, maximum=400.0),
    "valves": Command("percent", many=True),
}


def _kelvin(value: float) -> float:
    return value - 273.15


def _point(role: str, name: str | None = None, instance: int = 1) -> ProgramPoint:
    kind = ROLES[role]
    object_type = ObjectType.ANALOG_VALUE if isinstance(kind, Command) else ObjectType.ANALOG_INPUT
    to_role = _kelvin if kind.unit == "degC" else None
    return ProgramPoint(role, name, kind, "ahu", ObjectRef(object_type, instance), role, kind.unit, to_role)


BINDINGS = Bindings(
    (
        _point("outdoor"),
        _point("zones", "core", 2),
        _point("zones", "north", 3),
        _point("setpoint"),
        _point("valves", "core", 2),
    )
)
GOOD = {("outdoor", None): Sample(293.15), ("zones", "core"): Sample(295.15), ("zones", "north"): Sample(296.15)}
BAD = Sample(None, Quality.BAD, "it tells NaN")


def _context(samples: Mapping[Key, Sample] = GOOD, held: Mapping[Key, PointValue] | None = None) -> StepContext:
    readings = readings_of(BINDINGS, samples, {}, 100.0)
    given = Given(ROLES, BINDINGS, readings, held or {}, {}, lambda message: None)
    return StepContext(given, Moment(NOON, 100.0, 30.0))


def test_values_come_in_the_roles_units() -> None:
    context = _context()
    assert context.value("outdoor") == pytest.approx(20.0)
    assert {name: round(reading.value or 0) for name, reading in context.readings("zones").items()} == {
        "core": 22,
        "north": 23,
    }


def test_the_names_of_many_are_those_of_the_config_whether_read_or_commanded() -> None:
    context = _context()
    assert (context.names("zones"), context.names("valves")) == (("core", "north"), ("core",))
    assert context.names("humidity") == ()


def test_a_role_that_is_not_bound_reads_as_missing() -> None:
    reading = _context().reading("humidity")
    assert (reading.value, reading.quality) == (None, Quality.MISSING)
    with pytest.raises(NoValue, match="humidity: not bound to a point in the config"):
        _context().value("humidity")


def test_a_bad_value_is_none_with_its_age_and_its_reason() -> None:
    last_good_s: dict[Key, float] = {}
    readings_of(BINDINGS, GOOD, last_good_s, 100.0)
    reading = readings_of(BINDINGS, {**GOOD, ("outdoor", None): BAD}, last_good_s, 160.0)["outdoor", None]
    assert reading == Reading(None, "degC", Quality.BAD, 60.0, "it tells NaN")


@pytest.mark.parametrize(
    ("value", "words"), [(-1.0, "below absolute zero"), (1e308, "more than a controller can hold")]
)
def test_a_number_that_cannot_be_is_bad_for_programs_too(value: float, words: str) -> None:
    bindings = Bindings((replace(_point("outdoor"), coldest=-273.15),))
    reading = readings_of(bindings, {("outdoor", None): Sample(value)}, {}, 100.0)["outdoor", None]
    assert (reading.value, reading.quality) == (None, Quality.BAD)
    assert words in reading.note
    assert words in lacking(bindings, {("outdoor", None): reading})


@pytest.mark.parametrize(
    ("value", "words"), [(-300.0, "below absolute zero"), (1e39, "more than a controller can hold")]
)
def test_a_program_cannot_command_what_no_controller_can_hold(value: float, words: str) -> None:
    kind = Command("degC")
    point = replace(_point("setpoint"), kind=kind, unit="degC", coldest=-273.15)
    context = StepContext(Given(ROLES, Bindings((point,)), {}, {}, {}, lambda message: None), Moment(NOON, 100.0, 30.0))
    with pytest.raises(CommandRefused, match=words):
        context.command("setpoint", value)


def test_a_value_that_never_was_good_is_infinitely_old() -> None:
    reading = readings_of(BINDINGS, {**GOOD, ("outdoor", None): BAD}, {}, 160.0)["outdoor", None]
    assert reading.age_s == math.inf


def test_a_required_role_lacks_when_it_is_bad_and_one_with_many_when_all_are() -> None:
    one_bad = readings_of(BINDINGS, {**GOOD, ("zones", "core"): BAD}, {}, 0.0)
    all_bad = readings_of(BINDINGS, {**GOOD, ("zones", "core"): BAD, ("zones", "north"): BAD}, {}, 0.0)
    assert lacking(BINDINGS, one_bad) == ""
    assert lacking(BINDINGS, all_bad) == "zones.core (it tells NaN)"


def test_orders_are_collected_and_the_last_one_counts() -> None:
    context = _context()
    context.command("setpoint", 100.0)
    context.command("setpoint", 120.0)
    context.command("valves", 0.0, "core")
    context.release("valves", "core")
    assert context.orders == {("setpoint", None): 120.0, ("valves", "core"): None}


@pytest.mark.parametrize("value", [49.9, 400.1, math.nan, math.inf, -math.inf, pytest.param(10**400, id="401 digits")])
def test_a_value_that_may_not_be_sent_is_refused_at_once(value: float) -> None:
    context = _context()
    with pytest.raises(CommandRefused, match="setpoint"):
        context.command("setpoint", value)
    assert not context.orders


def test_the_limits_themselves_are_allowed() -> None:
    context = _context()
    for value in (50.0, 400.0):
        context.command("setpoint", value)


@pytest.mark.parametrize(
    ("role", "name", "words"),
    [
        ("outdoor", None, "nothing named None is commanded as 'outdoor'; there is none"),
        ("valves", "north", "nothing named 'north' is commanded as 'valves'; there is core"),
        ("setpiont", None, "has no role 'setpiont', did you mean 'setpoint'?"),
    ],
)
def test_what_cannot_be_commanded_is_named(role: str, name: str | None, words: str) -> None:
    with pytest.raises(LookupError) as raised:
        _context().command(role, 1.0, name)
    assert words in str(raised.value)


def test_a_program_knows_what_it_has_in_its_slots() -> None:
    context = _context(held={("setpoint", None): 110.0})
    assert (context.commanded("setpoint"), context.commanded("valves", "core")) == (110.0, None)


def test_time_is_plant_time() -> None:
    context = _context()
    assert (context.now, context.time_s, context.dt_s, context.stop_reason) == (NOON, 100.0, 30.0, "")


def test_a_program_that_did_not_ask_for_the_site_has_no_access_to_it() -> None:
    with pytest.raises(LookupError, match="needs_site = True"):
        _ = _context().site


def test_a_page_goes_where_the_runtime_keeps_pages_and_nowhere_without_one() -> None:
    kept: dict[str, str] = {}

    def publish(name: str, text: str) -> str:
        kept[name] = text
        return f"pages/{name}"

    given = Given(ROLES, BINDINGS, {}, {}, {}, lambda message: None, publish=publish)
    assert StepContext(given, Moment(NOON, 100.0, 30.0)).publish("ahu.html", "<p>") == "pages/ahu.html"
    assert kept == {"ahu.html": "<p>"}
    assert _context().publish("ahu.html", "<p>").startswith("nowhere")
