"""What people may say about the tests of air handlers."""

from __future__ import annotations

from pydantic import Field, model_validator

from supervisory.blocks.commissioning.course import Stage
from supervisory.blocks.commissioning.rules import Pace, Tolerances
from supervisory.blocks.time.timers import SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from supervisory.program import Parameters


class CommissioningSettings(Parameters):
    """When air handlers may be tested, what ends a test, and what sensors may be off by."""

    from_h: float = Field(0.0, ge=0.0, le=24.0, description="Hour of the night from which tests may begin.")
    to_h: float = Field(5.0, ge=0.0, le=24.0, description="Hour at which all is given back.")
    every_days: float = Field(30.0, gt=0.0, description="Time between two complete courses of an air handler.")
    outdoor_least_degc: float = Field(6.0, description="No course begins when it is colder outdoors.")
    outdoor_most_degc: float = Field(30.0, description="No course begins when it is warmer outdoors.")
    freeze_degc: float = Field(4.0, description="Mixed or supply air below it ends a course.")
    hot_degc: float = Field(45.0, description="Supply air above it ends a course.")
    drift_k: float = Field(3.0, gt=0.0, description="A zone that has moved by more ends a course.")
    fan_speed_pct: float = Field(50.0, gt=0.0, le=100.0, description="Of the fan during a course.")
    fan_on_above_m3_s: float = Field(0.1, ge=0.0, description="Supply air flow that proves the fan.")
    fan_start_min: float = Field(3.0, gt=0.0, description="Time for the air to flow.")
    settle_k_min: float = Field(0.1, gt=0.0, description="A position has settled when nothing changes faster.")
    creep_k: float = Field(0.2, gt=0.0, description="Nor may supply against mixed air move by more meanwhile.")
    settle_limit_min: float = Field(30.0, gt=0.0, description="A position is given up after so long.")
    average_min: float = Field(
        3.0, gt=0.0, description="It stays settled for so long, and means are taken over as long."
    )
    response_k: float = Field(4.0, gt=0.0, description="An open valve has to change the supply air by so much.")
    outdoor_own_k: float = Field(1.0, gt=0.0, description="Tolerance of an air handler's own outdoor sensor.")
    outdoor_shared_k: float = Field(3.0, gt=0.0, description="The same of one that several share.")
    return_k: float = Field(1.0, gt=0.0, description="Tolerance of the return air sensor.")
    supply_k: float = Field(1.0, gt=0.0, description="Tolerance of the supply air sensor.")
    mixed_k: float = Field(3.0, gt=0.0, description="Tolerance of the mixed air sensor while two streams meet.")
    mixed_alone_k: float = Field(1.0, gt=0.0, description="The same with return or outdoor air alone.")
    repeat_k: float = Field(0.5, gt=0.0, description="By what a difference of two sensors changes by itself.")
    fan_heat_k: float = Field(1.0, ge=0.0, description="The most that the fan warms the air by.")
    flow_share: float = Field(0.3, gt=0.0, lt=1.0, description="By what the air flow may fall when dampers move.")

    @model_validator(mode="after")
    def _consistent(self) -> CommissioningSettings:
        if self.outdoor_least_degc >= self.outdoor_most_degc:
            raise ValueError("outdoor_least_degc must be below outdoor_most_degc")
        if self.freeze_degc >= self.outdoor_least_degc:
            raise ValueError("freeze_degc must be below outdoor_least_degc: all outdoor air would end every course")
        if self.creep_k >= self.repeat_k:
            raise ValueError("creep_k must be below repeat_k: what is still on its way would pass for a leak")
        if 2.0 * self.average_min >= self.settle_limit_min:
            raise ValueError("settle_limit_min must be longer than twice average_min")
        longest_h = self.pace.longest_s(len(Stage)) / SECONDS_PER_HOUR
        if (self.to_h - self.from_h) % 24.0 < longest_h:
            raise ValueError(f"from_h to to_h must have room for a course, which may take {longest_h:.1f} h")
        return self

    @property
    def pace(self) -> Pace:
        """How long positions are waited for."""
        return Pace(
            rate_k_min=self.settle_k_min,
            creep_k=self.creep_k,
            average_s=self.average_min * SECONDS_PER_MINUTE,
            limit_s=self.settle_limit_min * SECONDS_PER_MINUTE,
            fan_s=self.fan_start_min * SECONDS_PER_MINUTE,
            response_k=self.response_k,
        )

    def tolerances(self, *, shared: bool) -> Tolerances:
        """What sensors may be off by, with an outdoor sensor that is ``shared`` or the air handler's own."""
        return Tolerances(
            outdoor_k=self.outdoor_shared_k if shared else self.outdoor_own_k,
            returned_k=self.return_k,
            supply_k=self.supply_k,
            mixed_k=self.mixed_k,
            mixed_alone_k=self.mixed_alone_k,
            repeat_k=self.repeat_k,
            fan_heat_k=self.fan_heat_k,
            flow_share=self.flow_share,
        )
