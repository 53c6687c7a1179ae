"""Variants of the examples with one field set to something else: what a sweep asks both expansions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from hvac_templates.schema import TEMPLATE_PREFIX, Field, Schema
from tests.hvac_templates.oracle.places import example, manifest

Sort: TypeAlias = Literal["choices", "numbers", "schedules"]
_SCHEDULES = "ScheduleNames"
_SCHEDULE_TYPE = "Schedule:Compact"
_PLANT = f"{TEMPLATE_PREFIX}Plant:"
_PLANTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "HotWater": {
        "HotWaterLoop": {"hot_water_pump_configuration": "ConstantFlow"},
        "Boiler": {
            "boiler_type": "HotWaterBoiler",
            "fuel_type": "NaturalGas",
            "efficiency": 0.8,
            "template_plant_loop_type": "HotWater",
        },
    },
    "ChilledWater": {
        "ChilledWaterLoop": {"chilled_water_pump_configuration": "ConstantPrimaryNoSecondary"},
        "Chiller": {
            "chiller_type": "ElectricReciprocatingChiller",
            "condenser_type": "WaterCooled",
            "nominal_cop": 3.2,
        },
        "Tower": {"tower_type": "SingleSpeed"},
    },
}
"""The plant templates that a coil of this water needs."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A field of all objects of a type in an example, and its value. ``kind`` is without ``HVACTemplate:``.

    ``without`` names the water whose loop and equipment are taken out of the example.
    """

    example: str
    kind: str
    field: str
    value: str | float
    without: str = ""

    @property
    def label(self) -> str:
        """The variant in one line, as ``diff NAME --set`` takes it."""
        left_out = f" (without {self.without} loop)" if self.without else ""
        return f"{self.example} {self.kind}.{self.field}={self.value}{left_out}"

    def model(self) -> dict[str, Any]:
        """The example with the field set, and with the loop that the value needs where the example has none."""
        model = example(self.example)
        for fields in model[TEMPLATE_PREFIX + self.kind].values():
            fields[self.field] = self.value
        for kind in _PLANTS.get(self.without, ()):
            model.pop(_PLANT + kind, None)
        return model if self.kind.startswith("Plant:") else with_loop_for(str(self.value), model)

    def alternatives(self) -> Iterator[Variant]:
        """The same in other examples, and without loops that nothing may need any more."""
        others = [host for host in _hosts(TEMPLATE_PREFIX + self.kind) if host != self.example]
        yield from (replace(self, example=host) for host in others)
        if not self.kind.startswith("Plant:"):
            yield from (replace(self, without=word) for word in _PLANTS if word not in str(self.value))


def with_loop_for(value: str, model: dict[str, Any]) -> dict[str, Any]:
    """Give a model the plant of the water that a choice names. Boilers that it has stay on the mixed loop."""
    for word, plant in _PLANTS.items():
        if word in value and f"{_PLANT}{word}Loop" not in model:
            for fields in model.get(f"{_PLANT}Boiler", {}).values() if f"{_PLANT}MixedWaterLoop" in model else ():
                fields.setdefault("template_plant_loop_type", "MixedWater")
            for kind, fields in plant.items():
                model.setdefault(_PLANT + kind, {})[f"Added {kind}"] = dict(fields)
    return model


def variants(sort: Sort, *, kind: str = "", field: str = "", everywhere: bool = False) -> list[Variant]:
    """All variants, or those of one type and field; in the smallest example of the type, or in all that have it."""
    schema = Schema.shipped()
    found: list[Variant] = []
    for type_name in schema.templates:
        if kind and kind.casefold() not in (type_name.casefold(), type_name.removeprefix(TEMPLATE_PREFIX).casefold()):
            continue
        hosts = _hosts(type_name)
        for host in hosts if everywhere else hosts[:1]:
            fields = [one for one in schema.fields(type_name).values() if field in ("", one.name)]
            found += [variant for one in fields for variant in _of_field(sort, host, type_name, one)]
    return found


def sample(some: Sequence[Variant], count: int) -> list[Variant]:
    """So many of them, always the same, spread over all."""
    ordered = sorted(some, key=lambda one: hashlib.sha256(one.label.encode("utf-8")).hexdigest())
    chosen = set(ordered[:count])
    return [one for one in some if one in chosen]


def _hosts(type_name: str) -> list[str]:
    """The examples that have the type, the simplest first: by the manifest's tier, then by their templates."""
    kind = type_name.removeprefix(TEMPLATE_PREFIX)
    cases = [(case["tier"], sum(case["templates"].values()), name) for name, case in manifest().items()
             if kind in case["templates"]]  # fmt: skip
    return [name for _, _, name in sorted(cases)]


def _of_field(sort: Sort, host: str, type_name: str, field: Field) -> Iterator[Variant]:
    model = example(host)
    used = {_text(fields.get(field.name, field.default)) for fields in model[type_name].values()}
    values = {"choices": _choices, "numbers": _numbers, "schedules": _schedules}[sort](field, model)
    kind = type_name.removeprefix(TEMPLATE_PREFIX)
    yield from (Variant(host, kind, field.name, value) for value in values if used != {_text(value)})


def _text(value: object) -> str:
    return str(float(value) if isinstance(value, (int, float)) else value).casefold()


def _choices(field: Field, model: Mapping[str, Any]) -> Iterator[str | float]:
    yield from field.choices


def _numbers(field: Field, model: Mapping[str, Any]) -> Iterator[str | float]:
    """Zero, where the field may be zero, and a number that nothing else in an example has."""
    if field.kind not in ("number", "integer"):
        return
    usual = field.default if isinstance(field.default, (int, float)) else 0.0
    odd = usual * 0.937 if usual else 0.0371
    if field.kind == "integer":
        odd = int(usual) + 1
    yield from numbers_within(field, 0.0, odd)
    if field.auto:
        yield field.auto


def numbers_within(field: Field, *numbers: float) -> Iterator[float]:
    """Those of the numbers that a field may be, as its kind of number."""
    for number in numbers:
        if _within(field, number):
            yield int(number) if field.kind == "integer" else round(number, 6)


def _within(field: Field, number: float) -> bool:
    lows = [bound for bound in (field.minimum, field.exclusive_minimum) if bound is not None]
    highs = [bound for bound in (field.maximum, field.exclusive_maximum) if bound is not None]
    excluded = (field.exclusive_minimum, field.exclusive_maximum)
    return number not in excluded and all(low <= number for low in lows) and all(number <= high for high in highs)


def _schedules(field: Field, model: Mapping[str, Any]) -> Iterator[str | float]:
    """One of the example's own schedules."""
    if _SCHEDULES in field.object_lists:
        yield next(iter(model[_SCHEDULE_TYPE]))
