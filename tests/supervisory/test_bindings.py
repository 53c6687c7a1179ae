"""Roles find their objects, or a message says why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from supervisory.program import Command, Read
from supervisory.setup.bindings import ProgramPoint, bind, clashes
from supervisory.setup.roles import ObjectName, Role, Wanted, object_name
from tests.supervisory.beside import FAN, SETPOINT, TEMPERATURE, MemoryDevice
from utils.values import ObjectRef, ObjectState


class Unitless(MemoryDevice):
    """Its objects were left as they were made."""

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        return {ref: replace(state, units="no-units") for ref, state in super().survey(refs).items()}


def _wanted(role: Role, target: str, unit: str | None = None, *, take_occupied: bool = False) -> Wanted:
    return Wanted("role", None, role, "ahu", object_name(target), unit, take_occupied, "config.json: role")


def _bound(wanted: Wanted, device: MemoryDevice | None = None) -> ProgramPoint:
    points, problems = bind([wanted], "ahu", device or MemoryDevice(), 12)
    assert not problems
    return points[0]


def _problem(wanted: Wanted, device: MemoryDevice | None = None) -> str:
    points, problems = bind([wanted], "ahu", device or MemoryDevice(), 12)
    assert not points
    return str(problems[0])


@pytest.mark.parametrize(
    ("target", "ref"),
    [("AnalogInput Temperature", TEMPERATURE), ("analog-value,1", SETPOINT), ("Fan", FAN)],
)
def test_an_object_is_found_by_type_and_name_by_number_or_by_name(target: str, ref: ObjectRef) -> None:
    assert _bound(_wanted(Read(), target)).ref == ref


def test_a_point_knows_its_objects_name_and_its_devices_address() -> None:
    point = _bound(_wanted(Read(), "analog-value,1"))
    assert (point.object_name, point.device) == ("Setpoint", "10.0.0.1")


def test_units_are_converted_both_ways() -> None:
    point = _bound(_wanted(Command("inH2O"), "Setpoint"))
    assert point.to_role is not None
    assert point.to_object is not None
    assert point.to_role(249.0889) == pytest.approx(1.0, rel=1e-4)
    assert point.to_object(1.0) == pytest.approx(249.0889, rel=1e-4)


def test_absolute_zero_is_known_in_the_roles_unit() -> None:
    assert _bound(_wanted(Read("degF"), "Setpoint", unit="K")).coldest == pytest.approx(-459.67)
    assert _bound(_wanted(Command("inH2O"), "Setpoint")).coldest is None


def test_a_unit_in_the_config_overrides_what_the_object_says() -> None:
    point = _bound(_wanted(Read("Pa"), "Setpoint", unit="kPa"))
    assert point.to_role is not None
    assert point.to_role(1.0) == pytest.approx(1000.0)


def test_binary_objects_have_no_unit_to_convert() -> None:
    assert _bound(_wanted(Command(), "Fan")).to_object is None


BAD = {
    "name": (_wanted(Read(), "Temprature"), "ahu has no 'Temprature', did you mean 'Temperature'?"),
    "type": (_wanted(Read(), "AnalogValue Temperature"), "ahu has no AnalogValue 'Temperature'"),
    "number": (_wanted(Read(), "analog-input,99"), "ahu has no AnalogInput 99"),
    "input": (_wanted(Command("degC"), "Temperature"), "AnalogInput 1: cannot be commanded: an input has no priority"),
    "quantity": (_wanted(Read("Pa"), "Temperature"), "cannot be converted to 'Pa'"),
    "unit": (_wanted(Read("Pa"), "Setpoint", unit="Pascalz"), "'Pascalz' is not a known unit"),
}


@pytest.mark.parametrize(("wanted", "words"), BAD.values(), ids=BAD)
def test_what_cannot_be_bound_says_why(wanted: Wanted, words: str) -> None:
    assert words in _problem(wanted)


def test_an_object_that_tells_no_unit_needs_one_in_the_config() -> None:
    assert 'add "unit" to the binding (the program wants degC)' in _problem(
        _wanted(Read("degC"), "Temperature"), Unitless()
    )
    assert _bound(_wanted(Read("degC"), "Temperature", unit="degF"), Unitless()).to_role is not None


def test_a_slot_that_somebody_uses_is_not_taken_unless_the_config_says_so() -> None:
    device = MemoryDevice()
    device.slots[SETPOINT][11] = 55.0
    assert "slot 12 is in use and holds 55; choose another priority" in _problem(
        _wanted(Command("Pa"), "Setpoint"), device
    )
    assert _bound(_wanted(Command("Pa"), "Setpoint", take_occupied=True), device).take_occupied


def test_two_programs_on_one_slot_are_refused_and_two_priorities_are_not() -> None:
    point = _bound(_wanted(Command("Pa"), "Setpoint"))
    (problem,) = clashes({"one": (12, [point]), "two": (12, [point])})
    assert "Setpoint, slot 12, is commanded by one.role, too" in str(problem)
    assert clashes({"one": (12, [point]), "two": (13, [point])}) == []


def test_one_slot_for_two_roles_of_a_program_is_refused_too() -> None:
    point = _bound(_wanted(Command("Pa"), "Setpoint"))
    assert len(clashes({"one": (12, [point, point])})) == 1


def test_a_name_without_a_type_must_be_the_only_one() -> None:
    assert str(ObjectName(None, name="x")) == "'x'"
