"""Dampers and valves of the air handling unit, from the mode and the readings of one scan."""

from __future__ import annotations

from dataclasses import dataclass

from emulators.programs.ahu.outdoor_air import EconomizerLockout, LowLimitAlarm, OutdoorAirDamper
from emulators.programs.ahu.points import AhuMode
from emulators.programs.ahu.sensors import AhuReadings
from emulators.programs.ahu.temperature import AirTemperatures, Means, Sequence, SupplyAirTemperature

_OPEN_AT_ONCE_ABOVE_C = 8.0


@dataclass(frozen=True, slots=True)
class Setpoints:
    """Supply air temperature, and the minimum position 0..1 of the outdoor air damper."""

    supply_c: float
    minimum_outdoor_air: float


@dataclass(frozen=True, slots=True)
class Position:
    """Where dampers and valves are to be, 0..1. The defaults are those of a unit that is off."""

    outdoor_air: float = 0.0
    return_air: float = 1.0
    heating: float = 0.0
    cooling: float = 0.0


class Conditioning:
    """Supply air temperature control with everything that may overrule it.

    A unit whose fan runs already when the control begins is taken over with open dampers, unless the mixed air
    would get cold; otherwise they open slowly.
    ``economizer`` tells whether outdoor air may cool, ``low_limit`` whether the mixed air is or was too cold.
    """

    def __init__(self) -> None:
        self._temperature = SupplyAirTemperature()
        self._lockout = EconomizerLockout()
        self._damper = OutdoorAirDamper()
        self._alarm = LowLimitAlarm()
        self._last_mode = AhuMode.OFF
        self.economizer = False

    @property
    def low_limit(self) -> bool:
        """Whether the low limit alarm stands."""
        return self._alarm.active

    def step(self, mode: AhuMode, readings: AhuReadings, setpoints: Setpoints, dt_s: float) -> Position:
        """One scan."""
        self._alarm.step(readings.mixed_c, mode.moves_air, dt_s)
        means = self._means(mode, readings)
        self.economizer = means is Means.VALVES_AND_ECONOMIZER
        last, self._last_mode = self._last_mode, mode
        if not mode.moves_air:
            return Position(self._damper.shut())
        expected = _expected_air(readings, setpoints)
        if not last.moves_air:
            self._temperature.start(expected, means)
        error_k = readings.discharge_c - setpoints.supply_c
        shares = self._temperature.step(error_k, readings.flow_fraction, means, dt_s)
        taken_over = not last.moves_air and last is not AhuMode.START
        if taken_over and expected.at_minimum_c > _OPEN_AT_ONCE_ABOVE_C:
            self._damper.open_at_once(setpoints.minimum_outdoor_air, shares.economizer)
        return self._position(shares, readings.mixed_c, setpoints.minimum_outdoor_air, dt_s)

    def _means(self, mode: AhuMode, readings: AhuReadings) -> Means:
        outdoor_cools = readings.outdoor_known and self._lockout.step(
            readings.outdoor_c, readings.humidity, readings.return_c
        )
        if mode not in (AhuMode.OCCUPIED, AhuMode.COOL_DOWN):
            return Means.HEATING_ONLY
        return Means.VALVES_AND_ECONOMIZER if outdoor_cools and not self._alarm.active else Means.VALVES

    def _position(self, shares: Sequence, mixed_c: float, minimum: float, dt_s: float) -> Position:
        if self._alarm.active:
            heating = 1.0 if self._alarm.heating_open else shares.heating
            return Position(self._damper.shut(), heating=heating, cooling=shares.cooling)
        outdoor_air = self._damper.step(minimum, shares.economizer, mixed_c, dt_s)
        return Position(outdoor_air, 1.0 - outdoor_air, shares.heating, shares.cooling)


def _expected_air(readings: AhuReadings, setpoints: Setpoints) -> AirTemperatures:
    mixed_c = readings.mixed_c
    if readings.outdoor_known:
        mixed_c = readings.return_c + setpoints.minimum_outdoor_air * (readings.outdoor_c - readings.return_c)
    return AirTemperatures(mixed_c, readings.outdoor_c, setpoints.supply_c)
