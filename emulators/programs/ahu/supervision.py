"""Which mode the unit is in, and the supply air temperature that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from emulators.programs.ahu.points import AhuMode
from emulators.programs.ahu.sensors import AhuReadings
from emulators.programs.blocks import Hysteresis, LinearReset

# Supply air to warm up with, by return air; above 24 degC the building is cooled down instead.
_WARM_UP_BY_RETURN = LinearReset(19.5, 32.0, 21.5, 18.0)
_COOL_DOWN_ABOVE_C = 24.0
_WARM_UP_BELOW_C = 22.0
_SUPPLY_BY_OUTDOOR = LinearReset(15.0, 17.0, 21.0, 12.0)
_SUPPLY_IN_FROST = LinearReset(0.0, 17.0, -15.0, 22.0)
# A warm building gets colder air even in winter: rather outdoor air than more flow, or heat in one zone for another.
_WARMEST_BY_RETURN = LinearReset(21.0, 22.0, 23.5, 12.0)
_SUPPLY_WITHOUT_OUTDOOR_C = 12.0
# How many minutes earlier to start, by outdoor air.
_EARLY_BY_OUTDOOR = LinearReset(5.0, 0.0, -15.0, 90.0)


@dataclass(frozen=True, slots=True)
class Calls:
    """What decides on the mode, in the order of its weight."""

    sensor_fault: bool
    fan_fault: bool
    occupied: bool
    starting_up: bool
    fan_proven: bool
    return_c: float


class ModeSelector:
    """Decides once a scan. Warm-up or cool-down is chosen by the return air while the fan moves it."""

    def __init__(self) -> None:
        self._too_warm = Hysteresis(on_at=_COOL_DOWN_ABOVE_C, off_at=_WARM_UP_BELOW_C)

    def step(self, calls: Calls) -> AhuMode:
        """Return the mode of this scan."""
        if calls.sensor_fault:
            return AhuMode.SENSOR_FAULT
        if not (calls.occupied or calls.starting_up):
            return AhuMode.OFF
        if calls.fan_fault:
            return AhuMode.FAN_FAULT
        if not calls.fan_proven:
            return AhuMode.START
        if calls.occupied:
            return AhuMode.OCCUPIED
        return AhuMode.COOL_DOWN if self._too_warm.step(calls.return_c) else AhuMode.WARM_UP


def early_start_min(readings: AhuReadings) -> float:
    """Minutes by which a cold morning needs an earlier start."""
    return _EARLY_BY_OUTDOOR.at(readings.outdoor_c) if readings.outdoor_known else 0.0


def supply_setpoint_c(mode: AhuMode, readings: AhuReadings) -> float:
    """Warm air to warm up; otherwise the colder, the warmer it is outside and inside."""
    if mode is AhuMode.WARM_UP:
        return _WARM_UP_BY_RETURN.at(readings.return_c)
    if not readings.outdoor_known:
        return _SUPPLY_WITHOUT_OUTDOOR_C
    by_outdoor = _SUPPLY_IN_FROST if readings.outdoor_c < 0.0 else _SUPPLY_BY_OUTDOOR
    return min(by_outdoor.at(readings.outdoor_c), _WARMEST_BY_RETURN.at(readings.return_c))
