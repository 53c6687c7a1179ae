"""Days on which people come: by weekday, but for holidays."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WorkingDays(BaseModel):
    """Which days count, as a config's parameters say it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekdays: tuple[Weekday, ...] = Field(_WEEK[:5], min_length=1, description="Days of the week that count.")
    holidays: tuple[date, ...] = Field((), description="Dates that do not count in spite of it.")

    def counts(self, day: date) -> bool:
        """Whether people come on this day."""
        return _WEEK[day.weekday()] in self.weekdays and day not in self.holidays
