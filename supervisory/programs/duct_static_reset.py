"""Duct static pressure by trim and respond on zone requests (ASHRAE Guideline 36, 5.16.1 with 5.1.14 and 5.6.8).

The fan makes only as much pressure as the hungriest boxes need. A box asks for more when its damper is wide open or
its air flow falls short of what its zone wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.air_handlers.asking import PressureAsking
from supervisory.blocks.air_handlers.trim_and_respond import Reset, TrimAndRespond, weighted
from supervisory.blocks.time.timers import SECONDS_PER_MINUTE
from supervisory.blocks.zones.sight import Sight, ZoneSight, fan_proven, warn_of_unknown_zones
from supervisory.program import Command, Context, Parameters, Program, Read


class DuctStaticSettings(Parameters):
    """The loop's variables; defaults are the guideline's. Only the pressure found at balancing has none."""

    maximum_pa: float = Field(gt=0.0, description="Highest set-point: what balancing found for full flow.")
    minimum_pa: float = Field(25.0, ge=0.0, description="Lowest set-point.")
    initial_pa: float = Field(120.0, gt=0.0, description="Set-point while the fan is off and at its start.")
    delay_min: float = Field(10.0, ge=0.0, description="Wait after the fan's start, before the first time step.")
    step_min: float = Field(2.0, gt=0.0, description="Time step of the loop.")
    ignored_requests: int = Field(2, ge=0, description="So many requests change nothing.")
    trim_pa: float = Field(-12.0, description="Change in every time step.")
    respond_pa: float = Field(15.0, description="Change per request that is not ignored.")
    respond_max_pa: float = Field(32.0, description="Largest response in one time step.")
    importance: dict[str, float] = Field({}, description="By zone: weight of its requests; 0 leaves the zone out.")
    fan_on_above_m3_s: float = Field(0.1, ge=0.0, description="Supply air flow that proves the fan.")
    design_airflow_m3_s: dict[str, float] = Field({}, description="By zone, where only a share of it is told.")
    least_known_share: float = Field(0.5, gt=0.0, le=1.0, description="Zones that must be readable.")
    give_back_blind_after_min: float = Field(15.0, ge=0.0, description="Then the slot is given back.")

    @model_validator(mode="after")
    def _consistent(self) -> DuctStaticSettings:
        self.reset()
        return self

    def reset(self) -> Reset:
        """The variables of the loop in Pa and seconds. Raises ValueError where they contradict each other."""
        return Reset(
            initial=self.initial_pa,
            minimum=self.minimum_pa,
            maximum=self.maximum_pa,
            trim=self.trim_pa,
            respond=self.respond_pa,
            respond_max=self.respond_max_pa,
            delay_s=self.delay_min * SECONDS_PER_MINUTE,
            step_s=self.step_min * SECONDS_PER_MINUTE,
            ignored=self.ignored_requests,
        )


class DuctStaticReset(Program):
    """One air handler and its boxes."""

    Settings = DuctStaticSettings
    period_s = 30.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "duct_static_setpoint": Command("Pa", minimum=0.0, maximum=2500.0),
        **PressureAsking.points,
        "supply_airflow": Read("m**3/s", required=False),
        "fan_status": Read(required=False),
    }

    settings: DuctStaticSettings

    def on_start(self, ctx: Context) -> None:
        """Begin anew: nothing that was counted before counts."""
        self._loop = TrimAndRespond(self.settings.reset())
        self._zones = PressureAsking(self.settings.design_airflow_m3_s)
        lost_after_s = self.settings.give_back_blind_after_min * SECONDS_PER_MINUTE
        self._sight = ZoneSight(self.settings.least_known_share, lost_after_s)
        named = {*self.settings.importance, *self.settings.design_airflow_m3_s}
        warn_of_unknown_zones(ctx, "zone_airflow", named)

    def on_step(self, ctx: Context) -> None:
        """Count requests, trim and respond, command."""
        requests = self._zones.step(ctx)
        fan_on = fan_proven(ctx, self.settings.fan_on_above_m3_s)
        known = len(requests) if fan_on is not None else 0
        sight = self._sight.step(ctx, known, len(ctx.readings("zone_airflow")))
        if sight is Sight.LOST:
            self._loop.step(ctx.time_s, device_on=False, requests=0.0)
            ctx.release("duct_static_setpoint")
            ctx.explain(why=sight.value, known=known)
            return
        total = weighted(requests, self.settings.importance) if fan_on else 0.0
        if fan_on is not None:
            self._loop.step(ctx.time_s, fan_on, total, hold=sight is Sight.DIM)
        ctx.command("duct_static_setpoint", self._loop.setpoint)
        asking = {zone: count for zone, count in sorted(requests.items()) if count and fan_on}
        why = self._loop.phase.value if sight is Sight.CLEAR else sight.value
        ctx.explain(why=why, requests=total, setpoint_pa=round(self._loop.setpoint, 1), asking=asking)
