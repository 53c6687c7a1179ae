"""Whether a zone has people in it, by its occupancy sensor (ASHRAE Guideline 36, 5.3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from supervisory.blocks.time.timers import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, TrueFor
from supervisory.program import Parameters


@dataclass(frozen=True, slots=True)
class PopulationTimes:
    """Seconds without a break until a zone counts as empty, and as populated again.

    A sensor that has seen nobody for ``silent_s`` of occupied hours is taken to be stuck.
    """

    empty_s: float = 300.0
    populated_s: float = 60.0
    silent_s: float = 86_400.0


class PopulationSettings(Parameters):
    """What programs that go by occupancy sensors take of them, and when there is anybody to be seen."""

    empty_after_min: float = Field(5.0, ge=0.0, description="Nobody seen for so long: the zone is empty.")
    populated_after_min: float = Field(1.0, ge=0.0, description="Somebody seen for so long: it is populated again.")
    silent_after_h: float = Field(24.0, gt=0.0, description="Occupied hours without anybody: the sensor is stuck.")
    occupied_from_h: float = Field(6.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")
    occupied_to_h: float = Field(19.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")

    @property
    def population_times(self) -> PopulationTimes:
        """In seconds."""
        return PopulationTimes(
            self.empty_after_min * SECONDS_PER_MINUTE,
            self.populated_after_min * SECONDS_PER_MINUTE,
            self.silent_after_h * SECONDS_PER_HOUR,
        )


class Population:
    """``is_populated`` is what counts; ``is_stuck`` says that the sensor is believed no more.

    A zone begins populated, every day anew. One whose sensor is silent or stuck has people in it: what nobody can tell
    is not saved on.
    """

    def __init__(self, times: PopulationTimes) -> None:
        self._empty = TrueFor(times.empty_s)
        self._seen = TrueFor(times.populated_s)
        self._silent_s = times.silent_s
        self._nobody_for_s = 0.0
        self._last_s: float | None = None
        self.is_populated = True
        self.is_stuck = False

    def step(self, time_s: float, sees_people: bool | None, is_occupied: bool = True) -> bool:
        """Judge the sensor, None where it cannot be read; ``is_occupied`` says that the hours are those of work."""
        self._judge_silence(time_s, sees_people, is_occupied)
        if sees_people is None or self.is_stuck or not is_occupied:
            self._empty.step(time_s, False)
            self._seen.step(time_s, False)
            self.is_populated = True
        elif self.is_populated:
            self.is_populated = not self._empty.step(time_s, not sees_people)
            self._seen.step(time_s, False)
        else:
            self.is_populated = self._seen.step(time_s, sees_people)
            self._empty.step(time_s, False)
        return self.is_populated

    def _judge_silence(self, time_s: float, sees_people: bool | None, is_occupied: bool) -> None:
        passed_s = 0.0 if self._last_s is None else time_s - self._last_s
        self._last_s = time_s
        if sees_people:
            self._nobody_for_s, self.is_stuck = 0.0, False
        elif sees_people is not None and is_occupied:
            self._nobody_for_s += passed_s
            self.is_stuck = self._nobody_for_s >= self._silent_s
