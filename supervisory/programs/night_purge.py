"""Thermal purge: the night's outdoor air cools the building, as long as that is cheaper than the chiller tomorrow.

Not the flush of stale air before occupancy, which is ``air_quality_flush.py``. Window, thresholds and the test against
the fan's power are those of supervisory section 7.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pydantic import Field, model_validator

from supervisory.blocks.air_handlers.night_air import (
    AIR_HANDLER,
    command_all,
    forbidden,
    give_back,
    outdoor_dew_point_degc,
    sensible_kw,
    warn_of_no_fan,
)
from supervisory.blocks.time.timers import (
    SECONDS_PER_MINUTE,
    TrueFor,
    good_number,
    good_numbers,
    hour_of,
    in_daily_window,
    rounded,
    sum_of_all,
)
from supervisory.program import Command, Context, Parameters, Program, Read

_REHEAT_MARGIN_K = 0.5
"""So far above a heating set-point in force a zone calls for no heat yet."""


class NightPurgeSettings(Parameters):
    """When it is worth it, and when it ends. Set-points are those of the occupied building."""

    occupied_cooling_degc: float = Field(24.0, description="Cooling set-point of the occupied zones.")
    occupied_heating_degc: float = Field(20.0, description="Heating set-point of the occupied zones.")
    from_h: float = Field(22.0, ge=0.0, le=24.0, description="Hour of the night from which it may run.")
    to_h: float = Field(5.0, ge=0.0, le=24.0, description="Hour at which all is given back; before any warm-up.")
    start_below_cooling_k: float = Field(1.0, ge=0.0, description="Zones must be warmer than cooling less this.")
    stop_above_heating_k: float = Field(1.0, ge=0.0, description="Zones are cooled down to heating plus this.")
    outdoor_below_zones_k: float = Field(4.0, gt=0.0, description="So much colder must it be outdoors to begin.")
    keep_below_zones_k: float = Field(2.0, gt=0.0, description="And so much to go on.")
    outdoor_above_degc: float = Field(10.0, description="In colder air it does not run.")
    dew_point_below_degc: float = Field(13.0, description="In damper air it does not run; 12 to 15 are usual.")
    mixed_above_degc: float = Field(7.0, description="Colder mixed air ends it at once.")
    cooling_per_fan: float = Field(4.0, gt=0.0, description="Least sensible cooling per fan power, both measured.")
    prove_min: float = Field(15.0, gt=0.0, description="It ends when less has been measured for so long.")
    fan_kw: float | None = Field(None, gt=0.0, description="Fan power while purging, where no point tells it.")
    minimum_off_min: float = Field(60.0, ge=0.0, description="Shortest time from an end to the next beginning.")
    blind_min: float = Field(5.0, ge=0.0, description="So long it goes on without temperatures or dew point.")
    least_known_share: float = Field(0.5, gt=0.0, le=1.0, description="Zones that must be readable.")
    fan_speed_percent: float = Field(40.0, gt=0.0, le=100.0, description="For fans that are driven directly.")
    duct_static_pa: float = Field(25.0, ge=0.0, description="For units that run by themselves: it keeps the fan slow.")
    supply_air_degc: float = Field(12.0, ge=8.0, le=20.0, description="Supply air set-point while purging.")

    @model_validator(mode="after")
    def _consistent(self) -> NightPurgeSettings:
        if self.stop_degc >= self.start_degc:
            raise ValueError("the purge would end where it begins: less start_below_cooling_k or stop_above_heating_k")
        if self.keep_below_zones_k > self.outdoor_below_zones_k:
            raise ValueError("keep_below_zones_k must not be above outdoor_below_zones_k")
        return self

    @property
    def start_degc(self) -> float:
        """Mean of the zones above which it begins."""
        return self.occupied_cooling_degc - self.start_below_cooling_k

    @property
    def stop_degc(self) -> float:
        """Mean of the zones at which it ends."""
        return self.occupied_heating_degc + self.stop_above_heating_k


@dataclass(frozen=True, slots=True)
class Night:
    """What has to be known of a night, degC.

    ``heated`` are zones that would call for heat soon, or would have to be warmed up in the morning.
    """

    zones: float
    outdoor: float
    dew_point: float
    heated: tuple[str, ...]


class _Verdict(NamedTuple):
    """Whether it runs in this step, and why it does or does not."""

    purge: bool
    why: str


class NightPurge(Program):
    """One air handler and its boxes. Zones are cooled by their boxes' own loops, each to the same temperature."""

    Settings = NightPurgeSettings
    period_s = 60.0
    priority = 11
    points: ClassVar[Mapping[str, Read | Command]] = {
        **AIR_HANDLER,
        "supply_air_setpoint": Command("degC", minimum=5.0, maximum=30.0, many=True, required=False),
        "duct_static_setpoint": Command("Pa", minimum=0.0, maximum=2500.0, many=True, required=False),
        "valve_kept_shut": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
        "zone_cooling_setpoint": Command("degC", minimum=10.0, maximum=35.0, many=True),
        "zone_heating_setpoint": Read("degC", required=False, many=True),
        "zone_temperature": Read("degC", required=False, many=True),
        "outdoor_air_temperature": Read("degC", required=False),
        "outdoor_dew_point": Read("degC", required=False),
        "outdoor_humidity": Read("percent", required=False),
        "supply_air_temperature": Read("degC", required=False),
        "fan_power": Read("kW", required=False, many=True),
    }

    settings: NightPurgeSettings

    def on_start(self, ctx: Context) -> None:
        """Begin at rest."""
        self._purging = False
        self._ended_s = float("-inf")
        self._blind = TrueFor(self.settings.blind_min * SECONDS_PER_MINUTE)
        self._dear = TrueFor(self.settings.prove_min * SECONDS_PER_MINUTE)
        warn_of_no_fan(ctx)

    def on_step(self, ctx: Context) -> None:
        """Judge, and run the unit or leave it alone."""
        ratio = self._cooling_per_fan(ctx)
        purge, why = self._verdict(ctx, ratio)
        if self._purging and not purge:
            self._ended_s = ctx.time_s
        self._purging = purge
        wanted = self._wanted()
        if purge:
            command_all(ctx, wanted)
        else:
            give_back(ctx, wanted)
        ctx.explain(why=why, purging=purge, zones_degc=rounded(self._mean(ctx)), cooling_per_fan=rounded(ratio))

    def _wanted(self) -> dict[str, float]:
        """What is commanded while purging, by role."""
        return {
            "run": 1.0,
            "fan_speed": self.settings.fan_speed_percent,
            "outdoor_air_damper": 100.0,
            "return_air_damper": 0.0,
            "duct_static_setpoint": self.settings.duct_static_pa,
            "supply_air_setpoint": self.settings.supply_air_degc,
            "valve_kept_shut": 0.0,
            "zone_cooling_setpoint": self.settings.stop_degc,
        }

    def _verdict(self, ctx: Context, ratio: float | None) -> _Verdict:
        if not in_daily_window(hour_of(ctx), self.settings.from_h, self.settings.to_h):
            return _Verdict(False, "outside the hours of the purge")
        obstacle = forbidden(ctx, self.settings.mixed_above_degc)
        if obstacle:
            return self._refused(ctx, obstacle)
        night = self._night(ctx)
        blind = self._blind.step(ctx.time_s, night is None)
        if night is None:
            return _Verdict(self._purging and not blind, "zones, outdoor air or dew point are not known")
        against = self._against_going_on(ctx, night, ratio) if self._purging else self._against_beginning(ctx, night)
        return _Verdict(against is None, against or "purging")

    def _refused(self, ctx: Context, obstacle: str) -> _Verdict:
        if self._purging:
            ctx.alarm(f"the purge was broken off: {obstacle}")
        return _Verdict(False, obstacle)

    def _night(self, ctx: Context) -> Night | None:
        zones = good_numbers(ctx.readings("zone_temperature"))
        outdoor = good_number(ctx.reading("outdoor_air_temperature"))
        dew_point = outdoor_dew_point_degc(ctx)
        mean = self._mean(ctx)
        if mean is None or outdoor is None or dew_point is None:
            return None
        heating = good_numbers(ctx.readings("zone_heating_setpoint"))
        own = self.settings.occupied_heating_degc
        least = {name: max(own, heating.get(name, 0.0) + _REHEAT_MARGIN_K) for name in zones}
        heated = (name for name, degc in zones.items() if degc <= least[name])
        return Night(mean, outdoor, dew_point, tuple(sorted(heated)))

    def _mean(self, ctx: Context) -> float | None:
        """Of the zones that are known; None when these are too few."""
        readings = ctx.readings("zone_temperature")
        known = good_numbers(readings)
        if not known or len(known) < self.settings.least_known_share * len(readings):
            return None
        return sum(known.values()) / len(known)

    def _against_both(self, night: Night) -> str | None:
        """What keeps it from beginning, and ends it."""
        settings = self.settings
        if night.outdoor <= settings.outdoor_above_degc:
            return f"outdoor air at {night.outdoor:.1f} degC is too cold"
        if night.dew_point >= settings.dew_point_below_degc:
            return f"outdoor air with a dew point of {night.dew_point:.1f} degC is too damp"
        if night.heated:
            return f"near heating: {', '.join(night.heated)}"
        return None

    def _against_beginning(self, ctx: Context, night: Night) -> str | None:
        settings = self.settings
        if ctx.time_s - self._ended_s < settings.minimum_off_min * SECONDS_PER_MINUTE:
            return "resting after the last purge"
        if night.zones <= settings.start_degc:
            return f"zones at {night.zones:.1f} degC need no cooling"
        if night.outdoor >= night.zones - settings.outdoor_below_zones_k:
            return f"outdoor air at {night.outdoor:.1f} degC is too warm"
        self._dear.step(ctx.time_s, condition=False)
        return self._against_both(night)

    def _against_going_on(self, ctx: Context, night: Night, ratio: float | None) -> str | None:
        settings = self.settings
        if night.zones <= settings.stop_degc:
            return f"zones are at {night.zones:.1f} degC"
        if night.outdoor >= night.zones - settings.keep_below_zones_k:
            return f"outdoor air at {night.outdoor:.1f} degC is too warm"
        if self._dear.step(ctx.time_s, ratio is None or ratio < settings.cooling_per_fan):
            told = "could not be measured" if ratio is None else f"is {ratio:.1f}"
            return f"cooling per fan power {told}, and should be {settings.cooling_per_fan:g}"
        return self._against_both(night)

    def _cooling_per_fan(self, ctx: Context) -> float | None:
        """Sensible cooling over fan power, as measured now; None where something for it is not known."""
        flow = good_number(ctx.reading("supply_airflow"))
        supply = good_number(ctx.reading("supply_air_temperature"))
        returned = good_number(ctx.reading("return_air_temperature"))
        warm = self._mean(ctx) if returned is None else returned
        fan_kw = sum_of_all(ctx.readings("fan_power"))
        fan_kw = self.settings.fan_kw if fan_kw is None else fan_kw
        if flow is None or supply is None or warm is None or not fan_kw:
            return None
        return sensible_kw(flow, warm, supply) / fan_kw
