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


class _Asked:
    """Stands for a value that is being found: whoever asks for it meanwhile goes round in a circle."""


_ASKED = _Asked()


class Built:
    """One object: made by a template, or (``fields`` given) one that the model had before."""

    __slots__ = ("_chosen", "_is_existing", "_known", "_owner", "inlet", "is_empty", "name", "outlet", "spec", "type")

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
        self._known: dict[str, Content | _Asked | None] = {**spec.fixed, **(fields or {})}
        self._chosen: list[Assignment] | None = None if spec.cases else []

    @property
    def is_made(self) -> bool:
        """Whether it goes into the model: not an object that was there before, not one whose list is empty."""
        return not (self.is_empty or self._is_existing)

    def put(self, field: str, value: Content) -> None:
        """Fix a field, whatever the tree says."""
        self._known[field] = value

    def get(self, field: str) -> Content | None:
        """A field's value; None where it has none. Raises TemplateFault for fields that refer to each other."""
        known = self._known
        if field in known:
            value = known[field]
            if isinstance(value, _Asked):
                raise TemplateFault(f'{self.type} "{self.name}": {field} refers to itself')
            return value
        known[field] = _ASKED
        found: Content | None = self._found(field)
        known[field] = value = None if found == "" else found
        return value

    def what(self, word: str) -> Scalar | None:
        """``self``, ``key``, ``Inlet``, ``Outlet`` or a field."""
        parts = {SELF: self.type, KEY: self.name, INLET: self.inlet, OUTLET: self.outlet}
        value = parts[word] if word in parts else self.get(word)
        return None if isinstance(value, list) else value

    def fields(self) -> dict[str, Any]:
        """All fields that have values, in the order of the tree."""
        names = dict.fromkeys((*self.spec.by_field, *(one.field for one in reversed(self._cases())), *self._known))
        return {name: value for name in names if (value := self.get(name)) is not None}

    def _found(self, field: str) -> Content | None:
        """The value of the assignment that counts most, of those that apply and have one."""
        owner = self._owner
        chosen = [one for one in self._cases() if one.field == field] if self.spec.cases else ()
        for one in (*chosen, *self.spec.by_field.get(field, ())):
            if one.when is None or one.when.holds(owner):
                value: Content | None = one.value.of(owner)
                if value is not None:
                    return value
        return None

    def _cases(self) -> list[Assignment]:
        """What the cases that apply assign, the one that counts most first."""
        if self._chosen is None:
            parts = [part for case in self.spec.cases if (part := case.chosen(self._owner)) is not None]
            self._chosen = [one for part in reversed(parts) for one in reversed(part)]
        return self._chosen
