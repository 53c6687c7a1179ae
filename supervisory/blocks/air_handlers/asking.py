"""What all zones of one air handler ask for, by the points that programs bind for it under the same roles.

A zone without a good value of what it takes to judge it is left out: it asks for nothing, and is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from supervisory.blocks.time.timers import good_numbers
from supervisory.blocks.zones.requests import CoolingRequests, StaticPressureRequests
from supervisory.program import Context, Read


class Asking(Protocol):
    """Requests of one kind."""

    def step(self, ctx: Context) -> dict[str, int]:
        """By zone, of all zones that are known."""


class PressureAsking:
    """Static pressure requests. ``zone_airflow_setpoint`` or ``zone_airflow_share`` is needed of each zone."""

    points: ClassVar[Mapping[str, Read]] = {
        "zone_airflow": Read("m**3/s", required=False, many=True),
        "zone_airflow_setpoint": Read("m**3/s", required=False, many=True),
        "zone_airflow_share": Read("percent", required=False, many=True),
        "zone_damper": Read("percent", required=False, many=True),
    }

    def __init__(self, design_m3_s: Mapping[str, float]) -> None:
        """``design_m3_s`` by zone, where only a share of it is told."""
        self._design_m3_s = design_m3_s
        self._zones: dict[str, StaticPressureRequests] = {}

    def step(self, ctx: Context) -> dict[str, int]:
        """By zone, of all zones whose air flow and set-point are known."""
        flows = good_numbers(ctx.readings("zone_airflow"))
        wanted = self._wanted_m3_s(ctx)
        dampers = good_numbers(ctx.readings("zone_damper"))
        return {
            zone: self._zone(zone).step(ctx.time_s, flows[zone], wanted[zone], dampers.get(zone))
            for zone in sorted(flows.keys() & wanted.keys())
        }

    def _zone(self, zone: str) -> StaticPressureRequests:
        return self._zones.setdefault(zone, StaticPressureRequests())

    def _wanted_m3_s(self, ctx: Context) -> dict[str, float]:
        design, shares = self._design_m3_s, good_numbers(ctx.readings("zone_airflow_share"))
        by_share = {zone: pct / 100.0 * design[zone] for zone, pct in shares.items() if zone in design}
        return by_share | good_numbers(ctx.readings("zone_airflow_setpoint"))


class CoolingAsking:
    """Requests for colder supply air. A zone without ``zone_cooling_loop`` never makes the single request."""

    points: ClassVar[Mapping[str, Read]] = {
        "zone_temperature": Read("degC", required=False, many=True),
        "zone_cooling_setpoint": Read("degC", required=False, many=True),
        "zone_cooling_loop": Read("percent", required=False, many=True),
    }

    def __init__(self) -> None:
        self._zones: dict[str, CoolingRequests] = {}

    def step(self, ctx: Context) -> dict[str, int]:
        """By zone, of all zones whose temperature and set-point are known."""
        zones_c = good_numbers(ctx.readings("zone_temperature"))
        wanted_c = good_numbers(ctx.readings("zone_cooling_setpoint"))
        loops = good_numbers(ctx.readings("zone_cooling_loop"))
        return {
            zone: self._zone(zone).step(ctx.time_s, zones_c[zone], wanted_c[zone], loops.get(zone))
            for zone in sorted(zones_c.keys() & wanted_c.keys())
        }

    def _zone(self, zone: str) -> CoolingRequests:
        return self._zones.setdefault(zone, CoolingRequests())
