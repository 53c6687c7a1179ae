"""The air handler's controller: ASHRAE 2006 sequence with the tuning of the VAVReheat examples.

Each override takes over where it does in the BOPTEST model: set-points before their loops, signals behind them. The
valve overrides pass through the pump hysteresis, the pump overrides come after it, and the freeze stat beats both on
the heating side (embedded-plant section 5).
"""

from __future__ import annotations

from math import inf
from typing import TypeAlias

from emulators.plants.cells import Cells
from emulators.plants.components import clamped, larger, pi, smaller
from emulators.plants.multizone_office.layout import (
    COOLING_PUMP_OVERRIDE,
    COOLING_RUNS,
    COOLING_SINCE_S,
    COOLING_VALVE_OVERRIDE,
    ECONOMIZER_IS_LOCKED,
    FAN_INTEGRAL,
    FAN_IS_ON,
    FAN_OVERRIDE,
    FAN_SHARE,
    FLOW,
    FREEZE_INTEGRAL,
    FREEZE_SHARE,
    FREEZING_UNTIL_S,
    HEATING_PUMP_OVERRIDE,
    HEATING_RUNS,
    HEATING_SINCE_S,
    HEATING_VALVE_OVERRIDE,
    MIXED_C,
    MOST_OPEN_BOX,
    OUTDOOR_BIAS_K,
    OUTDOOR_C,
    OUTDOOR_DAMPER_OVERRIDE,
    PRESSURE_OVERRIDE,
    PRESSURE_SET_PA,
    RESET_INTEGRAL,
    RESET_SHARE,
    RETURN_DAMPER_OVERRIDE,
    RETURNED_C,
    SUPPLY_INTEGRAL,
    SUPPLY_IS_ON,
    SUPPLY_OUTPUT,
    SUPPLY_SENSED_C,
    SUPPLY_SHARE,
    SUPPLY_TEMPERATURE_OVERRIDE,
)
from emulators.plants.multizone_office.parameters import SYSTEM_FLOW_M3_S
from emulators.plants.multizone_office.use.modes import ECONOMIZER, MINIMUM_OUTDOOR_AIR, SUPPLY_AIR_K
from emulators.plants.multizone_office.use.modes import FAN as FAN_RUNS
from emulators.plants.override import ACTIVE, IN_FORCE, resolve
from emulators.plants.psychrometrics import KELVIN

AhuCommands: TypeAlias = tuple[float, float, float, float, float, float]
"""What the controller asks of outdoor and return damper, heating valve and pump, cooling valve and pump: 0 to 1."""

_LOWEST_PRESSURE_PA, _HIGHEST_PRESSURE_PA = 50.0, 410.0
_WANTED_DAMPER = 0.9
_LOWEST_SPEED = 0.1
_SLOW, _WIDE = 0.44, 0.47
_FAST, _NARROW = 1.0, 0.32
"""Fan speeds and outdoor damper positions that give about the same outdoor air (D)."""
_LOCK_BAND_K = 1.0
_SEQUENCE_START = -0.5
"""Where the supply air loop begins whenever it is enabled: at the edge of heating (SupplyAirTemperature)."""
_FREEZE_LOOP_C = 4.0
_FREEZE_STAT_C = 3.0
_FREEZE_HOLD_S = 900.0
_FLOW_PROVEN_SHARE = 0.05
_RESET_GAIN, _RESET_TIME_S = 0.1, 60.0
_FAN_GAIN, _FAN_TIME_S = 0.5, 15.0
_SUPPLY_GAIN, _SUPPLY_TIME_S = 0.01, 120.0
_FREEZE_GAIN, _FREEZE_TIME_S = 0.05, 120.0

_PUMP_STARTS_ABOVE = 0.1
_PUMP_STOPS_BELOW = 0.01
_PUMP_HOLD_S = 4 * 3600.0


def fit_control(b: Cells) -> None:
    """Write the state of a controller that has just been switched on."""
    b[RESET_INTEGRAL] = b[SUPPLY_INTEGRAL] = b[SUPPLY_OUTPUT] = 0.0
    b[FAN_INTEGRAL] = _LOWEST_SPEED
    b[FREEZE_INTEGRAL] = 1.0
    b[PRESSURE_SET_PA] = _LOWEST_PRESSURE_PA
    b[FREEZING_UNTIL_S] = -inf
    for cell in (
        FAN_IS_ON,
        SUPPLY_IS_ON,
        ECONOMIZER_IS_LOCKED,
        HEATING_RUNS,
        HEATING_SINCE_S,
        COOLING_RUNS,
        COOLING_SINCE_S,
    ):
        b[cell] = 0.0


