"""Occupied standby: an empty zone is set back and its air shut off, in the middle of the working day.

ASHRAE Guideline 36, 5.3.2 (times and set-points) and 5.2.1.3 (air), for ASHRAE 90.1, 6.5.3.8, as far as 62.1 permits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from supervisory.blocks.time.timers import SECONDS_PER_MINUTE, good_numbers
from supervisory.blocks.zones.population import PopulationSettings
from supervisory.blocks.zones.sight import is_occupied, warn_of_unknown_zones
from supervisory.blocks.zones.standby_zone import StandbyTimes, StandbyZone, ZoneReadings
from supervisory.program import Command, Context, Program, Read

_KELVIN_PER_DEGF = 5.0 / 9.0
_SET_BACK = {
    True: "set-points set back (90.1 6.5.3.8, G36 5.3.2)",
    False: "set-points set back (G36 5.3.2)",
}
_AIR = {
    True: "air off (90.1 6.5.3.8, as 62.1 permits standby)",
    False: "Vmin stays and Vbz-P is 0 (62.1 does not permit standby)",
}
"""By whether 62.1 permits standby; 90.1 asks nothing of zones where it does not."""
_COMMANDED = ("zone_heating_setpoint", "zone_cooling_setpoint", "zone_minimum_airflow")
_SLOW = "own set-points: it recovers too slowly"
_UNKNOWN = "own set-points: temperature or set-points cannot be read"


class OccupiedStandbySettings(PopulationSettings):
    """Times, set-back and which zones may be without air; defaults are the guideline's where it has any."""

    set_back_k: float = Field(0.6, ge=_KELVIN_PER_DEGF, description="Of both set-points; 1 °F is 0.56 K.")
    no_standby: tuple[str, ...] = Field((), description="Zones of a category that 62.1 keeps ventilated while empty.")
    exempt: tuple[str, ...] = Field((), description="Zones that are left alone.")
    dwell_min: float = Field(5.0, ge=0.0, description="From the end of a standby to the next at least.")
    recovery_min: float | None = Field(15.0, ge=0.0, description="A zone that needs longer is set back no more today.")
    recovered_within_k: float = Field(0.3, ge=0.0, description="So near to its set-points a zone has recovered.")

    @property
    def times(self) -> StandbyTimes:
        """In seconds."""
        recovery_s = None if self.recovery_min is None else self.recovery_min * SECONDS_PER_MINUTE
        return StandbyTimes(
            self.population_times, self.dwell_min * SECONDS_PER_MINUTE, recovery_s, self.recovered_within_k
        )


class OccupiedStandby(Program):
    """Zones by their occupancy sensors. All zone roles go by the same names."""

    Settings = OccupiedStandbySettings
    period_s = 30.0
    priority = 13
    points: ClassVar[Mapping[str, Read | Command]] = {
        "zone_occupancy": Read(required=False, many=True),
        "zone_temperature": Read("degC", required=False, many=True),
        "zone_heating_setpoint_in_force": Read("degC", required=False, many=True),
        "zone_cooling_setpoint_in_force": Read("degC", required=False, many=True),
        "occupied": Read(required=False),
        "zone_heating_setpoint": Command("degC", minimum=10.0, maximum=35.0, many=True),
        "zone_cooling_setpoint": Command("degC", minimum=10.0, maximum=35.0, many=True),
        "zone_minimum_airflow": Command("m**3/s", minimum=0.0, many=True),
    }

    settings: OccupiedStandbySettings

    def on_start(self, ctx: Context) -> None:
        """Begin anew: everybody is in."""
        exempt = set(self.settings.exempt)
        self._zones = {
            zone: StandbyZone(self.settings.times) for zone in ctx.names("zone_occupancy") if zone not in exempt
        }
        warn_of_unknown_zones(ctx, "zone_occupancy", {*exempt, *self.settings.no_standby})
        commanded = {zone for role in _COMMANDED for zone in ctx.names(role)}
        unseen = sorted(commanded - {*exempt, *ctx.names("zone_occupancy")})
        if unseen:
            ctx.alarm(f"the config has no occupancy sensor of these zones, which are left alone: {', '.join(unseen)}")

    def on_step(self, ctx: Context) -> None:
        """Judge each zone; set back and shut off what is empty, give back what is not."""
        in_use = is_occupied(ctx, self.settings.occupied_from_h, self.settings.occupied_to_h)
        seen = self._readings(ctx)
        for zone, standby in self._zones.items():
            standby.step(ctx.time_s, seen[zone], in_use)
            self._command(ctx, zone, standby)
            self._warn(ctx, zone, standby)
        empty = {zone: self._rules(zone, each) for zone, each in sorted(self._zones.items()) if each.in_standby}
        hours = "occupied" if in_use else "not occupied: nothing is commanded"
        ctx.explain(why=f"{len(empty)} zones in standby" if empty else hours, standby=empty)

    def _readings(self, ctx: Context) -> dict[str, ZoneReadings]:
        sees = good_numbers(ctx.readings("zone_occupancy"))
        zone_degc = good_numbers(ctx.readings("zone_temperature"))
        heating_degc = good_numbers(ctx.readings("zone_heating_setpoint_in_force"))
        cooling_degc = good_numbers(ctx.readings("zone_cooling_setpoint_in_force"))
        return {
            zone: ZoneReadings(
                sees[zone] > 0.5 if zone in sees else None,
                zone_degc.get(zone),
                heating_degc.get(zone),
                cooling_degc.get(zone),
            )
            for zone in self._zones
        }

    def _command(self, ctx: Context, zone: str, standby: StandbyZone) -> None:
        setpoints = standby.set_back(self.settings.set_back_k) if standby.in_standby else None
        heating_degc, cooling_degc = setpoints or (None, None)
        air_m3_s = 0.0 if standby.in_standby and self._air_may_stop(zone) else None
        _lead(ctx, "zone_heating_setpoint", zone, heating_degc)
        _lead(ctx, "zone_cooling_setpoint", zone, cooling_degc)
        _lead(ctx, "zone_minimum_airflow", zone, air_m3_s)

    def _air_may_stop(self, zone: str) -> bool:
        return zone not in self.settings.no_standby

    def _rules(self, zone: str, standby: StandbyZone) -> str:
        """Which rule has asked for what."""
        permitted = self._air_may_stop(zone)
        set_back = standby.set_back(self.settings.set_back_k)
        setpoints = _SET_BACK[permitted] if set_back else _SLOW if standby.is_slow else _UNKNOWN
        return f"{setpoints}; {_AIR[permitted]}"

    def _warn(self, ctx: Context, zone: str, standby: StandbyZone) -> None:
        if standby.population.is_stuck:
            ctx.alarm(f"{zone}: the occupancy sensor has seen nobody for too long; the zone counts as populated")
        if standby.is_slow:
            ctx.alarm(f"{zone} took too long to recover: it is set back no more today")


def _lead(ctx: Context, role: str, zone: str, value: float | None) -> None:
    """Command one of a zone's points, where the config has it, or give it back."""
    if zone not in ctx.names(role):
        return
    if value is None:
        ctx.release(role, zone)
    else:
        ctx.command(role, value, zone)
