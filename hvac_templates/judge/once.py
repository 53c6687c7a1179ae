"""Zones that two objects claim and only one may have: the engine would stop, or one of them would go unheard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hvac_templates.build.context import ExpansionContext
from hvac_templates.build.loops import Made
from hvac_templates.judge.labels import ZONE_FIELD, label
from hvac_templates.messages import Fields, Message, Model, error

THERMOSTAT_FIELD = "template_thermostat_name"
LISTED_FIELD = "zone_or_zonelist_name"
ONCE: Sequence[Mapping[str, str]] = (
    {"ZoneControl:Thermostat": LISTED_FIELD, "ZoneControl:Thermostat:StagedDualSetpoint": LISTED_FIELD},
    {"ZoneControl:Humidistat": ZONE_FIELD},
    {
        "ZoneHVAC:EquipmentConnections": ZONE_FIELD,
        "AirLoopHVAC:SupplyPlenum": ZONE_FIELD,
        "AirLoopHVAC:ReturnPlenum": ZONE_FIELD,
    },
)
"""Types of which a zone has one object in all, with the field that names the zone, or a list of zones."""


def claimed_twice(made: Iterable[tuple[ExpansionContext, Made]], model: Model) -> Iterator[Message]:
    """An error for each zone that a template would give a second thermostat, humidistat or use for its air."""
    owners = [dict(_owned(group, model)) for group in ONCE]
    places = {kind: (owned, field) for group, owned in zip(ONCE, owners, strict=True) for kind, field in group.items()}
    for context, (kind, _, fields) in made:
        if kind not in places:
            continue
        owned, field = places[kind]
        zone = str(fields.get(field, "")).casefold()
        if zone in owned:
            yield _error(context, kind, zone, owned[zone])
        owned[zone] = f'{context.spec.type} "{_label(context)}"'


def controlled_zones(model: Model) -> set[str]:
    """The zones that the model's own thermostats control, one by one or by lists."""
    return {zone for zone, _ in _owned(ONCE[0], model)}


def _owned(group: Mapping[str, str], model: Model) -> Iterator[tuple[str, str]]:
    """Zones, and what of the model has them."""
    for kind, field in group.items():
        for name, fields in model.get(kind, {}).items():
            for zone in _zones(str(fields.get(field, "")).casefold(), model):
                yield zone, f'{kind} "{name}"'


def _zones(name: str, model: Model) -> Iterable[str]:
    lists: Mapping[str, Fields] = model.get("ZoneList", {})
    listed = next((fields for own_name, fields in lists.items() if own_name.casefold() == name), None)
    return [name] if listed is None else [str(one.get(ZONE_FIELD, "")).casefold() for one in listed.get("zones", ())]


def _error(context: ExpansionContext, kind: str, zone: str, other: str) -> Message:
    """About the field of the template that brought the thermostat or the zone in, where one did."""
    named = (name for name, value in context.given.items() if name != ZONE_FIELD and str(value).casefold() == zone)
    field = next(named, "")
    shown = str(context.given.get(field) or context.name)
    field = THERMOSTAT_FIELD if kind in ONCE[0] else field
    text = f'{other} has the zone "{shown}" already, and a zone can have one only: take one of them out'
    return error(context.spec.type, context.key, field, text)


def _label(context: ExpansionContext) -> str:
    return label(context.spec.type, context.key, context.given)
