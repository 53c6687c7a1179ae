"""Hours in which electricity is dear, and a zone set-point across them: down before, up within, back in steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from math import exp
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from supervisory.blocks.time.timers import SECONDS_PER_HOUR, clamp

Shape: TypeAlias = Literal["linear", "exponential"]


class PriceWindow(BaseModel):
    """A row of a tariff: the hours in which electricity is dear, and the months in which they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_h: float = Field(ge=0.0, le=24.0, description="Hour of the day at which the price rises.")
    to_h: float = Field(ge=0.0, le=24.0, description="Hour of the day at which it falls.")
    months: tuple[int, ...] = Field(tuple(range(1, 13)), min_length=1, description="Months in which it does.")

    @model_validator(mode="after")
    def _consistent(self) -> PriceWindow:
        if self.from_h >= self.to_h:
            raise ValueError("to_h must be later than from_h; a window over midnight is two")
        if any(not 1 <= month <= 12 for month in self.months):
            raise ValueError("months are numbers from 1 to 12")
        return self


class ShiftPhase(Enum):
    """Where in the day a zone's set-point is."""

    OWN = "the zones' own set-points"
    PRECOOLING = "cooling before the price rises"
    DEAR = "giving way while it is dear"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The phase in force, and how much of it has passed: 0 to 1."""

    phase: ShiftPhase
    share: float = 0.0
    length_h: float = 0.0


def stretch(windows: tuple[PriceWindow, ...], precool_h: float, now: datetime) -> Stretch:
    """Where this moment lies; a window that has begun comes before the pre-cooling of another."""
    hour = now.hour + now.minute / 60.0 + now.second / SECONDS_PER_HOUR
    ours = [window for window in windows if now.month in window.months]
    for window in ours:
        if window.from_h <= hour < window.to_h:
            length_h = window.to_h - window.from_h
            return Stretch(ShiftPhase.DEAR, (hour - window.from_h) / length_h, length_h)
    for window in ours:
        if window.from_h - precool_h <= hour < window.from_h:
            return Stretch(ShiftPhase.PRECOOLING, 1.0 - (window.from_h - hour) / precool_h, precool_h)
    return Stretch(ShiftPhase.OWN)


def risen(shape: Shape, share: float, length_h: float, time_constant_h: float) -> float:
    """How much of the way up a set-point has gone, 0 to 1, when so much of the window has passed.

    Exponential is fast at first, as a room drifts that is no longer cooled, and just arrives at the window's end.
    """
    share = clamp(share, 0.0, 1.0)
    if shape == "linear":
        return share
    return (1.0 - exp(-share * length_h / time_constant_h)) / (1.0 - exp(-length_h / time_constant_h))
