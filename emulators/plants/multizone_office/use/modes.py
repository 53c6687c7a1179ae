"""The operating mode of the air system (ASHRAE 2006 sequence, as in the VAVReheat examples)."""

from __future__ import annotations

from emulators.plants.cells import Cells
from emulators.plants.psychrometrics import KELVIN

DAY_S = 86400.0
OCCUPIED_FROM_H = 6.0
OCCUPIED_TO_H = 19.0
"""Every day of the week (embedded-plant section 4)."""

OCCUPIED_HEATING_C = 20.0
OCCUPIED_COOLING_C = 24.0
VACANT_HEATING_C = 12.0
VACANT_COOLING_C = 30.0

MODES = ("OCCUPIED", "OFF", "NIGHT_SET_BACK", "NIGHT_SET_UP", "WARM_UP", "PRE_COOL")
OCCUPIED, OFF, NIGHT_SET_BACK, NIGHT_SET_UP, WARM_UP, PRE_COOL = range(len(MODES))
_ASKED = (
    (OCCUPIED_HEATING_C, OCCUPIED_COOLING_C, 12.0),
    (VACANT_HEATING_C, VACANT_COOLING_C, 12.0),
    (VACANT_HEATING_C, VACANT_COOLING_C, 35.0),
    (VACANT_HEATING_C, VACANT_COOLING_C, 12.0),
    (OCCUPIED_HEATING_C, VACANT_COOLING_C, 35.0),
    (VACANT_HEATING_C, OCCUPIED_COOLING_C, 12.0),
)
"""Zone and supply air set-points of each mode, degC."""
HEATING_K = tuple(heating_c + KELVIN for heating_c, _, _ in _ASKED)
COOLING_K = tuple(cooling_c + KELVIN for _, cooling_c, _ in _ASKED)
SUPPLY_AIR_K = tuple(supply_air_c + KELVIN for _, _, supply_air_c in _ASKED)
FAN = (True, False, True, True, True, True)
MINIMUM_OUTDOOR_AIR = (True, False, False, False, False, False)
ECONOMIZER = (True, False, False, True, False, True)

MODE, SINCE_S, CELLS = range(3)
"""The mode's number, and since when it is in force."""

_START_BEFORE_S = 1800.0
_WARM_UP_WAITS_S = 60.0
_SHORTEST_NIGHT_RUN_S = 1800.0
_SWITCHING_BAND_K = 0.5
_PRE_COOLED_TO_C = 26.0
_FREE_COOLING_BELOW_C = 13.0
"""Pre-cooling is for zones above 26 degC while it is cooler than 13 degC outdoors (ModeSelector, PreCoolingStarter)."""


def occupied(time_s: float) -> bool:
    """Whether the building is scheduled to be occupied."""
    return OCCUPIED_FROM_H <= time_s % DAY_S / 3600.0 < OCCUPIED_TO_H


def choose_mode(b: Cells, at: int, time_s: float, zones_c: tuple[float, float, float], outdoor_c: float) -> int:
    """The mode at this time, by the clock and by the coldest, the mean and the warmest zone."""
    mode = OCCUPIED if occupied(time_s) else _vacant(b, at, time_s, zones_c, outdoor_c)
    if mode != b[at]:
        b[at] = mode
        b[at + SINCE_S] = time_s
    return mode


def _vacant(b: Cells, at: int, time_s: float, zones_c: tuple[float, float, float], outdoor_c: float) -> int:
    left_s = (OCCUPIED_FROM_H * 3600.0 - time_s) % DAY_S
    if left_s > _START_BEFORE_S:
        return _night(b, at, time_s, zones_c)
    coldest_c, mean_c, _ = zones_c
    if b[at] in (WARM_UP, PRE_COOL, OCCUPIED):
        return _prepared(b, at, coldest_c)
    if mean_c < OCCUPIED_HEATING_C and left_s <= _START_BEFORE_S - _WARM_UP_WAITS_S:
        return WARM_UP
    if mean_c > _PRE_COOLED_TO_C and outdoor_c < _FREE_COOLING_BELOW_C:
        return PRE_COOL
    return _night(b, at, time_s, zones_c)


def _prepared(b: Cells, at: int, coldest_c: float) -> int:
    """Warm-up and pre-cooling become ordinary running as soon as the coldest zone is warm or cool enough."""
    if b[at] == WARM_UP and coldest_c <= OCCUPIED_HEATING_C - _SWITCHING_BAND_K:
        return WARM_UP
    if b[at] == PRE_COOL and coldest_c >= _PRE_COOLED_TO_C + _SWITCHING_BAND_K:
        return PRE_COOL
    return OCCUPIED


def _night(b: Cells, at: int, time_s: float, zones_c: tuple[float, float, float]) -> int:
    coldest_c, _, warmest_c = zones_c
    short = time_s - b[at + SINCE_S] < _SHORTEST_NIGHT_RUN_S
    if b[at] == NIGHT_SET_BACK and (short or coldest_c < VACANT_HEATING_C + _SWITCHING_BAND_K):
        return NIGHT_SET_BACK
    if b[at] == NIGHT_SET_UP and (short or warmest_c > VACANT_COOLING_C - _SWITCHING_BAND_K):
        return NIGHT_SET_UP
    if coldest_c < VACANT_HEATING_C - _SWITCHING_BAND_K:
        return NIGHT_SET_BACK
    if warmest_c > VACANT_COOLING_C + _SWITCHING_BAND_K:
        return NIGHT_SET_UP
    return OFF
