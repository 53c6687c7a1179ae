"""The building as a whole: one internal step of control, air, water and rooms, and a warm start."""

from __future__ import annotations

from math import ceil, floor

from emulators.plants.components import Composed, Dynamic
from emulators.plants.multizone_office.ahu_control import AirHandlerControl, Sensors
from emulators.plants.multizone_office.air_handler import AirHandler
from emulators.plants.multizone_office.air_network import AirNetwork
from emulators.plants.multizone_office.boundary import gain_share, zone_limits, zone_use
from emulators.plants.multizone_office.boxes import Box, BoxControl
from emulators.plants.multizone_office.modes import ModeMachine, occupied
from emulators.plants.multizone_office.overrides import OfficeOverrides
from emulators.plants.multizone_office.parameters import AIR_DENSITY, ROOM_C, START_HUMIDITY, ZONES, OfficeParameters
from emulators.plants.multizone_office.water import WaterLoop
from emulators.plants.multizone_office.zones import Room, open_doors
from emulators.plants.psychrometrics import KELVIN, saturation_humidity_ratio
from emulators.plants.weather import HOUR_S, Weather, WeatherYear

LONGEST_STEP_S = 5.0
"""The air, coils and zones need no finer step (embedded-plant section 4, internal step study)."""
_LONGEST_FAN_STEP_S = 1.0
"""The fan loop does: coarser, it hunts at high speeds."""
_BOUNDARY_STEP_S = 60.0
_SUPPLY_C = 12.0
_FRESH_SHARE = 0.6
"""Supply air while the building is settled: temperature and dew point, and how much of it is outdoor air."""
_SETTLING_DAYS = 7
_RUN_IN_S = HOUR_S