def set_control_step(b: Cells, dt_s: float, fan_dt_s: float) -> None:
    """Prepare the loops for steps of this length; the fan's are shorter."""
    b[RESET_SHARE] = dt_s / _RESET_TIME_S
    b[SUPPLY_SHARE] = dt_s / _SUPPLY_TIME_S
    b[FREEZE_SHARE] = dt_s / _FREEZE_TIME_S
    b[FAN_SHARE] = fan_dt_s / _FAN_TIME_S


def scan(b: Cells, time_s: float, mode: int, least_position: float) -> AhuCommands:
    """The commands of one scan to all but the fan; in modes with outdoor air its damper is open so far at least."""
    if b[MIXED_C] < _FREEZE_STAT_C:
        b[FREEZING_UNTIL_S] = time_s + _FREEZE_HOLD_S
    freezing = time_s < b[FREEZING_UNTIL_S]
    fan_runs = FAN_RUNS[mode]
    _reset_pressure(b)
    if fan_runs and not b[FAN_IS_ON]:
        b[FAN_INTEGRAL] = _LOWEST_SPEED
    b[FAN_IS_ON] = 1.0 if fan_runs else 0.0
    sequence = _control_supply_air(b, mode, fan_runs or freezing)
    outdoor_damper, return_damper = _control_dampers(b, mode, clamped(sequence / 0.5, 0.0, 1.0), least_position)
    air_proven = fan_runs or b[FLOW] > _FLOW_PROVEN_SHARE * SYSTEM_FLOW_M3_S
    heating_valve, heating_pump = _control_heating(
        b, time_s, larger(0.0, (-0.5 - sequence) / 0.5), air_proven, freezing
    )
    cooling_valve, cooling_pump = _control_cooling(b, time_s, larger(0.0, (sequence - 0.5) / 0.5), air_proven)
    return outdoor_damper, return_damper, heating_valve, heating_pump, cooling_valve, cooling_pump


def _reset_pressure(b: Cells) -> None:
    """Static-pressure reset for the most open box."""
    b[RESET_INTEGRAL], share = pi(
        b[RESET_INTEGRAL], b[MOST_OPEN_BOX] - _WANTED_DAMPER, _RESET_GAIN, b[RESET_SHARE], 0.0, 1.0
    )
    own = _LOWEST_PRESSURE_PA + (_HIGHEST_PRESSURE_PA - _LOWEST_PRESSURE_PA) * share
    b[PRESSURE_SET_PA] = resolve(b, PRESSURE_OVERRIDE, own)


def _control_supply_air(b: Cells, mode: int, enabled: bool) -> float:
    """The sequence signal: -1 to -0.5 heats, 0 to 0.5 opens the economizer, 0.5 to 1 cools."""
    error_k = b[SUPPLY_SENSED_C] - (resolve(b, SUPPLY_TEMPERATURE_OVERRIDE, SUPPLY_AIR_K[mode]) - KELVIN)
    if enabled and not b[SUPPLY_IS_ON]:
        b[SUPPLY_INTEGRAL] = _SEQUENCE_START - _SUPPLY_GAIN * error_k
        b[SUPPLY_OUTPUT] = _SEQUENCE_START
    b[SUPPLY_IS_ON] = 1.0 if enabled else 0.0
    if not enabled:
        return 0.0
    b[SUPPLY_INTEGRAL], output = pi(b[SUPPLY_INTEGRAL], error_k, _SUPPLY_GAIN, b[SUPPLY_SHARE], -1.0, 1.0)
    b[SUPPLY_OUTPUT] = output
    return output


def _control_dampers(b: Cells, mode: int, economizer: float, least_position: float) -> tuple[float, float]:
    """Outdoor and return damper: economizer between the minimum position and what the freeze loop allows."""
    warmer_inside_by = b[RETURNED_C] - (b[OUTDOOR_C] + b[OUTDOOR_BIAS_K])
    if warmer_inside_by > _LOCK_BAND_K:
        b[ECONOMIZER_IS_LOCKED] = 0.0
    elif warmer_inside_by < 0.0:
        b[ECONOMIZER_IS_LOCKED] = 1.0
    wanted = economizer if ECONOMIZER[mode] and not b[ECONOMIZER_IS_LOCKED] else 0.0
    if MINIMUM_OUTDOOR_AIR[mode]:
        wanted = larger(wanted, least_position)
    error = b[MIXED_C] - _FREEZE_LOOP_C
    b[FREEZE_INTEGRAL], allowed = pi(b[FREEZE_INTEGRAL], error, _FREEZE_GAIN, b[FREEZE_SHARE], 0.0, 1.0)
    own = smaller(wanted, allowed)
    return resolve(b, OUTDOOR_DAMPER_OVERRIDE, own), resolve(b, RETURN_DAMPER_OVERRIDE, 1.0 - own)


