"""An object while it is made: its fields are found when they are asked for, so that objects may refer to each other."""

from __future__ import annotations

from typing import Any, Protocol

from hvac_templates.language.conditions import Facts
from hvac_templates.language.model import Assignment, ObjectTemplate
from hvac_templates.language.text import INLET, KEY, OUTLET, SELF
from hvac_templates.language.values import Content, Scalar, Scope


class TemplateFault(ValueError):
    """A template that cannot be built. ``field`` is what to mend, where that is known."""

    def __init__(self, text: str, field: str = "") -> None:
        self.field = field
        super().__init__(text)


class LoopFault(TemplateFault):
    """A loop that is not there, or (``side`` given) one with nothing on a side. ``kind`` is what the tree calls it."""

    def __init__(self, text: str, kind: str, side: str = "") -> None:
        self.kind = kind
        self.side = side
        super().__init__(text)


class Owner(Scope, Facts, Protocol):
    """The template that makes an object."""


class Built:
    """One object: made by a template, or (``fields`` given) one that the model had before."""

    def __init__(
        self, spec: ObjectTemplate, type_name: str, name: str, owner: Owner, fields: dict[str, Any] | None = None
    ) -> None:
        self.spec = spec
        self.type = type_name
        self.name = name
        self.inlet: str | None = None
        self.outlet: str | None = None
        self.is_empty = False
        self._owner = owner
        self._is_existing = fields is not None
        self._known: dict[str, Content | None] = dict(fields or {})
        self._asked: set[str] = set()
        self._assignments: dict[str, list[Assignment]] | None = None

    @property
    def is_made(self) -> bool:
        """Whether it goes into the model: not an object that was there before, not one whose list is empty."""
        return not (self.is_empty or self._is_existing)

    def put(self, field: str, value: Content) -> None:
        """Fix a field, whatever the tree says."""
        self._known[field] = value

    def get(self, field: str) -> Content | None:
        """A field's value; None where it has none. Raises TemplateFault for fields that refer to each other."""
        if field in self._known:
            return self._known[field]
        if field in self._asked:
            raise TemplateFault(f'{self.type} "{self.name}": {field} refers to itself')
        self._asked.add(field)
        values = (assignment.value.of(self._owner) for assignment in reversed(self._by_field().get(field, ())))
        found = next((value for value in values if value is not None), None)
        self._known[field] = None if found == "" else found
        return self._known[field]

    def what(self, word: str) -> Scalar | None:
        """``self``, ``key``, ``Inlet``, ``Outlet`` or a field."""
        parts = {SELF: self.type, KEY: self.name, INLET: self.inlet, OUTLET: self.outlet}
        value = parts[word] if word in parts else self.get(word)
        return None if isinstance(value, list) else value

    def fields(self) -> dict[str, Any]:
        """All fields that have values, in the order of the tree."""
        names = dict.fromkeys((*self._by_field(), *self._known))
        return {name: value for name in names if (value := self.get(name)) is not None}

    def _by_field(self) -> dict[str, list[Assignment]]:
        """The assignments that apply, by field, the one that counts most last."""
        if self._assignments is None:
            self._assignments = {}
            for one in self._applying():
                self._assignments.setdefault(one.field, []).append(one)
        return self._assignments

    def _applying(self) -> list[Assignment]:
        chosen = [part for case in self.spec.cases if (part := case.chosen(self._owner)) is not None]
        every = (*self.spec.assignments, *(assignment for part in chosen for assignment in part))
        return [one for one in every if one.when is None or one.when.holds(self._owner)]
