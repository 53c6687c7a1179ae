"""Keeps a controller's clock at model time: looked at sparsely, set rarely, left alone where somebody else sets it.

Every setting disturbs trends, schedules and certificates of the controller (field notes 9), so that a look, and with
it a setting, happens at most once a wall minute. Between two settings the clock runs at its own pace.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from bridge.findings import Finding, Severity, Topic
from clients.device_client import ClockState, SettableClock
from equipment.equipment_manager import synchronize
from ledger import Ledger, TakenClock
from utils.clocks import (
    Clocks,
    ModelSeconds,
    MonotonicSeconds,
    UnixSeconds,
    is_known_zone,
    local_to_unix,
    unix_to_local,
)
from utils.errors import DeviceError, DeviceRefused, DeviceUnreachable, ObjectError, Problem
from utils.settings import Settings

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
"""Wall time between two looks at a clock, and the least between two settings."""
_PATIENCE = 2
"""So many times somebody else may have set a clock before we leave it to him."""
_READING_S = 5.0
"""What a clock that nobody has touched may seem to be off, because reading and setting take time."""
_SUMMER_TIME_S = 3600.0


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """What the clocks have to show. Model times are in seconds."""

    time_zone: str
    tolerance_s: float
    step_s: float
    time_scale: Callable[[], float]
    """The pace now."""
    taking_time: Callable[[], ModelSeconds]
    """The model time to set in a controller that is taken now."""
    local_time: Callable[[ModelSeconds], datetime]
    """The date of a model time."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        time_scale: Callable[[], float],
        taking_time: Callable[[], ModelSeconds],
        local_time: Callable[[ModelSeconds], datetime],
    ) -> Self | None:
        """The order that the settings give; None where clocks are to be left alone."""
        if settings.timezone is None:
            return None
        tolerance_s, step_s = settings.clock_tolerance_s, settings.step_time_s
        return cls(settings.timezone, tolerance_s, step_s, time_scale, taking_time, local_time)

    def shown_at(self, model_s: ModelSeconds) -> datetime:
        """Naive local time for a model time; one that summer time skips is moved behind the gap."""
        return unix_to_local(self.unix_time(model_s), self.time_zone)

    def unix_time(self, model_s: ModelSeconds) -> UnixSeconds:
        """The instant at which a clock in the zone shows a model time."""
        return local_to_unix(self.local_time(model_s), self.time_zone)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a clock showed, or was set to, and when."""

    shown: datetime
    monotonic_s: MonotonicSeconds
    model_s: ModelSeconds


class ClockKeeper:
    """The clock of one controller, from when it is taken until it is given back. Used by one thread at a time."""

    def __init__(
        self, clock: SettableClock, order: ClockOrder, ledger: Ledger, clocks: Clocks, *, may_tell: bool = False
    ) -> None:
        """With ``may_tell``, those to whom it passes the time on may have it, too."""
        self.max_drift_s: float | None = None
        """How far the clock has been off model time at most while it was kept; None before the first look."""
        self.found_ahead_s: float | None = None
        """How far the clock was ahead of this computer's when it was found; None where that is not known."""
        self._may_tell = may_tell
        self._clock = clock
        self._order = order
        self._ledger = ledger
        self._clocks = clocks
        self._last: _Reading | None = None
        self._look_due_s = self._set_due_s = 0.0
        self._others = 0
        self._is_left_alone = False
        self._was_kept = True
        self._unproven: TakenClock | None = None
        """A zone that nobody but the controller knows: whether it takes it back is tried before it gets another."""

    @property
    def device(self) -> str:
        """The controller's address."""
        return self._clock.device

    def problems(self) -> list[Problem]:
        """What speaks against setting it: others would take simulated time from it. Raises :class:`DeviceError`."""
        listeners = () if self._may_tell else self._clock.listeners()
        return [Problem(self.device, passes_on(listeners))] if listeners else []

    def new_entries(self) -> list[TakenClock]:
        """What there is to enter before the clock is set; nothing where it is left alone or entered already."""
        if self._ledger.holds_clock(self.device):
            return []
        try:
            before = self._clock.get_clock()
        except ObjectError as error:
            log.warning("%s does not tell its time (%s): its clock is left alone", self.device, error.what)
            return []
        self.found_ahead_s = _ahead_s(before, self._clocks.wall())
        if (objection := clock_objection(before)) is not None:
            log.warning("%s %s: its clock is left alone", self.device, objection)
            return []
        zone, ntp_enabled = before.time_zone, bool(before.ntp_enabled)
        if is_known_zone(zone):
            return [TakenClock(self.device, zone, ntp_enabled)]
        ahead_s = before.local_time.replace(tzinfo=UTC).timestamp() - self._clocks.wall()
        self._unproven = TakenClock(self.device, zone, ntp_enabled, ahead_s, tuple(self._clock.listeners()))
        return [self._unproven]

    def start(self) -> None:
        """Set the clock of a controller that has just been taken. Raises :class:`DeviceError`."""
        if self._unproven is not None:
            self._prove(self._unproven)
        self.restart()

    def restart(self) -> None:
        """Set the clock to where the building begins, or begins anew. Raises :class:`DeviceError`."""
        if not self._is_ours:
            return
        self._set(self._order.taking_time())
        # What the clock does while the controller couples says nothing about its pace, so nobody is suspected for it.
        self._last = None
        self._look_due_s = self._clocks.monotonic()

    def doubt(self) -> None:
        """Nobody has kept the clock for a while: look at it at once, set it where it is off, suspect nobody for it."""
        self._look_due_s = self._set_due_s = self._clocks.monotonic()
        self._last = None
        self._was_kept = False

    @property
    def is_due(self) -> bool:
        """Whether it is time for a look."""
        return self._is_ours and self._clocks.monotonic() >= self._look_due_s

    def keep(self, frame_s: ModelSeconds, shown_s: MonotonicSeconds) -> None:
        """Look at the clock, and set it when it is too far off. ``frame_s`` is model time, ``shown_s`` monotonic.

        The frame of that model time has been shown to the controller at that moment. An unreachable controller is the
        business of whoever exchanges values with it.
        """
        self._look_due_s = self._clocks.monotonic() + LOOK_EVERY_S
        try:
            self._look(frame_s, shown_s)
        except DeviceUnreachable:
            return
        except DeviceError as error:
            self._leave_alone(error.what)

    @property
    def _is_ours(self) -> bool:
        return not self._is_left_alone and self._ledger.holds_clock(self.device)

    def _prove(self, taken: TakenClock) -> None:
        """Give the controller its own zone, while it still has it; leave the clock alone where it does not take it."""
        try:
            self._clock.disable_ntp()
            self._clock.set_timezone(taken.time_zone)
        except (ObjectError, DeviceRefused) as error:
            self._clock.set_ntp(taken.ntp_enabled)
            self._ledger.give_back(taken)
            self._leave_alone(
                f"it does not take its own time zone {taken.time_zone!r} back, which this computer does not know "
                f"({error.what}); give it the name of an IANA zone to have its clock follow the simulation"
            )
        self._unproven = None

    def _look(self, frame_s: ModelSeconds, shown_s: MonotonicSeconds) -> None:
        state = self._clock.get_clock()
        model_s = self._model_time(frame_s, shown_s)
        reading = _Reading(state.local_time, self._clocks.monotonic(), model_s)
        drift_s = abs((state.local_time - self._order.shown_at(model_s)).total_seconds())
        if self._was_kept:
            self.max_drift_s = max(self.max_drift_s or 0.0, drift_s)
        self._was_kept = True
        before, self._last = self._last, reading
        if drift_s <= self._order.tolerance_s:
            return
        self._others += bool(state.ntp_enabled) or not self._is_explained(before, reading)
        if self._others >= _PATIENCE:
            self._leave_alone(f"somebody else sets it{' (NTP is on again)' if state.ntp_enabled else ''}")
        elif reading.monotonic_s >= self._set_due_s:
            self._set(self._model_time(frame_s, shown_s))

    def _model_time(self, frame_s: ModelSeconds, shown_s: MonotonicSeconds) -> ModelSeconds:
        """Model time now. As fast as possible there is no now within a step: what follows an answer is its end."""
        step_s, scale = self._order.step_s, self._order.time_scale()
        within_s = min((self._clocks.monotonic() - shown_s) * scale, step_s) if scale else step_s
        return ModelSeconds(frame_s + within_s)

    def _set(self, model_s: ModelSeconds) -> None:
        synchronize(self._clock, self._order.unix_time(model_s), self._order.time_zone)
        now_s = self._clocks.monotonic()
        self._last = _Reading(self._order.shown_at(model_s), now_s, model_s)
        self._set_due_s = now_s + LOOK_EVERY_S

    def _is_explained(self, before: _Reading | None, now: _Reading) -> bool:
        """Whether the clock is where it went by itself: by wall time, or like an emulated one by simulated time.

        Its zone may have changed to or from summer time on the way.
        """
        if before is None:
            return True
        moved_s = (now.shown - before.shown).total_seconds()
        wall_s, scale = now.monotonic_s - before.monotonic_s, self._order.time_scale()
        return any(
            abs(moved_s - passed_s - shift_s) <= _READING_S * max(scale, 1.0)
            for passed_s in (wall_s, wall_s * scale, now.model_s - before.model_s)
            for shift_s in (-_SUMMER_TIME_S, 0.0, _SUMMER_TIME_S)
        )

    def _leave_alone(self, reason: str) -> None:
        self._is_left_alone = True
        log.warning("%s: its clock is left alone from now on: %s", self.device, reason)


