"""Parts of a building by themselves, each in cells of its own, to be stepped and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from emulators.plants import machines
from emulators.plants.components import flow_lag, pi, travel, travel_weight
from emulators.plants.machines import Machine
from emulators.plants.multizone_office import layout
from emulators.plants.multizone_office.air import ahu_control
from emulators.plants.multizone_office.air.air_network import balance, fit_network, return_flow
from emulators.plants.multizone_office.building import RUN_IN_S, built, run, settle
from emulators.plants.multizone_office.parameters import (
    ZONES,
    AirPath,
    Coil,
    Fan,
    OfficeParameters,
    Reheat,
    WaterSource,
    Zone,
    room_of,
)
from emulators.plants.multizone_office.parts import boxes, coils, water
from emulators.plants.multizone_office.use import modes
from emulators.plants.multizone_office.use.boundary import zone_use
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import Leakage
from emulators.plants.rooms.leakage import set_leaks
from emulators.plants.weather import Weather, chicago_ohare


class Loop:
    """A proportional-integral loop."""

    def __init__(self, gain: float, integral_time_s: float, low: float, high: float, unwinding: float = 0.9) -> None:
        self.gain, self.integral_time_s = gain, integral_time_s
        self.low, self.high, self.unwinding = low, high, unwinding
        self.integral = self.output = self.dt_s = 0.0

    def set_step(self, dt_s: float) -> None:
        self.dt_s = dt_s

    def step(self, error: float) -> float:
        share = self.dt_s / self.integral_time_s
        self.integral, self.output = pi(self.integral, error, self.gain, share, self.low, self.high, self.unwinding)
        return self.output


class Actuator:
    """A drive that travels."""

    def __init__(self, rise_time_s: float) -> None:
        self.rise_time_s = rise_time_s
        self.cells = [0.0, 0.0]
        self.weight = 0.0

    def set_step(self, dt_s: float) -> None:
        self.weight = travel_weight(self.rise_time_s, dt_s)

    def step(self, command: float) -> float:
        return travel(self.cells, 0, command, self.weight)

    @property
    def position(self) -> float:
        return self.cells[0]


class FlowLag:
    """Something in a stream."""

    def __init__(self, lag_s: float, drift_s: float, start: float) -> None:
        self.lag_s, self.drift_s, self.value = lag_s, drift_s, start
        self.dt_s = 0.0

    def set_step(self, dt_s: float) -> None:
        self.dt_s = dt_s

    def step(self, target: float, flow_share: float, surroundings: float) -> float:
        kept, carried, drifted = flow_lag(flow_share, 1.0 / self.lag_s, 1.0 / self.drift_s, self.dt_s)
        self.value = kept * self.value + carried * target + drifted * surroundings
        return self.value


class AirNetwork:
    """A balance of fan, mixing box and boxes."""

    def __init__(self, speed: float, outdoor: float, returned: float, demands: Sequence[float]) -> None:
        b = [0.0] * layout.SIZE
        fit_network(b, Fan(), AirPath())
        for number, demand in enumerate(demands):
            b[layout.BOXES + number * boxes.CELLS + boxes.DAMPER] = demand
        balance(b, speed, outdoor, returned)
        self.flow, self.fan_power, self.duct_pressure = b[layout.FLOW], b[layout.FAN_W], b[layout.DUCT_PA]
        self.room_pressure, self.outdoor_share = b[layout.ROOM_PA], b[layout.OUTDOOR_SHARE]
        self.most_open_box, self.return_flow = b[layout.MOST_OPEN_BOX], return_flow(b)
        self.zone_flows = b[layout.ZONE_FLOWS : layout.ZONE_FLOWS + layout.ZONE_COUNT]


class ModeMachine:
    """What chooses the mode."""

    def __init__(self) -> None:
        self.cells = [float(modes.OFF), 0.0]

    def step(self, time_s: float, zones_c: Sequence[float], outdoor_c: float) -> int:
        told = min(zones_c), sum(zones_c) / len(zones_c), max(zones_c)
        return modes.choose_mode(self.cells, 0, time_s, told, outdoor_c)


class PumpHysteresis:
    """What starts and holds a coil's pump."""

    def __init__(self) -> None:
        self.cells = [0.0, 0.0]

    def step(self, time_s: float, signal: float, air_proven: bool) -> bool:
        return bool(ahu_control.pump_runs(self.cells, 0, time_s, signal, air_proven))


