"""The air handler's controller: ASHRAE 2006 sequence with the tuning of the VAVReheat examples.

Each override takes over where it does in the BOPTEST model: set-points before their loops, signals behind them. The
valve overrides pass through the pump hysteresis, the pump overrides come after it, and the freeze stat beats both on
the heating side (embedded-plant section 5).
"""

from __future__ import annotations

from emulators.plants.components import PI, Dynamic
from emulators.plants.multizone_office.modes import Mode
from emulators.plants.multizone_office.overrides import OfficeOverrides
from emulators.plants.multizone_office.parameters import SYSTEM_FLOW_M3_S
from emulators.plants.psychrometrics import KELVIN

_LOWEST_PRESSURE_PA, _HIGHEST_PRESSURE_PA = 50.0, 410.0
_WANTED_DAMPER = 0.9
_LOWEST_SPEED = 0.1
_MINIMUM_OUTDOOR_AIR = ((0.44, 0.47), (1.0, 0.32))
"""Fan speed and outdoor damper position that give about the same outdoor air (D)."""
_LOCK_BAND_K = 1.0
_FREEZE_LOOP_C = 4.0
_FREEZE_STAT_C = 3.0
_FREEZE_HOLD_S = 900.0
_FLOW_PROVEN_SHARE = 0.05


class Sensors:
    """What the controller sees besides the duct pressure: degC, m3/s, shares."""

    __slots__ = ("fan_speed", "flow", "mixed_c", "most_open_box", "outdoor_c", "return_c", "supply_c")

    fan_speed: float
    flow: float
    mixed_c: float
    most_open_box: float
    outdoor_c: float
    return_c: float
    supply_c: float


class AhuCommands:
    """What the controller asks of dampers, valves and pumps: shares 0 to 1."""

    __slots__ = ("cooling_pump", "cooling_valve", "heating_pump", "heating_valve", "outdoor_damper",
                 "return_damper")  # fmt: skip

    cooling_pump: float
    cooling_valve: float
    heating_pump: float
    heating_valve: float
    outdoor_damper: float
    return_damper: float


class PumpHysteresis:
    """Starts a coil's pump when its valve signal rises above 0.1 and holds it for hours, so that it does not cycle.

    Until the pump has been started the valve stays shut, whatever the signal.
    """

    __slots__ = ("_started_s", "running")

    _START_ABOVE = 0.1
    _STOP_BELOW = 0.01
    _HOLD_S = 4 * 3600.0

    def __init__(self) -> None:
        self.running = False
        self._started_s = 0.0

    def step(self, time_s: float, signal: float, air_proven: bool) -> bool:
        """Whether the pump runs; it never does without air flow."""
        if not air_proven:
            self.running = False
        elif signal > self._START_ABOVE and not self.running:
            self.running = True
            self._started_s = time_s
        elif signal < self._STOP_BELOW and time_s - self._started_s > self._HOLD_S:
            self.running = False
        return self.running


