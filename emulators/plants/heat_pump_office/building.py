"""The heat pump office as a whole: one internal step of thermostats, units and rooms, and a warm start."""

from __future__ import annotations

from math import ceil, floor, inf

from emulators.plants.cells import Cells, Table
from emulators.plants.diffuse_sun import brightening
from emulators.plants.heat_pump_office import heat_pump, thermostat
from emulators.plants.heat_pump_office.heat_pump import fit_unit, run_unit, set_unit_step
from emulators.plants.heat_pump_office.layout import (
    BASE_W,
    BOUNDARY_UNTIL_S,
    DT_S,
    END_OF_ROOMS,
    FACING_COEFFICIENT,
    FULL_BASE_W,
    GRID,
    IN_USE,
    LEAD_H,
    LIT_W,
    METERED_W,
    OCCUPIED,
    OUTDOOR_C,
    OUTDOOR_HUMIDITY,
    ROOMS,
    SIZE,
    SKY_LOSS_K,
    STANDBY,
    TESTED_PA,
    THERMOSTATS,
    TIME_S,
    UNITS,
)
from emulators.plants.heat_pump_office.parameters import ZONES, HeatPumpOfficeParameters, full_use
from emulators.plants.heat_pump_office.points import OVERRIDES, VALUE, fit_inputs
from emulators.plants.heat_pump_office.thermostat import control, fit_thermostat
from emulators.plants.heat_pump_office.use import occupied, use_share
from emulators.plants.override import ACTIVE, IN_FORCE, resolve
from emulators.plants.psychrometrics import CP_DRY_AIR, saturation_humidity_ratio
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import OUTDOOR_CO2_PPM
from emulators.plants.rooms.leakage import set_leaks
from emulators.plants.rooms.outside import sky_deficit, sky_loss
from emulators.plants.rooms.zones import (
    fit_room,
    hold_room,
    room_use,
    set_room_boundary,
    set_room_step,
    settle_room,
    step_room,
)
from emulators.plants.weather import HOUR_S, Weather, weather_at

LONGEST_STEP_S = 15.0
"""Nothing here is quicker than a minute but the start of a compressor, which is integrated exactly."""
_BOUNDARY_STEP_S = 60.0
_SETTLING_DAYS = 7
RUN_IN_S = 2 * HOUR_S
_WARM_C = 26.0
"""No zone is taken to have been warmer before the start: windows open."""


def built(parameters: HeatPumpOfficeParameters) -> list[float]:
    """The cells of a building with these parameters, at time 0 and before it is settled; nothing is overridden."""
    b = [0.0] * SIZE
    b[BOUNDARY_UNTIL_S] = -inf
    b[SKY_LOSS_K] = sky_loss(parameters.envelope)
    b[FACING_COEFFICIENT], b[TESTED_PA] = parameters.leakage.facing_coefficient, parameters.leakage.tested_pa
    b[LEAD_H], b[STANDBY] = parameters.thermostat.lead_h, parameters.gains.standby
    for number, zone in enumerate(ZONES):
        r, h, u = _places(number)
        full = full_use(zone, parameters.gains)
        b[FULL_BASE_W + number] = parameters.gains.lights_and_plugs_w_m2 * zone.area_m2
        fit_room(b, r, zone.room, parameters.envelope, parameters.leakage, full)
        fit_thermostat(b, h, parameters.thermostat)
        fit_unit(b, u, parameters.heat_pump, zone.area_m2, b[r + zones.AIR_C])
    fit_inputs(b)
    return b


def _places(number: int) -> tuple[int, int, int]:
    """Where a zone's room, its thermostat and its unit begin."""
    return (
        ROOMS + number * zones.CELLS,
        THERMOSTATS + number * thermostat.CELLS,
        UNITS + number * heat_pump.CELLS,
    )


_PLACES = tuple(_places(number) for number in range(len(ZONES)))


def run(b: Cells, year: Table, duration_s: float) -> None:
    """Advance in equal internal steps of at most fifteen seconds; ``year`` is the weather's table."""
    steps = max(1, ceil(duration_s / LONGEST_STEP_S - 1e-9))
    _set_step(b, duration_s / steps)
    start_s = b[TIME_S]
    for number in range(1, steps + 1):
        step(b, year)
        b[TIME_S] = start_s + duration_s * number / steps


def _set_step(b: Cells, dt_s: float) -> None:
    """Prepare everything for internal steps of this length."""
    if dt_s == b[DT_S]:
        return
    b[DT_S] = dt_s
    for r, _, u in _PLACES:
        set_room_step(b, r, dt_s)
        set_unit_step(b, u, dt_s)


def step(b: Cells, year: Table) -> None:
    """One internal step, of the length that everything is prepared for."""
    time_s, dt_s = b[TIME_S], b[DT_S]
    if time_s >= b[BOUNDARY_UNTIL_S]:
        _update_boundary(b, year)
    powered = resolve(b, GRID, 1.0) >= 0.5
    b[LIT_W] = metered_w = b[BASE_W] if powered else 0.0
    outdoor = b[OUTDOOR_C], b[OUTDOOR_HUMIDITY]
    for r, h, u in _PLACES:
        commands = _decide(b, r, h, u)
        run_unit(b, u, time_s, dt_s, commands, outdoor, powered)
        metered_w += b[u + heat_pump.COMPRESSOR_W] + b[u + heat_pump.BACKUP_W] + b[u + heat_pump.FAN_W]
        _heat(b, r, u, dt_s)
    b[METERED_W] = metered_w


