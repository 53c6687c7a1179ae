"""What a display is told of a program."""

from __future__ import annotations

from dataclasses import dataclass

from supervisory.runtime.context import StepRecord


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """A program at this moment, for a display."""

    name: str
    state: str
    reason: str
    rounds: int
    last: StepRecord | None
    alarm: str
