"""The small models of our own, one for each family of templates, whole."""

from __future__ import annotations

import json
from pathlib import Path

from hvac_templates.schema import Schema
from tests.hvac_templates.boxes import DAY, Model, boxes, variable_air_volume, zone_names

FOLDER = Path(__file__).with_name("models")
AVAILABILITY = "system_availability_schedule_name"


def family(name: str) -> Model:
    """The building with the templates of one family, each with a schedule where it may have one."""
    if name == "variable_air_volume":
        templates = variable_air_volume(zone_names(3))
    else:
        templates = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for kind, objects in templates.items():
        if AVAILABILITY in Schema.shipped().fields(kind):
            for fields in objects.values():
                fields[AVAILABILITY] = DAY
    return boxes(list(_zones(templates)), templates)


def _zones(templates: Model) -> dict[str, None]:
    """The zones of templates and their plenums."""
    every = (item for objects in templates.values() for fields in objects.values() for item in fields.items())
    return dict.fromkeys(value for field, value in every if field == "zone_name" or field.endswith("plenum_name"))


FAMILIES = (*sorted(file.stem for file in FOLDER.glob("*.json")), "variable_air_volume")