class AirHandlerControl:
    """One controller scan per internal step."""

    def __init__(self, overrides: OfficeOverrides) -> None:
        self.commands = AhuCommands()
        self._reset = PI(gain=0.1, integral_time_s=60.0, low=0.0, high=1.0)
        self._fan = PI(gain=0.5, integral_time_s=15.0, low=_LOWEST_SPEED, high=1.0, start=_LOWEST_SPEED)
        self._supply = PI(gain=0.01, integral_time_s=120.0, low=-1.0, high=1.0)
        self._freeze = PI(gain=0.05, integral_time_s=120.0, low=0.0, high=1.0, start=1.0)
        self._heating = PumpHysteresis()
        self._cooling = PumpHysteresis()
        self._fan_on = False
        self._pressure_set_pa = _LOWEST_PRESSURE_PA
        self._locked = False
        self._freezing_until_s = float("-inf")
        self._supply_set = overrides["hvac_oveAhu_TSupSet"]
        self._pressure_set = overrides["hvac_oveAhu_dpSet"]
        self._fan_speed = overrides["hvac_oveAhu_yFan"]
        self._outdoor_damper = overrides["hvac_oveAhu_yOA"]
        self._return_damper = overrides["hvac_oveAhu_yRet"]
        self._heating_valve = overrides["hvac_oveAhu_yHea"]
        self._cooling_valve = overrides["hvac_oveAhu_yCoo"]
        self._heating_pump = overrides["hvac_oveAhu_yPumHea"]
        self._cooling_pump = overrides["hvac_oveAhu_yPumCoo"]

    def dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the internal step."""
        return [self._reset, self._supply, self._freeze]

    def fan_dynamics(self) -> list[Dynamic]:
        """Everything here that depends on the step of the fan loop."""
        return [self._fan]

    def step(self, time_s: float, mode: Mode, sensors: Sensors) -> AhuCommands:
        """The commands of this scan to all but the fan."""
        if sensors.mixed_c < _FREEZE_STAT_C:
            self._freezing_until_s = time_s + _FREEZE_HOLD_S
        freezing = time_s < self._freezing_until_s
        self._reset_pressure(sensors)
        if mode.fan and not self._fan_on:
            self._fan.reset(_LOWEST_SPEED)
            self._supply.reset(0.0)
        self._fan_on = mode.fan
        sequence = self._control_supply_air(mode, sensors, enabled=mode.fan or freezing)
        self._control_dampers(mode, sensors, max(0.0, min(1.0, sequence / 0.5)))
        air_proven = mode.fan or sensors.flow > _FLOW_PROVEN_SHARE * SYSTEM_FLOW_M3_S
        self._control_heating(time_s, max(0.0, (-0.5 - sequence) / 0.5), air_proven, freezing)
        self._control_cooling(time_s, max(0.0, (sequence - 0.5) / 0.5), air_proven)
        return self.commands

    def fan_speed(self, duct_pressure: float) -> float:
        """The command to the fan of one step of its own loop, which is faster than all others."""
        own = 0.0
        if self._fan_on:
            own = self._fan.step((self._pressure_set_pa - duct_pressure) / _HIGHEST_PRESSURE_PA)
        return self._fan_speed.resolve(own)

    def _reset_pressure(self, sensors: Sensors) -> None:
        """Static-pressure reset for the most open box."""
        share = self._reset.step(sensors.most_open_box - _WANTED_DAMPER)
        own = _LOWEST_PRESSURE_PA + (_HIGHEST_PRESSURE_PA - _LOWEST_PRESSURE_PA) * share
        self._pressure_set_pa = self._pressure_set.resolve(own)

    def _control_supply_air(self, mode: Mode, sensors: Sensors, enabled: bool) -> float:
        """The sequence signal: -1 to -0.5 heats, 0 to 0.5 opens the economizer, 0.5 to 1 cools."""
        set_point_c = self._supply_set.resolve(mode.supply_air_k) - KELVIN
        return self._supply.step(sensors.supply_c - set_point_c) if enabled else 0.0

    def _control_dampers(self, mode: Mode, sensors: Sensors, economizer: float) -> None:
        """Economizer between the minimum position and what the freeze loop allows."""
        warmer_inside_by = sensors.return_c - sensors.outdoor_c
        if warmer_inside_by > _LOCK_BAND_K:
            self._locked = False
        elif warmer_inside_by < 0.0:
            self._locked = True
        wanted = economizer if mode.economizer and not self._locked else 0.0
        if mode.minimum_outdoor_air:
            wanted = max(wanted, _minimum_outdoor_air(sensors.fan_speed))
        allowed = self._freeze.step(sensors.mixed_c - _FREEZE_LOOP_C)
        own = min(wanted, allowed)
        self.commands.outdoor_damper = self._outdoor_damper.resolve(own)
        self.commands.return_damper = self._return_damper.resolve(1.0 - own)

    def _control_heating(self, time_s: float, own: float, air_proven: bool, freezing: bool) -> None:
        valve = self._heating_valve.resolve(own)
        running = self._heating.step(time_s, valve, air_proven)
        pump = self._heating_pump.resolve(1.0 if running else 0.0)
        self.commands.heating_valve = 1.0 if freezing else valve if running else 0.0
        self.commands.heating_pump = 1.0 if freezing else pump

    def _control_cooling(self, time_s: float, own: float, air_proven: bool) -> None:
        valve = self._cooling_valve.resolve(own)
        running = self._cooling.step(time_s, valve, air_proven)
        self.commands.cooling_pump = self._cooling_pump.resolve(1.0 if running else 0.0)
        self.commands.cooling_valve = valve if running else 0.0


def _minimum_outdoor_air(fan_speed: float) -> float:
    (slow, wide), (fast, narrow) = _MINIMUM_OUTDOOR_AIR
    share = max(0.0, min(1.0, (fan_speed - slow) / (fast - slow)))
    return wide + (narrow - wide) * share
