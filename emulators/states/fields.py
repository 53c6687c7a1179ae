"""Reads the JSON of a state: what is missing or of another kind is one clear line."""

from __future__ import annotations

from collections.abc import Mapping

from emulators.states.errors import SavedStateError


class Fields:
    """One object of a state. Every method raises SavedStateError, which names the field."""

    def __init__(self, document: object, where: str) -> None:
        if not isinstance(document, dict):
            raise SavedStateError(f"{where} has to be an object")
        self._document: dict[str, object] = document
        self._where = where

    def value(self, name: str) -> object:
        """Whatever is there."""
        if name not in self._document:
            raise self._wrong(name, "is missing")
        return self._document[name]

    @property
    def names(self) -> list[str]:
        """What is there."""
        return list(self._document)

    def has(self, name: str) -> bool:
        """Whether there is anything."""
        return name in self._document

    def number(self, name: str) -> float:
        """A number; one that is not finite is told as text."""
        return self._number(name, self.value(name))

    def number_or_none(self, name: str) -> float | None:
        """A number, or null."""
        return None if self.value(name) is None else self.number(name)

    def whole(self, name: str) -> int:
        """A whole number from 0 up."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(name, "has to be a whole number from 0 up")
        return value

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self.value(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "has to be true or false")
        return value

    def text(self, name: str) -> str:
        """A text."""
        value = self.value(name)
        if not isinstance(value, str):
            raise self._wrong(name, "has to be a text")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self.value(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(name, "has to be a list of texts")
        return value

    def numbers(self, name: str) -> list[float]:
        """A list of numbers."""
        value = self.value(name)
        if not isinstance(value, list):
            raise self._wrong(name, "has to be a list of numbers")
        return [self._number(name, item) for item in value]

    def numbers_or_none(self, name: str) -> list[float | None]:
        """A list of numbers and nulls."""
        value = self.value(name)
        if not isinstance(value, list):
            raise self._wrong(name, "has to be a list of numbers")
        return [None if item is None else self._number(name, item) for item in value]

    def named_numbers(self, name: str) -> dict[str, float]:
        """Numbers by name."""
        return {key: self._number(f"{name}.{key}", item) for key, item in self.members(name).items()}

    def members(self, name: str) -> Mapping[str, object]:
        """The members of an object."""
        value = self.value(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "has to be an object")
        return value

    def part(self, name: str) -> Fields:
        """An object within this one."""
        return Fields(self.value(name), f"{self._where}.{name}")

    def _number(self, name: str, value: object) -> float:
        if value in ("inf", "-inf", "nan"):
            return float(str(value))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, "has to be a number")
        return float(value)

    def _wrong(self, name: str, what: str) -> SavedStateError:
        return SavedStateError(f"{self._where}.{name[:80]} {what}")
