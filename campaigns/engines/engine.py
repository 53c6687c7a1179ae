"""What a campaign asks of whatever runs its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from campaigns.cell import CellResult, Task
from utils.errors import BridgeError


class EngineLost(BridgeError):
    """Whoever hands out cells is gone. What is finished is kept, and the campaign can be resumed."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A cell that has come to its end without results; it would again."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A cell whose process has died. It may have been killed, and is run again."""

    number: int
    why: str


Outcome: TypeAlias = "CellResult | Failed | Lost"


class Engine(Protocol):
    """Used by one thread."""

    @property
    def name(self) -> str:
        """For the rows of cells."""

    @property
    def workers(self) -> int:
        """How many cells run at once, for a guess of the time left."""

    def room(self) -> int:
        """How many more cells it takes now. Raises :class:`EngineLost`."""

    def begin(self, task: Task) -> None:
        """Take a cell. Raises :class:`EngineLost`."""

    def wait(self, seconds: float) -> Sequence[Outcome]:
        """What has come of cells, after so long at the latest. Raises :class:`EngineLost`."""

    def close(self) -> None:
        """End: cells that still run do not count, and those that have taken something give it back first."""
