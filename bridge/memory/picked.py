"""Picks the values of some names out of mappings, step after step: they mostly have the same keys in the same order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Picked(Generic[Key, Value]):
    """Names in their order. To find where each of 200 is anew would cost half of what recording a step costs."""

    def __init__(self, names: Sequence[Key]) -> None:
        self.names = tuple(names)
        self._keys: list[Key] = []
        self._pick: Callable[[Sequence[Value | None]], Sequence[Value | None]] = self._places()

    def of(self, values: Mapping[Key, Value]) -> Sequence[Value | None]:
        """The value of each name; None where there is none."""
        keys = [*values]
        if keys != self._keys:
            self._keys = keys
            self._pick = self._places()
        return self._pick([*values.values(), None])

    def _places(self) -> Callable[[Sequence[Value | None]], Sequence[Value | None]]:
        place = {key: number for number, key in enumerate(self._keys)}
        places = [place.get(name, -1) for name in self.names]
        if places == [*range(len(places))]:
            return itemgetter(slice(len(places)))
        if len(places) > 1:
            return itemgetter(*places)
        return lambda values: [values[place] for place in places]
