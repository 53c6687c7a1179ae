"""The building as a whole: one internal step of control, air, water and rooms, and a warm start."""

from __future__ import annotations

from math import ceil, floor, inf

from emulators.plants.cells import Cells, Table
from emulators.plants.components import travel
from emulators.plants.diffuse_sun import brightening
from emulators.plants.multizone_office.air.ahu_control import (
    fit_control,
    minimum_position,
    scan,
    scan_fan,
    set_control_step,
)
from emulators.plants.multizone_office.air.air_handler import actuate, condition, fit_handler, set_handler_step
from emulators.plants.multizone_office.air.air_network import balance, fit_network, pressure_at
from emulators.plants.multizone_office.bench.control import (
    fit_minimums,
    lead_boxes,
    least_position,
    set_minimums_step,
)
from emulators.plants.multizone_office.bench.layout import BENCH_SIZE
from emulators.plants.multizone_office.bench.use import fit_people, peopled_use
from emulators.plants.multizone_office.interface.overrides import fit_beyond, fit_overrides
from emulators.plants.multizone_office.layout import (
    BOUNDARY_UNTIL_S,
    BOXES,
    CHILLER,
    COOLING,
    DOOR_LAMINAR_K,
    DOOR_W_PER_ROOT_K,
    DT_S,
    DUCT_PA,
    FACING_COEFFICIENT,
    FAN,
    FAN_WEIGHT,
    HEAT_PUMP,
    HEATING,
    OPERATION,
    OUTDOOR_BIAS_K,
    OUTDOOR_C,
    OUTDOOR_DAMPER,
    OUTDOOR_HUMIDITY,
    RETURN_DAMPER,
    ROOM_PA,
    ROOMS,
    SIZE,
    SKY_LOSS_K,
    SUPPLY_C,
    SUPPLY_CO2_PPM,
    SUPPLY_HUMIDITY,
    TESTED_PA,
    TIME_S,
    ZONE_COUNT,
    ZONE_FLOWS,
)
from emulators.plants.multizone_office.parameters import ZONES, OfficeParameters, room_of
from emulators.plants.multizone_office.parts import boxes, coils, water
from emulators.plants.multizone_office.parts.boxes import actuate_box, control_box, fit_box, set_box_step, step_box
from emulators.plants.multizone_office.parts.water import fit_loop, step_loop
from emulators.plants.multizone_office.use import modes
from emulators.plants.multizone_office.use.boundary import gain_share, zone_limits, zone_use
from emulators.plants.multizone_office.use.modes import choose_mode, occupied
from emulators.plants.psychrometrics import KELVIN, saturation_humidity_ratio
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import AIR_DENSITY, ROOM_C, START_HUMIDITY
from emulators.plants.rooms.leakage import set_leaks
from emulators.plants.rooms.outside import sky_deficit, sky_loss
from emulators.plants.rooms.zones import (
    fit_room,
    hold_room,
    open_doors,
    room_use,
    set_room_boundary,
    set_room_step,
    settle_room,
    step_room,
)
from emulators.plants.weather import HOUR_S, Weather, weather_at

LONGEST_STEP_S = 5.0
"""The air, coils and zones need no finer step (embedded-plant section 4, internal step study)."""
_LONGEST_FAN_STEP_S = 1.0
"""The fan loop does: coarser, it hunts at high speeds."""
_BOUNDARY_STEP_S = 60.0
_SUPPLY_AIR_C = 12.0
_FRESH_SHARE = 0.6
"""Supply air while the building is settled: temperature and dew point, and how much of it is outdoor air."""
_SETTLING_DAYS = 7
RUN_IN_S = 2 * HOUR_S


def built(parameters: OfficeParameters, bench: bool = False) -> list[float]:
    """The cells of a building with these parameters, at time 0 and before it is settled; nothing is overridden."""
    b = [0.0] * (BENCH_SIZE if bench else SIZE)
    b[BOUNDARY_UNTIL_S] = -inf
    b[OUTDOOR_C], b[OUTDOOR_HUMIDITY] = ROOM_C, START_HUMIDITY
    b[OPERATION] = modes.OFF
    b[DOOR_W_PER_ROOT_K] = parameters.envelope.door_w_k
    b[DOOR_LAMINAR_K] = parameters.envelope.door_laminar_k
    b[SKY_LOSS_K] = sky_loss(parameters.envelope)
    b[FACING_COEFFICIENT] = parameters.leakage.facing_coefficient
    b[TESTED_PA] = parameters.leakage.tested_pa
    fit_overrides(b)
    fit_control(b)
    fit_network(b, parameters.fan, parameters.air_path)
    fit_handler(b, parameters)
    fit_loop(b, HEAT_PUMP, parameters.heat_pump, sense=1.0)
    fit_loop(b, CHILLER, parameters.chiller, sense=-1.0)
    for number, zone in enumerate(ZONES):
        full = zone_use(zone, parameters.gains, 1.0)
        fit_room(b, ROOMS + number * zones.CELLS, room_of(zone), parameters.envelope, parameters.leakage, full)
        fit_box(b, BOXES + number * boxes.CELLS, zone, parameters.air_path, parameters.reheat)
    if bench:
        fit_beyond(b)
        fit_minimums(b, parameters)
        fit_people(b, parameters)
    return b


