"""Air flows and duct pressure: an algebraic balance of fan, mixing box, coils and five pressure-independent boxes.

Every box lets its demanded flow through as long as the duct pressure suffices, and starves together with the others
when it does not. That makes the balance piecewise quadratic in the square root of the pressure, so it is solved
exactly: one quadratic per box that starves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from emulators.plants.components import DAMPER_LOSS_OPEN, damper_loss, damper_position
from emulators.plants.multizone_office.parameters import SYSTEM_FLOW_M3_S, ZONES, AirPath, Fan

_DESIGN_FLOWS = tuple(zone.design_flow_m3_s for zone in ZONES)
_STILL = 1e-3


class AirNetwork:
    """The flows at one moment, m3/s at 1.2 kg/m3; pressures in Pa above outdoors."""

    __slots__ = (
        "_box_pa",
        "_exhausted_share",
        "_fan",
        "_path",
        "_resistance",
        "duct_pressure",
        "fan_power",
        "flow",
        "most_open_box",
        "outdoor_share",
        "zone_flows",
    )

    def __init__(self, fan: Fan, path: AirPath) -> None:
        self._fan = fan
        self._path = path
        self._box_pa = path.box_damper_pa + path.box_fixed_pa
        self._exhausted_share = 1.0 - path.leaking_share
        self._resistance = 0.0
        self.duct_pressure = 0.0
        self.fan_power = 0.0
        self.flow = 0.0
        self.most_open_box = 0.0
        self.outdoor_share = 0.0
        self.zone_flows = [0.0] * len(ZONES)

    @property
    def return_flow(self) -> float:
        """What comes back through the return duct: the supply less what leaks out of the building."""
        return self.flow * (1.0 - self._path.leaking_share * self.outdoor_share)

    def pressure_at(self, speed: float) -> float:
        """Duct pressure at another fan speed, as long as the boxes hold the flow of the last balance."""
        flow, fan = self.flow, self._fan
        fan_pa = fan.shut_off_pa * speed * (speed - flow / (2.0 * SYSTEM_FLOW_M3_S))
        return max(0.0, fan_pa - self._resistance * flow * flow)

    def solve(self, speed: float, outdoor_damper: float, return_damper: float, demands: Sequence[float]) -> None:
        """Balance the network for a fan speed, damper positions, and the boxes' demands as shares of design flow."""
        mixing_pa = self._mix(outdoor_damper, return_damper)
        shut_off = self._fan.shut_off_pa * speed * speed
        droop = self._fan.shut_off_pa * speed / (2.0 * SYSTEM_FLOW_M3_S)
        resistance = (self._path.coils_and_filter_pa + mixing_pa) / (SYSTEM_FLOW_M3_S * SYSTEM_FLOW_M3_S)
        reach = self._reach(shut_off, droop, resistance, demands)
        flows = [
            design * (share if share < reach else reach) for design, share in zip(_DESIGN_FLOWS, demands, strict=True)
        ]
        self._resistance = resistance
        self.zone_flows = flows
        self.flow = flow = sum(flows)
        fan_pa = shut_off - droop * flow
        self.duct_pressure = pressure = max(0.0, fan_pa - resistance * flow * flow)
        self.fan_power = flow * max(0.0, fan_pa) / self._fan.efficiency
        self.most_open_box = self._opening(max(demands), reach, pressure)

    def _mix(self, outdoor_damper: float, return_damper: float) -> float:
        """Set the outdoor share and return the mixing box's loss at design flow, Pa.

        The exhaust damper follows the outdoor one. What it passes lifts the return plenum above outdoors, so the
        return damper sees a larger difference than the outdoor damper.
        """
        outdoor = self._conductance(outdoor_damper)
        returned = self._conductance(return_damper) * sqrt(1.0 + self._exhausted_share * self._exhausted_share)
        both = outdoor + returned
        self.outdoor_share = outdoor / both
        return 1.0 / (both * both)

    def _conductance(self, damper: float) -> float:
        path = self._path
        return 1.0 / sqrt(path.mixing_damper_pa * damper_loss(damper) / DAMPER_LOSS_OPEN + path.mixing_fixed_pa)

    def _reach(self, shut_off: float, droop: float, resistance: float, demands: Sequence[float]) -> float:
        """The share of its design flow that a fully open box gets at the balance's duct pressure."""
        satisfied = 0.0
        for design, share in zip(_DESIGN_FLOWS, demands, strict=True):
            satisfied += design * share
        pressure = shut_off - (droop + resistance * satisfied) * satisfied
        if pressure > 0.0 and pressure >= self._box_pa * max(demands) ** 2:
            return sqrt(pressure / self._box_pa)
        return self._reach_when_starving(shut_off, droop, resistance, demands)

    def _reach_when_starving(self, shut_off: float, droop: float, resistance: float, demands: Sequence[float]) -> float:
        satisfied = sum(design * share for design, share in zip(_DESIGN_FLOWS, demands, strict=True))
        starving = reach = 0.0
        for share, design in sorted(zip(demands, _DESIGN_FLOWS, strict=True), reverse=True):
            if reach >= share:
                break
            satisfied -= design * share
            starving += design
            a = self._box_pa + resistance * starving * starving
            b = (droop + 2.0 * resistance * satisfied) * starving
            c = shut_off - (droop + resistance * satisfied) * satisfied
            reach = 2.0 * c / (b + sqrt(b * b + 4.0 * a * c)) if c > 0.0 else 0.0
        return reach

    def _opening(self, demand: float, reach: float, pressure: float) -> float:
        """Damper position of the hungriest box: what its set-point needs at this pressure."""
        if demand > reach:
            return 1.0
        if demand < _STILL:
            return 0.0
        damper_pa = pressure - self._path.box_fixed_pa * demand * demand
        return damper_position(DAMPER_LOSS_OPEN * damper_pa / (self._path.box_damper_pa * demand * demand))
