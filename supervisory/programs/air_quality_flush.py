"""Flush before occupancy: the air of the night is replaced before people come, counted in air changes.

Not the thermal purge, which is ``night_purge.py``. After California's Title 24, Part 6, 120.1 (pre-occupancy: in the
hour before, the lesser of the minimum outdoor air and three air changes), or for a number of equivalent air changes
as asked for between two occupations of a building (supervisory section 7.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.air_handlers.night_air import (
    AIR_HANDLER,
    command_all,
    forbidden,
    give_back,
    outdoor_share,
    warn_of_no_fan,
)
from supervisory.blocks.time.timers import (
    SECONDS_PER_HOUR,
    good_number,
    good_numbers,
    hour_of,
    in_daily_window,
    rounded,
)
from supervisory.blocks.time.working_days import WorkingDays
from supervisory.program import Command, Context, Parameters, Program, Read

_ENOUGH = 0.9
"""Share of what was wanted that passes: an air flow is not measured more exactly."""


class FlushSettings(Parameters):
    """How much air, by when, and how the unit is run."""

    volume_m3: float = Field(gt=0.0, description="Air in the zones of this unit.")
    occupied_from_h: float = Field(6.0, ge=0.0, le=24.0, description="Hour at which people come: all is given back.")
    hours: float = Field(1.0, gt=0.0, le=24.0, description="So long before it begins.")
    air_changes: float = Field(3.0, gt=0.0, description="It ends when so many have been counted.")
    minimum_outdoor_air_m3_s: float | None = Field(
        None, gt=0.0, description="Of the unit; where given, its share of these hours is enough if that is less."
    )
    days: WorkingDays = Field(WorkingDays(), description="On other days nothing is flushed.")
    cleaned_share: float = Field(
        0.0, ge=0.0, le=1.0, description="Of recirculated air, counted as clean: the filter's; 0 for gases."
    )
    assumed_outdoor_share: float | None = Field(
        None, ge=0.0, le=1.0, description="Of the supply air, where it cannot be measured; absent: nothing is counted."
    )
    measurable_k: float = Field(4.0, gt=0.0, description="Return and outdoor air must differ by so much to measure it.")
    fan_speed_percent: float = Field(50.0, gt=0.0, le=100.0, description="For fans that are driven directly.")
    outdoor_air_percent: float = Field(60.0, ge=0.0, le=100.0, description="For dampers that are driven directly.")
    zone_airflow_percent: float = Field(100.0, ge=0.0, le=100.0, description="For boxes, of their design flow.")
    mixed_above_degc: float = Field(5.0, description="Colder mixed air ends it for this morning.")

    @model_validator(mode="after")
    def _consistent(self) -> FlushSettings:
        if self.occupied_from_h - self.hours < 0.0:
            raise ValueError("hours must not begin before midnight: people come at occupied_from_h")
        return self

    @property
    def target_m3(self) -> float:
        """Clean air to be supplied."""
        enough_m3 = self.air_changes * self.volume_m3
        if self.minimum_outdoor_air_m3_s is None:
            return enough_m3
        return min(enough_m3, self.minimum_outdoor_air_m3_s * self.hours * SECONDS_PER_HOUR)


class AirQualityFlush(Program):
    """One air handler and its zones."""

    Settings = FlushSettings
    period_s = 60.0
    priority = 10
    points: ClassVar[Mapping[str, Read | Command]] = {
        **AIR_HANDLER,
        "zone_airflow_share": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
        "outdoor_air_temperature": Read("degC", required=False),
        "outdoor_airflow": Read("m**3/s", required=False),
    }

    settings: FlushSettings

    def on_start(self, ctx: Context) -> None:
        """Begin with nothing supplied."""
        self._supplied_m3 = 0.0
        self._flow_m3_s: float | None = None
        self._over: str | None = None
        self._was_due = False
        warn_of_no_fan(ctx)

    def on_step(self, ctx: Context) -> None:
        """Count what came in since the last step, and go on until it is enough."""
        due = self._due(ctx)
        if due and not self._was_due:
            self._supplied_m3, self._flow_m3_s, self._over = 0.0, None, None
        if self._was_due and not due:
            self._judge(ctx)
        self._was_due = due
        if due and self._over is None:
            self._flush(ctx)
        else:
            give_back(ctx, self._wanted())
            ctx.explain(why=self._over if due else "not the time before people come", air_changes=self._changes())

    def _due(self, ctx: Context) -> bool:
        come_h = self.settings.occupied_from_h
        return self.settings.days.counts(ctx.now.date()) and in_daily_window(
            hour_of(ctx), come_h - self.settings.hours, come_h
        )

    def _flush(self, ctx: Context) -> None:
        self._count(ctx)
        self._over = self._why_over(ctx)
        if self._over is None:
            command_all(ctx, self._wanted())
        else:
            give_back(ctx, self._wanted())
        ctx.explain(
            why=self._over or "flushing",
            clean_m3_s=rounded(self._flow_m3_s, 2),
            air_changes=self._changes(),
            wanted=round(self.settings.target_m3 / self.settings.volume_m3, 2),
        )

    def _wanted(self) -> dict[str, float]:
        """What is commanded while flushing, by role."""
        settings = self.settings
        return {
            "run": 1.0,
            "fan_speed": settings.fan_speed_percent,
            "outdoor_air_damper": settings.outdoor_air_percent,
            "return_air_damper": 100.0 - settings.outdoor_air_percent,
            "zone_airflow_share": settings.zone_airflow_percent,
        }

    def _count(self, ctx: Context) -> None:
        """Add what flowed since the last step, and see what flows now."""
        if self._flow_m3_s is not None:
            self._supplied_m3 += self._flow_m3_s * ctx.dt_s
        self._flow_m3_s = self._clean_m3_s(ctx)

    def _clean_m3_s(self, ctx: Context) -> float | None:
        """Outdoor air, and of what is recirculated the cleaned share; None where it cannot be told."""
        supply = good_number(ctx.reading("supply_airflow"))
        outdoor = good_number(ctx.reading("outdoor_airflow"))
        if outdoor is None and supply is not None:
            share = self._outdoor_share(ctx)
            outdoor = None if share is None else share * supply
        if outdoor is None:
            return None
        recirculated = 0.0 if supply is None else max(0.0, supply - outdoor)
        return max(0.0, outdoor) + self.settings.cleaned_share * recirculated

    def _outdoor_share(self, ctx: Context) -> float | None:
        outdoor = good_number(ctx.reading("outdoor_air_temperature"))
        returned = good_number(ctx.reading("return_air_temperature"))
        mixed = good_numbers(ctx.readings("mixed_air_temperature")).values()
        share = None
        if outdoor is not None and returned is not None and mixed:
            share = outdoor_share(outdoor, returned, sum(mixed) / len(mixed), self.settings.measurable_k)
        return self.settings.assumed_outdoor_share if share is None else share

    def _why_over(self, ctx: Context) -> str | None:
        if self._supplied_m3 >= self.settings.target_m3:
            return "done"
        obstacle = forbidden(ctx, self.settings.mixed_above_degc)
        if obstacle:
            ctx.alarm(f"the flush was broken off after {self._changes()} air changes: {obstacle}")
        return obstacle

    def _judge(self, ctx: Context) -> None:
        """Tell people when the hours are over and it was not enough."""
        if self._over is None:
            self._count(ctx)
            wanted = self.settings.target_m3 / self.settings.volume_m3
            if self._supplied_m3 < _ENOUGH * self.settings.target_m3:
                ctx.alarm(f"only {self._changes()} of {wanted:.2f} air changes were counted before people came")

    def _changes(self) -> float:
        return round(self._supplied_m3 / self.settings.volume_m3, 2)
