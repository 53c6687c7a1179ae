"""Spans: usual values, that nothing on the way cuts or calls invalid."""

from __future__ import annotations

import pytest

from bridge.checkout.stimuli import Stimulus, span_of, stimuli_of
from points import Bounds, Point
from tests.bridge.checkout.made_points import CONVERTER, ROOM, made_point
from utils.values import PointMetadata


def only(*points: Point, limits: Bounds | None = None, told: PointMetadata | None = None) -> Stimulus:
    taking = [(point, limits or Bounds()) for point in points]
    metadata = {} if told is None else {points[0].bop_point: told}
    [stimulus] = stimuli_of(taking, metadata, CONVERTER)
    return stimulus


def degc(stimulus: Stimulus) -> tuple[float, float]:
    assert stimulus.span is not None
    low, high = stimulus.span
    return low - 273.15, high - 273.15


def test_a_temperature_is_usual_for_a_building() -> None:
    assert degc(only(made_point("AnalogInput", **ROOM))) == pytest.approx((12.0, 32.0))


@pytest.mark.parametrize(
    ("unit", "span"),
    [
        ("degF", (53.6, 89.6)),
        ("percent", (10.0, 90.0)),
        ("1", (0.1, 0.9)),
        ("ppm", (450.0, 1350.0)),
        ("kPa", (0.05, 0.35)),
        (None, (10.0, 90.0)),
        ("ft**3/min", (105.9, 2648.6)),
        ("EUR", (10.0, 90.0)),
    ],
)
def test_the_usual_is_in_the_unit_of_the_simulation(unit: str | None, span: tuple[float, float]) -> None:
    assert span_of(unit, CONVERTER) == pytest.approx(span, rel=1e-3)


def test_what_the_config_calls_invalid_is_not_shown() -> None:
    low, high = degc(only(made_point("AnalogInput", valid_min=293.15, valid_max=298.15, **ROOM)))
    assert (low, high) == pytest.approx((20.0, 25.0), abs=0.1)


def test_nor_what_it_would_cut() -> None:
    low, high = degc(only(made_point("AnalogInput", minimum=18.0, maximum=24.0, **ROOM)))
    assert 18.0 < low < high < 24.0


def test_nor_what_the_object_does_not_take() -> None:
    low, high = degc(only(made_point("AnalogInput", **ROOM), limits=Bounds(-10.0, 20.0)))
    assert (low, high) == pytest.approx((12.0, 20.0), abs=0.1)


def test_where_the_usual_is_out_of_the_question_it_is_what_somebody_allows() -> None:
    boiler = made_point("AnalogInput", minimum=60.0, maximum=90.0, **ROOM)
    low, high = degc(only(boiler))
    assert 60.0 < low < high < 90.0
    low, high = degc(only(made_point("AnalogInput", **ROOM), limits=Bounds(low=150.0)))
    assert (low, high) == pytest.approx((150.0, 170.0), abs=0.2)
    low, high = degc(only(made_point("AnalogInput", valid_max=253.15, **ROOM)))
    assert (low, high) == pytest.approx((-40.0, -20.0), abs=0.2)


def test_what_the_simulation_tells_is_the_last_resort() -> None:
    point = made_point("AnalogInput", unit="W", si_unit="W", minimum=1e6)
    assert only(point, told=PointMetadata("W", minimum=0.0, maximum=2e6)).span is not None


def test_limits_that_nothing_fits_leave_nothing_to_show() -> None:
    assert not only(made_point("AnalogInput", valid_min=300.0, maximum=10.0, **ROOM)).is_shown


def test_two_points_of_one_measurement_are_shown_what_suits_both() -> None:
    one = made_point("AnalogInput", "A", maximum=25.0, **ROOM)
    other = made_point("AnalogValue", "B", minimum=20.0, **ROOM)
    low, high = degc(only(one, other))
    assert 20.0 < low < high < 25.0


def test_a_switch_is_shown_values_on_both_sides_of_its_threshold_and_hysteresis() -> None:
    point = made_point("BinaryInput", threshold=5.0, hysteresis=2.0)
    off, on = only(point).states
    assert point.process_bop_value(on, None, False) is True
    assert point.process_bop_value(off, None, True) is False


def test_a_switch_has_none_where_one_side_is_invalid() -> None:
    assert only(made_point("BinaryInput", threshold=0.0, valid_min=0.0)).states == ()


def test_a_measurement_with_a_status_has_a_span_above_the_threshold_and_one_below() -> None:
    status = made_point("BinaryInput", "Status", "reaPFan_y", threshold=500.0)
    power = made_point("AnalogInput", "Power", "reaPFan_y", unit="W", si_unit="W")
    found = only(power, status)
    assert found.span is not None
    assert found.off is not None
    assert found.off[1] < 500.0 < found.span[0]


def test_stages_are_the_numbers_of_the_config_or_the_first_two() -> None:
    assert only(made_point("MultiStateInput", states={"1": 0.0, "2": 5.0, "3": 7.0})).states == (0.0, 5.0, 7.0)
    assert only(made_point("MultiStateInput")).states == (1.0, 2.0)
