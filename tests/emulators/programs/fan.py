"""An application that only wants a fan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emulators.program import ObjectSpec, ProgramIO


class FanProgram:
    """An application that wants its fan at 80 % and counts its scans."""

    objects: Sequence[ObjectSpec] = (
        ObjectSpec("AnalogOutput", "FanSpeed", "percent"),
        ObjectSpec("BinaryOutput", "FanStart"),
    )

    def __init__(self) -> None:
        self.scans = 0

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        self.scans += 1
        io.write("FanSpeed", 80.0)
        io.write("FanStart", 1.0)
