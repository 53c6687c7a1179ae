"""What is counted of a run, against values computed by hand."""

from __future__ import annotations

import math

import pytest

from recording.numbers.actuators import actuator_use, reversals, travel
from recording.numbers.comfort import air_quality, zone_comfort
from recording.numbers.energy import kwh, kwh_by_hour, total
from recording.numbers.oscillation import about_its_mean, oscillation
from recording.numbers.series import covered_s, held_at, integral, masked, mean, percentile, weights_s
from recording.numbers.spans import spans_on, total_s
from recording.numbers.tracking import tracking

NAN = math.nan
HOUR_S = 3600.0
HOURS = [0.0, HOUR_S, 2 * HOUR_S, 3 * HOUR_S]


def test_a_value_stands_for_half_of_the_steps_beside_it() -> None:
    assert weights_s([0.0, 10.0, 40.0]) == [5.0, 20.0, 15.0]
    assert weights_s([7.0]) == [0.0]
    assert weights_s([]) == []


def test_a_ramp_is_integrated_as_by_trapezoids() -> None:
    assert integral(weights_s(HOURS), [0.0, 2.0, 4.0, 6.0]) == pytest.approx(9.0 * HOUR_S)


def test_what_is_missing_counts_nothing_and_is_not_covered() -> None:
    weights, values = weights_s(HOURS), [3.0, NAN, 3.0, 3.0]
    assert covered_s(weights, values) == 2 * HOUR_S
    assert integral(weights, values) == 3.0 * 2 * HOUR_S
    assert mean(weights, values) == 3.0


def test_the_mean_of_one_moment_is_its_value_and_of_none_unknown() -> None:
    assert mean([0.0], [4.0]) == 4.0
    assert math.isnan(mean([], []))
    assert math.isnan(mean([0.0], [NAN]))


def test_a_percentile_is_a_value_that_was_there() -> None:
    values = [float(number) for number in range(1, 101)]
    assert percentile([NAN, *values], 95.0) == 95.0
    assert percentile([1.0], 95.0) == 1.0
    assert math.isnan(percentile([], 95.0))


def test_a_mask_leaves_only_what_is_on() -> None:
    assert str(masked([1.0, 2.0], [0.0, 1.0], bool)) == "[nan, 2.0]"
    assert masked([1.0, 2.0], None, bool) == [1.0, 2.0]


def test_another_runs_values_are_held_until_the_next_and_no_longer() -> None:
    found = held_at([10.0, 20.0], [1.0, 2.0], [5.0, 10.0, 15.0, 25.0, 31.0], most_s=10.0)
    assert str(found) == "[nan, 1.0, 1.0, 2.0, nan]"


def test_kelvin_hours_are_counted_on_both_sides_of_the_set_points() -> None:
    temperature = [19.0, 21.0, 25.0, 26.0]
    comfort = zone_comfort(weights_s(HOURS), temperature, [20.0] * 4, [24.0] * 4)
    assert comfort.below_kh == pytest.approx(0.5 * 1.0)
    assert comfort.above_kh == pytest.approx(1.0 * 1.0 + 0.5 * 2.0)
    assert (comfort.below_h, comfort.above_h, comfort.judged_h) == (0.5, 1.5, 3.0)
    assert (comfort.lowest_k, comfort.highest_k) == (19.0, 26.0)


def test_a_zone_is_not_judged_while_its_temperature_or_set_point_is_missing() -> None:
    comfort = zone_comfort(weights_s(HOURS), [19.0, NAN, 19.0, 19.0], [20.0, 20.0, 20.0, NAN], None)
    assert comfort.below_kh == pytest.approx(0.5 + 1.0)
    assert comfort.judged_h == 1.5
    assert comfort.above_kh == 0.0


def test_a_zone_without_set_points_is_not_judged_at_all() -> None:
    assert zone_comfort(weights_s(HOURS), [19.0] * 4, None, None).judged_h == 0.0


def test_one_step_has_temperatures_and_no_hours() -> None:
    comfort = zone_comfort([0.0], [19.0], [20.0], [24.0])
    assert (comfort.below_kh, comfort.below_h, comfort.judged_h, comfort.mean_k) == (0.0, 0.0, 0.0, 19.0)


def test_air_is_bad_above_1000_ppm() -> None:
    air = air_quality(weights_s(HOURS), [400.0, 1200.0, 1000.0, NAN])
    assert (air.above_h, air.highest_ppm, air.known_h) == (1.0, 1200.0, 2.5)


def test_a_kilowatt_for_an_hour_is_a_kilowatt_hour() -> None:
    assert kwh(weights_s([0.0, HOUR_S]), [1000.0, 1000.0]) == pytest.approx(1.0)


def test_the_hours_energy_adds_up_to_the_whole() -> None:
    times = [900.0 * number for number in range(13)]
    power = [100.0 * number for number in range(13)]
    hours = kwh_by_hour(times, power)
    assert hours[0] == pytest.approx(0.9 * (0.0 + 400.0) / 2.0 / 900.0)
    assert sum(hours.values()) == pytest.approx(kwh(weights_s(times), power))
    assert set(hours) == {0, 1, 2}


def test_energy_is_not_counted_across_a_gap() -> None:
    assert kwh_by_hour([0.0, HOUR_S, 2 * HOUR_S], [1000.0, NAN, 1000.0]) == {}
    assert kwh_by_hour([], []) == {}


