"""One sensor for many controllers: the outdoor air temperature, read once, judged, and given to all who need it.

The value is the median of the sources that are good, fresh and plausible. Without any, the last one is held for a
while and then every consumer gets its own back. Another quantity is a subclass with another unit and range, see
``humidity_sharing.py``. After supervisory section 7.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from pydantic import Field

from supervisory.blocks.time.timers import SECONDS_PER_MINUTE, good_number
from supervisory.program import Command, Context, Parameters, Program, Read, Reading


class SharingSettings(Parameters):
    """How long and how far sources are trusted. Values and differences are in the quantity's unit."""

    max_age_s: float = Field(300.0, gt=0.0, description="An older reading does not count (plant time).")
    agree_within: float | None = Field(
        None, gt=0.0, description="Sources that differ by more are an alarm; absent: 5 K, or 20 % of humidity."
    )
    prefer: tuple[str, ...] = Field((), description="Which of two that disagree is believed; without it neither is.")
    hold_min: float = Field(15.0, ge=0.0, description="The last value stands for so long without any source.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value to share and where it comes from; None when no source counts."""

    value: float | None
    source: str
    disagree: bool = False


class DataSharing(Program):
    """Outdoor air temperature. Subclasses give ``points`` another unit and ``plausible`` another range."""

    Settings = SharingSettings
    period_s = 60.0
    plausible: ClassVar[tuple[float, float]] = (-60.0, 60.0)
    agree_within: ClassVar[float] = 5.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "source": Read("degC", required=False, many=True),
        "consumer": Command("degC", minimum=-60.0, maximum=60.0, many=True),
    }

    settings: SharingSettings

    def on_start(self, ctx: Context) -> None:
        """Begin without a value."""
        self._last: float | None = None
        self._last_s = float("-inf")
        self._said: str | None = None
        misspelt = sorted(set(self.settings.prefer) - set(ctx.names("source")))
        if misspelt:
            ctx.alarm(f"the parameters prefer sources that the config does not have: {', '.join(misspelt)}")

    def on_step(self, ctx: Context) -> None:
        """Choose, hold or give back; the same for all consumers."""
        readings = ctx.readings("source")
        doubts = {name: doubt for name in sorted(readings) if (doubt := self._doubt(readings[name]))}
        chosen = self._choose({name: ctx.value("source", name) for name in sorted(readings.keys() - doubts.keys())})
        if chosen.value is not None:
            self._last, self._last_s = chosen.value, ctx.time_s
        elif self._last is not None and ctx.time_s - self._last_s > self.settings.hold_min * SECONDS_PER_MINUTE:
            self._last = None
        self._share(ctx)
        held = chosen.value is None and self._last is not None
        self._warn(ctx, chosen, doubts)
        ctx.explain(source=chosen.source, held=held, value=self._last, not_counted=doubts)

    def _share(self, ctx: Context) -> None:
        for consumer in ctx.names("consumer"):
            if self._last is None:
                ctx.release("consumer", consumer)
            else:
                ctx.command("consumer", self._last, consumer)

    def _doubt(self, reading: Reading) -> str | None:
        """Why a source does not count."""
        value = good_number(reading)
        low, high = self.plausible
        if value is None:
            return reading.note or reading.quality.value
        if reading.age_s > self.settings.max_age_s:
            return f"{reading.age_s:.0f} s old"
        return None if low <= value <= high else f"{value:g} is not within {low:g} to {high:g}"

    def _choose(self, values: Mapping[str, float]) -> Chosen:
        if not values:
            return Chosen(None, "none")
        apart = max(values.values()) - min(values.values())
        disagree = apart > (self.settings.agree_within or self.agree_within)
        if disagree and len(values) == 2:
            believed = next((name for name in self.settings.prefer if name in values), None)
            if believed is None:
                return Chosen(None, f"none: two sources differ by {apart:.1f}, and neither is preferred", disagree)
            return Chosen(values[believed], f"{believed}: the other differs by {apart:.1f}", disagree)
        names = ", ".join(values)
        return Chosen(median(values.values()), names if len(values) == 1 else f"median of {names}", disagree)

    def _warn(self, ctx: Context, chosen: Chosen, doubts: Mapping[str, str]) -> None:
        """Say once what is wrong, and again when something else is."""
        wrong = [f"{name} does not count" for name in doubts]
        wrong += ["sources disagree"] if chosen.disagree else []
        wrong += ["consumers have their own values back"] if self._last is None else []
        said = "; ".join(wrong) or None
        if said and said != self._said:
            ctx.alarm(said)
        self._said = said
