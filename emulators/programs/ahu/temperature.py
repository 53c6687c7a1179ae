"""Supply air temperature: one PI loop over heating valve, economizer and cooling valve in sequence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from emulators.programs.blocks import PIBlock, clamp

# At design air flow. A valve does the more, the less air there is: the gain follows the flow.
_GAIN_PER_K = 0.05
_RESET_S = 90.0
_LEAST_FLOW = 0.2
# For the first guess only: temperature change of the air over the whole stroke of a valve.
_COIL_SPAN_K = 25.0
_FIRST_GUESS_LIMIT = 0.6
# Part of the loop's travel in which the dampers go from minimum to fully open: they act faster than the valves.
_ECONOMIZER_TRAVEL = 0.4


class Means(Enum):
    """What may be used."""

    HEATING_ONLY = "heating only"
    VALVES = "both valves"
    VALVES_AND_ECONOMIZER = "both valves and the economizer"

    @property
    def gap(self) -> float:
        """Travel of the loop between the heating and the cooling valve."""
        return _ECONOMIZER_TRAVEL if self is Means.VALVES_AND_ECONOMIZER else 0.0

    @property
    def highest(self) -> float:
        """Position of the loop with everything open that cools."""
        return 0.0 if self is Means.HEATING_ONLY else 1.0 + self.gap


@dataclass(frozen=True, slots=True)
class AirTemperatures:
    """What a start is guessed from, degC. ``at_minimum_c`` is the mixed air with the least outdoor air."""

    at_minimum_c: float
    outdoor_c: float
    setpoint_c: float


@dataclass(frozen=True, slots=True)
class Sequence:
    """Shares 0..1 of the three means. At most one of heating and cooling is above 0."""

    heating: float = 0.0
    economizer: float = 0.0
    cooling: float = 0.0


class SupplyAirTemperature:
    """Position -1..0 opens the heating valve, then the economizer, then the cooling valve.

    A valve stays where it is when the means change.
    """

    def __init__(self) -> None:
        self._loops = {means: PIBlock(_GAIN_PER_K, _RESET_S, -1.0, means.highest) for means in Means}
        self._means = Means.HEATING_ONLY

    def start(self, air: AirTemperatures, means: Means) -> None:
        """Begin with dampers and valves about where the temperatures suggest."""
        excess_k = air.at_minimum_c - air.setpoint_c
        valve = clamp(excess_k / _COIL_SPAN_K, -_FIRST_GUESS_LIMIT, _FIRST_GUESS_LIMIT)
        if excess_k > 0.0 and means.gap and air.outdoor_c < air.setpoint_c:
            position = means.gap * excess_k / (air.at_minimum_c - air.outdoor_c)
        else:
            position = valve + means.gap if valve > 0.0 else valve
        self._means = means
        self._loops[means].preset(position)

    def step(self, error_k: float, flow_fraction: float, means: Means, dt_s: float) -> Sequence:
        """One scan. ``error_k`` is temperature minus set-point: positive asks for cooling."""
        error = error_k * clamp(flow_fraction, _LEAST_FLOW, 1.0)
        if means is not self._means:
            self._change_over(means, error)
        position = self._loops[means].step(error, dt_s)
        return Sequence(
            heating=clamp(-position, 0.0, 1.0),
            economizer=clamp(position / means.gap, 0.0, 1.0) if means.gap else 0.0,
            cooling=clamp(position - means.gap, 0.0, 1.0),
        )

    def _change_over(self, means: Means, error: float) -> None:
        position = self._loops[self._means].output
        cooling = position - self._means.gap
        self._loops[means].preset(cooling + means.gap if cooling > 0.0 else min(position, 0.0), error)
        self._means = means
