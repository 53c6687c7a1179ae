"""What all functions that are woven together share."""

from __future__ import annotations

import ast
from typing import Any

from emulators.plants.weaving.nodes import name_of


class Loom:
    """The names around them, and what tells their own names apart."""

    def __init__(self, unrolled: bool, largest: int) -> None:
        self.largest = largest
        self.unrolled = unrolled
        self.names: dict[str, Any] = {}
        self._woven = 0

    def suffix(self) -> str:
        """What tells the names of one more call from those of others."""
        self._woven += 1
        return f"_{self._woven}"

    def outside(self, name: str, value: object) -> ast.expr:
        """A number by its value, anything else by a name."""
        if isinstance(value, bool | int | float):
            return ast.Constant(value)
        while self.names.setdefault(name, value) is not value:
            name += "_"
        return name_of(name)
