"""Supply air temperature by trim and respond on zone cooling requests (ASHRAE Guideline 36, 5.16.2 with 5.1.14).

Two resets, one above the other: zones decide how warm the air may be at most (``T-max``), and the outdoor air leads
the set-point from there down to the coldest air as it gets warm. Only while the building is occupied and its fan is
on; at other times the slot is empty, and warm-up, cool-down and setback are the air handler's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.air_handlers.asking import CoolingAsking
from supervisory.blocks.air_handlers.trim_and_respond import Reset, TrimAndRespond, weighted
from supervisory.blocks.time.timers import SECONDS_PER_MINUTE, Line
from supervisory.blocks.zones.sight import Sight, ZoneSight, fan_proven, is_occupied, warn_of_unknown_zones
from supervisory.program import Command, Context, Parameters, Program, Read


class SupplyAirSettings(Parameters):
    """The loop's variables; defaults are the guideline's, with 18 degC as the warmest air for a dry climate."""

    coldest_degc: float = Field(12.0, description="Set-point in warm weather (Min_ClgSAT).")
    warmest_degc: float = Field(18.0, description="Set-point in cool weather without requests; 16 where it is humid.")
    warmest_at_least_degc: float | None = Field(None, description="Lowest T-max; absent: the coldest set-point.")
    outdoor_cool_degc: float = Field(16.0, description="At this outdoor air and below the set-point is T-max.")
    outdoor_warm_degc: float = Field(21.0, description="At this outdoor air and above the set-point is the coldest.")
    delay_min: float = Field(10.0, ge=0.0, description="Wait after the fan's start, before the first time step.")
    step_min: float = Field(2.0, gt=0.0, description="Time step of the loop.")
    ignored_requests: int = Field(2, ge=0, description="So many requests change nothing.")
    trim_k: float = Field(0.1, description="Change in every time step.")
    respond_k: float = Field(-0.2, description="Change per request that is not ignored.")
    respond_max_k: float = Field(-0.6, description="Largest response in one time step.")
    importance: dict[str, float] = Field({}, description="By zone: weight of its requests; 0 leaves the zone out.")
    occupied_from_h: float = Field(6.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")
    occupied_to_h: float = Field(19.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")
    fan_on_above_m3_s: float = Field(0.1, ge=0.0, description="Supply air flow that proves the fan.")
    least_known_share: float = Field(0.5, gt=0.0, le=1.0, description="Zones that must be readable.")
    give_back_blind_after_min: float = Field(15.0, ge=0.0, description="Then the slot is given back.")

    @model_validator(mode="after")
    def _consistent(self) -> SupplyAirSettings:
        if self.outdoor_cool_degc >= self.outdoor_warm_degc:
            raise ValueError("outdoor_cool_degc must be below outdoor_warm_degc")
        self.reset()
        return self

    def reset(self) -> Reset:
        """The variables of T-max in degC and seconds. Raises ValueError where they contradict each other."""
        lowest = self.coldest_degc if self.warmest_at_least_degc is None else self.warmest_at_least_degc
        return Reset(
            initial=self.warmest_degc,
            minimum=lowest,
            maximum=self.warmest_degc,
            trim=self.trim_k,
            respond=self.respond_k,
            respond_max=self.respond_max_k,
            delay_s=self.delay_min * SECONDS_PER_MINUTE,
            step_s=self.step_min * SECONDS_PER_MINUTE,
            ignored=self.ignored_requests,
        )

    def setpoint_degc(self, t_max_degc: float, outdoor_degc: float) -> float:
        """The set-point in force: from T-max in cool weather to the coldest in warm weather."""
        line = Line(self.outdoor_cool_degc, t_max_degc, self.outdoor_warm_degc, self.coldest_degc)
        return line.at(outdoor_degc)


class SupplyAirTemperatureReset(Program):
    """One air handler and its boxes."""

    Settings = SupplyAirSettings
    period_s = 30.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "supply_air_setpoint": Command("degC", minimum=5.0, maximum=30.0),
        "outdoor_air_temperature": Read("degC"),
        **CoolingAsking.points,
        "supply_airflow": Read("m**3/s", required=False),
        "fan_status": Read(required=False),
        "occupied": Read(required=False),
    }

    settings: SupplyAirSettings

    def on_start(self, ctx: Context) -> None:
        """Begin anew at the warmest air."""
        self._loop = TrimAndRespond(self.settings.reset())
        self._zones = CoolingAsking()
        lost_after_s = self.settings.give_back_blind_after_min * SECONDS_PER_MINUTE
        self._sight = ZoneSight(self.settings.least_known_share, lost_after_s)
        warn_of_unknown_zones(ctx, "zone_temperature", self.settings.importance)

    def on_step(self, ctx: Context) -> None:
        """Count requests, reset T-max, lead it by the outdoor air, command."""
        requests = self._zones.step(ctx)
        occupied = is_occupied(ctx, self.settings.occupied_from_h, self.settings.occupied_to_h)
        running = occupied and fan_proven(ctx, self.settings.fan_on_above_m3_s) is True
        sight = self._sight.step(ctx, len(requests), len(ctx.readings("zone_temperature")))
        active = running and sight is not Sight.LOST
        total = weighted(requests, self.settings.importance)
        self._loop.step(ctx.time_s, active, total, hold=sight is Sight.DIM)
        if not active:
            ctx.release("supply_air_setpoint")
            ctx.explain(why=sight.value if running else "not occupied, or the fan is off: nothing is commanded")
            return
        outdoor_degc = ctx.value("outdoor_air_temperature")
        setpoint = self.settings.setpoint_degc(self._loop.setpoint, outdoor_degc)
        ctx.command("supply_air_setpoint", setpoint)
        self._tell(ctx, sight, requests, setpoint)

    def _tell(self, ctx: Context, sight: Sight, requests: dict[str, int], setpoint: float) -> None:
        ctx.explain(
            why=self._loop.phase.value if sight is Sight.CLEAR else sight.value,
            requests=weighted(requests, self.settings.importance),
            t_max_degc=round(self._loop.setpoint, 2),
            setpoint_degc=round(setpoint, 2),
            asking={zone: count for zone, count in sorted(requests.items()) if count},
        )
