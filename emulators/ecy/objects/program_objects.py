"""What a control program sees of its controller's objects."""

from __future__ import annotations

from emulators.ecy.objects import objects
from emulators.ecy.objects.database import ObjectDatabase


class ProgramObjects:
    """The :class:`ProgramIO` of one controller: all its objects by the names that they had at the start."""

    def __init__(self, database: ObjectDatabase, priority: int) -> None:
        self._database = database
        self._priority = priority
        self._refs = database.names()
        self.written: set[str] = set()
        """The objects that the program has written to."""

    def read(self, name: str) -> float:
        """Present-value in the object's own units. Raises KeyError for an unknown name."""
        return self._database.get(self._refs[name]).present_value

    def write(self, name: str, value: float) -> None:
        """Command the object in the program's slot. Raises KeyError, or Refusal for an input or a bad value."""
        self.written.add(name)
        self._database.update(self._refs[name], lambda target: objects.commanded(target, value, self._priority))