def _decide(b: Cells, r: int, h: int, u: int) -> tuple[float, float, float]:
    """What a zone's thermostat, or who overrides it, commands now."""
    zone_c, defrosts = b[r + zones.AIR_C], b[u + heat_pump.DEFROSTS]
    return control(b, h, b[TIME_S], zone_c, b[OUTDOOR_C], b[OCCUPIED], b[IN_USE], defrosts)


def own_commands(b: Cells) -> dict[str, float]:
    """What the building's own control would command now, by the names of the inputs (``x_u``) that are overridden.

    ``b`` is a copy, of no use afterwards.
    """
    overridden = [name for name, (at, _) in OVERRIDES.items() if b[at + ACTIVE]]
    for at, _ in OVERRIDES.values():
        b[at + ACTIVE] = 0.0
    resolve(b, GRID, 1.0)
    for r, h, u in _PLACES:
        _decide(b, r, h, u)
    return {name + VALUE: b[OVERRIDES[name].at + IN_FORCE] for name in overridden}


def _heat(b: Cells, r: int, u: int, dt_s: float) -> None:
    """One step of a room with the air of its unit, some of it from outdoors while the building is occupied."""
    air_c, flow = b[r + zones.AIR_C], b[u + heat_pump.KG_S]
    if flow == 0.0:
        b[u + heat_pump.DISCHARGE_C] = air_c
        step_room(b, r, dt_s, 0.0, air_c, 0.0, 0.0)
        return
    fresh = b[r + zones.MINIMUM_KG_S] / flow if b[OCCUPIED] else 0.0
    heat_w = b[u + heat_pump.HEAT_W] + b[u + heat_pump.BACKUP_W] + b[u + heat_pump.FAN_W]
    supply_c = air_c + fresh * (b[OUTDOOR_C] - air_c) + heat_w / (flow * CP_DRY_AIR)
    humidity, co2 = b[r + zones.HUMIDITY], b[r + zones.CO2_PPM]
    b[u + heat_pump.DISCHARGE_C] = supply_c
    humidity += fresh * (b[OUTDOOR_HUMIDITY] - humidity)
    step_room(b, r, dt_s, flow, supply_c, humidity, co2 + fresh * (OUTDOOR_CO2_PPM - co2))


def _update_boundary(b: Cells, year: Table) -> None:
    """Weather and use, from the middle of the minute, for the whole minute."""
    minute_s = floor(b[TIME_S] / _BOUNDARY_STEP_S) * _BOUNDARY_STEP_S
    b[BOUNDARY_UNTIL_S] = minute_s + _BOUNDARY_STEP_S
    middle_s = minute_s + 0.5 * _BOUNDARY_STEP_S
    _set_boundary(b, weather_at(year, middle_s), middle_s)


def _set_boundary(b: Cells, weather: Weather, use_time_s: float) -> None:
    humidity = saturation_humidity_ratio(weather.dry_bulb_c) * weather.relative_humidity
    b[OUTDOOR_C], b[OUTDOOR_HUMIDITY] = weather.dry_bulb_c, humidity
    b[OCCUPIED] = float(occupied(use_time_s))
    b[IN_USE] = float(occupied(use_time_s, b[LEAD_H]))
    around, at_horizon = brightening(weather.sun, weather.time_s, weather.direct_normal, weather.diffuse_horizontal)
    sky = around, at_horizon, b[SKY_LOSS_K] * sky_deficit(weather)
    set_leaks(b, ROOMS, END_OF_ROOMS, weather, 0.0, b[FACING_COEFFICIENT], b[TESTED_PA])
    b[BASE_W] = 0.0
    for number, zone in enumerate(ZONES):
        r, share = ROOMS + number * zones.CELLS, use_share(zone, use_time_s)
        standby_w = max(0.0, b[STANDBY] - share) * b[FULL_BASE_W + number]
        b[BASE_W] += share * b[FULL_BASE_W + number] + standby_w
        radiant, convective, moisture, breathed = room_use(b, r, share)
        set_room_boundary(b, r, weather, sky, humidity, (radiant, convective + standby_w, moisture, breathed))


def settle(b: Cells, year: Table, time_s: float) -> None:
    """Bring a new building to ``time_s`` as a season of ordinary running would have left it.

    A week of hourly ideal heating warms the masses; two hours of running, then, put units and thermostats where they
    belong.
    """
    _set_step(b, HOUR_S)
    begin_s = time_s - RUN_IN_S
    for hour in range(_SETTLING_DAYS * 24, 0, -1):
        _heat_ideally(b, year, begin_s - (hour - 0.5) * HOUR_S)
    b[TIME_S] = begin_s
    run(b, year, RUN_IN_S)


def _heat_ideally(b: Cells, year: Table, time_s: float) -> None:
    _set_boundary(b, weather_at(year, time_s), time_s)
    for r, h, _ in _PLACES:
        lowest_c = b[h + (thermostat.OCCUPIED_C if b[IN_USE] else thermostat.VACANT_C)]
        fresh_kg_s = b[r + zones.MINIMUM_KG_S] if b[OCCUPIED] else 0.0
        free_c = settle_room(b, r, HOUR_S, fresh_kg_s, b[OUTDOOR_C], 1.0, b[OUTDOOR_HUMIDITY])
        hold_room(b, r, min(max(free_c, lowest_c), _WARM_C))
