"""The water coils of the air handler, each with a valve and an injection pump.

The pump circulates water through the coil; the valve lets in as much as it passes from the distribution loop, and the
rest recirculates. The heat follows at once from effectiveness and flows; what lags is the *outlet temperature* of the
air, never the heat, so a vanishing air flow does no harm.
"""

from __future__ import annotations

from bisect import bisect_right
from math import exp

from emulators.plants.components import Actuator, Dynamic, FlowLag, exchange, valve_flow
from emulators.plants.multizone_office.parameters import (
    CHILLED_WATER_C,
    CP_WATER,
    LEAST_AIR_KG_S,
    ROOM_C,
    START_HUMIDITY,
    SYSTEM_FLOW_KG_S,
    Coil,
)
from emulators.plants.psychrometrics import (
    CP_DRY_AIR,
    CP_VAPOUR,
    EVAPORATION_HEAT,
    enthalpy,
    saturation_humidity_ratio,
)

_FULL_MIXING_SHARE = 0.1
"""Share of the design air flow from which on the coil's metal, not the air flow, sets the outlet's lag."""
_LEAST_PUMP_SHARE = 1e-6
_PARTLY_WET = 0.1
"""Up to this share of the heat that wet operation adds to dry, only part of the coil is wet."""


class WaterCoil:
    """What both coils have in common: valve, pump, water temperatures, and the lagged air at the outlet."""

    def __init__(self, coil: Coil) -> None:
        self._coil = coil
        self.valve = Actuator(coil.valve_rise_s)
        self.pump = Actuator(coil.pump_rise_s)
        self.outlet = FlowLag(coil.air_lag_s, coil.water_drift_s, ROOM_C)
        self.water_supply = FlowLag(coil.water_lag_s, coil.water_drift_s, ROOM_C)
        self.water_return = FlowLag(coil.water_lag_s, coil.water_drift_s, ROOM_C)
        self.loop_flow = 0.0
        """Drawn from the distribution loop, kg/s."""
        self.loop_return_c = ROOM_C
        self.heat = 0.0
        """Between water and air, W, positive in the coil's own sense."""

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        return [self.valve, self.pump, self.outlet, self.water_supply, self.water_return]

    @property
    def pump_power(self) -> float:
        """Electric power of the injection pump, W: cubic in its speed."""
        coil = self._coil
        full = coil.pump_kg_s / 1000.0 * coil.pump_head_pa / coil.pump_efficiency
        speed = self.pump.position
        return full * speed * speed * speed

    def _water(self) -> tuple[float, float]:
        """Flow through the coil in kg/s, and the share of it that comes from the loop."""
        coil = self._coil
        flow = max(self.pump.position, _LEAST_PUMP_SHARE) * coil.pump_kg_s
        self.loop_flow = loop_flow = min(valve_flow(self.valve.position) * coil.valve_kg_s, flow)
        return flow, loop_flow / flow

    def _conductance(self, air_kg_s: float, water_kg_s: float) -> float:
        coil = self._coil
        films: float = 0.5 * (SYSTEM_FLOW_KG_S / air_kg_s) ** 0.8 + 0.5 * (coil.pump_kg_s / water_kg_s) ** 0.8
        return coil.conductance_w_k / films

    def _settle_water(self, loop_c: float, fresh: float, drop_k: float, air_c: float) -> None:
        """Water temperatures for a drop over the coil (negative when cooling); still water follows the air."""
        entering = loop_c - drop_k * (1.0 - fresh) / fresh
        share = self.pump.position
        self.loop_return_c = entering - drop_k
        self.water_supply.step(entering, share, air_c)
        self.water_return.step(entering - drop_k, share, air_c)


def _mixing_share(air_kg_s: float) -> float:
    """How fast the outlet follows: 1 from a tenth of the design flow on, less below."""
    return min(1.0, air_kg_s / (_FULL_MIXING_SHARE * SYSTEM_FLOW_KG_S))


class HeatingCoil(WaterCoil):
    """Hot water coil: dry, counter-flow."""

    def step(self, entering_c: float, air_kg_s: float, loop_c: float, standing_c: float) -> float:
        """The air temperature at the outlet, degC; ``standing_c`` is what still air drifts to."""
        air = max(air_kg_s, LEAST_AIR_KG_S)
        water, fresh = self._water()
        air_capacity, water_capacity = air * CP_DRY_AIR, water * CP_WATER
        per_kelvin = exchange(self._conductance(air, water), air_capacity, water_capacity, fresh)
        self.heat = heat = per_kelvin * max(0.0, loop_c - entering_c)
        self._settle_water(loop_c, fresh, heat / water_capacity, entering_c)
        return self.outlet.step(entering_c + heat / air_capacity, _mixing_share(air_kg_s), standing_c)


