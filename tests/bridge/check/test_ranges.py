"""What BOPTEST would cut without an error."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.check.ranges import possible_range, range_findings
from bridge.findings import Severity
from tests import bench
from tests.bridge.check.views import limits, point_view, state
from utils.values import PointMetadata

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
