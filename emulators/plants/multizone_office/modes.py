"""The operating mode of the air system (ASHRAE 2006 sequence, as in the VAVReheat examples)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emulators.plants.psychrometrics import KELVIN

DAY_S = 86400.0
OCCUPIED_FROM_H = 6.0
OCCUPIED_TO_H = 19.0
"""Every day of the week (embedded-plant section 4)."""

OCCUPIED_HEATING_C = 20.0
OCCUPIED_COOLING_C = 24.0
VACANT_HEATING_C = 12.0
VACANT_COOLING_C = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """What a mode asks for: zone and supply air set-points in K, fan, and how outdoor air is used."""

    name: str
    heating_k: float
    cooling_k: float
    supply_air_k: float
    fan: bool
    minimum_outdoor_air: bool = False
    economizer: bool = False


def _mode(name: str, heating_c: float, cooling_c: float, supply_air_c: float, fan: bool, *outdoor_air: bool) -> Mode:
    return Mode(name, heating_c + KELVIN, cooling_c + KELVIN, supply_air_c + KELVIN, fan, *outdoor_air)


OCCUPIED = _mode("occupied", OCCUPIED_HEATING_C, OCCUPIED_COOLING_C, 12.0, True, True, True)
OFF = _mode("off", VACANT_HEATING_C, VACANT_COOLING_C, 12.0, False)
NIGHT_SET_BACK = _mode("night set-back", VACANT_HEATING_C, VACANT_COOLING_C, 35.0, True)
NIGHT_SET_UP = _mode("night set-up", VACANT_HEATING_C, VACANT_COOLING_C, 12.0, True, False, True)
WARM_UP = _mode("warm-up", OCCUPIED_HEATING_C, VACANT_COOLING_C, 35.0, True)
PRE_COOL = _mode("pre-cool", VACANT_HEATING_C, OCCUPIED_COOLING_C, 12.0, True, False, True)

_START_BEFORE_S = 1800.0
_SHORTEST_NIGHT_RUN_S = 1800.0
_SWITCHING_BAND_K = 0.5
_FREE_COOLING_BELOW_C = 13.0


def occupied(time_s: float) -> bool:
    """Whether the building is scheduled to be occupied."""
    return OCCUPIED_FROM_H <= time_s % DAY_S / 3600.0 < OCCUPIED_TO_H


class ModeMachine:
    """Chooses the mode from the clock and the zone temperatures."""

    __slots__ = ("_since_s", "mode")

    def __init__(self) -> None:
        self.mode = OFF
        self._since_s = 0.0

    def step(self, time_s: float, zones_c: Sequence[float], outdoor_c: float) -> Mode:
        """The mode at this time."""
        mode = OCCUPIED if occupied(time_s) else self._vacant(time_s, zones_c, outdoor_c)
        if mode is not self.mode:
            self.mode = mode
            self._since_s = time_s
        return mode

    def _vacant(self, time_s: float, zones_c: Sequence[float], outdoor_c: float) -> Mode:
        if (OCCUPIED_FROM_H * 3600.0 - time_s) % DAY_S > _START_BEFORE_S:
            return self._night(time_s, zones_c)
        if self.mode is WARM_UP or self.mode is PRE_COOL:
            return self.mode
        mean_c = sum(zones_c) / len(zones_c)
        if mean_c < OCCUPIED_HEATING_C:
            return WARM_UP
        if mean_c > OCCUPIED_COOLING_C and outdoor_c < _FREE_COOLING_BELOW_C:
            return PRE_COOL
        return self._night(time_s, zones_c)

    def _night(self, time_s: float, zones_c: Sequence[float]) -> Mode:
        coldest, warmest = min(zones_c), max(zones_c)
        if self.mode is NIGHT_SET_BACK and self._stays(time_s, coldest < VACANT_HEATING_C + _SWITCHING_BAND_K):
            return NIGHT_SET_BACK
        if self.mode is NIGHT_SET_UP and self._stays(time_s, warmest > VACANT_COOLING_C - _SWITCHING_BAND_K):
            return NIGHT_SET_UP
        if coldest < VACANT_HEATING_C - _SWITCHING_BAND_K:
            return NIGHT_SET_BACK
        if warmest > VACANT_COOLING_C + _SWITCHING_BAND_K:
            return NIGHT_SET_UP
        return OFF

    def _stays(self, time_s: float, needed: bool) -> bool:
        return needed or time_s - self._since_s < _SHORTEST_NIGHT_RUN_S
