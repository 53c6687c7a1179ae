"""Random combinations: many fields of an example's templates set at once, which one at a time does not try."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hvac_templates.judge.schema import TEMPLATE_PREFIX, Field, Schema
from tests.hvac_templates.oracle.needs import (
    OWN_ZONE,
    PLANT,
    Model,
    Value,
    put,
    schedules,
    with_loop_for,
    zone_templates,
)
from tests.hvac_templates.oracle.places import example
from tests.hvac_templates.oracle.sweep import ANY, Deviation, deviations
from tests.hvac_templates.oracle.variants import numbers_within

_NOT_COMBINED = frozenset({"HVACTemplate:Thermostat"})
_LEFT_ALONE = frozenset({"template_plant_loop_type", "priority", "fuel_type"})
_OF_ONE_MIND = (
    "temperature_setpoint_schedule",
    "load_ratio",
    "heat_ratio",
    "capacity",
    "fan_power",
    "free_",
    "enthalpy",
)
"""Words in fields whose values only make sense together, or for the size of the building."""
_NEED_AN_OBJECT = frozenset({"DetailedSpecification", "UserDefined"})
"""Choices that need an object which the examples do not have."""
_CHILLER = f"{PLANT}Chiller"
_SYSTEM = f"{TEMPLATE_PREFIX}System:"
_ZONES, _SCHEDULES = "ZoneNames", "ScheduleNames"
_SCHEDULE_LIMITS = {True: "Temperature", False: "Fraction"}
_CHOSEN, _NUMBERED, _NAMED = 0.6, 0.35, {True: 0.35, False: 0.8}
_EXCHANGER = {"heat_recovery_heat_exchanger_type": "", "heat_recovery_frost_control_type": ""}
_WITH: Mapping[tuple[str, str], Mapping[str, Value]] = {
    ("zone_heating_design_supply_air_temperature_input_method", "TemperatureDifference"): {
        "zone_heating_design_supply_air_temperature_difference": 25.0
    },
    ("return_fan", "Yes"): {"return_fan_delta_pressure": 350.0},
    ("heat_recovery_type", "Sensible"): _EXCHANGER,
    ("heat_recovery_type", "Enthalpy"): _EXCHANGER,
}
"""What takes the reason away from a deviation that is signed: with it the two expansions have to be the same."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of all objects of a type, and its value; an empty one takes the field away."""

    kind: str
    field: str
    value: Value

    def __str__(self) -> str:
        return f"{self.kind.removeprefix(TEMPLATE_PREFIX)}.{self.field}={self.value}"

    def is_meant_by(self, deviation: Deviation) -> bool:
        """Whether a deviation is about this setting."""
        return deviation.speaks_of(self.kind.removeprefix(TEMPLATE_PREFIX), self.field, self.value)


@dataclass(frozen=True, slots=True)
class Combination:
    """Some settings on an example."""

    example: str
    number: int
    settings: tuple[Setting, ...]

    @property
    def label(self) -> str:
        """The combination in words."""
        return f"{self.example} #{self.number}: {' '.join(map(str, self.settings))}"

    def explained(self, verdict: str) -> str:
        """The reason of the deviation that a setting is about, beside what the deviation wants there."""
        said = {"", *map(str, self.settings), *(kind.removeprefix(TEMPLATE_PREFIX) for kind in self.model())}
        known = [one for one in deviations() if one.verdict == verdict and one.beside in said]
        return next((one.reason for one in known if any(setting.is_meant_by(one) for setting in self.settings)), "")

    def model(self) -> Model:
        """The example with the settings, and with the loops that they need."""
        model = example(self.example)
        for setting in self.settings:
            put(model, setting.kind, setting.field, setting.value)
        for setting in self.settings:
            if not setting.kind.startswith(PLANT):
                with_loop_for(str(setting.value), model)
        return model


def combinations(name: str, count: int, *, seed: int = 1, types: Sequence[str] = ()) -> Iterator[Combination]:
    """So many combinations on an example; the same for the same seed."""
    dice = random.Random(f"{name} {seed}")  # noqa: S311 - not for secrets
    model, schema = example(name), Schema.shipped()
    wanted = {f"{TEMPLATE_PREFIX}{kind}".casefold() for kind in types}
    kinds = [kind for kind in schema.templates if kind in model and kind not in _NOT_COMBINED]
    kinds = [kind for kind in kinds if not wanted or kind.casefold() in wanted]
    for number in range(count):
        settings = (setting for kind in kinds for setting in _settings(kind, model, schema, dice))
        yield Combination(name, number, tuple(settings))


