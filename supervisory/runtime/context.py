"""What one program sees and wants in one step: readings by role in, orders by role out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from supervisory.program import Command, CommandRefused, NoValue, Reading
from supervisory.setup.bindings import Bindings, Key, ProgramPoint
from supervisory.setup.roles import Roles
from supervisory.site_access import SiteAccess
from utils.names import did_you_mean
from utils.values import PointValue, Quality, Sample, is_finite_number, is_real32

NOWHERE = "nowhere (this run keeps no pages)"
_UNBOUND = Reading(None, None, Quality.MISSING, note="not bound to a point in the config")


@dataclass(frozen=True, slots=True)
class Moment:
    """A step's plant time: on the calendar, in seconds, and since the last step."""

    now: datetime
    time_s: float
    dt_s: float = 0.0


SKIPPED = "skipped: "
"""How the note of a step begins that had not its inputs."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step saw, wanted and said, for the display and the step log. Values are in the roles' units."""

    program: str
    moment: Moment
    readings: Mapping[str, Reading]
    commanded: Mapping[str, PointValue | None]
    facts: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    alarms: tuple[str, ...] = ()
    """What stood during this step; what is not in the next one is over."""

    @property
    def is_skipped(self) -> bool:
        """Whether it had not its inputs."""
        return self.note.startswith(SKIPPED)


@dataclass(frozen=True, slots=True)
class Given:
    """What the runtime has for a step. ``held`` is what the program has in its slots."""

    roles: Roles
    bindings: Bindings
    readings: Mapping[Key, Reading]
    held: Mapping[Key, PointValue]
    state: MutableMapping[str, Any]
    alarm: Callable[[str], None]
    site: Callable[[], SiteAccess] | None = None
    publish: Callable[[str, str], str] = lambda name, text: NOWHERE
    pressed: Callable[[str], bool] = lambda button: False


