"""Finds overrides that people have forgotten, and at night releases those that a rule names.

Every audit lists all occupied slots; how long one has stood with the same value is known from the audits before it.
Nothing is released in a dry run (the default), in occupied hours, or without a rule. After supervisory section 7.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from supervisory.blocks.time.timers import SECONDS_PER_HOUR, good_numbers, hour_of, in_daily_window
from supervisory.program import Command, Context, Parameters, Program, Read
from supervisory.release_rules import ReleaseRules
from supervisory.site_access import Audit, OccupiedSlot, site_of
from utils.values import PointValue, is_finite_number

_SEEN = "seen"


class BotSettings(Parameters):
    """What may be released, and when."""

    rules: ReleaseRules = Field(ReleaseRules(), description="As in the rule file of the override audit.")
    dry_run: bool = Field(True, description="false releases; true only says what would be released.")
    from_h: float = Field(1.0, ge=0.0, le=24.0, description="Hour of the night from which slots may be released.")
    to_h: float = Field(4.0, ge=0.0, le=24.0, description="Hour at which that ends.")
    audit_every_h: float = Field(1.0, gt=0.0, description="Time between two audits.")
    batch: int = Field(10, ge=1, description="So many slots are released in one step.")
    most_per_night: int = Field(50, ge=1, description="So many slots are released in one night.")


class OverrideReleaseBot(Program):
    """All controllers of the config. Any ``occupied`` that is on or unknown keeps everything as it is."""

    needs_site: ClassVar[bool] = True
    Settings = BotSettings
    period_s = 300.0
    points: ClassVar[Mapping[str, Read | Command]] = {"occupied": Read(required=False, many=True)}

    settings: BotSettings

    def on_start(self, ctx: Context) -> None:
        """Audit in the first step."""
        self._audited_s = float("-inf")
        self._due: list[OccupiedSlot] = []
        self._told: frozenset[str] = frozenset()
        self._silent = ""
        self._tonight = 0

    def on_step(self, ctx: Context) -> None:
        """Audit when it is time, and release the next batch when it is night."""
        if ctx.time_s - self._audited_s >= self.settings.audit_every_h * SECONDS_PER_HOUR:
            self._audited_s = ctx.time_s
            self._judge(ctx, site_of(ctx).occupied_slots())
        night = in_daily_window(hour_of(ctx), self.settings.from_h, self.settings.to_h)
        if not night:
            self._tonight = 0
        obstacle = self._obstacle(ctx, night)
        if obstacle:
            ctx.explain(why=obstacle, due=[str(slot) for slot in self._due])
        else:
            self._release(ctx)

    def _obstacle(self, ctx: Context, night: bool) -> str | None:
        """Why nothing is released now."""
        occupied = ctx.readings("occupied")
        known = good_numbers(occupied)
        if self.settings.dry_run:
            return "dry run: nothing is released"
        if not night:
            return "not in the hours of the night"
        if len(known) < len(occupied):
            return "it is not known whether the building is occupied"
        if any(value > 0.5 for value in known.values()):
            return "the building is occupied"
        return None

    def _release(self, ctx: Context) -> None:
        room = max(0, min(self.settings.batch, self.settings.most_per_night - self._tonight))
        batch, self._due = self._due[:room], self._due[room:]
        results = site_of(ctx).release(batch) if batch else ()
        self._tonight += sum(result.released for result in results)
        failed = [f"{result.slot}: {result.note}" for result in results if not result.released]
        if failed:
            ctx.alarm(f"not released: {'; '.join(failed)}")
        released = [f"{result.slot} {result.note}".strip() for result in results if result.released]
        ctx.explain(why="night", released=released, failed=failed, due=len(self._due), tonight=self._tonight)

    def _judge(self, ctx: Context, audit: Audit) -> None:
        """Decide about every occupied slot, and tell people what is new."""
        ages_h = _remember(ctx, audit)
        verdicts = {slot: self.settings.rules.judge(slot, ages_h[slot.key]) for slot in audit.slots}
        self._due = [slot for slot in audit.slots if verdicts[slot].release]
        new = [f"{slot} ({verdicts[slot].reason})" for slot in self._due if slot.key not in self._told]
        if new:
            ctx.alarm(f"forgotten overrides: {'; '.join(new)}")
        silent = "; ".join(f"{device}: {', '.join(reasons)}" for device, reasons in sorted(audit.unread.items()))
        if silent and silent != self._silent:
            ctx.alarm(f"not audited: {silent}")
        self._silent = silent
        self._told = frozenset(slot.key for slot in self._due)
        ctx.state["report"] = {
            str(slot): f"{slot.value} for {ages_h[slot.key]:.1f} h: {verdicts[slot].reason}" for slot in audit.slots
        }


def _remember(ctx: Context, audit: Audit) -> dict[str, float]:
    """Hours for which each slot is known to have held its value; forgets those that are free.

    Slots of controllers that could not be looked at keep their age until they can.
    """
    before = ctx.state.get(_SEEN, {})
    seen = {key: known for key, known in before.items() if known["device"] in audit.unread}
    ages_h: dict[str, float] = {}
    for slot in audit.slots:
        known = before.get(slot.key)
        same = known is not None and known["value"] == _kept(slot.value)
        seen[slot.key] = known if same else _first_seen(ctx, slot)
        ages_h[slot.key] = (
            ctx.now - datetime.fromisoformat(seen[slot.key]["since"])
        ).total_seconds() / SECONDS_PER_HOUR
    ctx.state[_SEEN] = seen
    return ages_h


def _first_seen(ctx: Context, slot: OccupiedSlot) -> dict[str, Any]:
    return {"device": slot.device, "since": ctx.now.isoformat(), "value": _kept(slot.value)}


def _kept(value: PointValue) -> PointValue | str:
    """A value as the state keeps it, which has room for finite numbers and texts."""
    return value if is_finite_number(value) else str(value)
