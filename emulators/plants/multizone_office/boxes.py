"""VAV boxes with reheat and their controllers (one per zone)."""

from __future__ import annotations

from emulators.plants.components import PI, Actuator, Dynamic, FlowLag, exchange, required_conductance, valve_flow
from emulators.plants.multizone_office.modes import Mode
from emulators.plants.multizone_office.overrides import OfficeOverrides
from emulators.plants.multizone_office.parameters import (
    AIR_DENSITY,
    CP_WATER,
    HOT_WATER_C,
    ROOM_C,
    AirPath,
    Reheat,
    Zone,
)
from emulators.plants.psychrometrics import CP_DRY_AIR, KELVIN

_HEATING_BAND_K = 0.5
_LEAST_FLOW_SHARE = 1e-3
_FULL_MIXING_SHARE = 0.1
"""Share of the design air flow from which on the metal, not the air flow, sets the discharge's lag."""


class BoxControl:
    """Dual PI of a zone: cooling by air flow, heating by reheat at a raised minimum flow."""

    __slots__ = ("_cooling", "_cooling_set", "_damper", "_heated_share", "_heating", "_heating_set", "_minimum",
                 "_reheat", "_warming")  # fmt: skip

    def __init__(self, zone: Zone, heated_share: float, overrides: OfficeOverrides) -> None:
        name = zone.name.capitalize()
        self._heating_set = overrides[f"hvac_oveZonSup{name}_TZonHeaSet"]
        self._cooling_set = overrides[f"hvac_oveZonSup{name}_TZonCooSet"]
        self._damper = overrides[f"hvac_oveZonAct{name}_yDam"]
        self._reheat = overrides[f"hvac_oveZonAct{name}_yReaHea"]
        self._cooling = PI(gain=0.1, integral_time_s=120.0, low=0.0, high=1.0)
        self._heating = PI(gain=0.1, integral_time_s=120.0, low=0.0, high=1.0)
        self._minimum = zone.minimum_share
        self._heated_share = heated_share
        self._warming = False

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        return [self._cooling, self._heating]

    def step(self, mode: Mode, zone_c: float) -> tuple[float, float]:
        """Commands to the damper (share of the design flow) and to the reheat valve."""
        cold_by = self._heating_set.resolve(mode.heating_k) - KELVIN - zone_c
        warm_by = zone_c - (self._cooling_set.resolve(mode.cooling_k) - KELVIN)
        if cold_by > 0.0:
            self._warming = True
        elif cold_by < -_HEATING_BAND_K:
            self._warming = False
        least = self._heated_share if self._warming else self._minimum
        flow = least + (1.0 - least) * self._cooling.step(warm_by)
        return self._damper.resolve(flow), self._reheat.resolve(self._heating.step(cold_by))


class Box:
    """Damper, reheat coil and discharge of a zone's VAV box."""

    __slots__ = ("_conductance", "_design_air", "_design_water", "_heated_air", "damper", "discharge", "heat", "valve",
                 "water_flow", "water_return_c")  # fmt: skip

    def __init__(self, zone: Zone, path: AirPath, reheat: Reheat) -> None:
        self.damper = Actuator(path.box_actuator_rise_s, start=zone.minimum_share)
        self.valve = Actuator(path.box_actuator_rise_s)
        self.discharge = FlowLag(reheat.discharge_lag_s, reheat.discharge_drift_s, ROOM_C)
        self._design_air = AIR_DENSITY * zone.design_flow_m3_s
        self._heated_air = reheat.heated_share * self._design_air
        heat = self._heated_air * CP_DRY_AIR * reheat.rise_k
        self._design_water = heat / (CP_WATER * reheat.water_span_k)
        self._conductance = required_conductance(
            heat, HOT_WATER_C - reheat.entering_c, self._design_water * CP_WATER, self._heated_air * CP_DRY_AIR
        )
        self.heat = 0.0
        self.water_flow = 0.0
        self.water_return_c = ROOM_C

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        return [self.damper, self.valve, self.discharge]

    def step(self, air_kg_s: float, entering_c: float, hot_water_c: float, zone_c: float) -> float:
        """The discharge temperature, degC, for this air flow; still air drifts to the zone's temperature."""
        share = air_kg_s / self._design_air
        air = max(share, _LEAST_FLOW_SHARE) * self._design_air
        self.water_flow = water = valve_flow(self.valve.position) * self._design_water
        water_capacity = water * CP_WATER
        self.heat = heat = self._transfer(air, water) * max(0.0, hot_water_c - entering_c)
        self.water_return_c = hot_water_c - heat / water_capacity
        mixing = min(1.0, share / _FULL_MIXING_SHARE)
        return self.discharge.step(entering_c + heat / (air * CP_DRY_AIR), mixing, zone_c)

    def _transfer(self, air: float, water: float) -> float:
        """Heat per kelvin between the entering streams, W/K."""
        air_film = 0.5 * (self._heated_air / air) ** 0.8
        water_film = 0.5 * (self._design_water / water) ** 0.8
        conductance = self._conductance / (air_film + water_film)
        return exchange(conductance, air * CP_DRY_AIR, water * CP_WATER, fresh=1.0)
