"""Several templates of one type that are not alike: what is decided over all of them shows only there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hvac_templates.judge.schema import TEMPLATE_PREFIX, Schema
from tests.hvac_templates.oracle.needs import Model

_ZONE, _SYSTEM = f"{TEMPLATE_PREFIX}Zone:", f"{TEMPLATE_PREFIX}System:"
_KEPT = frozenset(
    {"chiller_type", "nominal_cop", "condenser_type", "boiler_type", "fuel_type", "efficiency", "tower_type"}
    | {"template_plant_loop_type", "control_zone_or_thermostat_location_name", "heat_pump_heating_coil_type"}
)
"""Fields without which an example would become another one, though the schema does not ask for them."""
_KEPT_OF = {f"{_SYSTEM}DualDuct": frozenset({"system_configuration_type", "economizer_type"})}
"""Fields of a type that ExpandObjects fills, where they are blank, with a word that it then refuses."""


def may_be_several(kind: str) -> bool:
    """Whether a model can have several of a type: not loops, nor references to one object."""
    return not kind.endswith(("Loop", "ObjectReference"))


def made_several(model: Model, kind: str) -> None:
    """Give a model a second template of a type where it has one only: systems share their zones out."""
    objects = model[kind]
    if len(objects) > 1:
        return
    ((name, fields),) = objects.items()
    second = f"{name} Second"
    if kind.startswith(_ZONE):
        objects[second] = {**fields, "zone_name": _zone_of_another(model, kind)}
        return
    objects[second] = {field: value for field, value in fields.items() if not field.endswith("plenum_name")}
    if kind.startswith(_SYSTEM):
        _share_out(model, objects, name, second)


def stripped(model: Model, kind: str) -> None:
    """Take away what the templates of a type may leave out: all that is optional is off."""
    known = Schema.shipped().fields(kind)
    kept = _KEPT | _KEPT_OF.get(kind, frozenset())
    for fields in model[kind].values():
        for field in [one for one in fields if not (known[one].required or one in kept or one.endswith("_name"))]:
            del fields[field]


def _zone_of_another(model: Model, kind: str) -> str:
    """A zone whose own template goes."""
    others = [other for other in model if other.startswith(_ZONE) and other != kind]
    name, theirs = next(iter(model[others[0]].items()))
    del model[others[0]][name]
    return str(theirs["zone_name"])


def _share_out(model: Model, objects: Model | Mapping[str, Any], name: str, second: str) -> None:
    zones = [fields for kind, own in model.items() if kind.startswith(_ZONE) for fields in own.values()]
    served = [(fields, field) for fields in zones for field in fields if str(fields[field]) == name]
    moved = served[len(served) // 2 :]
    for fields, field in moved:
        fields[field] = second
    for field in [one for one in objects[second] if one.endswith("zone_name")]:
        objects[second][field] = moved[0][0]["zone_name"]
