"""The small models of our own, one for each family of templates, whole."""

from __future__ import annotations

import json
from pathlib import Path

from hvac_templates.expand import expand
from hvac_templates.judge.schema import Schema
from tests.hvac_templates.boxes import DAY, Model, boxes, variable_air_volume, zone_names
from tests.hvac_templates.topology import problems

FOLDER = Path(__file__).with_name("models")
AVAILABILITY = "system_availability_schedule_name"


def family(name: str) -> Model:
    """The building with the templates of one family, each with a schedule where it may have one."""
    templates = _templates(name)
    for kind, objects in templates.items():
        if AVAILABILITY in Schema.shipped().fields(kind):
            for fields in objects.values():
                fields[AVAILABILITY] = DAY
    return boxes(list(_zones(templates)), templates)


def model_of(name: str) -> Model:
    """The building with the templates of one family, as they stand in its file."""
    templates = _templates(name)
    return boxes(list(_zones(templates)), templates)


def expanded(model: Model) -> Model:
    """What it becomes, wired as air and water need it."""
    result = expand(model)
    assert result.model is not None, [str(message) for message in result.messages]
    assert problems(result.model) == []
    return result.model


def changed(name: str, kind: str, template: str, **fields: object) -> Model:
    """A family's model with some fields of one template set; ``None`` takes a field away."""
    model = model_of(name)
    kept = {**model[kind][template], **fields}
    model[kind][template] = {field: value for field, value in kept.items() if value is not None}
    return model


def refusal(model: Model) -> tuple[str, str]:
    """The field of the only error, and its text."""
    result = expand(model)
    assert result.model is None
    (message,) = [message for message in result.messages if message.severity == "error"]
    return message.field, message.text


def _templates(name: str) -> Model:
    if name == "variable_air_volume":
        return variable_air_volume(zone_names(3))
    templates: Model = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return templates


def _zones(templates: Model) -> dict[str, None]:
    """The zones of templates and their plenums."""
    every = (item for objects in templates.values() for fields in objects.values() for item in fields.items())
    return dict.fromkeys(value for field, value in every if field == "zone_name" or field.endswith("plenum_name"))


FAMILIES = (*sorted(file.stem for file in FOLDER.glob("*.json")), "variable_air_volume")