def smaller(combination: Combination, still: Callable[[Combination], bool]) -> Combination:
    """The combination without the settings that do not matter for what ``still`` asks."""
    size = max(1, len(combination.settings) // 2)
    while size:
        for start in range(len(combination.settings) - size, -1, -size):
            kept = combination.settings[:start] + combination.settings[start + size :]
            attempt = replace(combination, settings=kept)
            combination = attempt if still(attempt) else combination
        size //= 2
    return combination


def _settings(kind: str, model: Model, schema: Schema, dice: random.Random) -> Iterator[Setting]:
    signed = _signed(kind)
    chosen: dict[str, Value] = {}
    beside: dict[str, Value] = {}
    for field in schema.fields(kind).values():
        alone = _left_alone(field, kind) or _tells_apart(field.name, model[kind])
        value = None if alone else _value(field, kind, model, dice)
        more = _WITH.get((field.name, str(value)), {})
        if value is None or (not more and {(field.name, ANY), (field.name, str(value))} & signed):
            continue
        chosen[field.name] = value
        beside.update(more if more is not _EXCHANGER or (field.name, ANY) in signed else {})
    yield from (Setting(kind, *pair) for pair in {**chosen, **beside}.items())


def _left_alone(field: Field, kind: str) -> bool:
    chosen = field.required or field.name in _LEFT_ALONE or (kind == _CHILLER and field.name == "condenser_type")
    return chosen or (not field.choices and any(word in field.name for word in _OF_ONE_MIND))


def _signed(kind: str) -> set[tuple[str, str]]:
    """The fields and values of a template that deviate on purpose."""
    mine = kind.removeprefix(TEMPLATE_PREFIX)
    return {
        (one.field, one.value)
        for one in deviations()
        if one.kind == mine and one.verdict == "differs" and not one.beside
    }


def _tells_apart(field: str, objects: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether objects of the example differ in a field, which then says which of them is which."""
    return len({str(fields.get(field)) for fields in objects.values()}) > 1


def _value(field: Field, kind: str, model: Model, dice: random.Random) -> Value | None:
    if field.choices:
        usable = [choice for choice in field.choices if choice not in _NEED_AN_OBJECT]
        return dice.choice(usable) if dice.random() < _CHOSEN else None
    if field.kind in ("number", "integer"):
        return _number(field, dice) if dice.random() < _NUMBERED else None
    return _name(field, kind, model, dice)


def _number(field: Field, dice: random.Random) -> Value | None:
    usual = field.default if isinstance(field.default, (int, float)) else 0.5
    odd = usual * dice.uniform(0.85, 1.15)
    numbers = list(numbers_within(field, int(usual) + 1 if field.kind == "integer" else round(odd, 4)))
    values: list[Value | None] = [*numbers, *([field.auto] if field.auto else [])]
    return dice.choice(values or [None])


def _name(field: Field, kind: str, model: Model, dice: random.Random) -> Value | None:
    """The name of one of the example's own objects. Control zones are always given: their choices need them."""
    if "control_zone_name" in field.name or field.name == "zone_name_for_master_thermostat_location":
        return OWN_ZONE
    if dice.random() > _NAMED["availability" in field.name or _ZONES in field.object_lists]:
        return None
    if _ZONES in field.object_lists:
        return _plenum(field.name, kind, model)
    if _SCHEDULES in field.object_lists:
        limits = _SCHEDULE_LIMITS["setpoint" in field.name and "humid" not in field.name]
        return dice.choice(schedules(model, limits))
    return None


def _plenum(field: str, kind: str, model: Model) -> str | None:
    """The example's zone without a template, as the return plenum of the only system where it has none."""
    served = {str(fields.get("zone_name")) for fields in zone_templates(model)}
    plenums = [zone for zone in model["Zone"] if zone not in served]
    systems = [name for system, objects in model.items() if system.startswith(_SYSTEM) for name in objects]
    free = kind.startswith(_SYSTEM) and field == "return_plenum_name" and len(systems) == 1
    return plenums[0] if plenums and free else None
