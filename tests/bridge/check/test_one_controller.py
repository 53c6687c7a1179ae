"""How long a controller takes to answer, and who else is at its objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.check.one_controller import delay_findings, neighbour_findings
from bridge.check.views import ControllerView, PointView
from bridge.findings import Finding, Severity, Topic
from clients.device_client import Binding, CovSubscription
from tests import bench
from tests.bridge.check.views import DEVICE, point_view
from utils.values import ObjectRef, ObjectType

INPUT = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp")
VALUE = bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp", object_type="AnalogValue", priority=10)
OUTPUT = bench.output("hvac_oveAhu_yFan", "FanSpeed")
PRESSURE = {**INPUT, "unit": "Pa", "si_unit": "Pa", "us_unit": "inH2O"}
OBJECTS = "/services/bacnet/local/objects"


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