def minimum_position(fan_speed: float) -> float:
    """The least position of the outdoor damper of the case, by the fan's speed."""
    share = clamped((fan_speed - _SLOW) / (_FAST - _SLOW), 0.0, 1.0)
    return _WIDE + (_NARROW - _WIDE) * share


def _control_heating(b: Cells, time_s: float, own: float, air_proven: bool, freezing: bool) -> tuple[float, float]:
    valve = resolve(b, HEATING_VALVE_OVERRIDE, own)
    running = pump_runs(b, HEATING_RUNS, time_s, valve, air_proven)
    pump = resolve(b, HEATING_PUMP_OVERRIDE, running)
    if freezing:
        return 1.0, 1.0
    return valve * running, pump


def _control_cooling(b: Cells, time_s: float, own: float, air_proven: bool) -> tuple[float, float]:
    valve = resolve(b, COOLING_VALVE_OVERRIDE, own)
    running = pump_runs(b, COOLING_RUNS, time_s, valve, air_proven)
    return valve * running, resolve(b, COOLING_PUMP_OVERRIDE, running)


def pump_runs(b: Cells, at: int, time_s: float, signal: float, air_proven: bool) -> float:
    """Whether a coil's pump runs, as 0 or 1; it never does without air flow.

    It starts when the valve signal rises above 0.1 and is held for hours, so that it does not cycle. Until it has been
    started the valve stays shut, whatever the signal. Two cells: whether it runs, and since when.
    """
    if not air_proven:
        b[at] = 0.0
    elif signal > _PUMP_STARTS_ABOVE and not b[at]:
        b[at] = 1.0
        b[at + 1] = time_s
    elif signal < _PUMP_STOPS_BELOW and time_s - b[at + 1] > _PUMP_HOLD_S:
        b[at] = 0.0
    return b[at]


def scan_fan(b: Cells, duct_pa: float) -> float:
    """The command to the fan of one step of its own loop, which is faster than all others."""
    own = 0.0
    if b[FAN_IS_ON]:
        error = (b[PRESSURE_SET_PA] - duct_pa) / _HIGHEST_PRESSURE_PA
        b[FAN_INTEGRAL], own = pi(b[FAN_INTEGRAL], error, _FAN_GAIN, b[FAN_SHARE], _LOWEST_SPEED, 1.0)
    return resolve(b, FAN_OVERRIDE, own)


def track(b: Cells) -> None:
    """Be as if what overrides pressure, fan, valves and dampers now had been commanded from here."""
    if b[PRESSURE_OVERRIDE + ACTIVE]:
        above_pa = b[PRESSURE_OVERRIDE + IN_FORCE] - _LOWEST_PRESSURE_PA
        b[RESET_INTEGRAL] = clamped(above_pa / (_HIGHEST_PRESSURE_PA - _LOWEST_PRESSURE_PA), 0.0, 1.0)
    if b[FAN_OVERRIDE + ACTIVE]:
        b[FAN_INTEGRAL] = clamped(b[FAN_OVERRIDE + IN_FORCE], _LOWEST_SPEED, 1.0)
    heats, cools = b[HEATING_VALVE_OVERRIDE + ACTIVE], b[COOLING_VALVE_OVERRIDE + ACTIVE]
    if heats or cools or b[OUTDOOR_DAMPER_OVERRIDE + ACTIVE]:
        b[SUPPLY_INTEGRAL] = b[SUPPLY_OUTPUT] = clamped(_sequence_in_force(b), -1.0, 1.0)


def _sequence_in_force(b: Cells) -> float:
    """The sequence signal that would have what is overridden: the wider valve, or else the damper."""
    heating = b[HEATING_VALVE_OVERRIDE + IN_FORCE] if b[HEATING_VALVE_OVERRIDE + ACTIVE] else 0.0
    cooling = b[COOLING_VALVE_OVERRIDE + IN_FORCE] if b[COOLING_VALVE_OVERRIDE + ACTIVE] else 0.0
    if heating > cooling:
        return -0.5 - 0.5 * heating
    if cooling > 0.0:
        return 0.5 + 0.5 * cooling
    if b[OUTDOOR_DAMPER_OVERRIDE + ACTIVE]:
        return 0.5 * b[OUTDOOR_DAMPER_OVERRIDE + IN_FORCE]
    return clamped(b[SUPPLY_OUTPUT], -0.5, 0.5)
