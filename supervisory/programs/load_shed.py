"""Staged electrical load shed: zone set-points give way while the demand of a window threatens to pass its limit.

Stages and offsets are the demand limit levels of ASHRAE Guideline 36 (per zone, not cumulative, zones can be exempt);
forecast, stage times, hold, and the spread against rebound are the recommendation of supervisory section 7.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from supervisory.blocks.power.demand import DemandWindow, Ladder, Stages, spread
from supervisory.blocks.time.timers import (
    SECONDS_PER_MINUTE,
    TrueFor,
    clock_s,
    good_number,
    good_numbers,
    hour_of,
    in_daily_window,
    rounded,
    sum_of_all,
)
from supervisory.blocks.zones.shed_zone import ShedZone
from supervisory.blocks.zones.sight import warn_of_unread_zones
from supervisory.program import Command, Context, Parameters, Program, Read


class LoadShedSettings(Parameters):
    """Limit, stages and comfort."""

    limit_kw: float = Field(gt=0.0, description="Demand that is not to be passed, where no point tells it.")
    shed: Literal["cooling", "heating"] = Field("cooling", description="Which set-points give way: up or down.")
    offsets_k: tuple[float, ...] = Field((0.5, 1.0, 2.0), min_length=1, description="Of each stage.")
    window_min: float = Field(15.0, gt=0.0, description="Length of the demand window.")
    up_above_share: float = Field(0.95, gt=0.0, description="Of the limit: a forecast above it goes one stage up.")
    down_below_share: float = Field(0.85, gt=0.0, description="Of the limit: a forecast below it goes one stage down.")
    stage_min: float = Field(5.0, ge=0.0, description="Shortest time between two stages.")
    hold_min: float = Field(15.0, ge=0.0, description="Shortest time from the last stage up to the first down.")
    spread_min: float = Field(5.0, ge=0.0, description="Zones come back one after the other over this time.")
    comfort_degc: float = Field(27.0, description="A zone beyond it is given back for the rest of the event.")
    exempt: tuple[str, ...] = Field((), description="Zones that never give way.")
    from_h: float = Field(7.0, ge=0.0, le=24.0, description="Hour of the day from which load may be shed.")
    to_h: float = Field(19.0, ge=0.0, le=24.0, description="Hour of the day at which all is given back.")
    lost_meter_min: float = Field(10.0, ge=0.0, description="Without a meter for so long, stages come down.")

    @model_validator(mode="after")
    def _consistent(self) -> LoadShedSettings:
        if self.down_below_share >= self.up_above_share:
            raise ValueError("down_below_share must be below up_above_share")
        if self.offsets_k[0] <= 0.0 or any(low >= high for low, high in pairwise(self.offsets_k)):
            raise ValueError("offsets_k must be above 0 and rise from stage to stage")
        if self.spread_min > self.stage_min:
            raise ValueError(
                "spread_min must not be longer than stage_min: zones would not be back before the next stage"
            )
        return self

    @property
    def direction(self) -> int:
        """Which way set-points give way, and which way lies discomfort."""
        return 1 if self.shed == "cooling" else -1

    @property
    def ladder(self) -> Ladder:
        """The stages, in seconds."""
        return Ladder(
            stages=len(self.offsets_k),
            up_above=self.up_above_share,
            down_below=self.down_below_share,
            stage_s=self.stage_min * SECONDS_PER_MINUTE,
            hold_s=self.hold_min * SECONDS_PER_MINUTE,
        )


class LoadShed(Program):
    """One meter or the sum of several, and the zones behind them. The three zone roles go by the same names."""

    Settings = LoadShedSettings
    period_s = 60.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "electric_power": Read("kW", required=False, many=True),
        "demand_limit": Read("kW", required=False),
        "zone_temperature": Read("degC", required=False, many=True),
        "zone_setpoint_in_force": Read("degC", required=False, many=True),
        "zone_setpoint": Command("degC", minimum=10.0, maximum=35.0, many=True),
    }

    settings: LoadShedSettings

    def on_start(self, ctx: Context) -> None:
        """Begin without an event."""
        settings = self.settings
        self._window = DemandWindow(settings.window_min * SECONDS_PER_MINUTE)
        self._stages = Stages(settings.ladder)
        self._meter_lost = TrueFor(settings.lost_meter_min * SECONDS_PER_MINUTE)
        zones = set(ctx.names("zone_setpoint"))
        delays = spread(zones - set(settings.exempt), settings.spread_min * SECONDS_PER_MINUTE)
        self._zones = {zone: ShedZone(delay_s) for zone, delay_s in delays.items()}
        self._said: str | None = None
        self._check_names(ctx, zones)

    def on_step(self, ctx: Context) -> None:
        """Forecast, choose the stage, let zones give way or come back."""
        power_kw = sum_of_all(ctx.readings("electric_power"))
        limit_kw = self._limit_kw(ctx)
        forecast_kw = None if power_kw is None else self._window.step(clock_s(ctx), power_kw)
        in_hours = in_daily_window(hour_of(ctx), self.settings.from_h, self.settings.to_h)
        if in_hours:
            self._choose_stage(ctx, forecast_kw, limit_kw)
        else:
            self._stages = Stages(self.settings.ladder)
        stage = self._stages.stage
        self._shed(ctx, stage, at_once=not in_hours)
        self._warn(ctx, stage, forecast_kw, limit_kw)
        ctx.explain(
            why=f"stage {stage} of {len(self.settings.offsets_k)}" if in_hours else "outside the hours for shedding",
            power_kw=rounded(power_kw),
            forecast_kw=rounded(forecast_kw),
            limit_kw=limit_kw,
            last_window_kw=rounded(self._window.last_mean),
            shed={name: zone.stage for name, zone in sorted(self._zones.items()) if zone.stage},
            too_warm_or_cold=sorted(name for name, zone in self._zones.items() if zone.aborted),
        )

    def _check_names(self, ctx: Context, zones: set[str]) -> None:
        misspelt = sorted(set(self.settings.exempt) - zones)
        if misspelt:
            ctx.alarm(f"the parameters exempt zones that the config does not have: {', '.join(misspelt)}")
        warn_of_unread_zones(ctx, zones, ("zone_temperature", "zone_setpoint_in_force"), "will never be shed")

    def _choose_stage(self, ctx: Context, forecast_kw: float | None, limit_kw: float) -> None:
        lost = self._meter_lost.step(ctx.time_s, forecast_kw is None)
        if forecast_kw is not None:
            self._stages.step(ctx.time_s, forecast_kw / limit_kw)
        elif lost:
            self._stages.descend(ctx.time_s)

    def _shed(self, ctx: Context, stage: int, at_once: bool) -> None:
        temperatures = good_numbers(ctx.readings("zone_temperature"))
        setpoints = good_numbers(ctx.readings("zone_setpoint_in_force"))
        for name, zone in self._zones.items():
            zone.step(ctx.time_s, stage, at_once, self._discomfort(temperatures.get(name)), setpoints.get(name))
            if zone.stage and zone.base_degc is not None:
                offset_k = self.settings.direction * self.settings.offsets_k[zone.stage - 1]
                ctx.command("zone_setpoint", zone.base_degc + offset_k, name)
            else:
                ctx.release("zone_setpoint", name)

    def _discomfort(self, zone_degc: float | None) -> bool:
        """Whether a zone must not give way: beyond the comfort limit, or of unknown temperature."""
        if zone_degc is None:
            return True
        return self.settings.direction * (zone_degc - self.settings.comfort_degc) > 0.0

    def _limit_kw(self, ctx: Context) -> float:
        told = good_number(ctx.reading("demand_limit"))
        return told if told is not None and told > 0.0 else self.settings.limit_kw

    def _warn(self, ctx: Context, stage: int, forecast_kw: float | None, limit_kw: float) -> None:
        """Say once when the meter is lost, and once when the last stage does not suffice."""
        said = None
        if forecast_kw is None:
            said = "the demand is not known: a meter cannot be read"
        elif self._stages.is_last and forecast_kw > limit_kw:
            said = f"stage {stage} is the last, and the forecast of {forecast_kw:.0f} kW is above {limit_kw:g} kW"
        if said and not self._said:
            ctx.alarm(said)
        self._said = said
