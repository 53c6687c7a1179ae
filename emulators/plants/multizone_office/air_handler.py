"""The air handler: mixing box, heating coil, cooling coil, fan, and the sensors in its ducts."""

from __future__ import annotations

from collections.abc import Sequence

from emulators.plants.components import Actuator, Dynamic, FlowLag
from emulators.plants.multizone_office.ahu_control import AhuCommands
from emulators.plants.multizone_office.air_network import AirNetwork
from emulators.plants.multizone_office.coils import CoolingCoil, HeatingCoil
from emulators.plants.multizone_office.parameters import (
    AIR_DENSITY,
    LEAST_AIR_KG_S,
    OUTDOOR_CO2_PPM,
    ROOM_C,
    START_HUMIDITY,
    SYSTEM_FLOW_KG_S,
    AirPath,
    OfficeParameters,
)
from emulators.plants.multizone_office.zones import Room
from emulators.plants.psychrometrics import CP_DRY_AIR

_STANDING_FLOW = 1e-9
"""Gives the mean of the return air a meaning when nothing flows (m3/s per zone)."""


class AirHandler:
    """From return and outdoor air to supply air. Temperatures in degC, humidity in kg/kg, CO2 in ppm."""

    def __init__(self, parameters: OfficeParameters) -> None:
        path = parameters.air_path
        self.fan = Actuator(parameters.fan.rise_time_s)
        self.outdoor_damper = Actuator(path.mixing_damper_rise_s)
        self.return_damper = Actuator(path.mixing_damper_rise_s, start=1.0)
        self.heating = HeatingCoil(parameters.heating_coil)
        self.cooling = CoolingCoil(parameters.cooling_coil)
        self.mixed = _duct_sensor(path)
        self.returned = _duct_sensor(path)
        self.supply = _duct_sensor(path)
        self.supply_c = ROOM_C
        self.supply_humidity = START_HUMIDITY
        self.supply_co2 = OUTDOOR_CO2_PPM

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        own: list[Dynamic] = [self.outdoor_damper, self.return_damper]
        sensors: list[Dynamic] = [self.mixed, self.returned, self.supply]
        return [*own, *sensors, *self.heating.dynamics(), *self.cooling.dynamics()]

    def fan_dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the step of the fan loop."""
        return [self.fan]

    def actuate(self, commands: AhuCommands) -> None:
        """Move dampers, valves and pumps towards their commands for one step."""
        self.outdoor_damper.step(commands.outdoor_damper)
        self.return_damper.step(commands.return_damper)
        self.heating.valve.step(commands.heating_valve)
        self.heating.pump.step(commands.heating_pump)
        self.cooling.valve.step(commands.cooling_valve)
        self.cooling.pump.step(commands.cooling_pump)

    def condition(
        self,
        air: AirNetwork,
        rooms: Sequence[Room],
        outdoor: tuple[float, float],
        hot_water_c: float,
        chilled_water_c: float,
    ) -> None:
        """Condition the air of one step; ``outdoor`` is temperature and humidity ratio."""
        returned_c, returned_humidity, returned_co2 = _mean(rooms, air.zone_flows)
        share = air.outdoor_share
        mixed_c = returned_c + share * (outdoor[0] - returned_c)
        mixed_humidity = returned_humidity + share * (outdoor[1] - returned_humidity)
        flow = air.flow * AIR_DENSITY
        heated_c = self.heating.step(mixed_c, flow, hot_water_c, returned_c)
        cooled_c = self.cooling.step(heated_c, mixed_humidity, flow, chilled_water_c, returned_c)
        self.supply_c = supply_c = cooled_c + air.fan_power / (max(flow, LEAST_AIR_KG_S) * CP_DRY_AIR)
        self.supply_humidity = self.cooling.moisture.value
        self.supply_co2 = returned_co2 + share * (OUTDOOR_CO2_PPM - returned_co2)
        flow_share = flow / SYSTEM_FLOW_KG_S
        self.mixed.step(mixed_c, flow_share, returned_c)
        self.returned.step(returned_c, flow_share, returned_c)
        self.supply.step(supply_c, flow_share, returned_c)


def _duct_sensor(path: AirPath) -> FlowLag:
    return FlowLag(path.duct_sensor_lag_s, path.duct_drift_s, ROOM_C)


def _mean(rooms: Sequence[Room], flows: Sequence[float]) -> tuple[float, float, float]:
    """Temperature, humidity and CO2 of the return air; of the rooms' mean when nothing flows."""
    total = temperature = humidity = co2 = 0.0
    for room, flow in zip(rooms, flows, strict=True):
        weight = flow + _STANDING_FLOW
        total += weight
        temperature += weight * room.temperature
        humidity += weight * room.humidity
        co2 += weight * room.co2
    return temperature / total, humidity / total, co2 / total
