"""Changes to a model that must not change what its expansion means."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, TypeVar

from hvac_templates.judge.schema import Field, Schema, is_template

Model = Mapping[str, Mapping[str, Mapping[str, Any]]]
NewModel = dict[str, dict[str, dict[str, Any]]]
_T = TypeVar("_T")


def renamed(model: Model, names: Mapping[str, str]) -> NewModel:
    """The model with objects and all that refers to them under other names; texts that only contain one stay."""
    folded = {old.casefold(): new for old, new in names.items()}

    def new(fields: Mapping[str, Any], known: Mapping[str, Field]) -> dict[str, Any]:
        changed = dict(fields)
        for name, value in fields.items():
            if isinstance(value, list):
                changed[name] = [new(item, known[name].items) for item in value]
            elif isinstance(value, str) and name in known and known[name].kind == "string":
                changed[name] = folded.get(value.casefold(), value)
        return changed

    return {
        kind: {
            folded.get(name.casefold(), name): new(fields, Schema.shipped().fields(kind))
            for name, fields in objects.items()
        }
        for kind, objects in model.items()
    }


def shuffled(model: Model, seed: int) -> NewModel:
    """The model with its types, objects and fields in another order."""
    source = random.Random(seed)  # noqa: S311 - an order, not a secret
    return {
        kind: {name: _shuffled(fields, source) for name, fields in _shuffled(objects, source).items()}
        for kind, objects in _shuffled(model, source).items()
    }


def recased(model: Model, seed: int) -> NewModel:
    """The model with its templates in other letter case: types, fields, references and choices."""
    source = random.Random(seed)  # noqa: S311 - letters, not a secret

    def other(text: str) -> str:
        return "".join(letter.upper() if source.random() < 0.5 else letter.lower() for letter in text)

    def fields_of(fields: Mapping[str, Any]) -> dict[str, Any]:
        return {other(name): other(value) if isinstance(value, str) else value for name, value in fields.items()}

    return {
        other(kind) if is_template(kind) else kind: {
            name: fields_of(fields) if is_template(kind) else dict(fields) for name, fields in objects.items()
        }
        for kind, objects in model.items()
    }


def with_unrelated(model: Model) -> NewModel:
    """The model with objects in it that no template has to do with."""
    more: Model = {
        "Schedule:Constant": {"Unrelated": {"hourly_value": 0.5}},
        "Material:NoMass": {"Unrelated": {"roughness": "Smooth", "thermal_resistance": 1.0}},
        "Output:Variable": {"Unrelated": {"variable_name": "Site Outdoor Air Drybulb Temperature"}},
    }
    merged = {kind: {name: dict(fields) for name, fields in objects.items()} for kind, objects in model.items()}
    for kind, objects in more.items():
        merged.setdefault(kind, {}).update({name: dict(fields) for name, fields in objects.items()})
    return merged


def _shuffled(mapping: Mapping[str, _T], source: random.Random) -> dict[str, _T]:
    keys = list(mapping)
    source.shuffle(keys)
    return {key: mapping[key] for key in keys}
