from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.plants.multizone_office.parameters import SYSTEM_FLOW_M3_S, ZONES, Fan
from tests.emulators.plants.multizone_office.parts import AirNetwork

SHARE = st.floats(0.0, 1.0)
HALF_OPEN = [0.5] * 5


def solved(speed: float, outdoor: float, returned: float, demands: list[float]) -> AirNetwork:
    return AirNetwork(speed, outdoor, returned, demands)


def test_noon_of_day_0_is_that_of_the_boptest_case() -> None:
    flows = [1.405046, 0.181369, 0.281279, 0.296200, 0.218772]
    network = solved(0.437880, 0.47, 0.53, [0.3, 0.17449818, 0.3, 0.3, 0.3])
    assert network.zone_flows == pytest.approx(flows, rel=0.01)
    assert network.flow == pytest.approx(2.38176, rel=0.002)
    assert network.fan_power == pytest.approx(768.09, rel=0.005)
    assert network.duct_pressure == pytest.approx(50.0, abs=2.0)
    assert network.outdoor_share == pytest.approx(0.364, abs=0.003)
    assert network.return_flow == pytest.approx(2.13105, rel=0.005)


def test_boxes_pass_a_little_more_the_higher_the_pressure_at_every_position() -> None:
    shares = [0.0, 0.3, 0.4, 0.5, 0.6]
    network = solved(0.8, 0.4, 0.6, shares)
    over_boxes_pa = network.duct_pressure - network.room_pressure
    passed = [flow / zone.design_flow_m3_s for flow, zone in zip(network.zone_flows, ZONES, strict=True)]
    assert passed == pytest.approx([share + 0.0005 * (over_boxes_pa - 150.0 * share**2) for share in shares])


def test_more_fan_speed_raises_the_pressure_and_hardly_the_flow_of_satisfied_boxes() -> None:
    slow, fast = solved(0.6, 0.4, 0.6, [0.3] * 5), solved(0.9, 0.4, 0.6, [0.3] * 5)
    excess_pa = fast.duct_pressure - slow.duct_pressure
    assert fast.duct_pressure > 2.0 * slow.duct_pressure
    assert slow.flow < fast.flow < slow.flow + 0.0005 * excess_pa * sum(zone.design_flow_m3_s for zone in ZONES)


def test_static_pressure_goes_with_the_square_and_power_with_the_cube_of_speed_in_a_fixed_system() -> None:
    half, full = solved(0.4, 0.4, 0.6, [1.0] * 5), solved(0.8, 0.4, 0.6, [1.0] * 5)
    assert full.flow == pytest.approx(2.0 * half.flow)
    assert full.duct_pressure == pytest.approx(4.0 * half.duct_pressure)
    assert full.fan_power == pytest.approx(8.0 * half.fan_power)


def test_the_hungriest_boxes_starve_first() -> None:
    network = solved(0.35, 0.4, 0.6, [0.1, 1.0, 1.0, 0.1, 0.1])
    shares = [flow / zone.design_flow_m3_s for flow, zone in zip(network.zone_flows, ZONES, strict=True)]
    assert shares[0] == pytest.approx(0.1, abs=0.03)
    assert shares[1] == pytest.approx(shares[2])
    assert 0.1 < shares[1] < 1.0


def test_a_starving_box_stands_wide_open() -> None:
    assert solved(0.3, 0.4, 0.6, [1.0] * 5).most_open_box == 1.0


def test_the_most_open_box_closes_as_the_pressure_rises() -> None:
    openings = [solved(speed, 0.4, 0.6, HALF_OPEN).most_open_box for speed in (0.75, 0.85, 1.0)]
    assert openings == sorted(openings, reverse=True)
    assert openings[0] > openings[-1] > 0.0


def test_a_stopped_fan_moves_nothing() -> None:
    network = solved(0.0, 0.4, 0.6, HALF_OPEN)
    assert (network.flow, network.duct_pressure, network.fan_power) == (0.0, 0.0, 0.0)


def test_shut_boxes_leave_the_fan_near_its_shut_off_pressure() -> None:
    network = solved(0.5, 0.4, 0.6, [0.0] * 5)
    assert 0.0 < network.flow < 0.25 * SYSTEM_FLOW_M3_S
    assert network.duct_pressure == pytest.approx(Fan().shut_off_pa * 0.25, rel=0.3)


def test_shut_mixing_dampers_choke_the_fan_to_their_leakage() -> None:
    assert solved(1.0, 0.0, 0.0, [1.0] * 5).flow == pytest.approx(0.1, abs=0.1)


@pytest.mark.parametrize(("outdoor", "returned", "share"), [(1.0, 0.0, 1.0), (0.0, 1.0, 0.0)])
def test_the_mixing_box_takes_what_its_dampers_let_in(outdoor: float, returned: float, share: float) -> None:
    assert solved(0.6, outdoor, returned, HALF_OPEN).outdoor_share == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(("speed", "position"), [(0.44, 0.47), (1.0, 0.32)])
def test_the_minimum_positions_give_about_the_same_outdoor_air(speed: float, position: float) -> None:
    demands = [0.3] * 5 if speed < 0.5 else [0.7] * 5
    network = solved(speed, position, 1.0 - position, demands)
    assert network.flow * network.outdoor_share == pytest.approx(0.859, rel=0.15)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(speed=SHARE, outdoor=SHARE, returned=SHARE, demands=st.lists(SHARE, min_size=5, max_size=5))
def test_every_operating_point_balances(speed: float, outdoor: float, returned: float, demands: list[float]) -> None:
    network = solved(speed, outdoor, returned, demands)
    over_boxes_pa = network.duct_pressure - network.room_pressure
    excess = 0.0005 * max(0.0, over_boxes_pa)
    limits = [zone.design_flow_m3_s * (share + excess) for zone, share in zip(ZONES, demands, strict=True)]
    assert network.flow == pytest.approx(sum(network.zone_flows))
    assert all(0.0 <= flow <= limit + 1e-9 for flow, limit in zip(network.zone_flows, limits, strict=True))
    assert 0.0 <= network.return_flow <= network.flow
    assert 0.0 <= network.duct_pressure <= Fan().shut_off_pa
    needed = (
        150.0 * max(flow / zone.design_flow_m3_s for flow, zone in zip(network.zone_flows, ZONES, strict=True)) ** 2
    )
    excess_free = max(demands) * sqrt(150.0)
    assert over_boxes_pa >= min(needed, excess_free**2) - 1e-6 * Fan().shut_off_pa


@settings(max_examples=200, deadline=None, derandomize=True)
@given(speed=st.floats(0.05, 1.0), demands=st.lists(st.floats(0.05, 0.9), min_size=5, max_size=5))
def test_a_small_change_of_a_demand_makes_a_small_change_of_flow(speed: float, demands: list[float]) -> None:
    before = solved(speed, 0.4, 0.6, demands)
    after = solved(speed, 0.4, 0.6, [demands[0] + 1e-6, *demands[1:]])
    assert after.flow == pytest.approx(before.flow, abs=1e-4 * SYSTEM_FLOW_M3_S)