def run(b: Cells, year: Table, duration_s: float, bench: bool = False) -> None:
    """Advance in equal internal steps of at most five seconds; ``year`` is the weather's table.

    ``bench`` tells, here and below, whether it is the bench's building, which has more cells and people in its year.
    """
    steps = max(1, ceil(duration_s / LONGEST_STEP_S - 1e-9))
    set_step(b, duration_s / steps, bench)
    start_s = b[TIME_S]
    for number in range(1, steps + 1):
        step(b, year, bench)
        b[TIME_S] = start_s + duration_s * number / steps


def set_step(b: Cells, dt_s: float, bench: bool) -> None:
    """Prepare everything for internal steps of this length."""
    if dt_s == b[DT_S]:
        return
    b[DT_S] = dt_s
    fan_dt_s = dt_s / _fan_steps(dt_s)
    set_control_step(b, dt_s, fan_dt_s)
    set_handler_step(b, dt_s, fan_dt_s)
    if bench:
        set_minimums_step(b, dt_s)
    for zone in range(ZONE_COUNT):
        set_room_step(b, ROOMS + zone * zones.CELLS, dt_s)
        set_box_step(b, BOXES + zone * boxes.CELLS, dt_s)


def _fan_steps(dt_s: float) -> int:
    return ceil(dt_s / _LONGEST_FAN_STEP_S)


def step(b: Cells, year: Table, bench: bool) -> None:
    """One internal step, of the length that everything is prepared for."""
    if b[TIME_S] >= b[BOUNDARY_UNTIL_S]:
        update_boundary(b, year, bench)
    dt_s = b[DT_S]
    _control(b, dt_s, bench)
    balance(b, b[FAN], b[OUTDOOR_DAMPER], b[RETURN_DAMPER])
    hot_water_c = b[HEAT_PUMP + water.SUPPLY_C]
    condition(b, dt_s)
    open_doors(b, ROOMS, ZONE_COUNT, b[DOOR_W_PER_ROOT_K], b[DOOR_LAMINAR_K])
    supply_c, humidity, co2 = b[SUPPLY_C], b[SUPPLY_HUMIDITY], b[SUPPLY_CO2_PPM]
    for zone in range(ZONE_COUNT):
        r, x = ROOMS + zone * zones.CELLS, BOXES + zone * boxes.CELLS
        supply = b[ZONE_FLOWS + zone] * AIR_DENSITY
        discharge_c = step_box(b, x, dt_s, supply, supply_c, hot_water_c, b[r + zones.AIR_C])
        step_room(b, r, dt_s, supply, discharge_c, humidity, co2)
    _run_water(b, dt_s)


def _control(b: Cells, dt_s: float, bench: bool) -> None:
    """Scan all controllers on what their sensors show, and move the actuators."""
    outdoor_c = b[OUTDOOR_C] + b[OUTDOOR_BIAS_K]
    mode = choose_mode(b, OPERATION, b[TIME_S], _zones_c(b), outdoor_c)
    if bench:
        lead_boxes(b)
        least = least_position(b, mode)
    else:
        least = minimum_position(b[FAN])
    actuate(b, scan(b, b[TIME_S], mode, least))
    heating_k, cooling_k = modes.HEATING_K[mode], modes.COOLING_K[mode]
    for zone in range(ZONE_COUNT):
        r, x = ROOMS + zone * zones.CELLS, BOXES + zone * boxes.CELLS
        damper, valve = control_box(b, x, heating_k, cooling_k, b[r + zones.AIR_C])
        actuate_box(b, x, damper, valve)
    _run_fan(b, _fan_steps(dt_s))


def _zones_c(b: Cells) -> tuple[float, float, float]:
    """Temperatures of the coldest zone, of their mean, and of the warmest zone."""
    coldest_c, total, warmest_c = inf, 0.0, -inf
    for r in range(ROOMS, ROOMS + ZONE_COUNT * zones.CELLS, zones.CELLS):
        zone_c = b[r + zones.AIR_C]
        total += zone_c
        coldest_c = zone_c if zone_c < coldest_c else coldest_c
        warmest_c = zone_c if zone_c > warmest_c else warmest_c
    return coldest_c, total / ZONE_COUNT, warmest_c


