"""What a file of spaces says: what an agent may do, what it sees, and what it is paid for."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

Price: TypeAlias = Literal["constant", "dynamic", "highly_dynamic"]
Level: TypeAlias = Literal["low", "medium", "high"]
Weights: TypeAlias = dict[str, Annotated[float, Field(ge=0.0)]]
_DAY_S = 86_400


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class _Range(_Part):
    low: float = Field(description="What becomes -1.")
    high: float = Field(description="What becomes 1.")

    @model_validator(mode="after")
    def _is_a_range(self) -> _Range:
        if self.low >= self.high:
            raise ValueError(f"low is {self.low:g} and high {self.high:g}; low has to be less")
        return self


class ActionSpace(_Range):
    """One number that an agent chooses, for one point or for several at once."""

    name: str = Field(description="What it is called.", min_length=1)
    points: list[str] = Field(
        description="Inputs of the building, without _u, or set-points in controllers: AHU.SupplyAirTempSp.",
        min_length=1,
    )
    unit: str | None = Field(
        None,
        description="Of low, high and rate_per_h, where the points are set-points in \
controllers; all else is in SI units.",
    )
    rate_per_h: float | None = Field(None, gt=0.0, description="How far it may move in an hour; freely when absent.")
    hours: tuple[float, float] | None = Field(
        None, description="From and to which hour of the day it acts; at other times the building's own control does."
    )

    @model_validator(mode="after")
    def _has_hours_of_a_day(self) -> ActionSpace:
        if self.hours is not None and not 0.0 <= self.hours[0] < self.hours[1] <= 24.0:
            raise ValueError(f"hours are {list(self.hours)}; write two of 0 to 24, the earlier one first")
        return self


class SeenPoint(_Range):
    """A point that an agent sees."""

    point: str = Field(description="A measurement, or a forecast point.", min_length=1)


class Limit(_Range):
    """What a measurement must not leave: the episode ends there."""

    point: str = Field(description="A measurement.", min_length=1)


class ForecastSpace(_Part):
    """What an agent knows of the time to come, now included."""

    points: list[SeenPoint] = Field(description="Forecast points.", min_length=1)
    horizon_s: float = Field(ge=0.0, le=7 * _DAY_S, description="How far it reaches.")
    interval_s: float = Field(gt=0.0, description="From one value to the next.")
    temperature_uncertainty: Level | None = Field(None, description="BOPTEST's errors of TDryBul; perfect when absent.")
    solar_uncertainty: Level | None = Field(None, description="BOPTEST's errors of HGloHor; perfect when absent.")

    @property
    def count(self) -> int:
        """Values of a point."""
        return int(self.horizon_s // self.interval_s) + 1

    @property
    def is_uncertain(self) -> bool:
        """Whether any of it carries errors."""
        return self.temperature_uncertainty is not None or self.solar_uncertainty is not None

    @model_validator(mode="after")
    def _is_what_boptest_has(self) -> ForecastSpace:
        if self.is_uncertain and self.horizon_s > 2 * _DAY_S:
            raise ValueError("with uncertainty BOPTEST forecasts 48 h at most; write a horizon_s up to 172800")
        return self


class SpacesFile(_Part):
    """The whole file. Times in s, all else in SI units."""

    step_s: int = Field(900, ge=30, le=_DAY_S, description="Length of a step.")
    days: float = Field(7.0, gt=0.0, le=365.0, description="Length of an episode.")
    start_days: list[tuple[int, int]] = Field(
        [(0, 364)], description="Days of the year (from 0) that episodes begin on, first and last of each stretch."
    )
    warmup_days: float = Field(
        0.0,
        ge=0.0,
        le=365.0,
        description="What is simulated before; the embedded building \
starts settled, and a real server wants 7.",
    )
    price: Price = Field("dynamic", description="Of electricity: constant, dynamic or highly_dynamic.")
    actions: list[ActionSpace] = Field(description="What the agent does.", min_length=1)
    observations: list[SeenPoint] = Field(description="Measurements that it sees.", min_length=1)
    forecasts: ForecastSpace | None = Field(None, description="Forecasts that it sees.")
    peak_kw_m2: float = Field(0.05, gt=0.0, description="The running peak that becomes 1.")
    reward: Weights = Field(
        description="Weights by KPI; a reward is minus the sum of each times what the KPI grew by in the step."
    )
    cost: Weights = Field({}, description="The same for info['cost'], where more is worse: constraints, kept apart.")
    limits: list[Limit] = Field([], description="What ends an episode.")

    @model_validator(mode="after")
    def _times_fit(self) -> SpacesFile:
        if _DAY_S % self.step_s or self.step_s % 30:
            raise ValueError(f"step_s is {self.step_s}; write a multiple of 30 that divides a day, such as 900")
        if self.days * _DAY_S % self.step_s:
            raise ValueError(f"days is {self.days:g}; write one that is a whole number of steps of {self.step_s} s")
        wrong = [stretch for stretch in self.start_days if not 0 <= stretch[0] <= stretch[1] <= 364]
        if wrong or not self.start_days:
            raise ValueError(
                f"start_days are {[list(each) for each in self.start_days]}; write [[first, last]], 0 to 364"
            )
        return self

    @model_validator(mode="after")
    def _each_once(self) -> SpacesFile:
        names = [action.name for action in self.actions]
        points = [point for action in self.actions for point in action.points]
        twice = sorted({name for each in (points, names) for name in each if each.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} is of two actions; keep it in one")
        for key, seen in (("observations", self.observations), ("forecasts", self.forecasts_seen)):
            again = sorted({each.point for each in seen if [one.point for one in seen].count(each.point) > 1})
            if again:
                raise ValueError(f"{again[0]} is twice among {key}; keep one")
        unseen = {limit.point for limit in self.limits} - {seen.point for seen in self.observations}
        if unseen:
            raise ValueError(f"limits are of observations, and {min(unseen)} is none; add it there")
        return self

    @model_validator(mode="after")
    def _acts_at_times(self) -> SpacesFile:
        hours = [number * self.step_s / 3600.0 for number in range(_DAY_S // self.step_s)]
        for action in self.actions:
            first, last = action.hours or (0.0, 24.0)
            if not any(first <= hour < last for hour in hours):
                raise ValueError(f"no step of {self.step_s} s begins in the hours of {action.name}; widen them")
        return self

    @property
    def forecasts_seen(self) -> list[SeenPoint]:
        """Forecast points."""
        return self.forecasts.points if self.forecasts else []

    @property
    def steps(self) -> int:
        """Of an episode."""
        return round(self.days * _DAY_S / self.step_s)
