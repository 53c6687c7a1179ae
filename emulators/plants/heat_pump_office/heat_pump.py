"""An air-source heat pump with its board: timers of the compressor, frost and defrost, electric back-up, fan.

Capacity and power are those of the EnergyPlus data set by the outdoor temperature; frost is what the coil, some 9 K
colder than the air, takes out of it (Engineering Reference: 0.82 T - 8.589 degC), and is melted by reversing the cycle.
"""

from __future__ import annotations

from math import exp

from emulators.plants.cells import Cells, Table
from emulators.plants.components import clamped, larger, smaller
from emulators.plants.heat_pump_office.parameters import AirSourceHeatPump
from emulators.plants.psychrometrics import saturation_humidity_ratio

_COIL_SLOPE, _COIL_BELOW_C = 0.82, 8.589
_LOCKOUT_BAND_K = 1.0
_THAWS_IN_S = 1800.0
"""A coil that is full, in air above freezing, while the compressor rests or the coil is warm (J)."""
_RUN_ON_SHARE = 0.1
"""Of the rated capacity: the fan runs on until no more than that is left in the coil (J)."""
_CURVE_CELLS = 4

(
    RATED_W,
    RATED_POWER_W,
    LOWEST_C,
    HIGHEST_C,
    SHORTEST_RUN_S,
    SHORTEST_OFF_S,
    STARTING_SHARE,
    STARTING_S,
    WARMING_S,
    FULL_FROST_S,
    FROSTED_LOSS,
    DEFROST_EVERY_S,
    DEFROST_LEAST_S,
    DEFROST_FULL_S,
    DEFROST_POWER,
    DEFROST_HEAT,
    FULL_BACKUP_W,
    FULL_FAN_W,
    FULL_KG_S,
    CAPACITY_CURVE,
) = range(20)
INPUT_CURVE = CAPACITY_CURVE + _CURVE_CELLS
(
    WARMING_WEIGHT,
    STARTING_GAIN,
    RUNS,
    SINCE_S,
    FROST,
    FROSTING_S,
    DEFROSTS,
    DEFROST_UNTIL_S,
    HEAT_W,
    COMPRESSOR_W,
    BACKUP_W,
    FAN_W,
    KG_S,
    DISCHARGE_C,
    CELLS,
) = range(INPUT_CURVE + _CURVE_CELLS, INPUT_CURVE + _CURVE_CELLS + 15)
"""A unit: what it is, weights of a step, and its state: whether the compressor runs and since when, frost 0 to 1, time
of frosting, defrost, heat of the refrigerant circuit, powers, supply air."""


def fit_unit(b: Cells, u: int, heat_pump: AirSourceHeatPump, area_m2: float, zone_c: float) -> None:
    """Write a unit for so much floor; it stands, and has stood for long."""
    b[u + RATED_W] = heat_pump.rated_w(area_m2)
    b[u + RATED_POWER_W] = b[u + RATED_W] / heat_pump.rated_cop
    b[u + LOWEST_C], b[u + HIGHEST_C] = heat_pump.lowest_c, heat_pump.highest_c
    b[u + SHORTEST_RUN_S], b[u + SHORTEST_OFF_S] = heat_pump.shortest_run_s, heat_pump.shortest_off_s
    b[u + STARTING_SHARE], b[u + STARTING_S] = heat_pump.starting_share, heat_pump.starting_s
    b[u + WARMING_S] = heat_pump.warming_s
    b[u + FULL_FROST_S] = heat_pump.frost_kg_kg_h * 3600.0
    b[u + FROSTED_LOSS] = heat_pump.frosted_loss
    b[u + DEFROST_EVERY_S] = heat_pump.defrost_every_s
    b[u + DEFROST_LEAST_S], b[u + DEFROST_FULL_S] = heat_pump.defrost_least_s, heat_pump.defrost_full_s
    b[u + DEFROST_POWER], b[u + DEFROST_HEAT] = heat_pump.defrost_power, heat_pump.defrost_heat
    b[u + FULL_BACKUP_W] = heat_pump.backup_w_m2 * area_m2
    b[u + FULL_FAN_W], b[u + FULL_KG_S] = heat_pump.fan_w(area_m2), heat_pump.air_kg_s(area_m2)
    for number in range(_CURVE_CELLS):
        b[u + CAPACITY_CURVE + number] = heat_pump.capacity_curve[number]
        b[u + INPUT_CURVE + number] = heat_pump.input_curve[number]
    b[u + SINCE_S] = -heat_pump.shortest_off_s
    b[u + DISCHARGE_C] = zone_c


def set_unit_step(b: Cells, u: int, dt_s: float) -> None:
    """Prepare a unit for steps of this length."""
    b[u + WARMING_WEIGHT] = 1.0 - exp(-dt_s / b[u + WARMING_S])
    fades_s = b[u + STARTING_S]
    b[u + STARTING_GAIN] = (b[u + STARTING_SHARE] - 1.0) * fades_s / dt_s * (1.0 - exp(-dt_s / fades_s))


