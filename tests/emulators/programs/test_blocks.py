"""The blocks that control sequences are made of, one by one."""

from __future__ import annotations

from datetime import datetime

import pytest

from emulators.programs.blocks import (
    CheckedSensor,
    DailyPeriod,
    Hysteresis,
    LinearReset,
    OffDelay,
    OnDelay,
    PIBlock,
    ProofMonitor,
    RampLimiter,
)


def test_a_pi_adds_the_integral_of_the_error_to_its_share_of_it() -> None:
    controller = PIBlock(gain=0.1, reset_time_s=10.0)
    assert controller.step(2.0, 5.0) == pytest.approx(0.2 + 0.2 * 5.0 / 10.0)


@pytest.mark.parametrize("scan_s", [0.2, 1.0, 5.0])
def test_a_pi_integrates_time_and_not_scans(scan_s: float) -> None:
    controller = PIBlock(gain=0.1, reset_time_s=100.0)
    for _ in range(round(50.0 / scan_s)):
        controller.step(1.0, scan_s)
    assert controller.output == pytest.approx(0.15)


@pytest.mark.parametrize(("error", "limit", "after"), [(5.0, 1.0, 0.5), (-5.0, 0.0, 0.5)])
def test_a_pi_has_nothing_to_unwind_after_a_long_saturation(error: float, limit: float, after: float) -> None:
    controller = PIBlock(gain=0.1, reset_time_s=10.0)
    controller.preset(0.5)
    for _ in range(1000):
        controller.step(error, 1.0)
    assert controller.output == limit
    assert controller.step(0.0, 1.0) == pytest.approx(after)


def test_a_saturated_pi_stays_put_when_the_error_only_becomes_smaller() -> None:
    controller = PIBlock(gain=0.25, reset_time_s=600.0)
    controller.step(-11.0, 1.0)
    assert controller.step(-5.0, 1.0) == 0.0


def test_a_preset_pi_goes_on_without_a_bump() -> None:
    controller = PIBlock(gain=0.1, reset_time_s=100.0)
    controller.preset(0.7, error=3.0)
    assert controller.output == 0.7
    assert controller.step(3.0, 0.0) == pytest.approx(0.7)


def test_a_ramp_reaches_its_target_at_its_rate_and_stops_there() -> None:
    ramp = RampLimiter(rate_per_s=0.01)
    assert [round(ramp.step(0.25, 10.0), 3) for _ in range(4)] == [0.1, 0.2, 0.25, 0.25]
    assert ramp.step(0.0, 10.0) == pytest.approx(0.15)


def test_a_hysteresis_keeps_its_state_between_its_limits() -> None:
    hysteresis = Hysteresis(on_at=1.0, off_at=0.0)
    assert [hysteresis.step(value) for value in (0.9, 1.0, 0.1, 0.0, 0.9)] == [False, True, True, False, False]


def test_a_hysteresis_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="on above"):
        Hysteresis(on_at=1.0, off_at=1.0)


def test_an_on_delay_counts_from_the_last_break() -> None:
    delay = OnDelay(3.0)
    inputs = (True, True, False, True, True, True)
    assert [delay.step(value, 1.0) for value in inputs] == [False, False, False, False, False, True]


def test_an_off_delay_runs_on_and_starts_counting_anew() -> None:
    delay = OffDelay(2.0)
    inputs = (False, True, False, True, False, False, False)
    assert [delay.step(value, 1.0) for value in inputs] == [False, True, True, True, True, False, False]


@pytest.mark.parametrize(("x", "y"), [(10.0, 17.0), (15.0, 17.0), (18.0, 14.5), (21.0, 12.0), (30.0, 12.0)])
@pytest.mark.parametrize("line", [LinearReset(15.0, 17.0, 21.0, 12.0), LinearReset(21.0, 12.0, 15.0, 17.0)])
def test_a_linear_reset_is_constant_outside_its_points(line: LinearReset, x: float, y: float) -> None:
    assert line.at(x) == pytest.approx(y)


@pytest.mark.parametrize(
    ("period", "time", "inside"),
    [
        (DailyPeriod(6.0, 19.0), "05:59:59", False),
        (DailyPeriod(6.0, 19.0), "06:00:00", True),
        (DailyPeriod(6.0, 19.0), "18:59:59", True),
        (DailyPeriod(6.0, 19.0), "19:00:00", False),
        (DailyPeriod(22.0, 5.5), "23:00:00", True),
        (DailyPeriod(22.0, 5.5), "05:29:00", True),
        (DailyPeriod(22.0, 5.5), "12:00:00", False),
        (DailyPeriod(-1.0, 1.0), "23:30:00", True),
        (DailyPeriod(8.0, 8.0), "08:00:00", False),
        (DailyPeriod(0.0, 24.0), "08:00:00", True),
    ],
)
def test_a_daily_period_knows_its_hours(period: DailyPeriod, time: str, inside: bool) -> None:
    assert period.contains(datetime.fromisoformat(f"2023-07-06 {time}")) is inside


def test_a_sensor_without_any_good_value_has_failed_from_the_start() -> None:
    sensor = CheckedSensor(-30.0, 60.0)
    sensor.step(-40.0, 1.0)
    assert sensor.failed


@pytest.mark.parametrize("nonsense", [-40.0, 999.0, float("nan"), float("inf")])
def test_a_sensor_holds_its_last_good_value_and_fails_after_its_grace(nonsense: float) -> None:
    sensor = CheckedSensor(-30.0, 60.0, grace_s=3.0)
    sensor.step(21.0, 1.0)
    seen = []
    for _ in range(3):
        assert sensor.step(nonsense, 1.0) == 21.0
        seen.append(sensor.failed)
    assert seen == [False, False, True]


def test_a_failed_sensor_is_believed_again_at_its_first_good_value() -> None:
    sensor = CheckedSensor(-30.0, 60.0)
    sensor.step(999.0, 60.0)
    assert sensor.step(20.0, 1.0) == 20.0
    assert not sensor.failed


def test_a_missing_proof_is_told_after_its_delay_and_not_when_nothing_is_commanded() -> None:
    monitor = ProofMonitor(2.0)
    assert [monitor.step(True, False, 1.0) for _ in range(2)] == [False, True]
    assert not monitor.step(True, True, 1.0)
    assert not monitor.step(False, False, 10.0)
