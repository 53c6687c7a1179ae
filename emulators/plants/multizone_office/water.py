"""The chiller and the heat pump, each with its distribution loop.

Both hold their supply temperature as far as their capacity goes. The efficiency is a share of Carnot's, with fixed
approaches on both sides and a loss for cycling at part load: the project's own model, fitted to the one operating
point of the BOPTEST case that is known (heat pump at noon of day 0: COP 1.9 at -3.3 degC outdoors).
"""

from __future__ import annotations

from emulators.plants.components import Dynamic, FlowLag
from emulators.plants.multizone_office.parameters import CP_WATER, ROOM_C, WaterSource
from emulators.plants.psychrometrics import KELVIN

_WATER_DENSITY = 1000.0
_STILL_KG_S = 1e-9


class WaterLoop:
    """One source with its loop; ``sense`` is +1 for heating and -1 for cooling."""

    def __init__(self, source: WaterSource, sense: float) -> None:
        self._source = source
        self._sense = sense
        self._dt_s = 0.0
        self._returned = FlowLag(source.return_lag_s, source.return_drift_s, ROOM_C)
        self.supply_c = source.set_point_c
        self.flow = 0.0
        self.power = 0.0
        self.output = 0.0
        """Heat or cold produced, W, positive."""

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        return [self, self._returned]

    def set_step(self, dt_s: float) -> None:
        """Prepare for steps of this length."""
        self._dt_s = dt_s

    @property
    def return_c(self) -> float:
        """Temperature of the water that comes back, degC."""
        return self._returned.value

    @property
    def volume_flow(self) -> float:
        """Of the distribution loop, m3/s."""
        return self.flow / _WATER_DENSITY

    @property
    def pump_power(self) -> float:
        """Of the distribution pump that holds a constant head, W."""
        return self.volume_flow * self._source.pump_head_pa / self._source.pump_efficiency

    def step(self, flow: float, flow_times_return: float, outdoor_c: float) -> None:
        """One step with what the coils draw: kg/s, and the sum of their flow times return temperature."""
        source = self._source
        self.flow = flow
        mixed_c = flow_times_return / flow if flow > _STILL_KG_S else self.return_c
        returned_c = self._returned.step(mixed_c, flow / source.design_flow_kg_s, ROOM_C)
        capacity_flow = flow * CP_WATER
        storage = source.loop_kg * CP_WATER
        missing = capacity_flow * (source.set_point_c - returned_c)
        missing += storage / source.recovery_s * (source.set_point_c - self.supply_c)
        self.output = output = min(max(self._sense * missing, 0.0), source.capacity_w)
        gained = self._sense * output + capacity_flow * (returned_c - self.supply_c)
        self.supply_c += gained * self._dt_s / storage
        self.power = self._electric_power(output, outdoor_c)

    def _electric_power(self, output: float, outdoor_c: float) -> float:
        source = self._source
        part_load = output / source.capacity_w
        efficiency = source.carnot_share * (1.0 - source.cycling_loss * (1.0 - part_load))
        return output / (efficiency * self._carnot(outdoor_c))

    def _carnot(self, outdoor_c: float) -> float:
        """Ideal efficiency between the refrigerant temperatures, for the useful side of the machine."""
        source, sense = self._source, self._sense
        useful = self.supply_c + sense * source.approach_water_k + KELVIN
        outdoors = outdoor_c - sense * source.approach_air_k + KELVIN
        lift = max(source.smallest_lift_k, sense * (useful - outdoors))
        return useful / lift