def run_unit(
    b: Cells,
    u: int,
    time_s: float,
    dt_s: float,
    commands: tuple[float, float, float],
    outdoor: tuple[float, float],
    powered: bool,
) -> None:
    """One step under commands to compressor, back-up and fan, with outdoor air of this temperature and humidity.

    The board has the last word: shortest times, lock-out by cold, a fan that runs with whatever heats.
    """
    compressor, backup, fan = commands
    outdoor_c, humidity = outdoor
    starts = _switch(b, u, time_s, compressor >= 0.5, outdoor_c, powered)
    _frost(b, u, time_s, dt_s, outdoor_c, humidity)
    capacity_w, power_w = performance(b, u, outdoor_c)
    heat_w = 0.0
    b[u + COMPRESSOR_W] = 0.0
    if b[u + RUNS]:
        heat_w = -b[u + DEFROST_HEAT] * b[u + RATED_W] if b[u + DEFROSTS] else capacity_w
        share = b[u + DEFROST_POWER] if b[u + DEFROSTS] else 1.0
        b[u + COMPRESSOR_W] = power_w * (share + (b[u + STARTING_GAIN] if starts else 0.0))
    b[u + HEAT_W] += (heat_w - b[u + HEAT_W]) * b[u + WARMING_WEIGHT]
    b[u + BACKUP_W] = backup * b[u + FULL_BACKUP_W] if powered else 0.0
    heats = b[u + RUNS] > 0.0 or b[u + BACKUP_W] > 0.0 or b[u + HEAT_W] > _RUN_ON_SHARE * b[u + RATED_W]
    moves = powered and (fan >= 0.5 or heats)
    b[u + FAN_W], b[u + KG_S] = (b[u + FULL_FAN_W], b[u + FULL_KG_S]) if moves else (0.0, 0.0)


def performance(b: Table, u: int, outdoor_c: float) -> tuple[float, float]:
    """Capacity and electric power of the compressor while it heats, with the frost that is there."""
    air_c = clamped(outdoor_c, b[u + LOWEST_C], b[u + HIGHEST_C])
    clean = _cubic(b, u + CAPACITY_CURVE, air_c)
    capacity_w = b[u + RATED_W] * clean * (1.0 - b[u + FROSTED_LOSS] * b[u + FROST])
    return capacity_w, b[u + RATED_POWER_W] * clean * _cubic(b, u + INPUT_CURVE, air_c)


def _cubic(b: Table, at: int, air_c: float) -> float:
    return b[at] + (b[at + 1] + (b[at + 2] + b[at + 3] * air_c) * air_c) * air_c


def _switch(b: Cells, u: int, time_s: float, wanted: bool, outdoor_c: float, powered: bool) -> bool:
    """Start or stop the compressor as its timers allow; whether it starts in this step."""
    runs, elapsed_s = b[u + RUNS] > 0.0, time_s - b[u + SINCE_S]
    if not powered:
        b[u + RUNS] = b[u + DEFROSTS] = 0.0
        b[u + SINCE_S] = time_s
        return False
    wanted = wanted and outdoor_c >= b[u + LOWEST_C] - (_LOCKOUT_BAND_K if runs else 0.0)
    if runs and not wanted and elapsed_s >= b[u + SHORTEST_RUN_S]:
        b[u + RUNS] = b[u + DEFROSTS] = 0.0
        b[u + SINCE_S] = time_s
    elif wanted and not runs and elapsed_s >= b[u + SHORTEST_OFF_S]:
        b[u + RUNS], b[u + SINCE_S] = 1.0, time_s
        return True
    return False


def _frost(b: Cells, u: int, time_s: float, dt_s: float, outdoor_c: float, humidity: float) -> None:
    """Let frost grow on a cold coil that works, and melt it when its time has come."""
    coil_c = _COIL_SLOPE * outdoor_c - _COIL_BELOW_C
    if b[u + DEFROSTS]:
        if time_s >= b[u + DEFROST_UNTIL_S]:
            b[u + DEFROSTS] = b[u + FROST] = b[u + FROSTING_S] = 0.0
    elif b[u + RUNS] and coil_c < 0.0:
        taken = larger(0.0, humidity - saturation_humidity_ratio(coil_c))
        b[u + FROST] = smaller(1.0, b[u + FROST] + taken * dt_s / b[u + FULL_FROST_S])
        b[u + FROSTING_S] += dt_s
        if b[u + FROSTING_S] >= b[u + DEFROST_EVERY_S]:
            b[u + DEFROSTS] = 1.0
            b[u + DEFROST_UNTIL_S] = time_s + b[u + DEFROST_LEAST_S] + b[u + FROST] * b[u + DEFROST_FULL_S]
    elif outdoor_c > 0.0:
        b[u + FROST] = larger(0.0, b[u + FROST] - dt_s / _THAWS_IN_S)
