"""Schedules of one number that exist because something refers to them: ``HVACTemplate-Always 18.5``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from hvac_templates.build.loops import Made
from hvac_templates.language.values import always_number
from hvac_templates.messages import Fields, Model

Places: TypeAlias = Sequence[tuple[str, str]]
"""Fields of a type that name schedules: (the array that it stands in, or nothing; the field)."""
PlacesOf: TypeAlias = Callable[[str], Places]
LIMITS = "HVACTemplate Any Number"


def always_schedules(made: Iterable[Made], model: Model, places_of: PlacesOf) -> Iterator[Made]:
    """A schedule for every ``HVACTemplate-Always <number>`` that a field names, and their common limits.

    ``places_of`` says where objects of a type name schedules.

    What the model itself names counts, too, however its number is written (``HVACTemplate-Always 18.0``, or without
    the space): ExpandObjects, and earlier versions of this expansion, gave such names. Not made is one that the model
    has, as a schedule of any type.
    """
    there = {name.casefold() for kind in model if kind.startswith("Schedule:") for name in model[kind]}
    own = ((kind, name, fields) for kind, objects in model.items() for name, fields in objects.items())
    named = {name.casefold(): (name, number) for name, number in _named((*own, *made), places_of)}
    wanted = sorted(schedule for key, schedule in named.items() if key not in there)
    if wanted:
        yield "ScheduleTypeLimits", LIMITS, {}
    for name, number in wanted:
        yield "Schedule:Compact", name, _constant(number)


def _named(objects: Iterable[tuple[str, str, Fields]], places_of: PlacesOf) -> Iterator[tuple[str, float]]:
    """The schedules of a number that objects name, in their fields or in the items of their lists."""
    for kind, _, fields in objects:
        for value in _schedules(fields, places_of(kind)):
            if isinstance(value, str) and (number := always_number(value)) is not None:
                yield value, number


def _schedules(fields: Fields, places: Places) -> Iterator[object]:
    for array, field in places:
        if not array:
            yield fields.get(field)
        elif isinstance(items := fields.get(array), list):
            yield from (item.get(field) for item in items if isinstance(item, Mapping))


def _constant(number: float) -> dict[str, Any]:
    data: list[str | float] = ["Through: 12/31", "For: AllDays", "Until: 24:00", number]
    return {"schedule_type_limits_name": LIMITS, "data": [{"field": entry} for entry in data]}
