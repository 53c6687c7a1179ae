"""When a part of the tree applies: template fields and the values that they must have.

Texts are compared as EnergyPlus does, whatever the letter case, and 8 is 8.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeAlias, TypeVar

from hvac_templates.language.values import Scalar

Key: TypeAlias = str | float
PartT = TypeVar("PartT")

NONE = "None"
_NONE_KEY = NONE.casefold()
ANY_VALUE = "AnyValue"
ANY_NUMBER = "AnyNumber"
GIVEN = "Given"
NOT_GIVEN = "NotGiven"


class Facts(Protocol):
    """What conditions are judged by."""

    def lookup(self, name: str) -> Scalar | None:
        """A field's value, its default where it is not given."""

    def is_given(self, name: str) -> bool:
        """Whether the user has typed a value."""

    def anywhere(self, condition: Condition) -> bool:
        """Whether it holds for one template of this type, this one or another."""


@dataclass(frozen=True, slots=True)
class Test:
    """One name and what it may be. ``above`` and ``below`` compare numbers; Autosize is neither.

    ``same_as`` is another name that must have the same value. A bound that is a text is a name, too.
    """

    name: str
    keys: frozenset[Key]
    words: frozenset[str] = frozenset()
    same_as: str | None = None
    above: float | str | None = None
    below: float | str | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the name has one of the values."""
        value = facts.lookup(self.name)
        key = key_of(value)
        if key in self.keys or (self.words and self._is_meant(value, key, facts)):
            return True
        if self.same_as is not None:
            return key == key_of(facts.lookup(self.same_as))
        return isinstance(value, (int, float)) and self._is_between(float(value), facts)

    def _is_meant(self, value: Scalar | None, key: Key, facts: Facts) -> bool:
        is_none = key == _NONE_KEY
        return (
            (NONE in self.words and is_none)
            or (ANY_VALUE in self.words and not is_none)
            or (ANY_NUMBER in self.words and isinstance(value, (int, float)))
            or (GIVEN in self.words and facts.is_given(self.name))
            or (NOT_GIVEN in self.words and not facts.is_given(self.name))
        )

    def _is_between(self, value: float, facts: Facts) -> bool:
        if self.above is None and self.below is None:
            return False
        low, high = _bound(self.above, facts), _bound(self.below, facts)
        if low is None and high is None:
            return False
        return (low is None or value > low) and (high is None or value < high)

    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return tuple(
            name for name in (self.name, self.same_as, self.above, self.below) if name and isinstance(name, str)
        )


def _bound(bound: float | str | None, facts: Facts) -> float | None:
    value = facts.lookup(bound) if isinstance(bound, str) else bound
    return value if isinstance(value, (int, float)) else None


@dataclass(frozen=True, slots=True)
class Condition:
    """``When``: one of the alternatives, each a set of tests that must all hold; ``unless`` none of those.

    ``when_any`` is another condition, which has to hold for one template of the type.
    """

    when: tuple[tuple[Test, ...], ...] = ()
    unless: tuple[tuple[Test, ...], ...] = ()
    when_any: Condition | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the part applies."""
        if self.when and not _one_holds(self.when, facts):
            return False
        if self.unless and _one_holds(self.unless, facts):
            return False
        return self.when_any is None or facts.anywhere(self.when_any)

    def tests(self) -> tuple[Test, ...]:
        """Everything that it asks."""
        inner = self.when_any.tests() if self.when_any else ()
        return (*(test for tests in (*self.when, *self.unless) for test in tests), *inner)

    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return tuple(name for test in self.tests() for name in test.names())


def _one_holds(alternatives: tuple[tuple[Test, ...], ...], facts: Facts) -> bool:
    """Whether all tests of one of the alternatives hold."""
    for tests in alternatives:
        for test in tests:
            if not test.holds(facts):
                break
        else:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Options(Generic[PartT]):
    """What a field's value chooses: its own entry, else that for numbers, else that for any value."""

    name: str
    parts: Mapping[Key, PartT] = field(hash=False)
    number: PartT | None = None
    other: PartT | None = None

    def all_parts(self) -> Iterator[PartT]:
        """Everything that may be chosen."""
        return (part for part in (*self.parts.values(), self.number, self.other) if part is not None)

    def chosen(self, facts: Facts) -> PartT | None:
        """The part for the value that the field has; None where it has none."""
        value = facts.lookup(self.name)
        key = key_of(value)
        if key in self.parts:
            return self.parts[key]
        if isinstance(value, (int, float)) and self.number is not None:
            return self.number
        return None if key == _NONE_KEY else self.other


def key_of(value: Scalar | None) -> Key:
    """How a value is compared. Blank is the same as the choice None."""
    if value is None:
        return _NONE_KEY
    return value.casefold() if isinstance(value, str) else float(value)
