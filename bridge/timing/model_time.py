"""Model time: where a run begins in it, where it stands, and which dates that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from utils.clocks import Clocks, ModelSeconds, model_datetime, model_seconds, unix_to_local
from utils.settings import Settings, SimulationSettings
from utils.values import Frame


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where an episode begins: at a date, with a period of the test case's, or in a saved state; the last wins.

    ``state`` is the state's name.
    """

    start: datetime | None = None
    period: str | None = None
    state: str | None = None

    @classmethod
    def of(cls, settings: SimulationSettings) -> Self:
        """The configured one."""
        return cls(settings.start_time, settings.time_period)

    @property
    def start_s(self) -> ModelSeconds:
        """The date as model time (s)."""
        return model_seconds(self.start) if self.start is not None else ModelSeconds(0.0)

    def __str__(self) -> str:
        if self.state is not None:
            return f"the state {self.state}"
        return f"the period {self.period}" if self.period is not None else f"{self.start:%Y-%m-%d %H:%M:%S}"


class ModelTime:
    """Where an episode stands in model time (s), and which dates that is.

    ``scale`` is the pace: simulated seconds per wall second, 0 for as fast as possible.
    """

    def __init__(self, settings: Settings, clocks: Clocks) -> None:
        self.scale = settings.time_scale
        self.beginning = Beginning.of(settings)
        self.first = self.frame = Frame(0, ModelSeconds(0.0), {})
        self.is_coupling = False
        self._settings = settings
        self._clocks = clocks
        self._going_since: tuple[float, ModelSeconds] | None = None
        self._last_pace = 0.0
        self._steps_before, self._simulated_before_s = 0, 0.0
        self.episodes = 0
        """How many have begun."""

    def begin(self, beginning: Beginning, frame: Frame) -> None:
        """An episode begins there, with this frame."""
        self._steps_before, self._simulated_before_s = self.steps, self.simulated_s
        self.beginning = beginning
        self.first = self.frame = frame
        self.episodes += 1

    @property
    def steps(self) -> int:
        """Those of all episodes."""
        return self._steps_before + self.frame.number

    @property
    def simulated_s(self) -> float:
        """The model time that has passed in all episodes."""
        return self._simulated_before_s + self.frame.time_s - self.first.time_s

    def taking(self) -> ModelSeconds:
        """What to set in a controller that is taken now: at the first advance its clock agrees."""
        return ModelSeconds(self.frame.time_s - (self._settings.couple_time_s if self.is_coupling else 0.0))

    def local(self, time_s: ModelSeconds) -> datetime:
        """The date of a model time."""
        return model_datetime(time_s, self._first_year())

    def shown(self, time_s: ModelSeconds) -> datetime | None:
        """The same; None where a model time has no date, which is for others to complain of."""
        try:
            return self.local(time_s)
        except (OverflowError, ValueError):
            return None

    def _first_year(self) -> int:
        """The year that was asked for, or without one the last year in which the start is not in the future."""
        asked = self.beginning.start or self._settings.start_time
        if asked is not None:
            return asked.year
        zone = self._settings.timezone
        today = unix_to_local(self._clocks.wall(), zone) if zone else datetime.now()
        return today.year if model_datetime(self.first.time_s, today.year) <= today else today.year - 1

    @property
    def pace(self) -> float:
        """Simulated seconds per wall second since time was last let go; while it rests, what that was."""
        if self._going_since is None:
            return self._last_pace
        since_s, time_s = self._going_since
        if self.frame.time_s == time_s:
            return self._last_pace
        wall_s = self._clocks.monotonic() - since_s
        return (self.frame.time_s - time_s) / wall_s if wall_s > 0 else 0.0

    def go(self) -> None:
        """Time passes from here on."""
        self._going_since = self._clocks.monotonic(), self.frame.time_s

    def rest(self) -> None:
        """Time does not pass."""
        self._last_pace, self._going_since = self.pace, None
