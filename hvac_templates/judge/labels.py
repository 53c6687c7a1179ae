"""How messages call a template that has no name in an IDF: by its zone, not by what the engine's conversion made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hvac_templates.messages import Fields, Message, Model

ZONE_FIELD = "zone_name"


def label(kind: str, key: str, fields: Fields) -> str:
    """The zone of a template whose key was made up (its type and a number); without a zone its number; else the key."""
    made_up, _, number = key.rpartition(" ")
    if made_up.casefold() != kind.casefold() or not number.isdigit():
        return key
    return str(fields.get(ZONE_FIELD) or f"no. {number}")


def labelled(message: Message, model: Model) -> Message:
    """A message that calls its template as a person would look for it. What is no model changes nothing."""
    objects = model.get(message.template) if isinstance(model, Mapping) else None
    fields = objects.get(message.name) if isinstance(objects, Mapping) else None
    if not isinstance(fields, Mapping):
        return message
    return replace(message, name=label(message.template, message.name, fields))
