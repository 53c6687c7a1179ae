"""What is remarkable about single objects, and about who else is at them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bridge.check.delay import delay_findings
from bridge.check.neighbours import neighbour_findings
from bridge.check.objects import object_findings
from bridge.check.quantities import quantity, quantity_of
from bridge.check.views import ControllerView, PointView
from bridge.findings import Finding, Severity, Topic
from clients.ecy.neighbours import Binding, CovSubscription
from tests import bench
from tests.bridge.check.views import DEVICE, point_view, state
from utils.values import ObjectRef, ObjectState, ObjectType, Quality, Sample

INPUT = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp")
VALUE = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp", object_type="AnalogValue", priority=10)
OUTPUT = bench.output("hvac_oveAhu_yFan", "FanSpeed")
PRESSURE = {**INPUT, "unit": "Pa", "si_unit": "Pa", "us_unit": "inH2O"}
CELSIUS = "degrees-celsius"
OBJECTS = "/services/bacnet/local/objects"


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


class TestNeighbours:
    def view(self, **fields: Any) -> ControllerView:  # noqa: ANN401
        return ControllerView(DEVICE, is_reached=True, **fields)

    @pytest.mark.parametrize(
        ("config", "element", "priority", "expected"),
        [
            (VALUE, "analog-values/1", 10, Severity.WARNING),
            (VALUE, "analog-values/1/present-value", 10, Severity.WARNING),
            (VALUE, "analog-values/1", 8, Severity.WARNING),
            (VALUE, "analog-values/1", None, Severity.WARNING),
            (VALUE, "analog-values/1", 14, Severity.NOTE),
            (VALUE, "analog-values/11", 10, None),
            (INPUT, "analog-inputs/1", 14, Severity.WARNING),
            (OUTPUT, "analog-outputs/1", 14, None),
        ],
    )
    def test_a_binding_that_writes_what_we_write_is_told(
        self, config: dict[str, Any], element: str, priority: int | None, expected: Severity | None
    ) -> None:
        binding = Binding("night", f"{OBJECTS}/analog-values/7", f"{OBJECTS}/{element}", priority)
        found = list(neighbour_findings(self.view(bindings=(binding,)), [point_view(config)]))
        assert [finding.severity for finding in found] == ([expected] if expected else [])
        assert all("the binding night writes it too, from analog-values/7" in finding.what for finding in found)

    def test_who_listens_to_what_we_write_is_told_once_per_listener(self) -> None:
        heard = ObjectRef(ObjectType.ANALOG_INPUT, 1)
        subscriptions = (
            CovSubscription("4711", heard),
            CovSubscription("4711", ObjectRef(ObjectType.ANALOG_INPUT, 9)),
            CovSubscription("4712", None),
        )
        [finding] = neighbour_findings(self.view(subscriptions=subscriptions), [point_view(INPUT)])
        assert (finding.severity, finding.topic) == (Severity.WARNING, Topic.SUBSCRIBER)
        assert "4711 listens to DischAirTemp" in finding.what


class TestDelay:
    def found(self, exchange_s: float | None, points: list[PointView], **variables: str) -> list[Finding]:
        settings = bench.settings(Path(), **variables)
        return list(delay_findings(ControllerView(DEVICE, exchange_s=exchange_s), points, settings))

    @pytest.mark.parametrize(
        ("variables", "expected"),
        [
            ({"BOP_TIME_SCALE": "1", "BOP_STEP_TIME": "5"}, 0),
            ({"BOP_TIME_SCALE": "1", "BOP_STEP_TIME": "10"}, 1),
            ({"BOP_TIME_SCALE": "20", "BOP_STEP_TIME": "5"}, 1),
            ({"BOP_TIME_SCALE": "0", "BOP_STEP_TIME": "5"}, 1),
        ],
    )
    def test_a_fast_loop_that_will_hunt_is_told(self, variables: dict[str, str], expected: int) -> None:
        assert len(self.found(0.01, [point_view(PRESSURE), point_view(OUTPUT)], **variables)) == expected

    @pytest.mark.parametrize("points", [[PRESSURE], [INPUT, OUTPUT], [OUTPUT]])
    def test_without_a_fast_loop_the_delay_does_not_matter(self, points: list[dict[str, Any]]) -> None:
        assert not self.found(0.01, [point_view(point) for point in points], BOP_STEP_TIME="60", BOP_TIME_SCALE="1")

    def test_a_controller_that_is_slower_than_the_pace_is_told(self) -> None:
        [finding] = self.found(0.8, [point_view(OUTPUT)], BOP_TIME_SCALE="10")
        assert "takes 0.80 s, but a step lasts 0.50 s" in finding.what

    def test_a_controller_that_was_not_reached_has_no_delay(self) -> None:
        assert not self.found(None, [point_view(PRESSURE), point_view(OUTPUT)])


class TestQuantities:
    @pytest.mark.parametrize(
        ("unit", "expected"),
        [
            ("degF", "temperature"),
            ("percent", "fraction"),
            ("inH2O", "pressure"),
            ("cfm", "volume flow"),
            ("kWh", "energy"),
            ("rad", "angle"),
            ("ampere", "[current]"),
        ],
    )
    def test_units_are_told_by_what_they_measure(self, unit: str, expected: str) -> None:
        assert quantity_of(unit) == expected

    @pytest.mark.parametrize(
        ("config", "expected"),
        [
            (INPUT, "temperature"),
            (OUTPUT, "fraction"),
            ({"bop_point": "x_y", "ecy_point": "X", "object_type": "BinaryInput"}, "on or off"),
            ({"bop_point": "x_y", "ecy_point": "X", "object_type": "MultiStateValue"}, "state"),
            ({"bop_point": "x_y", "ecy_point": "X", "object_type": "AnalogValue"}, None),
        ],
    )
    def test_points_are_told_by_what_they_carry(self, config: dict[str, Any], expected: str | None) -> None:
        assert quantity(point_view(config).point) == expected
