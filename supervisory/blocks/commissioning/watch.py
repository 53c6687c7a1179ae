"""What ends a course of tests: people, alarms, zones that move, and air that gets too cold or too warm."""

from __future__ import annotations

from supervisory.blocks.commissioning.course import AirSeen
from supervisory.blocks.time.timers import good_numbers
from supervisory.program import Context


def site_objection(ctx: Context) -> str:
    """Why nobody should test now; empty when nothing speaks against it. What is not known does."""
    for role, is_on in (("occupied", "is occupied"), ("alarm", "is in alarm")):
        readings = ctx.readings(role)
        known = good_numbers(readings)
        unknown = sorted(readings.keys() - known.keys())
        on = sorted(name for name, value in known.items() if value > 0.5)
        if unknown:
            return f"it is not known whether {unknown[0]} {is_on}"
        if on:
            return f"{on[0]} {is_on}"
    return ""


class ZoneDrift:
    """By how much zones have moved since the course began."""

    def __init__(self, ctx: Context, most_k: float) -> None:
        self._most_k = most_k
        self._begun = good_numbers(ctx.readings("zone_temperature"))
        self.largest_k = 0.0

    def objection(self, ctx: Context) -> str:
        """Which zone has moved too far, or cannot be read any more; empty when none has."""
        now = good_numbers(ctx.readings("zone_temperature"))
        for zone, begun in sorted(self._begun.items()):
            if zone not in now:
                return f"the temperature of zone {zone} is not known any more"
            moved_k = now[zone] - begun
            self.largest_k = max(self.largest_k, abs(moved_k))
            if abs(moved_k) > self._most_k:
                return f"zone {zone} has moved by {moved_k:+.1f} K"
        return ""


def air_objection(seen: AirSeen, freeze_degc: float, hot_degc: float) -> str:
    """Why the air must not go on like this; empty when it may."""
    coldest = min(seen.mixed, seen.supply)
    if coldest < freeze_degc:
        return f"the air is at {coldest:.1f} °C, and a coil may freeze"
    if seen.supply > hot_degc:
        return f"the supply air is at {seen.supply:.1f} °C"
    return ""
