"""Occupancy by the controller's own clock. Every controller keeps its own; they are set alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from emulators.program import ProgramIO
from emulators.programs.blocks import DailyPeriod
from emulators.programs.objects import ObjectTable, ProgramObject, Quantity

EVERY_DAY = 7
"""So many days of the week, from Monday on."""
WORKING_DAYS = 5
"""Monday to Friday."""


def schedule_points(start_h: float, stop_h: float, lead_min: float) -> tuple[ProgramObject, ...]:
    """The objects of a schedule, with what it is set to."""
    lead = "Warm-up or cool-down before occupancy, at least"
    return (
        ProgramObject(
            "AnalogValue", "OccupancyStart", Quantity.HOURS, start_h, "Hour of the day when occupancy begins"
        ),
        ProgramObject("AnalogValue", "OccupancyStop", Quantity.HOURS, stop_h, "Hour of the day when occupancy ends"),
        ProgramObject("AnalogValue", "StartLeadTime", Quantity.MINUTES, lead_min, lead),
        ProgramObject("BinaryValue", "OccupiedCmd", description="Occupied, by schedule or by command"),
    )


SCHEDULE_POINTS = schedule_points(start_h=6.0, stop_h=19.0, lead_min=30.0)


class OccupancySchedule:
    """Writes the schedule to ``OccupiedCmd`` and believes what it then reads, so that others may command it."""

    def __init__(self, table: ObjectTable, days: int = EVERY_DAY) -> None:
        """``days`` of the week on which anybody comes, from Monday on."""
        self._table = table
        self._days = days
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
        scheduled = DailyPeriod(start_h, self._table.read(io, "OccupancyStop")).contains(now) and self._comes_on(now)
        io.write("OccupiedCmd", float(scheduled))
        self.occupied = io.read("OccupiedCmd") > 0.5
        if not self.starting_up:
            self._lead_h = (self._table.read(io, "StartLeadTime") + early_min) / 60.0
        is_near = DailyPeriod(start_h - self._lead_h, start_h).contains(now)
        self.starting_up = not self.occupied and is_near and self._comes_on(now + timedelta(hours=self._lead_h))

    def _comes_on(self, when: datetime) -> bool:
        return when.weekday() < self._days
