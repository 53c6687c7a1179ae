"""HVAC building blocks that any air plant needs: loops, actuators, lags, valves, dampers, heat exchangers.

All of them are exact or unconditionally stable in the internal step. What depends on its length is a weight, worked out
whenever the length changes.
"""

from __future__ import annotations

from math import exp, log, sqrt

from emulators.plants.cells import Cells


def pi(
    integral: float,
    error: float,
    gain: float,
    share: float,
    low: float = 0.0,
    high: float = 1.0,
    unwinding: float = 0.9,
) -> tuple[float, float]:
    """Integral and output of a proportional-integral loop after one more step with this error.

    A positive error raises the output; ``share`` is the step over the integral time. While the output is at a limit,
    the integral is led to where it would be with the error of that time held for ``unwinding`` integral times, as in
    the loops of Modelica Buildings (Controls.OBC.CDL.Continuous.PID, Ni). A large one lets a loop that was far from
    being needed take its time until it acts.
    """
    proportional = gain * error
    integral += proportional * share
    output = integral + proportional
    if output < low:
        integral += (low - output) * share / (share + unwinding)
        output = low
    elif output > high:
        integral += (high - output) * share / (share + unwinding)
        output = high
    return integral, output


def larger(one: float, other: float) -> float:
    """The larger of two. Python's own ``max`` takes four times as long."""
    return one if one > other else other


def smaller(one: float, other: float) -> float:
    """The smaller of two."""
    return one if one < other else other


def clamped(value: float, low: float, high: float) -> float:
    """The nearest to ``value`` within the limits."""
    return low if value < low else high if value > high else value


_LAG_PER_RISE_TIME = 0.6436 / 5


def travel_weight(rise_time_s: float, dt_s: float) -> float:
    """The weight of an actuator's two lags in a step of ``dt_s``.

    In the Modelica Buildings library, a rise time of T seconds means two equal lags of T/5 * 0.6436.
    """
    return 1.0 - exp(-dt_s / (rise_time_s * _LAG_PER_RISE_TIME))


def travel(b: Cells, at: int, command: float, weight: float) -> float:
    """The position of an actuator after one more step under this command: second order, critically damped.

    As actuators and drives travel in the Modelica Buildings library. Two cells: the position, and the lag before it.
    """
    before = b[at + 1]
    b[at + 1] = before = before + (command - before) * weight
    position = b[at]
    b[at] = position = position + (before - position) * weight
    return position


def flow_lag(flow_share: float, per_flow: float, per_drift: float, dt_s: float) -> tuple[float, float, float]:
    """Weights of value, target and surroundings in a step of something in a stream; their sum is 1.

    It is quick with flow and drifts slowly to its surroundings without; rates are 1/s. The flow counts as a share of
    that at which there is no drift any more. There is no switch between the two, so a vanishing flow gives neither a
    jump nor a division by it.
    """
    carried = flow_share * per_flow
    drift = per_drift * (1.0 - flow_share) if flow_share < 1.0 else 0.0
    rate = carried + drift
    kept = exp(-rate * dt_s)
    settled = (1.0 - kept) / rate
    return kept, settled * carried, settled * drift


def effectiveness(transfer_units: float, capacity_ratio: float) -> float:
    """Of a counter-flow heat exchanger; ``capacity_ratio`` is the smaller over the larger capacity flow."""
    if capacity_ratio > 0.999:
        return transfer_units / (1.0 + transfer_units)
    remaining = exp(-transfer_units * (1.0 - capacity_ratio))
    return (1.0 - remaining) / (1.0 - capacity_ratio * remaining)


def exchange(conductance: float, air: float, water: float) -> float:
    """Heat per difference between the entering streams, of capacity flows ``air`` and ``water``.

    W/K for heat; with enthalpies in J/kg, kg/s.
    """
    if air < water:
        return air * effectiveness(conductance / air, air / water)
    return water * effectiveness(conductance / water, water / air)


def required_conductance(heat_w: float, span_k: float, capacity_a: float, capacity_b: float) -> float:
    """UA (W/K) with which a counter-flow exchanger moves ``heat_w`` between streams that enter ``span_k`` apart."""
    least, most = sorted((capacity_a, capacity_b))
    ratio = least / most
    reached = heat_w / (least * span_k)
    if ratio > 0.999:
        return least * reached / (1.0 - reached)
    return least * log((1.0 - ratio * reached) / (1.0 - reached)) / (1.0 - ratio)


_RANGEABILITY = 50.0
_LEAKAGE = 1e-4
_LINEAR_BELOW = 0.01
_OPENING_AT_LINEAR = _RANGEABILITY ** (_LINEAR_BELOW - 1.0)
_LAMINAR_BELOW = 0.02
"""Of the design flow."""


def valve_flow(position: float, head_pa: float = 41e3, valve_pa: float = 6e3, fixed_pa: float = 35e3) -> float:
    """Flow of an equal-percentage valve as a share of the design flow.

    Equal-percentage law with R = 50 above 1 % of the stroke, linear down to a leakage of 1e-4 below (Modelica
    Buildings, TwoWayEqualPercentage); small flows are laminar (basicFlowFunction_dp). The pressures are what drives the
    water through the valve's branch, and what valve and branch lose at the design flow; without others, those of the
    air handler's coils in the BOPTEST model.
    """
    if position > _LINEAR_BELOW:
        opening = _RANGEABILITY ** (position - 1.0)
    else:
        opening = _LEAKAGE + (_OPENING_AT_LINEAR - _LEAKAGE) * position / _LINEAR_BELOW
    flow = sqrt(head_pa / (valve_pa / (opening * opening) + fixed_pa))
    if flow >= _LAMINAR_BELOW:
        return flow
    share = (flow / _LAMINAR_BELOW) * (flow / _LAMINAR_BELOW)
    return _LAMINAR_BELOW * share * (1.25 - 0.25 * share * share)


DAMPER_LOSS_OPEN = 0.45
DAMPER_LOSS_CLOSED = 1e6
_SLOPE = -9.45
_OFFSET = -1.51 + 9.45
_KNEES = (0.0, 15.0 / 90.0, 55.0 / 90.0, 1.0)
_LOG_LOSSES = (
    log(DAMPER_LOSS_CLOSED),
    _OFFSET + _SLOPE * _KNEES[1],
    _OFFSET + _SLOPE * _KNEES[2],
    log(DAMPER_LOSS_OPEN),
)
"""Position and logarithm of the loss coefficient of an exponential damper (Modelica Buildings' defaults: a = -1.51,
b = 9.45 between 15 and 55 degrees, k0 = 1e6, k1 = 0.45), joined by straight lines."""


def damper_loss(position: float) -> float:
    """Loss coefficient of an exponential damper at a position 0 to 1."""
    for knee in range(1, 4):
        if position <= _KNEES[knee]:
            left, loss_left = _KNEES[knee - 1], _LOG_LOSSES[knee - 1]
            return exp(loss_left + (_LOG_LOSSES[knee] - loss_left) * (position - left) / (_KNEES[knee] - left))
    return DAMPER_LOSS_OPEN


def damper_position(loss: float) -> float:
    """The position 0 to 1 at which an exponential damper has this loss coefficient."""
    wanted = log(loss)
    for knee in range(1, 4):
        if wanted >= _LOG_LOSSES[knee]:
            left, loss_left = _KNEES[knee - 1], _LOG_LOSSES[knee - 1]
            return larger(0.0, left + (wanted - loss_left) / (_LOG_LOSSES[knee] - loss_left) * (_KNEES[knee] - left))
    return 1.0