def _ahead_s(state: ClockState, host_time: UnixSeconds) -> float | None:
    """How far a clock is ahead of the host's (s since 1970); None in a zone that is not known here."""
    return local_to_unix(state.local_time, state.time_zone) - host_time if is_known_zone(state.time_zone) else None


def clock_objection(state: ClockState) -> str | None:
    """Why a controller's clock could not be put back; None where nothing is known to be against it."""
    if not state.keeps_zone:
        return state.objection
    if state.ntp_enabled is None:
        return "does not tell whether NTP is on"
    if not state.time_zone:
        return "does not tell its time zone"
    if state.is_utc and not is_known_zone(state.time_zone):
        return f"tells the time of UTC, and its zone {state.time_zone!r} is not known to this computer"
    return None


def passes_on(listeners: Sequence[str]) -> str:
    """Why a clock is not set that others follow."""
    return (
        f"its clock would be set, and it passes its time on to others ({', '.join(listeners)}): empty its "
        'time-synchronization-recipients, or say "set_clock": false in its config (true, if all of them may follow)'
    )


def clock_errors(keepers: Iterable[ClockKeeper]) -> dict[str, float]:
    """How far each clock has been off at most, in s by controller; only those that have been looked at."""
    return {keeper.device: keeper.max_drift_s for keeper in keepers if keeper.max_drift_s is not None}


def future_findings(settings: Settings, host_time: UnixSeconds) -> Iterator[Finding]:
    """That the controllers' clocks would be set later than the host's (s since 1970)."""
    zone, start = settings.timezone, settings.start_time
    if zone is None or start is None or settings.allow_future or local_to_unix(start, zone) <= host_time:
        return
    now = unix_to_local(host_time, zone)
    what = (
        f"{start} in {zone} is in the future (it is {now:%Y-%m-%d %H:%M} there), and controllers' trends suffer from "
        "such a clock; choose an earlier year, or set ECY_FUTURE=yes"
    )
    yield Finding(Severity.PROBLEM, Topic.CLOCK, settings.where("BOP_START_TIME"), what)
