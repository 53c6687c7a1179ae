"""Schedules of one number that exist because something refers to them: ``HVACTemplate-Always18.5``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hvac_templates.build.loops import Made
from hvac_templates.language.values import ALWAYS
from hvac_templates.messages import Model

LIMITS = "HVACTemplate Any Number"


def always_schedules(objects: Iterable[Mapping[str, Any]], model: Model) -> Iterator[Made]:
    """A schedule for every ``HVACTemplate-Always<number>`` that a field names, and their common limits.

    Not for one that the model has, as a schedule of any type.
    """
    there = {name.casefold() for kind in model if kind.startswith("Schedule:") for name in model[kind]}
    values = {value for fields in objects for value in fields.values() if _is_always(value)}
    named = {value for value in values if value.casefold() not in there}
    if named:
        yield "ScheduleTypeLimits", LIMITS, {}
    for name in sorted(named):
        yield "Schedule:Compact", name, _constant(float(name.removeprefix(ALWAYS)))


def _is_always(value: object) -> bool:
    if not isinstance(value, str) or not value.startswith(ALWAYS):
        return False
    try:
        return math.isfinite(float(value.removeprefix(ALWAYS)))
    except ValueError:
        return False


def _constant(number: float) -> dict[str, Any]:
    data: list[str | float] = ["Through: 12/31", "For: AllDays", "Until: 24:00", number]
    return {"schedule_type_limits_name": LIMITS, "data": [{"field": entry} for entry in data]}
