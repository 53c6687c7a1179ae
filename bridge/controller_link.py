"""One controller in a run: reached, claimed, coupled, on line; and what it is written and read.

A link is used by one thread at a time: the task that the device loop gave it to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from bridge.ledger import Entry, Ledger, TakenClock, TakenInput, TakenObject, TakenSlot
from equipment.controller import Controller
from equipment.equipment_manager import synchronize
from equipment.write_plan import BoundPoint
from utils.errors import ConfigError, DeviceError, DeviceUnreachable, Problem
from utils.pacing import Clocks
from utils.values import Frame, ObjectRef, ObjectState, Role, Sample, Target, Write, WriteKind, WriteResult

log = logging.getLogger(__name__)

_BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class LinkState(Enum):
    """Where a controller stands."""

    OFFLINE = "offline"
    COUPLING = "coupling"
    """It sees the building, but its commands do not count yet."""
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """How a controller's clock is set: the zone, and the Unix time that it should show now."""

    time_zone: str
    unix_time: Callable[[], float]


class ControllerLink:
    """Takes one controller, keeps it supplied with frames and reads its commands."""

    def __init__(
        self,
        controller: Controller,
        ledger: Ledger,
        couple_s: float,
        clock: ClockOrder | None,
        clocks: Clocks,
        recover: Callable[[str], None] = lambda device: None,
    ) -> None:
        self.controller = controller
        self.state = LinkState.OFFLINE
        self.is_reached = False
        """Whether the controller has answered and has every object that we want."""
        self.written = 0
        self._ledger = ledger
        self._couple_s = couple_s
        self._clock = clock
        self._clocks = clocks
        self._recover = recover
        self._surveyed: Mapping[ObjectRef, ObjectState] = {}
        self._refused: set[Write] = set()
        self._failures = 0
        self._retry_at_s = 0.0
        self._coupled_at_s = 0.0

    @property
    def device(self) -> str:
        """The controller's address."""
        return self.controller.address

    @property
    def suppressed(self) -> int:
        """Writes that were not needed because nothing had changed."""
        return self.controller.plan.suppressed

    @property
    def is_due(self) -> bool:
        """Whether an absent controller should be tried again."""
        return self.state is LinkState.OFFLINE and self._clocks.monotonic() >= self._retry_at_s

    def reach(self) -> None:
        """Connect and find every object. Writes nothing. Raises :class:`DeviceError` and :class:`ConfigError`."""
        self.controller.client.connect()
        self.controller.bind()
        self.is_reached = True

    def survey(self) -> list[Problem]:
        """Look at everything that we are going to take; the problems are things that somebody else has."""
        self._surveyed = self.controller.client.survey([bound.ref for bound in self.controller.plan.bound])
        problems = [problem for bound in self.controller.plan.bound for problem in self._occupied(bound)]
        try:
            self._ledger.refuse_claimed(*self._new_entries())
        except ConfigError as error:
            problems.extend(error.problems)
        return problems

    def take(self) -> None:
        """Enter everything in the ledger, set the clock, and start coupling. The first frame does the writing."""
        entries: list[Entry] = [*self._new_entries()]
        clock = self._clock_entry()
        self._ledger.take(*entries, *([clock] if clock else []))
        if self._clock is not None and self._ledger.holds_clock(self.device):
            synchronize(self.controller.client, self._clock.unix_time(), self._clock.time_zone)
        self.controller.plan.forget()
        self.state = LinkState.COUPLING
        self._coupled_at_s = self._clocks.monotonic() + self._couple_s
        self._failures = 0

    def return_to_service(self) -> None:
        """Try an absent controller: check it, take it, couple it. Its failure is noted, not raised."""
        try:
            self.reach()
            self._recover(self.device)
            problems = self.survey()
            if problems:
                raise ConfigError(problems)
            self.take()
        except (DeviceError, ConfigError) as error:
            self.lost(error)
            return
        log.info("%s: reached; coupling", self.device)

    def lost(self, error: DeviceError | ConfigError) -> None:
        """Mark the controller as absent and put off the next attempt. Said once, not at every attempt."""
        if self.state is not LinkState.OFFLINE or self._failures == 0:
            log.warning("%s is offline: %s", self.device, error)
        self.state, self.is_reached = LinkState.OFFLINE, False
        delay_s = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
        self._failures += 1
        self._retry_at_s = self._clocks.monotonic() + delay_s

    def exchange(self, frame: Frame) -> dict[Target, Sample]:
        """One batch: what the frame changed, and after it the outputs. Raises :class:`DeviceError`."""
        writes = self._prepare(frame)
        outputs = self.controller.outputs
        if not writes and not outputs:
            return {}
        exchange = self.controller.client.exchange(writes, [bound.ref for bound in outputs])
        self._confirm(exchange.writes)
        return self._counted({bound.target: exchange.samples[bound.ref] for bound in outputs})

    def write(self, frame: Frame) -> dict[Target, Sample]:
        """The first half of an exchange. Raises :class:`DeviceError`."""
        writes = self._prepare(frame)
        if writes:
            self._confirm(self.controller.client.write_values_from_endpoints(writes))
        return {}

    def read(self) -> dict[Target, Sample]:
        """The second half of an exchange. Raises :class:`DeviceError`."""
        outputs = self.controller.outputs
        samples = self.controller.client.read_values_from_endpoints([bound.ref for bound in outputs])
        return self._counted({bound.target: samples[bound.ref] for bound in outputs})

    def _prepare(self, frame: Frame) -> list[Write]:
        self.controller.plan.update(frame.targets)
        writes = self.controller.plan.due(self._clocks.monotonic())
        for write in writes:
            if write.value is not None and write.kind is not WriteKind.OUT_OF_SERVICE:
                self._ledger.sent(self.device, write.ref, write.value)
        return writes

    def _confirm(self, results: Iterable[WriteResult]) -> None:
        results = tuple(results)
        self.controller.plan.confirm(results, self._clocks.monotonic())
        self.written += sum(result.error is None for result in results)
        errors = [result.error for result in results if result.error is not None]
        if errors and len(errors) == len(results) and isinstance(errors[0], DeviceUnreachable):
            raise errors[0]
        for result in results:
            self._tell_once(result)

    def _tell_once(self, result: WriteResult) -> None:
        key = Write(result.write.ref, result.write.kind, None)
        if result.error is None:
            self._refused.discard(key)
        elif key not in self._refused:
            self._refused.add(key)
            log.warning("%s refused a write to %s: %s", self.device, result.write.ref, result.error.what)

    def _counted(self, samples: dict[Target, Sample]) -> dict[Target, Sample]:
        if self.state is LinkState.COUPLING and self._clocks.monotonic() >= self._coupled_at_s:
            self.state = LinkState.ONLINE
        return samples if self.state is LinkState.ONLINE else {}

    def _new_entries(self) -> list[TakenObject]:
        bound = [item for item in self.controller.plan.bound if not self._ledger.holds(self.device, item.ref)]
        return [_entry(self.device, item, self._surveyed[item.ref]) for item in bound]

    def _clock_entry(self) -> TakenClock | None:
        """What there is to enter before the clock is set; nothing where it is left alone or entered already."""
        if self._clock is None or self._ledger.holds_clock(self.device):
            return None
        before = self.controller.client.get_clock()
        if before.ntp_enabled is None:
            log.warning("%s does not tell whether NTP is on: its clock is left alone", self.device)
            return None
        return TakenClock(self.device, before.time_zone, before.ntp_enabled)

    def _occupied(self, bound: BoundPoint) -> Iterable[Problem]:
        array = self._surveyed[bound.ref].priority_array
        if bound.point.role is not Role.COMMANDED or array is None or self._ledger.holds(self.device, bound.ref):
            return
        holder = array[bound.point.priority - 1]
        if holder is not None and not bound.point.config.take_occupied:
            yield Problem(
                f"{self.device}: {bound.point.ecy_point}",
                f"slot {bound.point.priority} of {bound.ref} holds {holder} already; somebody else uses it. "
                f'Release it, choose another priority, or set "take_occupied": true to have it restored at the end',
            )


def _entry(device: str, bound: BoundPoint, state: ObjectState) -> TakenSlot | TakenInput:
    point, ref = bound.point, bound.ref
    if point.role is Role.COMMANDED:
        before = state.priority_array[point.priority - 1] if state.priority_array else None
        return TakenSlot(device, ref, point.ecy_point, point.priority, before)
    return TakenInput(device, ref, point.ecy_point, bool(state.out_of_service), state.present_value.value)
