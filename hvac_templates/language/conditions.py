"""When a part of the tree applies: template fields and the values that they must have.

Texts are compared as EnergyPlus does, whatever the letter case, and 8 is 8.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeAlias, TypeVar

from hvac_templates.language.values import Scalar

Key: TypeAlias = str | float
PartT = TypeVar("PartT")

NONE = "None"
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
        return (
            key_of(value) in self.keys
            or (bool(self.words) and self._is_meant(value, facts))
            or (self.same_as is not None and key_of(value) == key_of(facts.lookup(self.same_as)))
            or (isinstance(value, (int, float)) and self._is_between(float(value), facts))
        )

    def _is_meant(self, value: Scalar | None, facts: Facts) -> bool:
        is_none = key_of(value) == NONE.casefold()
        return (
            (NONE in self.words and is_none)
            or (ANY_VALUE in self.words and not is_none)
            or (ANY_NUMBER in self.words and isinstance(value, (int, float)))
            or (GIVEN in self.words and facts.is_given(self.name))
            or (NOT_GIVEN in self.words and not facts.is_given(self.name))
        )

    def _is_between(self, value: float, facts: Facts) -> bool:
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
    """``When``: one of the alternatives, each a set of tests that must all hold; ``unless`` none of those."""

    when: tuple[tuple[Test, ...], ...] = ()
    unless: tuple[tuple[Test, ...], ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether the part applies."""
        wanted = not self.when or any(all(test.holds(facts) for test in tests) for tests in self.when)
        return wanted and not any(all(test.holds(facts) for test in tests) for tests in self.unless)

    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        tests = [test for tests in (*self.when, *self.unless) for test in tests]
        return tuple(name for test in tests for name in test.names())


@dataclass(frozen=True, slots=True)
class Options(Generic[PartT]):
    """What a field's value chooses: its own entry, else that for numbers, else that for any value."""

    name: str
    parts: Mapping[Key, PartT] = field(hash=False)
    number: PartT | None = None
    other: PartT | None = None

    def chosen(self, facts: Facts) -> PartT | None:
        """The part for the value that the field has; None where it has none."""
        value = facts.lookup(self.name)
        key = key_of(value)
        if key in self.parts:
            return self.parts[key]
        if isinstance(value, (int, float)) and self.number is not None:
            return self.number
        return None if key == NONE.casefold() else self.other


def key_of(value: Scalar | None) -> Key:
    """How a value is compared. Blank is the same as the choice None."""
    if value is None:
        return NONE.casefold()
    return value.casefold() if isinstance(value, str) else float(value)
