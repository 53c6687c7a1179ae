"""One line of the table of measurements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, what we aim at, and the numbers behind it."""

    what: str
    measured: str
    aim: str
    detail: str = ""
