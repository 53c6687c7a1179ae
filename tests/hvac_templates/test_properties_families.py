"""Every family of templates: order, letter case, strangers, hostile names and typed defaults change nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from hvac_templates.expand import expand
from hvac_templates.judge.schema import Schema
from tests.hvac_templates.families import FAMILIES, family
from tests.hvac_templates.properties import Model, NewModel, recased, renamed, shuffled, with_unrelated

HOSTILE = (
    "{}",
    "{0.__class__}",
    "__import__('os').system('exit')",
    "${x}",
    "<unit>",
    "= 1+1",
    "'; drop table zones; --",
    "%s%n",
    "{zone_name",
    "a\nb",
    "Büro 🏢",
    "None",
    "Autosize",
    "HVACTemplate-Always",
    "HVACTemplate:Zone:PTAC",
    "\\d+(a+)+$",
    "../../etc/passwd",
    "x" * 5000,
)
NAMED = ("Zone", "Schedule:Compact")


@pytest.fixture(params=FAMILIES, scope="module")
def model(request: pytest.FixtureRequest) -> NewModel:
    return family(request.param)


@pytest.fixture(scope="module")
def usual(model: NewModel) -> NewModel:
    return expanded(model)


def expanded(model: Model) -> NewModel:
    result = expand(model)
    assert [str(message)[:300] for message in result.errors] == []
    assert result.model is not None
    return result.model


def hostile_names(model: Model) -> dict[str, str]:
    """A hostile name, each another, for every zone, schedule and template; the tag makes it stand out from all else."""
    kinds = [kind for kind in model if kind in NAMED or kind.startswith("HVACTemplate:")]
    old = [name for kind in kinds for name in model[kind]]
    return {name: f"{HOSTILE[number % len(HOSTILE)]}#{number}#" for number, name in enumerate(old)}


def with_texts(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    """A model with another text for every text in it, names among them."""
    if isinstance(value, dict):
        return {change(name): with_texts(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [with_texts(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def in_any_order(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A model whose lists are in the order of their text."""
    if isinstance(value, dict):
        return {name: in_any_order(item) for name, item in value.items()}
    return sorted(value, key=json.dumps) if isinstance(value, list) else value


def test_order_does_not_matter(model: NewModel, usual: NewModel) -> None:
    other = expanded(shuffled(model, 1))
    schedules = other.pop("Schedule:Compact")
    assert schedules == usual["Schedule:Compact"]
    assert in_any_order(other) == in_any_order({kind: usual[kind] for kind in usual if kind != "Schedule:Compact"})


def test_letter_case_does_not_matter(model: NewModel, usual: NewModel) -> None:
    other = expanded(recased(model, 1))
    assert with_texts(other, str.casefold) == with_texts(usual, str.casefold)


def test_unrelated_objects_do_not_matter(model: NewModel, usual: NewModel) -> None:
    more = with_unrelated(model)
    other = expanded(more)
    for kind in set(more) - set(model):
        assert other.pop(kind) == more[kind]
    for kind in set(more) & set(model):
        for name in set(more[kind]) - set(model[kind]):
            assert other[kind].pop(name) == more[kind][name]
    assert other == usual


def test_hostile_names_stay_names(model: NewModel, usual: NewModel) -> None:
    names = hostile_names(model)

    def tame(text: str) -> str:
        for old, new in names.items():
            text = text.replace(new, old)
        return text.casefold()

    there = expanded(renamed(model, names))
    assert there != usual
    assert with_texts(there, tame) == with_texts(usual, str.casefold)


BY_THE_MANUAL = ("HVACTemplate:System:Unitary", "HVACTemplate:System:UnitaryHeatPump:AirToAir")
"""Their return fans have another pressure by the manual than by the schema."""


def test_a_blank_field_is_its_documented_default(model: NewModel, usual: NewModel) -> None:
    typed = copy.deepcopy(model)
    for kind in [kind for kind in typed if kind.startswith("HVACTemplate:")]:
        known = Schema.shipped().fields(kind).items()
        defaults = {name: field.default for name, field in known if field.default is not None}
        if kind in BY_THE_MANUAL:
            del defaults["return_fan_delta_pressure"]
        typed[kind] = {name: defaults | fields for name, fields in typed[kind].items()}
    assert expanded(typed) == usual
