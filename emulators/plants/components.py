"""HVAC building blocks that any air plant needs: loops, actuators, lags, valves, dampers, heat exchangers.

Whatever has dynamics offers ``set_step(dt_s)``, called whenever the internal step changes, and one ``step`` per
internal step. All of them are exact or unconditionally stable in the step.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp, log, sqrt
from typing import Protocol


class Dynamic(Protocol):
    """Something whose coefficients depend on the internal step."""

    def set_step(self, dt_s: float) -> None:
        """Prepare for steps of this length."""


class Composed(Protocol):
    """Something made of dynamic parts."""

    def dynamics(self) -> list[Dynamic]:
        """Everything in it that depends on the internal step."""


class PI:
    """Proportional-integral loop with a clamped integral. A positive error raises the output."""

    __slots__ = ("_gain", "_high", "_integral", "_integral_time_s", "_low", "_share", "output")

    def __init__(self, gain: float, integral_time_s: float, low: float, high: float, start: float = 0.0) -> None:
        self._gain = gain
        self._integral_time_s = integral_time_s
        self._low = low
        self._high = high
        self._share = 0.0
        self.reset(start)

    def reset(self, output: float) -> None:
        """Start again from this output."""
        self._integral = self.output = output

    def set_step(self, dt_s: float) -> None:
        """Prepare for steps of this length."""
        self._share = dt_s / self._integral_time_s

    def step(self, error: float) -> float:
        """The output after one more step with this error."""
        proportional = self._gain * error
        low, high = self._low, self._high
        integral = self._integral + proportional * self._share
        self._integral = integral = low if integral < low else high if integral > high else integral
        output = integral + proportional
        self.output = output = low if output < low else high if output > high else output
        return output


class Actuator:
    """Second-order, critically damped travel, as actuators and drives have in the Modelica Buildings library.

    There a rise time of T seconds means two equal lags of T/5 * 0.6436.
    """

    __slots__ = ("_first", "_lag_s", "_weight", "position")

    _LAG_PER_RISE_TIME = 0.6436 / 5

    def __init__(self, rise_time_s: float, start: float = 0.0) -> None:
        self._lag_s = rise_time_s * self._LAG_PER_RISE_TIME
        self._weight = 0.0
        self._first = self.position = start

    def set_step(self, dt_s: float) -> None:
        """Prepare for steps of this length."""
        self._weight = 1.0 - exp(-dt_s / self._lag_s)

    def step(self, command: float) -> float:
        """The position after one more step under this command."""
        weight = self._weight
        self._first = first = self._first + (command - self._first) * weight
        self.position = position = self.position + (first - self.position) * weight
        return position


class FlowLag:
    """First-order lag of something in a stream: quick with flow, drifting slowly to its surroundings without.

    ``step`` takes the flow as a share of the flow at which there is no drift any more. There is no switch between the
    two, so a vanishing flow gives neither a jump nor a division by it.
    """

    __slots__ = ("_drift", "_dt_s", "_per_flow", "value")

    def __init__(self, lag_s: float, drift_s: float, start: float) -> None:
        self._per_flow = 1.0 / lag_s
        self._drift = 1.0 / drift_s
        self._dt_s = 0.0
        self.value = start

    def set_step(self, dt_s: float) -> None:
        """Prepare for steps of this length."""
        self._dt_s = dt_s

    def step(self, target: float, flow_share: float, surroundings: float) -> float:
        """The value after one more step."""
        carried = flow_share * self._per_flow
        drift = self._drift * (1.0 - flow_share) if flow_share < 1.0 else 0.0
        rate = carried + drift
        settled = (carried * target + drift * surroundings) / rate
        self.value = value = settled + (self.value - settled) * exp(-rate * self._dt_s)
        return value


def effectiveness(transfer_units: float, capacity_ratio: float) -> float:
    """Of a counter-flow heat exchanger; ``capacity_ratio`` is the smaller over the larger capacity flow."""
    if capacity_ratio > 0.999:
        return transfer_units / (1.0 + transfer_units)
    remaining = exp(-transfer_units * (1.0 - capacity_ratio))
    return (1.0 - remaining) / (1.0 - capacity_ratio * remaining)


def exchange(conductance: float, air: float, water: float, fresh: float) -> float:
    """Heat per difference between the entering air and the *loop's* water, for a coil with recirculation.

    ``air`` and ``water`` are the capacity flows through the coil and ``fresh`` is the share of the water that comes
    from the loop; the rest has been through the coil before. W/K for heat; with enthalpies in J/kg, kg/s.
    """
    smaller, larger = (air, water) if air < water else (water, air)
    transfer = smaller * effectiveness(conductance / smaller, smaller / larger)
    renewed = fresh * water
    return transfer * renewed / (renewed + transfer * (1.0 - fresh))


def required_conductance(heat_w: float, span_k: float, capacity_a: float, capacity_b: float) -> float:
    """UA (W/K) with which a counter-flow exchanger moves ``heat_w`` between streams that enter ``span_k`` apart."""
    smaller, larger = sorted((capacity_a, capacity_b))
    ratio = smaller / larger
    reached = heat_w / (smaller * span_k)
    if ratio > 0.999:
        return smaller * reached / (1.0 - reached)
    return smaller * log((1.0 - ratio * reached) / (1.0 - reached)) / (1.0 - ratio)


_RANGEABILITY = 50.0
_LEAKAGE = 1e-4
_LINEAR_BELOW = 0.05
_VALVE_PA = 6e3
_FIXED_PA = 35e3


def valve_flow(position: float) -> float:
    """Flow of an equal-percentage valve as a share of its full flow, at 6 kPa over it and 35 kPa over its branch.

    Equal-percentage law with R = 50 above 5 % of the stroke, linear down to a leakage of 1e-4 below (Modelica
    Buildings, TwoWayEqualPercentage; the pressures are those of the BOPTEST model).
    """
    if position > _LINEAR_BELOW:
        opening = _RANGEABILITY ** (position - 1.0)
    else:
        opening = _LEAKAGE + (_OPENING_AT_LINEAR - _LEAKAGE) * position / _LINEAR_BELOW
    return sqrt((_VALVE_PA + _FIXED_PA) / (_VALVE_PA / (opening * opening) + _FIXED_PA))


_OPENING_AT_LINEAR = _RANGEABILITY ** (_LINEAR_BELOW - 1.0)

DAMPER_LOSS_OPEN = 0.45
DAMPER_LOSS_CLOSED = 1e6
_SLOPE = -9.45
_OFFSET = -1.51 + 9.45
_CURVE_FROM, _CURVE_TO = 15.0 / 90.0, 55.0 / 90.0
_DAMPER_LOG_LOSS = (
    (0.0, log(DAMPER_LOSS_CLOSED)),
    (_CURVE_FROM, _OFFSET + _SLOPE * _CURVE_FROM),
    (_CURVE_TO, _OFFSET + _SLOPE * _CURVE_TO),
    (1.0, log(DAMPER_LOSS_OPEN)),
)
"""Position and logarithm of the loss coefficient of an exponential damper (Modelica Buildings' defaults: a = -1.51,
b = 9.45 between 15 and 55 degrees, k0 = 1e6, k1 = 0.45), joined by straight lines."""


def damper_loss(position: float) -> float:
    """Loss coefficient of an exponential damper at a position 0 to 1."""
    for (left, loss_left), (right, loss_right) in pairwise(_DAMPER_LOG_LOSS):
        if position <= right:
            return exp(loss_left + (loss_right - loss_left) * (position - left) / (right - left))
    return DAMPER_LOSS_OPEN


def damper_position(loss: float) -> float:
    """The position 0 to 1 at which an exponential damper has this loss coefficient."""
    wanted = log(loss)
    for (left, loss_left), (right, loss_right) in pairwise(_DAMPER_LOG_LOSS):
        if wanted >= loss_right:
            return max(0.0, left + (wanted - loss_left) / (loss_right - loss_left) * (right - left))
    return 1.0