class OfficeBuilding:
    """State of the building at ``time_s`` and its advance in time."""

    def __init__(
        self, parameters: OfficeParameters, year: WeatherYear, overrides: OfficeOverrides, start_time_s: float
    ) -> None:
        self._parameters = parameters
        self._year = year
        self.time_s = start_time_s
        self._boundary_until_s = float("-inf")
        self.mode = ModeMachine()
        self.control = AirHandlerControl(overrides)
        self._sensors = Sensors()
        self.air = AirNetwork(parameters.fan, parameters.air_path)
        self.rooms = [Room(zone, parameters.envelope) for zone in ZONES]
        self._box_controls = [BoxControl(zone, parameters.reheat.heated_share, overrides) for zone in ZONES]
        self.boxes = [Box(zone, parameters.air_path, parameters.reheat) for zone in ZONES]
        self.handler = AirHandler(parameters)
        self.heat_pump = WaterLoop(parameters.heat_pump, sense=1.0)
        self.chiller = WaterLoop(parameters.chiller, sense=-1.0)
        self._dt_s = 0.0
        self.outdoor = (ROOM_C, START_HUMIDITY)
        """Temperature (degC) and humidity ratio that act in the present minute."""
        self._fan_steps = 1
        self._dynamics = self._collect_dynamics()
        self._fan_dynamics = [*self.control.fan_dynamics(), *self.handler.fan_dynamics()]

    def _collect_dynamics(self) -> list[Dynamic]:
        composed: list[Composed] = [self.control, self.handler, self.heat_pump, self.chiller]
        composed += [*self._box_controls, *self.boxes]
        return [*self.rooms, *(dynamic for part in composed for dynamic in part.dynamics())]

    def run(self, duration_s: float) -> None:
        """Advance in equal internal steps of at most five seconds."""
        steps = max(1, ceil(duration_s / LONGEST_STEP_S - 1e-9))
        self._set_step(duration_s / steps)
        start_s = self.time_s
        for step in range(1, steps + 1):
            self._step()
            self.time_s = start_s + duration_s * step / steps

    def _set_step(self, dt_s: float) -> None:
        if dt_s != self._dt_s:
            self._dt_s = dt_s
            self._fan_steps = ceil(dt_s / _LONGEST_FAN_STEP_S)
            for dynamic in self._dynamics:
                dynamic.set_step(dt_s)
            for dynamic in self._fan_dynamics:
                dynamic.set_step(dt_s / self._fan_steps)

    def _step(self) -> None:
        if self.time_s >= self._boundary_until_s:
            self._update_boundary()
        rooms, boxes, air, handler = self.rooms, self.boxes, self.air, self.handler
        self._control()
        dampers = [box.damper.position for box in boxes]
        air.solve(handler.fan.position, handler.outdoor_damper.position, handler.return_damper.position, dampers)
        handler.condition(air, rooms, self.outdoor, self.heat_pump.supply_c, self.chiller.supply_c)
        open_doors(rooms, self._parameters.envelope.door_w_k)
        supply_c, humidity, co2 = handler.supply_c, handler.supply_humidity, handler.supply_co2
        hot_water_c = self.heat_pump.supply_c
        for room, box, flow in zip(rooms, boxes, air.zone_flows, strict=True):
            supply = flow * AIR_DENSITY
            room.step(supply, box.step(supply, supply_c, hot_water_c, room.temperature), humidity, co2)
        self._run_water()

    def _control(self) -> None:
        """Scan all controllers on what their sensors show, and move the actuators."""
        handler, sensors = self.handler, self._sensors
        sensors.flow = self.air.flow
        sensors.most_open_box = self.air.most_open_box
        sensors.fan_speed = handler.fan.position
        sensors.mixed_c = handler.mixed.value
        sensors.return_c = handler.returned.value
        sensors.supply_c = handler.supply.value
        sensors.outdoor_c = outdoor_c = self.outdoor[0]
        mode = self.mode.step(self.time_s, [room.temperature for room in self.rooms], outdoor_c)
        handler.actuate(self.control.step(self.time_s, mode, sensors))
        for room, box, control in zip(self.rooms, self.boxes, self._box_controls, strict=True):
            damper, valve = control.step(mode, room.temperature)
            box.damper.step(damper)
            box.valve.step(valve)
        self._run_fan()

    def _run_fan(self) -> None:
        """The fan loop in its own steps, against boxes that hold their flow for so long."""
        fan, air, control = self.handler.fan, self.air, self.control
        pressure = air.duct_pressure
        for _ in range(self._fan_steps):
            pressure = air.pressure_at(fan.step(control.fan_speed(pressure)))

    def _run_water(self) -> None:
        heating, cooling = self.handler.heating, self.handler.cooling
        flow = heating.loop_flow
        carried = flow * heating.loop_return_c
        for box in self.boxes:
            flow += box.water_flow
            carried += box.water_flow * box.water_return_c
        outdoor_c = self.outdoor[0]
        self.heat_pump.step(flow, carried, outdoor_c)
        self.chiller.step(cooling.loop_flow, cooling.loop_flow * cooling.loop_return_c, outdoor_c)

    def _update_boundary(self) -> None:
        """Weather and use, from the middle of the minute, for the whole minute."""
        minute_s = floor(self.time_s / _BOUNDARY_STEP_S) * _BOUNDARY_STEP_S
        self._boundary_until_s = minute_s + _BOUNDARY_STEP_S
        self._set_boundary(self._year.at(minute_s + 0.5 * _BOUNDARY_STEP_S), minute_s)

    def _set_boundary(self, weather: Weather, use_time_s: float) -> None:
        humidity = saturation_humidity_ratio(weather.dry_bulb_c) * weather.relative_humidity
        self.outdoor = (weather.dry_bulb_c, humidity)
        share = gain_share(use_time_s)
        for room in self.rooms:
            room.set_boundary(weather, humidity, zone_use(room.zone, self._parameters.gains, share))

    def start(self) -> None:
        """Bring the building into the state that a season of ordinary running would have left at ``time_s``.

        A week of hourly ideal conditioning warms the masses; the last hour is run with the real control, so that
        loops, valves and sensors stand where they belong.
        """
        end_s = self.time_s
        self._set_step(HOUR_S)
        for hour in range(_SETTLING_DAYS * 24, 0, -1):
            self._settle(end_s - _RUN_IN_S - (hour - 0.5) * HOUR_S)
        self.time_s = end_s - _RUN_IN_S
        self.run(_RUN_IN_S)
        self.time_s = end_s

    def _settle(self, time_s: float) -> None:
        self._set_boundary(self._year.at(time_s), time_s)
        open_doors(self.rooms, self._parameters.envelope.door_w_k)
        lowest_k, highest_k = zone_limits(time_s)
        humidity = min(self.outdoor[1], saturation_humidity_ratio(_SUPPLY_C))
        for room in self.rooms:
            flow = room.zone.minimum_share * room.zone.design_flow_m3_s if occupied(time_s) else 0.0
            free_c = room.settle(flow * AIR_DENSITY, _SUPPLY_C, _FRESH_SHARE, humidity)
            room.hold(min(max(free_c, lowest_k - KELVIN), highest_k - KELVIN))
