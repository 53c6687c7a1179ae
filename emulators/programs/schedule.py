"""Occupancy by the controller's own clock. Every controller keeps its own; they are set alike."""

from __future__ import annotations

from datetime import datetime

from emulators.program import ProgramIO
from emulators.programs.blocks import DailyPeriod
from emulators.programs.objects import ObjectTable, ProgramObject, Quantity

SCHEDULE_POINTS = (
    ProgramObject("AnalogValue", "OccupancyStart", Quantity.HOURS, 6.0, "Hour of the day when occupancy begins"),
    ProgramObject("AnalogValue", "OccupancyStop", Quantity.HOURS, 19.0, "Hour of the day when occupancy ends"),
    ProgramObject(
        "AnalogValue", "StartLeadTime", Quantity.MINUTES, 30.0, "Warm-up or cool-down before occupancy, at least"
    ),
    ProgramObject("BinaryValue", "OccupiedCmd", description="Occupied, by schedule or by command"),
)


class OccupancySchedule:
    """Writes the schedule to ``OccupiedCmd`` and believes what it then reads, so that others may command it."""

    def __init__(self, table: ObjectTable) -> None:
        self._table = table
        self.occupied = False
        self.starting_up = False
        self._lead_h = 0.0

    @property
    def in_use(self) -> bool:
        """Whether the occupied set-points hold."""
        return self.occupied or self.starting_up

    def step(self, io: ProgramIO, now: datetime, early_min: float) -> None:
        """One scan; sets ``occupied`` and ``starting_up``: ``StartLeadTime`` and ``early_min`` before occupancy.

        A start-up that has begun goes on until occupancy, whatever ``early_min`` becomes meanwhile.
        """
        start_h = self._table.read(io, "OccupancyStart")
        scheduled = DailyPeriod(start_h, self._table.read(io, "OccupancyStop")).contains(now)
        io.write("OccupiedCmd", float(scheduled))
        self.occupied = io.read("OccupiedCmd") > 0.5
        if not self.starting_up:
            self._lead_h = (self._table.read(io, "StartLeadTime") + early_min) / 60.0
        self.starting_up = not self.occupied and DailyPeriod(start_h - self._lead_h, start_h).contains(now)
