"""Which names a model offers to its references: EnergyPlus keeps them in lists, such as ``ScheduleNames``."""

from __future__ import annotations

from collections.abc import Iterable

from hvac_templates.judge.schema import SCHEDULES, Field, Schema
from hvac_templates.language.values import always_number
from hvac_templates.messages import Fields, Model

_SHOWN_TYPES = 4


class NameLists:
    """The lists of one model. Names are compared without regard to letter case."""

    def __init__(self, model: Model, schema: Schema) -> None:
        self._schema = schema
        self._model = {(schema.type_named(kind) or kind): objects for kind, objects in model.items()}
        self._lists: dict[str, frozenset[str]] = {}

    def problem(self, field: Field, value: str, kind: str = "") -> str:
        """What is wrong with a reference; empty where the model has what it names, or the field names nothing.

        ``kind`` is the type that the field beside it gives. The schema allows some types there that its lists forget
        (a furnace's reheat coil may be a Coil:Heating:Desuperheater): then the name is looked for among those.
        """
        name = value.strip().casefold()
        for joined in field.object_lists:
            if name in self._names(joined):
                return ""
        if not field.object_lists or self._is_listed_type(field, value):
            return ""
        if self._is_forgotten(field, kind):
            found = name in (one.strip().casefold() for one in self._model.get(kind, {}))
            return "" if found else f'there is no {kind} named "{value}" in the model'
        if SCHEDULES in field.object_lists and always_number(value.strip()) is not None:
            return ""  # the expansion makes it
        return f'there is no {self._described(field.object_lists)} named "{value}" in the model'

    def _is_forgotten(self, field: Field, kind: str) -> bool:
        listed = (one for joined in field.object_lists for one, _ in self._schema.joining(joined))
        return self._schema.has(kind) and kind not in listed

    def _is_listed_type(self, field: Field, value: str) -> bool:
        return any(self._schema.type_named(value) in self._schema.types_listed(name) for name in field.object_lists)

    def _names(self, joined: str) -> frozenset[str]:
        names = self._lists.get(joined)
        if names is None:
            names = self._lists[joined] = frozenset(self._collected(joined))
        return names

    def _collected(self, joined: str) -> Iterable[str]:
        for kind, field in self._schema.joining(joined):
            for name, fields in self._model.get(kind, {}).items():
                yield str(_named(fields, field) if field else name).strip().casefold()

    def _described(self, lists: Iterable[str]) -> str:
        kinds = sorted({kind for joined in lists for kind, _ in self._schema.joining(joined)})
        if SCHEDULES in lists:
            return "schedule"
        more = " (or similar)" if len(kinds) > _SHOWN_TYPES else ""
        return (" or ".join(kinds[:_SHOWN_TYPES]) or "object type") + more


def _named(fields: Fields, field: str) -> object:
    """The value of a field, which a template may have in other letter case."""
    if field in fields:
        return fields[field]
    return next((value for name, value in fields.items() if name.casefold() == field), "")
