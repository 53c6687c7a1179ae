"""Outdoor air: minimum position, economizer lockout and the low limit of the mixed air."""

from __future__ import annotations

from math import exp

from emulators.programs.blocks import Hysteresis, LinearReset, OnDelay, PIBlock, RampLimiter

# Air flow over design flow: the smaller the flow, the larger the share of outdoor air that people need.
MINIMUM_POSITION = LinearReset(0.25, 0.60, 1.0, 0.32)
_OPENING_PER_S = 0.002
# For the error as a share of the design flow; the damper opens no faster than by the rate above.
_FLOW_GAIN = 0.3
_FLOW_RESET_S = 60.0
_ELSEWHERE = 0.01
"""So far from the loop's position the damper is led by something else; less is how objects round."""

_LOCKOUT_ENTHALPY_KJ_PER_KG = 65.0
_PRESSURE_PA = 101325.0

_LOW_LIMIT_C = 6.0
_LOW_LIMIT_MARGIN = 0.05
_ALARM_BELOW_C = 4.0
_ALARM_DELAY_S = 20.0
_WARM_ABOVE_C = 8.0
_ALARM_RESET_S = 600.0


def enthalpy_kj_per_kg(temperature_c: float, humidity: float) -> float:
    """Enthalpy of moist air at sea level (Magnus formula for the saturation pressure)."""
    vapour_pa = humidity * 611.2 * exp(17.62 * temperature_c / (243.12 + temperature_c))
    ratio = 0.622 * vapour_pa / (_PRESSURE_PA - vapour_pa)
    return 1.006 * temperature_c + ratio * (2501.0 + 1.86 * temperature_c)


class MinimumOutdoorAir:
    """The minimum position of the one outdoor damper: by the supply air flow, or by an outdoor air flow set-point.

    The set-point is held by a loop on a flow station (ASHRAE Guideline 36, 5.16.6), which begins where the damper's
    minimum stands. With a negative set-point (nobody's), and without a station, it is by the supply air flow.
    """

    def __init__(self, design_flow_m3_s: float) -> None:
        self._design_flow_m3_s = design_flow_m3_s
        self._loop = PIBlock(_FLOW_GAIN, _FLOW_RESET_S)
        self._holds_flow = self._is_wider = False

    def step(self, flow_fraction: float, setpoint_m3_s: float, measured_m3_s: float | None, dt_s: float) -> float:
        """The position of one scan, 0 to 1."""
        held_flow, self._holds_flow = self._holds_flow, setpoint_m3_s >= 0.0 and measured_m3_s is not None
        if measured_m3_s is None or not (held_flow and self._holds_flow):
            self._loop.preset(MINIMUM_POSITION.at(flow_fraction))
            return self._loop.output
        error = (setpoint_m3_s - measured_m3_s) / self._design_flow_m3_s
        if self._is_wider and error < 0.0:
            return self._loop.output
        return self._loop.step(error, dt_s)

    def follow(self, damper: float) -> None:
        """Take note of where the damper was sent: the loop winds neither up below that nor down beyond it."""
        self._is_wider = damper > self._loop.output + _ELSEWHERE
        if self._holds_flow and damper < self._loop.output - _ELSEWHERE:
            self._loop.preset(damper)


class EconomizerLockout:
    """Outdoor air cools when it is at least 1 K below the return air and its enthalpy is not too high."""

    def __init__(self) -> None:
        self._colder = Hysteresis(on_at=1.0, off_at=0.0)

    def step(self, outdoor_c: float, humidity: float, return_c: float) -> bool:
        """Return whether the economizer may be used."""
        colder = self._colder.step(return_c - outdoor_c)
        return colder and enthalpy_kj_per_kg(outdoor_c, humidity) < _LOCKOUT_ENTHALPY_KJ_PER_KG


class LowLimitAlarm:
    """Latches when the mixed air is too cold; resets by itself after ten minutes of warm mixed air."""

    def __init__(self) -> None:
        self._too_cold = OnDelay(_ALARM_DELAY_S)
        self._warm_again = OnDelay(_ALARM_RESET_S)
        self.active = False
        self.heating_open = False

    def step(self, mixed_c: float, air_moves: bool, dt_s: float) -> None:
        """Judge the mixed air; it tells nothing unless the air moves."""
        tripped = self._too_cold.step(air_moves and mixed_c < _ALARM_BELOW_C, dt_s)
        reset = self._warm_again.step(mixed_c > _WARM_ABOVE_C, dt_s)
        self.active = tripped or (self.active and not reset)
        self.heating_open = self.active and mixed_c < _WARM_ABOVE_C


class OutdoorAirDamper:
    """Position between its minimum and fully open, as far as the mixed air allows."""

    def __init__(self) -> None:
        self._low_limit = PIBlock(gain=0.01, reset_time_s=35.0)
        self._opening = RampLimiter(_OPENING_PER_S)

    def shut(self) -> float:
        """Close at once; return 0."""
        self._opening.preset(0.0)
        self._low_limit.preset(_LOW_LIMIT_MARGIN)
        return 0.0

    def open_at_once(self, minimum: float, economizer: float) -> None:
        """Be where :meth:`step` would come to."""
        wanted = minimum + economizer * (1.0 - minimum)
        self._opening.preset(wanted)
        self._low_limit.preset(wanted + _LOW_LIMIT_MARGIN)

    def step(self, minimum: float, economizer: float, mixed_c: float, dt_s: float) -> float:
        """One scan; ``economizer`` is the share 0..1 of the way from ``minimum`` to fully open."""
        wanted = self._opening.step(minimum + economizer * (1.0 - minimum), dt_s)
        error_k = mixed_c - _LOW_LIMIT_C
        allowed = self._low_limit.step(error_k, dt_s)
        if allowed > wanted + _LOW_LIMIT_MARGIN:
            self._low_limit.preset(wanted + _LOW_LIMIT_MARGIN, error_k)
        return min(wanted, allowed)
