"""What every part of a report is made from: a run, one of its episodes, and another run to hold it against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from recording.charts import Axis, Curve, Panel, Stroke, chart, model_time_axis
from recording.columns import RecordedEpisode, RunData
from recording.moments import moment_in_words
from recording.numbers.series import held_at
from recording.numbers.spans import spans_on
from recording.report.building import SeenBuilding, Values
from recording.report.html import Markup, figure
from recording.report.units import ReportUnits
from recording.words import Event
from utils.clocks import ModelSeconds, model_datetime

Item = TypeVar("Item")
_HELD_STEPS = 1.5
"""Another run's value is shown for so many of its steps."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """One episode of a run."""

    run: RunData
    building: SeenBuilding
    units: ReportUnits
    label: str
    """What this run is called beside the other one."""
    other: ReportView | None = None
    """The run that it is held against, over the same model time."""

    @property
    def episode(self) -> RecordedEpisode:
        """The steps."""
        return self.building.episode

    @property
    def events(self) -> list[Event]:
        """What happened in it. Events are told by the host's clock; those before the first episode are its own."""
        begun = [(one.number, one.wall_s[0]) for one in self.run.episodes if one.wall_s]
        own = self.episode.number
        return [event for event in self.run.events if _episode_at(begun, event.wall_s) == own]

    @property
    def axis(self) -> Axis:
        """The axis that all its charts share."""
        episode = self.episode
        return model_time_axis(episode.first_s, episode.last_s, self.run.first_year)

    def moment(self, time_s: float) -> str:
        """A model time as people say it."""
        return moment_in_words(self.local(time_s))

    def span(self, first_s: float, last_s: float) -> str:
        """From when to when; the date once where it is one."""
        first, last = self.local(first_s), self.local(last_s)
        if first.date() == last.date():
            return f"{moment_in_words(first)} – {last:%H:%M}" + (f":{last:%S}" if last.second else "")
        return f"{moment_in_words(first)} – {moment_in_words(last)}"

    def local(self, time_s: float) -> datetime:
        """The date of a model time."""
        return model_datetime(ModelSeconds(time_s), self.run.first_year)

    def spans(self, states: Values) -> list[tuple[float, float]]:
        """From when to when a state was on."""
        return spans_on(self.episode.times_s, states)

    def drawn(self, panels: Sequence[Panel], caption: str) -> Markup:
        """A figure of panels over the episode."""
        return figure(chart("", self.episode.times_s, panels, self.axis), caption)

    def compared(self, values: Values | None) -> list[Curve]:
        """The curve of the other run beside this one's; none where there is none."""
        if self.other is None or values is None:
            return []
        episode = self.other.episode
        held = held_at(episode.times_s, values, self.episode.times_s, _HELD_STEPS * max(episode.step_s, 1.0))
        return [Curve(self.other.label, held, look=Stroke.COMPARED)]


def in_groups(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """As many as fit into a picture, about as many in each."""
    pictures = max(1, -(-len(items) // most))
    size = -(-len(items) // pictures)
    return [items[first : first + size] for first in range(0, len(items), size or 1)]


def _episode_at(begun: Sequence[tuple[int, float]], wall_s: float) -> int:
    """Which episode it was at a host's time, by when each had begun."""
    before = [number for number, began_s in begun if began_s <= wall_s]
    return before[-1] if before else begun[0][0]