_SATURATED_AT_SUPPLY = enthalpy(CHILLED_WATER_C, saturation_humidity_ratio(CHILLED_WATER_C))
_SATURATED_SLOPE = (enthalpy(16.0, saturation_humidity_ratio(16.0)) - _SATURATED_AT_SUPPLY) / (16.0 - CHILLED_WATER_C)
"""J/(kg K): the cooling water seen as an enthalpy flow, over the coil's usual water temperatures."""


_TABLE_C = [-40.0 + 0.5 * step for step in range(241)]
_TABLE_ENTHALPY = [enthalpy(temperature, saturation_humidity_ratio(temperature)) for temperature in _TABLE_C]


def saturated_temperature(saturated_enthalpy: float) -> float:
    """Temperature (-40 to 80 degC) of saturated air by its enthalpy, from a table with linear interpolation."""
    right = min(max(bisect_right(_TABLE_ENTHALPY, saturated_enthalpy), 1), len(_TABLE_ENTHALPY) - 1)
    before, after = _TABLE_ENTHALPY[right - 1], _TABLE_ENTHALPY[right]
    return _TABLE_C[right - 1] + (_TABLE_C[1] - _TABLE_C[0]) * (saturated_enthalpy - before) / (after - before)


class CoolingCoil(WaterCoil):
    """Chilled water coil: the larger of dry and fully wet operation (Braun's enthalpy effectiveness).

    In between the coil is partly wet; both outlets have the same enthalpy there, so mixing them keeps the balance.
    """

    def __init__(self, coil: Coil) -> None:
        super().__init__(coil)
        self.moisture = FlowLag(coil.air_lag_s, coil.water_drift_s, START_HUMIDITY)

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        return [*super().dynamics(), self.moisture]

    def step(self, entering_c: float, humidity: float, air_kg_s: float, loop_c: float, standing_c: float) -> float:
        """The air temperature at the outlet, degC; the humidity ratio there is in ``moisture``."""
        air = max(air_kg_s, LEAST_AIR_KG_S)
        water, fresh = self._water()
        water_capacity = water * CP_WATER
        conductance = self._conductance(air, water)
        dry = exchange(conductance, air * CP_DRY_AIR, water_capacity, fresh) * max(0.0, entering_c - loop_c)
        per_enthalpy = exchange(conductance / CP_DRY_AIR, air, water_capacity / _SATURATED_SLOPE, fresh)
        wet = per_enthalpy * max(0.0, enthalpy(entering_c, humidity) - _saturated_enthalpy(loop_c))
        self.heat = heat = max(wet, dry)
        outlet_c, outlet_humidity = entering_c - heat / (air * CP_DRY_AIR), humidity
        if wet > dry:
            wetness = min(1.0, (wet - dry) / (_PARTLY_WET * wet))
            wet_c, wet_humidity = _wet_outlet(entering_c, humidity, heat / air, conductance / CP_DRY_AIR / air)
            outlet_c += wetness * (wet_c - outlet_c)
            outlet_humidity += wetness * (wet_humidity - outlet_humidity)
        self._settle_water(loop_c, fresh, -heat / water_capacity, entering_c)
        share = _mixing_share(air_kg_s)
        self.moisture.step(outlet_humidity, share, humidity)
        return self.outlet.step(outlet_c, share, standing_c)


def _saturated_enthalpy(water_c: float) -> float:
    return _SATURATED_AT_SUPPLY + _SATURATED_SLOPE * (water_c - CHILLED_WATER_C)


def _wet_outlet(entering_c: float, humidity: float, removed: float, transfer_units: float) -> tuple[float, float]:
    """Temperature and humidity ratio behind a wet coil that took ``removed`` J/kg, by an effective surface."""
    enthalpy_in = enthalpy(entering_c, humidity)
    enthalpy_out = enthalpy_in - removed
    bypass = exp(-2.0 * transfer_units)
    surface_c = saturated_temperature(enthalpy_in - removed / (1.0 - bypass))
    outlet_c = surface_c + (entering_c - surface_c) * bypass
    ratio = (enthalpy_out - CP_DRY_AIR * outlet_c) / (EVAPORATION_HEAT + CP_VAPOUR * outlet_c)
    return outlet_c, min(humidity, max(1e-4, ratio))
