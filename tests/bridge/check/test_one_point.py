"""What is remarkable about single objects, what may be cut, and names that smell of safety."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bridge.check.one_point import (
    object_findings,
    point_findings,
    possible_range,
    range_findings,
    safety_findings,
    smell_of,
)
from bridge.findings import Finding, Severity, Topic
from points import PointConfig, point_problems
from tests import bench
from tests.bridge.check.views import limits, point_view, state
from utils.unit_conversion import UnitConverter
from utils.values import ObjectState, ObjectType, PointMetadata, Quality, Sample

INPUT = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp")
VALUE = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp", object_type="AnalogValue", priority=10)
OUTPUT = bench.output("hvac_oveAhu_yFan", "FanSpeed")
CELSIUS = "degrees-celsius"


def said(findings: list[Finding]) -> list[tuple[Severity, Topic]]:
    return [(finding.severity, finding.topic) for finding in findings]


@pytest.mark.parametrize(
    ("config", "found", "expected"),
    [
        (VALUE, state(slots={}, units=CELSIUS), []),
        (VALUE, state(slots={16: 20.0, 10: 21.0}, units=CELSIUS), []),
        (VALUE, state(slots={8: 55.0}, units=CELSIUS), [(Severity.WARNING, Topic.SLOT)]),
        (VALUE, state(slots={1: 5.0, 8: 55.0}, units=CELSIUS), [(Severity.WARNING, Topic.SLOT)] * 2),
        (OUTPUT, state(slots={16: 60.0, 6: 1.0}, units="percent"), []),
        (OUTPUT, state(slots={8: 60.0, 5: 3.0}, units="percent"), [(Severity.WARNING, Topic.SLOT)]),
        (INPUT, state(out_of_service=True, units=CELSIUS), []),  # whether it may be taken is told elsewhere
        (VALUE, state(out_of_service=True, units=CELSIUS), [(Severity.WARNING, Topic.SERVICE)]),
        (OUTPUT, state(out_of_service=True, units="percent"), [(Severity.NOTE, Topic.SERVICE)]),
        (INPUT, state(), [(Severity.NOTE, Topic.UNITS)]),
        (INPUT, state(units="no-units"), [(Severity.NOTE, Topic.UNITS)]),
        (INPUT, state(units="furlongs"), [(Severity.WARNING, Topic.UNITS)]),
        (
            INPUT,
            ObjectState(Sample(None, Quality.BAD, "not a value: NaN"), False, units=CELSIUS),
            [(Severity.WARNING, Topic.VALUE)],
        ),
        (INPUT, None, []),
    ],
)
def test_an_object_that_is_not_as_it_should_be_is_told(
    config: dict[str, Any], found: ObjectState | None, expected: list[tuple[Severity, Topic]]
) -> None:
    assert said(list(object_findings(point_view(config, state=found)))) == expected


def test_a_stronger_slot_is_named_with_its_value_and_ours() -> None:
    [finding] = object_findings(point_view(VALUE, state=state(slots={8: 55.0}, units=CELSIUS)))
    assert finding.what == "slot 8 holds 55 and is stronger than ours (10): what we write will have no effect"


@pytest.mark.parametrize(
    ("config", "found_as", "words"),
    [
        (
            INPUT,
            ObjectType.ANALOG_VALUE,
            'no object to force: .* use the network value \\("object_type": "AnalogValue"\\)',
        ),
        (OUTPUT, ObjectType.ANALOG_VALUE, "no object to read"),
    ],
)
def test_a_sensor_without_an_input_object_is_pointed_to_its_network_value(
    config: dict[str, Any], found_as: ObjectType, words: str
) -> None:
    [finding] = object_findings(point_view(config, found_as=found_as))
    assert finding.severity is Severity.NOTE
    assert re.search(words, finding.what)


def test_another_type_that_is_no_network_value_is_left_to_the_name_check() -> None:
    assert not list(object_findings(point_view(INPUT, found_as=ObjectType.ANALOG_OUTPUT)))


DEGREES = {"unit": "K", "si_unit": "degC"}


def output(object_type: str = "AnalogOutput", **keys: object) -> dict[str, object]:
    return bench.output("x", "Out", object_type, **keys)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (output(), (0, 1)),
        (output(reverse=True), (0, 1)),
        (output(scale=0.5, offset=10.0), (0.1, 0.6)),
        (output(scale=2.0, maximum=80.0), (0, 0.8)),
        (output(**DEGREES, minimum=10.0, maximum=20.0), (283.15, 293.15)),
        (output(**DEGREES, valid_min=283.15, valid_max=293.15), (283.15, 293.15)),
        (output("BinaryOutput"), (0, 1)),
        (output("MultiStateOutput", states={"1": 0.0, "3": 2.0}), (0, 2)),
    ],
)
def test_the_range_is_that_after_shaping(config: dict[str, object], expected: tuple[float, float]) -> None:
    assert possible_range(point_view(config).point) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("config", "accepted", "severity"),
    [
        (output(), limits(0, 1), None),
        (output(), limits(None, None), None),
        (output(), limits(0.2, 1), Severity.WARNING),
        (output(scale=2.0), limits(0, 1), Severity.WARNING),
        (output(**DEGREES), limits(285.15, 313.15), Severity.NOTE),
        (output(**DEGREES, minimum=12.0, maximum=40.0), limits(285.15, 313.15), None),
        (output("MultiStateOutput"), limits(0, 1), Severity.NOTE),
        (output("BinaryOutput"), limits(0, 1), None),
    ],
)
def test_what_may_be_cut_is_told(config: dict[str, object], accepted: PointMetadata, severity: Severity | None) -> None:
    found = list(range_findings(point_view(config, metadata=accepted)))
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_what_is_cut_right_now_is_a_warning_with_the_value() -> None:
    view = point_view(output(**DEGREES), metadata=limits(285.15, 313.15), state=state(50.0))
    [finding] = range_findings(view)
    assert finding.severity is Severity.WARNING
    assert "323.15 now, but x_u accepts no less than 285.15 and no more than 313.15: it is cut" in finding.what


@pytest.mark.parametrize("fields", [{"metadata": None}, {}])
def test_without_limits_to_compare_with_nothing_is_said(fields: dict[str, Any]) -> None:
    assert not list(range_findings(point_view(output(scale=9.0), **fields)))


def test_an_input_of_the_controller_has_no_limits_in_the_simulation() -> None:
    view = point_view(bench.analog_input("x_y", "Temp"), metadata=limits(0, 1))
    assert not list(range_findings(view))


SMELLS = [
    ("FreezeStat", "freeze protection"),
    ("FREEZESTAT", "freeze protection"),
    ("AHU1_Frz-Sts", "freeze protection"),
    ("DALowLimit", "freeze protection"),
    ("Low Temp Cutout", "freeze protection"),
    ("FrostProt", "freeze protection"),
    ("LLT", "freeze protection"),
    ("SaSmokeDet", "smoke"),
    ("SMK_DET", "smoke"),
    ("DuctDetector", "smoke"),
    ("FireAlarm", "fire"),
    ("FSD1Status", "fire"),
    ("HighStatic", "high static"),
    ("HiStatPress", "high static"),
    ("HISTATIC", "high static"),
    ("Hi-Duct-Static", "high static"),
    ("StaticPressHi", "high static"),
    ("HSP2", "high static"),
    ("HighTempLimit", "high limit"),
    ("MotorOverTemp", "high limit"),
    ("EmergencyStop", "emergency"),
    ("E-Stop", "emergency"),
    ("RefrigLeak", "a leak"),
    ("CO Alarm", "a leak"),
    ("FanOverload", "a safety chain"),
    ("SafetyChain", "a safety chain"),
    ("ShutDownCmd", "a safety chain"),
]
HARMLESS = [
    *("DischAirTemp", "OutdoorAirTemp", "FanStatus", "DuctStaticPress", "SpaceTemp", "CoolingPump", "CO2Level"),
    *("HighSetpoint", "FaDamper", "ReturnAirFlow", "Firmware", "MixedAirTemp", "HeatingValve", "OccupancyCmd"),
]


@pytest.mark.parametrize(("name", "kind"), SMELLS)
def test_a_name_that_speaks_of_protection_is_recognised(name: str, kind: str) -> None:
    assert smell_of(name) == kind


@pytest.mark.parametrize("name", HARMLESS)
def test_an_ordinary_name_is_not(name: str) -> None:
    assert smell_of(name) is None


def test_forcing_protection_is_warned_about() -> None:
    config = {"bop_point": "fan_y", "ecy_point": "HighStatic", "object_type": "BinaryInput"}
    [finding] = safety_findings(point_view(config))
    assert (finding.severity, finding.where) == (Severity.WARNING, "AHU.json: HighStatic")
    assert "forcing it disables real protection" in finding.what


def test_an_output_is_only_read_so_its_name_does_not_matter() -> None:
    assert not list(safety_findings(point_view(bench.output("x", "SmokeDamper"))))


def test_a_value_in_the_place_of_an_input_is_an_application_that_was_changed() -> None:
    [told] = point_findings(point_view({**VALUE, "ecy_point": "SpaceTempSoft", "in_place_of": "SpaceTemp"}))
    assert (told.severity, told.topic) == (Severity.NOTE, Topic.CONFIG)
    assert told.what.endswith("application changed: AHU reads SpaceTempSoft in the place of SpaceTemp")
    assert not list(point_findings(point_view(VALUE)))


def test_only_values_stand_in_the_place_of_inputs() -> None:
    point = PointConfig.model_validate({**INPUT, "in_place_of": "SpaceTemp"})
    assert [key for key, _ in point_problems(point, UnitConverter())] == ["in_place_of"]