def test_a_sum_of_powers_is_unknown_where_one_is() -> None:
    assert str(total([[1.0, 2.0], [3.0, NAN]])) == "[4.0, nan]"


def test_travel_is_the_sum_of_all_movements() -> None:
    assert travel([0.0, 1.0, 0.25, NAN, 0.75, 0.5]) == 2.0
    assert travel([0.5]) == travel([]) == 0.0


def test_a_reversal_is_a_turn_by_more_than_the_dead_band() -> None:
    assert reversals([0.0, 0.5, 1.0, 0.5, 0.0, 0.2]) == 2
    assert reversals([0.5, 0.505, 0.5, 0.505]) == 0
    assert reversals([0.0, 0.5, 0.495, 0.6, 0.4]) == 1
    assert reversals([0.0, 0.5, NAN, 0.4, 0.0]) == 0
    assert reversals([]) == 0


def test_an_actuators_use_is_told_in_strokes_and_shares_of_time() -> None:
    use = actuator_use(HOURS, weights_s(HOURS), [0.0, 0.0, 1.0, 0.5])
    assert (use.travel, use.reversals, use.known_h) == (1.5, 1, 3.0)
    assert (use.at_low, use.at_high) == pytest.approx((0.5, 1.0 / 3.0))
    assert use.reversals_per_hour == pytest.approx(1.0 / 3.0)
    assert use.has_moved


def test_an_actuator_that_is_not_known_has_no_shares() -> None:
    for values in ([NAN, NAN], []):
        use = actuator_use([0.0, 1.0][: len(values)], weights_s([0.0, 1.0][: len(values)]), values)
        assert math.isnan(use.at_low)
        assert math.isnan(use.reversals_per_hour)
        assert not use.has_moved


def sine(period_s: float, hours: float = 6.0, step_s: float = 5.0) -> tuple[list[float], list[float]]:
    times = [number * step_s for number in range(round(hours * HOUR_S / step_s))]
    return times, [math.sin(2.0 * math.pi * time_s / period_s + 0.3) for time_s in times]


def test_a_pure_oscillation_has_an_index_near_one_and_its_period() -> None:
    found = oscillation(*sine(600.0))
    assert found.index > 0.9
    assert found.period_s == pytest.approx(600.0, rel=0.01)


def test_half_waves_of_growing_length_are_not_hunting() -> None:
    crossings = [2.0**number for number in range(12)]
    times = [float(number) for number in range(2048)]
    values = [(-1.0) ** sum(time_s >= crossing for crossing in crossings) for time_s in times]
    assert oscillation(times, values).index == 0.0


def test_what_is_switched_on_and_off_every_day_is_not_hunting() -> None:
    times = [60.0 * number for number in range(14 * 1440)]
    schedule = [float(6.0 <= time_s % 86_400.0 / HOUR_S < 19.0) for time_s in times]
    found = actuator_use(times, weights_s(times), schedule).hunting
    assert not found.index > 0.0


def test_too_few_half_waves_say_nothing() -> None:
    assert math.isnan(oscillation(*sine(2.0 * HOUR_S)).index)
    assert math.isnan(oscillation([], []).index)


def test_ripple_is_no_wave() -> None:
    times, values = sine(600.0)
    assert oscillation(times, [0.004 * value for value in values], 0.01).half_waves == 0


def test_waves_are_not_compared_across_a_gap() -> None:
    times, values = sine(600.0)
    whole = oscillation(times, values)
    values[len(values) // 2] = NAN
    parted = oscillation(times, values)
    assert parted.half_waves < whole.half_waves
    assert parted.index > 0.8


def test_a_slow_ramp_is_not_in_a_signal_about_its_mean() -> None:
    times = [60.0 * number for number in range(600)]
    rest = about_its_mean(times, [0.001 * time_s for time_s in times])
    assert rest[100:500] == pytest.approx([0.0] * 400, abs=1e-9)
    assert str(about_its_mean([0.0, 60.0], [NAN, 1.0])) == "[nan, 0.0]"


def test_errors_are_judged_by_the_tolerance_and_only_where_they_are_known() -> None:
    found = tracking(HOURS, weights_s(HOURS), [0.5, -1.5, 0.5, NAN], 1.0)
    assert found.known_h == 2.5
    assert found.within == pytest.approx(1.5 / 2.5)
    assert found.mean_error == pytest.approx((0.25 - 1.5 + 0.5) / 2.5)
    assert found.size_95 == 1.5


def test_a_loop_that_was_never_on_is_not_judged() -> None:
    found = tracking(HOURS, weights_s(HOURS), [NAN] * 4, 1.0)
    assert found.known_h == 0.0
    assert math.isnan(found.within)


def test_a_state_is_on_until_the_step_that_says_otherwise() -> None:
    assert spans_on([0.0, 5.0, 10.0, 15.0], [0.0, 1.0, 1.0, 0.0]) == [(5.0, 15.0)]
    assert spans_on([0.0, 5.0], [1.0, 1.0]) == [(0.0, 5.0)]
    assert spans_on([0.0, 5.0, 10.0], [1.0, NAN, 1.0]) == [(0.0, 5.0), (10.0, 10.0)]
    assert spans_on([0.0], [1.0]) == [(0.0, 0.0)]
    assert spans_on([], []) == []
    assert total_s([(5.0, 15.0), (20.0, 25.0)]) == 15.0
