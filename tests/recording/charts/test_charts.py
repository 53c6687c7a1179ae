"""Line charts: what is drawn of many values, of gaps and of nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from recording.charts import Band, Curve, Panel, Stroke, chart, hours_axis, model_time_axis
from recording.charts.axes import value_axis
from recording.charts.panels import looks_of
from recording.charts.paths import band_path, columns_of, line_path, step_path, strokes

NAN = math.nan
DAY_S = 86_400.0


def heights(values: Sequence[float], places: Sequence[int]) -> list[list[tuple[int, int]]]:
    return strokes(columns_of(places), values, round)


def test_of_many_values_in_one_place_first_least_greatest_and_last_are_drawn() -> None:
    assert heights([5.0, 1.0, 3.0, 9.0, 4.0, 6.0], [0, 0, 0, 0, 0, 1]) == [[(0, 5), (0, 1), (0, 9), (0, 4), (1, 6)]]


def test_a_peak_of_one_value_in_a_week_of_minutes_is_not_lost() -> None:
    values = [20.0] * 10_080
    values[4321] = 35.0
    [points] = heights(values, [number * 1600 // 10_080 for number in range(10_080)])
    assert max(height for _, height in points) == 35
    assert len(points) < 10


def test_a_gap_parts_a_curve_and_nothing_is_drawn_across_it() -> None:
    assert heights([1.0, 2.0, NAN, 4.0], [0, 1, 2, 3]) == [[(0, 1), (1, 2)], [(3, 4)]]
    assert heights([NAN, NAN], [0, 1]) == []


def test_a_gap_within_one_place_parts_a_curve_too() -> None:
    assert heights([1.0, NAN, 3.0], [0, 0, 0]) == [[(0, 1)], [(0, 3)]]


def test_no_value_at_all_draws_nothing() -> None:
    assert heights([], []) == [[]]
    assert line_path([]) == step_path([]) == band_path([], []) == ""


def test_paths_are_relative_and_levels_have_two_points() -> None:
    [points] = heights([1.0, 1.0, 1.0, 1.0, 0.0], [0, 1, 2, 3, 4])
    assert line_path(points) == "M0 1l3 0 1-1"
    assert step_path(points) == "M0 1h3h1v-1"


def test_one_value_alone_is_a_dot_that_can_be_seen() -> None:
    assert line_path([(3, 4)]) == step_path([(3, 4)]) == "M3 4h1"


def test_a_band_goes_there_and_back() -> None:
    assert band_path([(0, 8), (5, 8)], [(0, 2), (5, 2)]) == "M0 8l5 0 0 0 0-6 0 0-5 0z"


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [([0, 9.7], 0, 10), ([3, 3], 3, 4), ([], 0, 1), ([NAN], 0, 1), ([-4, 4], -4, 4)],
)
def test_an_axis_of_values_has_round_numbers_and_is_never_empty(
    values: Sequence[float], first: float, last: float
) -> None:
    axis = value_axis(values)
    assert (axis.first, axis.last) == pytest.approx((first, last))
    assert axis.last > axis.first


def test_an_axis_of_model_time_names_each_date_once_and_wraps_the_year() -> None:
    texts = [text for _, text in model_time_axis(363.5 * DAY_S, 366.5 * DAY_S, 2023).ticks]
    assert texts == ["30 Dec 12:00", "31 Dec 00:00", "12:00", "1 Jan 00:00", "12:00", "2 Jan 00:00", "12:00"]


def test_a_run_of_one_moment_has_an_axis() -> None:
    axis = model_time_axis(0.0, 0.0, 2023)
    assert axis.last > axis.first
    assert axis.ticks == ((0, "1 Jan 00:00"),)


def test_hours_are_every_second_one_of_a_long_day() -> None:
    assert [text for _, text in hours_axis([5.0, 8.0]).ticks] == ["05:00", "06:00", "07:00", "08:00"]
    assert [text for _, text in hours_axis([0.0, 24.0]).ticks][:2] == ["00:00", "02:00"]
    assert [text for _, text in hours_axis([22.0, 26.0]).ticks] == ["22:00", "23:00", "24:00", "01:00", "02:00"]


def test_what_is_compared_with_is_grey_and_takes_nobodys_colour() -> None:
    compared, own, other = Curve("fixed", [], dashed=True), Curve("reset", []), Curve("third", [])
    assert looks_of([compared, own, other]) == [Stroke.COMPARED, Stroke.MEASURED, Stroke.SECOND]


def test_a_chart_is_an_xml_document_that_draws_bands_greys_and_foreign_names_as_text() -> None:
    times = [0.0, DAY_S, 2 * DAY_S]
    curves = [Curve("<script>", [20.0, NAN, 22.0]), Curve("set", [21.0] * 3, stepped=True, look=Stroke.SET_POINT)]
    panel = Panel("Zone <1>, °C", curves, band=Band([20.0] * 3, [24.0, 24.0, NAN]), grey=[(0.0, DAY_S)])
    svg = chart("", times, [panel, Panel("empty", [])], model_time_axis(0.0, 2 * DAY_S, 2023))
    texts = [item.text for item in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert {"<script>", "Zone <1>, °C", "2 Jan 00:00"} <= set(texts)
    assert "<script>" not in svg
    assert len(re.findall("fill-opacity", svg)) == 2
    assert "nan" not in svg
