"""Zone temperature: dual-maximum sequence after ASHRAE Guideline 36."""

from __future__ import annotations

from dataclasses import dataclass

from emulators.programs.blocks import LinearReset, PIBlock
from emulators.programs.vav.boxes import BoxSize

_GAIN_PER_K = 0.25
_RESET_S = 600.0
# The discharge air gets warmer over the first half of the heating loop, the flow rises over the second.
_FLOW_FROM_LOOP = 0.5
_COLDEST_DISCHARGE_C = 12.0
_WARMEST_ABOVE_ZONE_K = 18.0
_DEMAND_VENTILATION = LinearReset(850.0, 0.0, 1050.0, 1.0)


@dataclass(frozen=True, slots=True)
class ZoneDemand:
    """What the zone asks for: air flow, discharge temperature, and the loops 0..1 behind them."""

    flow_m3_s: float
    discharge_c: float
    cooling: float = 0.0
    heating: float = 0.0


def ventilation_flow_m3_s(size: BoxSize, co2_ppm: float) -> float:
    """Minimum flow of an occupied zone: rises from the minimum to the cooling maximum with the CO2."""
    return size.minimum_m3_s + _DEMAND_VENTILATION.at(co2_ppm) * (size.design_m3_s - size.minimum_m3_s)


class ZoneTemperature:
    """A cooling and a heating loop, of which at most one is away from 0."""

    def __init__(self, size: BoxSize) -> None:
        self._size = size
        self._cooling = PIBlock(_GAIN_PER_K, _RESET_S)
        self._heating = PIBlock(_GAIN_PER_K, _RESET_S)

    def start_cooling(self, flow_m3_s: float) -> None:
        """Begin at the flow that is there."""
        span = self._size.design_m3_s - self._size.minimum_m3_s
        self._cooling.preset((flow_m3_s - self._size.minimum_m3_s) / span)
        self._heating.preset(0.0)

    def start_heating(self, discharge_c: float, zone_c: float) -> None:
        """Begin at the discharge temperature that is there."""
        warmest_c = max(zone_c, _COLDEST_DISCHARGE_C) + _WARMEST_ABOVE_ZONE_K
        loop = LinearReset(_COLDEST_DISCHARGE_C, 0.0, warmest_c, _FLOW_FROM_LOOP)
        self._heating.preset(loop.at(discharge_c))
        self._cooling.preset(0.0)

    def step(self, zone_c: float, cool_sp_c: float, heat_sp_c: float, minimum_m3_s: float, dt_s: float) -> ZoneDemand:
        """One scan; ``minimum_m3_s`` is the flow in the dead band."""
        cooling = self._cooling.step(zone_c - cool_sp_c, dt_s)
        heating = self._heating.step(heat_sp_c - zone_c, dt_s)
        heating_flow = LinearReset(_FLOW_FROM_LOOP, minimum_m3_s, 1.0, max(minimum_m3_s, self._size.heating_m3_s))
        cooling_flow = minimum_m3_s + cooling * (self._size.design_m3_s - minimum_m3_s)
        discharge = LinearReset(0.0, _COLDEST_DISCHARGE_C, _FLOW_FROM_LOOP, zone_c + _WARMEST_ABOVE_ZONE_K)
        return ZoneDemand(max(heating_flow.at(heating), cooling_flow), discharge.at(heating), cooling, heating)