def _run_fan(b: Cells, steps: int) -> None:
    """The fan loop in its own steps, against boxes that hold their flow for so long."""
    pressure, weight = b[DUCT_PA], b[FAN_WEIGHT]
    for _ in range(steps):
        pressure = pressure_at(b, travel(b, FAN, scan_fan(b, pressure), weight))


def _run_water(b: Cells, dt_s: float) -> None:
    flow = b[HEATING + coils.LOOP_KG_S]
    carried = flow * b[HEATING + coils.LOOP_RETURN_C]
    for x in range(BOXES, BOXES + ZONE_COUNT * boxes.CELLS, boxes.CELLS):
        flow += b[x + boxes.WATER_KG_S]
        carried += b[x + boxes.WATER_KG_S] * b[x + boxes.WATER_RETURN_C]
    step_loop(b, HEAT_PUMP, dt_s, flow, carried, b[OUTDOOR_C])
    cold = b[COOLING + coils.LOOP_KG_S]
    step_loop(b, CHILLER, dt_s, cold, cold * b[COOLING + coils.LOOP_RETURN_C], b[OUTDOOR_C])


def update_boundary(b: Cells, year: Table, bench: bool) -> None:
    """Weather and use, from the middle of the minute, for the whole minute."""
    minute_s = floor(b[TIME_S] / _BOUNDARY_STEP_S) * _BOUNDARY_STEP_S
    b[BOUNDARY_UNTIL_S] = minute_s + _BOUNDARY_STEP_S
    middle_s = minute_s + 0.5 * _BOUNDARY_STEP_S
    _set_boundary(b, year, weather_at(year, middle_s), middle_s, bench)


def _set_boundary(b: Cells, year: Table, weather: Weather, use_time_s: float, bench: bool) -> None:
    humidity = saturation_humidity_ratio(weather.dry_bulb_c) * weather.relative_humidity
    b[OUTDOOR_C], b[OUTDOOR_HUMIDITY] = weather.dry_bulb_c, humidity
    share = gain_share(use_time_s)
    around, at_horizon = brightening(weather.sun, weather.time_s, weather.direct_normal, weather.diffuse_horizontal)
    sky = around, at_horizon, b[SKY_LOSS_K] * sky_deficit(weather)
    set_leaks(b, ROOMS, ROOMS + ZONE_COUNT * zones.CELLS, weather, b[ROOM_PA], b[FACING_COEFFICIENT], b[TESTED_PA])
    for zone in range(ZONE_COUNT):
        r = ROOMS + zone * zones.CELLS
        if bench:  # noqa: SIM108 - a call within an expression is not woven in
            use = peopled_use(b, zone, r, year, use_time_s)
        else:
            use = room_use(b, r, share)
        set_room_boundary(b, r, weather, sky, humidity, use)


def settle(b: Cells, year: Table, time_s: float, bench: bool = False) -> None:
    """Bring a new building to ``time_s`` as a season of ordinary running would have left it.

    A week of hourly ideal conditioning warms the masses; run for ``RUN_IN_S``, then, loops, valves and sensors stand
    where they belong too.
    """
    set_step(b, HOUR_S, bench)
    for hour in range(_SETTLING_DAYS * 24, 0, -1):
        _condition_ideally(b, year, time_s - (hour - 0.5) * HOUR_S, bench)
    b[TIME_S] = time_s


def _condition_ideally(b: Cells, year: Table, time_s: float, bench: bool) -> None:
    _set_boundary(b, year, weather_at(year, time_s), time_s, bench)
    open_doors(b, ROOMS, ZONE_COUNT, b[DOOR_W_PER_ROOT_K], b[DOOR_LAMINAR_K])
    lowest_k, highest_k = zone_limits(time_s)
    humidity = min(b[OUTDOOR_HUMIDITY], saturation_humidity_ratio(_SUPPLY_AIR_C))
    for r in range(ROOMS, ROOMS + ZONE_COUNT * zones.CELLS, zones.CELLS):
        flow = b[r + zones.MINIMUM_KG_S] if occupied(time_s) else 0.0
        free_c = settle_room(b, r, HOUR_S, flow, _SUPPLY_AIR_C, _FRESH_SHARE, humidity)
        hold_room(b, r, min(max(free_c, lowest_k - KELVIN), highest_k - KELVIN))
