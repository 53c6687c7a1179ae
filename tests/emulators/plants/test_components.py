from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import sqrt

import pytest

from emulators.plants.components import (
    damper_loss,
    damper_position,
    effectiveness,
    exchange,
    required_conductance,
    valve_flow,
)
from tests.emulators.plants.multizone_office.parts import Actuator, FlowLag, Loop


def stepped(actuator: Actuator, dt_s: float, duration_s: float, command: float) -> float:
    actuator.set_step(dt_s)
    for _ in range(round(duration_s / dt_s)):
        actuator.step(command)
    return actuator.position


def test_a_loop_integrates_at_gain_over_integral_time() -> None:
    loop = Loop(gain=0.1, integral_time_s=120.0, low=0.0, high=1.0)
    loop.set_step(1.0)
    for _ in range(120):
        output = loop.step(2.0)
    assert output == pytest.approx(0.2 + 0.2)


def test_a_saturated_loop_lets_go_at_once_when_the_error_turns() -> None:
    loop = Loop(gain=0.1, integral_time_s=10.0, low=0.0, high=1.0)
    loop.set_step(1.0)
    for _ in range(1000):
        loop.step(5.0)
    assert loop.output == 1.0
    assert loop.step(-1.0) < 1.0


@pytest.mark.parametrize(("unwinding", "minutes"), [(0.9, 0.0), (10.0, 33.0)])
def test_a_loop_that_was_far_from_being_needed_takes_its_time(unwinding: float, minutes: float) -> None:
    loop = Loop(gain=0.1, integral_time_s=120.0, low=0.0, high=1.0, unwinding=unwinding)
    loop.set_step(5.0)
    for _ in range(5000):
        loop.step(-6.6)
    waited = 0
    while loop.step(1.4) == 0.0:
        waited += 1
    assert waited * 5.0 / 60.0 == pytest.approx(minutes, abs=3.0)


def test_an_actuator_has_all_but_arrived_after_its_rise_time() -> None:
    assert stepped(Actuator(120.0), 1.0, 120.0, 1.0) == pytest.approx(0.995, abs=0.01)


@pytest.mark.parametrize("dt_s", [0.1, 0.5, 5.0])
def test_an_actuator_moves_alike_at_any_step(dt_s: float) -> None:
    assert stepped(Actuator(120.0), dt_s, 30.0, 1.0) == pytest.approx(
        stepped(Actuator(120.0), 0.01, 30.0, 1.0), abs=0.06
    )


def test_an_actuator_starts_without_a_kick() -> None:
    actuator = Actuator(120.0)
    assert stepped(actuator, 1.0, 1.0, 1.0) < 0.01


def test_a_lag_follows_the_stream_while_it_flows() -> None:
    lag = FlowLag(lag_s=10.0, drift_s=1e9, start=0.0)
    lag.set_step(10.0)
    assert lag.step(1.0, 1.0, 0.0) == pytest.approx(0.632, abs=0.001)


def test_a_lag_drifts_to_its_surroundings_when_the_stream_stops() -> None:
    lag = FlowLag(lag_s=10.0, drift_s=100.0, start=0.0)
    lag.set_step(100.0)
    assert lag.step(1e9, 0.0, 1.0) == pytest.approx(0.632, abs=0.001)


def test_one_long_step_of_a_lag_equals_many_short_ones() -> None:
    long, short = FlowLag(10.0, 100.0, 0.0), FlowLag(10.0, 100.0, 0.0)
    long.set_step(5.0)
    short.set_step(0.5)
    for _ in range(10):
        short.step(7.0, 0.3, 2.0)
    assert long.step(7.0, 0.3, 2.0) == pytest.approx(short.value)


def test_a_valve_passes_all_when_open_and_almost_nothing_when_shut() -> None:
    assert valve_flow(1.0) == pytest.approx(1.0)
    assert 0.0 < valve_flow(0.0) < 1e-5


def test_a_valve_s_small_flows_are_laminar_and_join_the_others_without_a_knee() -> None:
    shares = [valve_flow(0.0, head_pa, 6e3, 35e3) / sqrt(head_pa) for head_pa in (1e3, 4e3)]
    assert shares[1] == pytest.approx(2.0 * shares[0], rel=1e-3)
    flows = [valve_flow(position / 1e4) for position in range(30, 60)]
    steps = [after - before for before, after in pairwise(flows)]
    assert max(abs(after - before) for before, after in pairwise(steps)) < 0.1 * max(steps)


@pytest.mark.parametrize("curve", [valve_flow, lambda position: -damper_loss(position)])
def test_valves_and_dampers_open_steadily_and_without_a_jump(curve: Callable[[float], float]) -> None:
    flows = [curve(step / 1000) for step in range(1001)]
    assert all(before < after for before, after in pairwise(flows))


def test_the_valve_curve_is_smooth_where_its_law_changes() -> None:
    assert valve_flow(0.01 + 1e-9) == pytest.approx(valve_flow(0.01), rel=1e-6)


def test_a_reheat_valve_passes_more_than_its_design_flow_as_its_pump_has_more_than_its_design_head() -> None:
    assert valve_flow(1.0, 45e3, 3.0e3, 2.9e3) == pytest.approx(2.76, abs=0.01)
    assert valve_flow(0.6, 45e3, 3.0e3, 2.9e3) == pytest.approx(50.0**-0.4 * 3.8, rel=0.05)
    assert valve_flow(0.02, 45e3, 3.0e3, 2.9e3) == pytest.approx(50.0**-0.98 * 3.87, rel=0.01)


@pytest.mark.parametrize("position", [0.05, 0.2, 0.4, 0.55, 0.7, 0.9, 1.0])
def test_a_damper_position_is_found_again_from_its_loss(position: float) -> None:
    assert damper_position(damper_loss(position)) == pytest.approx(position)


@pytest.mark.parametrize(("loss", "position"), [(1e9, 0.0), (0.1, 1.0)])
def test_a_loss_beyond_the_curve_means_shut_or_open(loss: float, position: float) -> None:
    assert damper_position(loss) == position


def test_damper_losses_are_the_exponential_curve_between_15_and_55_degrees() -> None:
    assert damper_loss(0.5) == pytest.approx(25.04, rel=0.01)
    assert damper_loss(1.0) == pytest.approx(0.45)


@pytest.mark.parametrize("ratio", [0.0, 0.5, 0.99, 0.9995, 1.0])
def test_effectiveness_grows_from_nothing_to_one(ratio: float) -> None:
    values = [effectiveness(units, ratio) for units in (1e-6, 0.5, 1.0, 3.0, 10.0)]
    assert values == sorted(values)
    assert 0.0 < values[0] < 1e-5
    assert values[-1] <= 1.0


@pytest.mark.parametrize(("air", "water"), [(1000.0, 3000.0), (3000.0, 1000.0), (2000.0, 2000.0)])
def test_a_sized_conductance_moves_the_heat_that_it_was_sized_for(air: float, water: float) -> None:
    conductance = required_conductance(20e3, 33.0, air, water)
    assert exchange(conductance, air, water) * 33.0 == pytest.approx(20e3)


def test_a_coil_never_takes_more_than_its_water_brings() -> None:
    assert exchange(1e6, 2000.0, 400.0) <= 400.0
