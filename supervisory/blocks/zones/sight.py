"""What programs that listen to many zones share: whether they hear enough of them, and whether the system runs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from supervisory.blocks.time.timers import TrueFor, good_number, hour_of, in_daily_window
from supervisory.program import Context


class Sight(Enum):
    """How much of the zones is known."""

    CLEAR = "enough zones are known"
    DIM = "too few zones are known: the set-point is held"
    LOST = "too few zones have been known for too long: the set-point is given back"


class ZoneSight:
    """Judges in every step: zones that cannot be read make no requests, so a silent site would look satisfied."""

    def __init__(self, least_share: float, lost_after_s: float) -> None:
        self._least_share = least_share
        self._dim_for = TrueFor(lost_after_s)
        self._last = Sight.CLEAR

    def step(self, ctx: Context, known: int, zones: int) -> Sight:
        """How the site looks with ``known`` of ``zones`` readable (of none, nothing is); worse is an alarm, once."""
        dim = zones == 0 or known < self._least_share * zones
        lost = self._dim_for.step(ctx.time_s, dim)
        sight = Sight.LOST if lost else Sight.DIM if dim else Sight.CLEAR
        if sight not in (self._last, Sight.CLEAR):
            ctx.alarm(f"{sight.value} ({known} of {zones} are readable)")
        self._last = sight
        return sight


def fan_proven(ctx: Context, flow_above_m3_s: float) -> bool | None:
    """Whether the fan is on by ``fan_status``, else by ``supply_airflow``; None when neither tells."""
    status = good_number(ctx.reading("fan_status"))
    if status is not None:
        return status > 0.5
    flow = good_number(ctx.reading("supply_airflow"))
    return None if flow is None else flow > flow_above_m3_s


def is_occupied(ctx: Context, from_h: float, to_h: float) -> bool:
    """Whether the building is occupied by ``occupied``; where that does not tell, by these hours of the day."""
    told = good_number(ctx.reading("occupied"))
    return told > 0.5 if told is not None else in_daily_window(hour_of(ctx), from_h, to_h)


def warn_of_unknown_zones(ctx: Context, role: str, named: Iterable[str]) -> None:
    """An alarm for zones that the parameters name and the config does not: they are misspelt."""
    unknown = sorted(set(named) - set(ctx.names(role)))
    if unknown:
        known = ", ".join(sorted(ctx.names(role))) or "none"
        ctx.alarm(f"the parameters name zones that have no {role}: {', '.join(unknown)}; the config has: {known}")


def warn_of_unread_zones(ctx: Context, zones: Iterable[str], roles: Iterable[str], what: str) -> None:
    """An alarm for zones that are commanded and of which a role is not read; ``what`` is what becomes of them."""
    for role in roles:
        unread = sorted(set(zones) - set(ctx.names(role)))
        if unread:
            ctx.alarm(f"these zones have no {role} and {what}: {', '.join(unread)}")