class AirHandlerControl:
    """The air handler's controller, shown whatever its sensors are to see."""

    outdoor_damper: float
    return_damper: float
    heating_valve: float
    heating_pump: float
    cooling_valve: float
    cooling_pump: float

    SENSORS: ClassVar = {
        "fan_speed": layout.FAN, "flow": layout.FLOW, "mixed_c": layout.MIXED_C, "most_open_box": layout.MOST_OPEN_BOX,
        "outdoor_c": layout.OUTDOOR_C, "return_c": layout.RETURNED_C, "supply_c": layout.SUPPLY_SENSED_C,
    }  # fmt: skip

    def __init__(self) -> None:
        self.cells = built(OfficeParameters())
        ahu_control.set_control_step(self.cells, 5.0, 5.0)

    def step(self, time_s: float, mode: int, seen: dict[str, float]) -> None:
        for name, value in seen.items():
            self.cells[self.SENSORS[name]] = value
        commands = ahu_control.scan(self.cells, time_s, mode, ahu_control.minimum_position(self.cells[layout.FAN]))
        self.outdoor_damper, self.return_damper, self.heating_valve, self.heating_pump, *cooling = commands
        self.cooling_valve, self.cooling_pump = cooling

    def fan_speed(self, duct_pa: float) -> float:
        return ahu_control.scan_fan(self.cells, duct_pa)


class BoxControl:
    """The controller of a zone's box, prepared for steps of 5 s."""

    def __init__(self, zone: Zone) -> None:
        self.cells = [0.0] * boxes.CELLS
        boxes.fit_box(self.cells, 0, zone, AirPath(), Reheat())
        boxes.set_box_step(self.cells, 0, 5.0)

    def step(self, mode: int, zone_c: float) -> tuple[float, float]:
        return boxes.control_box(self.cells, 0, modes.HEATING_K[mode], modes.COOLING_K[mode], zone_c)

    def travel(self, damper: float, valve: float) -> None:
        boxes.actuate_box(self.cells, 0, damper, valve)


class WaterCoil:
    """A coil whose valve and pump stand where they are put."""

    def __init__(self, coil: Coil, dt_s: float) -> None:
        self.cells = [0.0] * coils.CELLS
        self.dt_s = dt_s
        coils.fit_coil(self.cells, 0, coil)

    def put(self, valve: float, pump: float) -> None:
        self.cells[coils.VALVE], self.cells[coils.PUMP] = valve, pump

    @property
    def heat(self) -> float:
        return self.cells[coils.HEAT_W]

    @property
    def humidity(self) -> float:
        return self.cells[coils.OUTLET_HUMIDITY]

    def heat_air(self, entering_c: float, air_kg_s: float, loop_c: float) -> float:
        return coils.step_heating_coil(self.cells, 0, self.dt_s, entering_c, air_kg_s, loop_c)

    def cool_air(self, entering_c: float, humidity: float, air_kg_s: float, loop_c: float) -> float:
        return coils.step_cooling_coil(self.cells, 0, self.dt_s, entering_c, humidity, air_kg_s, loop_c)


class WaterLoop:
    """A chiller or heat pump, stepped by 5 s."""

    def __init__(self, source: WaterSource, sense: float) -> None:
        self.cells = [0.0] * water.CELLS
        water.fit_loop(self.cells, 0, source, sense)

    def step(self, flow: float, flow_times_return: float, outdoor_c: float) -> None:
        water.step_loop(self.cells, 0, 5.0, flow, flow_times_return, outdoor_c)

    def __getitem__(self, cell: int) -> float:
        return self.cells[cell]


def settled(time_s: float, then_s: float) -> list[float]:
    """The cells of a building that was settled at a time and has run ``then_s`` since."""
    b = built(OfficeParameters())
    settle(b, chicago_ohare().table, time_s - RUN_IN_S)
    for duration_s in (RUN_IN_S, then_s):
        run(b, chicago_ohare().table, duration_s)
    return b


def fit_usual_room(cells: list[float], zone: Zone) -> None:
    """Write one of the office's rooms at the beginning of the cells."""
    usual = OfficeParameters()
    zones.fit_room(cells, 0, room_of(zone), usual.envelope, usual.leakage, zone_use(zone, usual.gains, 1.0))


def infiltration(leakage: Leakage, weather: Weather, room_pa: float) -> dict[str, float]:
    """Outdoor air into rooms with a facade, kg/s by their names."""
    b = built(OfficeParameters(leakage=leakage))
    end = layout.ROOMS + layout.ZONE_COUNT * zones.CELLS
    set_leaks(b, layout.ROOMS, end, weather, room_pa, leakage.facing_coefficient, leakage.tested_pa)
    leaks = {
        zone.name: b[layout.ROOMS + number * zones.CELLS + zones.BOUNDARY_LEAK] for number, zone in enumerate(ZONES)
    }
    return {zone.name: leaks[zone.name] for zone in ZONES if zone.wall_m2}


def machine_run(machine: Machine, wanted_w: float, supply_c: float, outdoor_c: float) -> tuple[float, float]:
    """Heat or cold made, and electric power."""
    cells = [0.0] * machines.CELLS
    machines.fit_machine(cells, 0, machine)
    return machines.run_machine(cells, 0, wanted_w, supply_c, outdoor_c)