class StepContext:
    """The context of one call of hooks; see :class:`supervisory.program.Context`."""

    def __init__(self, given: Given, moment: Moment, stop_reason: str = "") -> None:
        self._given = given
        self._moment = moment
        self._stop_reason = stop_reason
        self._commands = {point.key: point for point in given.bindings.commands}
        self.orders: dict[Key, PointValue | None] = {}
        """What is wanted in the slots after this step; None gives one back."""
        self.facts: dict[str, object] = {}

    @property
    def now(self) -> datetime:
        """Plant time, naive and local."""
        return self._moment.now

    @property
    def time_s(self) -> float:
        """The same moment in seconds."""
        return self._moment.time_s

    @property
    def dt_s(self) -> float:
        """Plant time since the last step."""
        return self._moment.dt_s

    @property
    def state(self) -> MutableMapping[str, Any]:
        """What survives a restart."""
        return self._given.state

    @property
    def stop_reason(self) -> str:
        """Why the program is being stopped."""
        return self._stop_reason

    @property
    def site(self) -> SiteAccess:
        """The slots of all controllers, for a program with ``needs_site``."""
        if self._given.site is None:
            raise LookupError('the program has no access to the site; it needs "needs_site = True" and real devices')
        return self._given.site()

    def pressed(self, button: str) -> bool:
        """Whether people have pressed one of the program's buttons since it was last asked for."""
        return self._given.pressed(button)

    def names(self, role: str) -> tuple[str, ...]:
        """The names that the config gives to the points of a role with many."""
        self._require(role)
        return tuple(point.name for point in self._given.bindings.points if point.role == role and point.name)

    def reading(self, role: str, name: str | None = None) -> Reading:
        """What a role was read as at the beginning of this step."""
        self._require(role)
        return self._given.readings.get((role, name), _UNBOUND)

    def readings(self, role: str) -> Mapping[str, Reading]:
        """All points of a role with many, by name."""
        self._require(role)
        found = self._given.readings.items()
        return {key[1]: reading for key, reading in found if key[0] == role and key[1] is not None}

    def value(self, role: str, name: str | None = None) -> float:
        """The good value of a role. Raises :class:`NoValue` where there is none."""
        reading = self.reading(role, name)
        if reading.value is None:
            raise NoValue(f"{role}{f'.{name}' if name else ''}: {reading.note or reading.quality.value}")
        return float(reading.value)

    def command(self, role: str, value: PointValue, name: str | None = None) -> None:
        """Ask for a value in the role's unit. Raises :class:`CommandRefused`."""
        point = self._commanded(role, name)
        kind = point.kind
        if not is_finite_number(value):
            raise CommandRefused(f"{point.label}: {value!r} is not a finite number")
        if reason := _why_bad(point, value):
            raise CommandRefused(f"{point.label}: {reason}")
        low = kind.minimum if isinstance(kind, Command) and kind.minimum is not None else -math.inf
        high = kind.maximum if isinstance(kind, Command) and kind.maximum is not None else math.inf
        if not low <= value <= high:
            raise CommandRefused(f"{point.label}: {value:g} is outside {low:g} to {high:g} {kind.unit or ''}".rstrip())
        self.orders[point.key] = value

    def release(self, role: str, name: str | None = None) -> None:
        """Give the slot back, with the writes of this step."""
        self.orders[self._commanded(role, name).key] = None

    def commanded(self, role: str, name: str | None = None) -> PointValue | None:
        """What this program has in its slot of the role now."""
        return self._given.held.get(self._commanded(role, name).key)

    def explain(self, **facts: object) -> None:
        """Say why."""
        self.facts.update(facts)

    def publish(self, name: str, text: str) -> str:
        """Keep a page for people."""
        return self._given.publish(name, text)

    def alarm(self, message: str) -> None:
        """Tell people."""
        self._given.alarm(message)

    def _require(self, role: str) -> None:
        if role not in self._given.roles:
            raise LookupError(f"the program has no role {role!r}{did_you_mean(role, self._given.roles)}")

    def _commanded(self, role: str, name: str | None) -> ProgramPoint:
        self._require(role)
        point = self._commands.get((role, name))
        if point is None:
            names = [str(key[1]) for key in self._commands if key[0] == role]
            raise LookupError(f"nothing named {name!r} is commanded as {role!r}; there is {', '.join(names) or 'none'}")
        return point


def readings_of(
    bindings: Bindings, samples: Mapping[Key, Sample], last_good_s: MutableMapping[Key, float], time_s: float
) -> dict[Key, Reading]:
    """What was read, in the roles' units; ``last_good_s`` is when each was good last, and is brought up to date."""
    return {point.key: _reading(point, samples[point.key], last_good_s, time_s) for point in bindings.reads}


def lacking(bindings: Bindings, readings: Mapping[Key, Reading]) -> str:
    """Which required role has no good value, and why; empty when none. Of a role with many, one good is enough."""
    good = {key[0] for key, reading in readings.items() if reading.value is not None}
    for point in bindings.reads:
        if getattr(point.kind, "required", False) and point.role not in good:
            reading = readings[point.key]
            return f"{point.label} ({reading.note or reading.quality.value})"
    return ""


def _reading(point: ProgramPoint, sample: Sample, last_good_s: MutableMapping[Key, float], time_s: float) -> Reading:
    value = sample.value
    if value is not None and point.to_role is not None:
        value = point.to_role(float(value))
    reason = sample.note if value is None else _why_bad(point, value)
    if value is None or reason:
        since_s = time_s - last_good_s[point.key] if point.key in last_good_s else math.inf
        quality = sample.quality if sample.quality is not Quality.GOOD else Quality.BAD
        return Reading(None, point.unit, quality, since_s, reason)
    last_good_s[point.key] = time_s
    return Reading(value, point.unit)


def _why_bad(point: ProgramPoint, value: PointValue) -> str:
    """Why a number in the role's unit cannot be one of the object's; empty when it can."""
    if not is_real32(value):
        return f"{value:g} is more than a controller can hold"
    if point.coldest is not None and value < point.coldest:
        return f"{value:g} {point.unit} is below absolute zero"
    return ""
