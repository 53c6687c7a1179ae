"""One controller in a run: reached, claimed, coupled, on line; and what it is written and read.

A link is used by one thread at a time: the task that the device loop gave it to.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from enum import Enum

from bridge.link.calls import LinkCalls
from bridge.link.claims import Claim, claims_of
from bridge.link.clock_keeper import ClockKeeper
from bridge.link.effect_check import EffectCheck
from bridge.link.heartbeat import Heartbeats
from bridge.link.identity import Identity
from bridge.link.in_use import Doubt, InUse, Recover, forced_before
from bridge.link.isolation import Isolation
from bridge.link.slot_watch import Glance, Yielded, Yielding
from clients.ecy_device_client import ECYDeviceClient
from equipment.controller import Controller
from equipment.write_plan import BoundPoint
from ledger import Ledger, Receipt, TakenClock, TakenObject, give_back
from utils.errors import BridgeError, ConfigError, DeviceError, DeviceRefused, DeviceUnreachable, ObjectError, Problem
from utils.pacing import Clocks
from utils.state_folder import StateError
from utils.values import Frame, ObjectRef, ObjectState, Quality, Sample, Target, Write, WriteKind, WriteResult

log = logging.getLogger(__name__)

_BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_LONGEST_REQUEST_S = 600.0
"""A controller that asks to be left alone for longer is tried again all the same (``Retry-After``)."""
_REFUSED_BACKOFF_S = 300.0
"""A password that was rejected is not tried again sooner: controllers lock accounts (ecy-rest-api §17 row 4)."""


class LinkState(Enum):
    """Where a controller stands."""

    OFFLINE = "offline"
    COUPLING = "coupling"
    """It sees the building, but its commands do not count yet."""
    ONLINE = "online"


class ControllerLink:
    """Takes one controller, keeps it supplied with frames and reads its commands."""

    def __init__(
        self,
        controller: Controller,
        ledger: Ledger,
        couple_s: float,
        clock: ClockKeeper | None,
        clocks: Clocks,
        recover: Recover = lambda devices: (),
        *,
        take_occupied: bool = False,
    ) -> None:
        self.controller = controller
        self.state = LinkState.OFFLINE
        self.is_reached = False
        """Whether the controller has answered and has every object that we want."""
        self.written = 0
        self.calls = LinkCalls(controller.client)
        self._ledger = ledger
        self._couple_s = couple_s
        self.clock = clock
        """Keeps the controller's clock; None where clocks are left alone."""
        self._clocks = clocks
        self._recover = recover
        self._take_occupied = take_occupied
        self._yielding = Yielding(controller.address, ledger)
        self._effects = EffectCheck(controller.address, ledger, controller.refresh_time_s)
        self._isolation = Isolation(controller)
        self._heartbeats = Heartbeats()
        self._identity = Identity(controller, clocks)
        self._claims: tuple[Claim, ...] = ()
        self._surveyed: Mapping[ObjectRef, ObjectState] = {}
        self.in_use = InUse(controller.address)
        """What somebody uses of the things that we want, as the last look has shown it."""
        self._doubt = Doubt(controller.address)
        self._refused: set[ObjectRef] = set()
        self._failures = 0
        self._reason: type[BridgeError] | None = None
        self._retry_at_s = 0.0
        self._coupled_at_s = 0.0
        self._is_in_doubt = False

    @property
    def device(self) -> str:
        """The controller's address."""
        return self.controller.address

    @property
    def suppressed(self) -> int:
        """Writes that were not needed because nothing had changed."""
        return self.controller.plan.suppressed

    @property
    def yielded(self) -> tuple[Yielded, ...]:
        """What has been left to somebody else in mid-run."""
        return self._yielding.yielded

    def is_ours(self, target: Target) -> bool:
        """Whether nobody has taken this point over, as far as we have seen."""
        return not self._yielding.holds_back(target)

    @property
    def is_due(self) -> bool:
        """Whether an absent controller should be tried again."""
        return self.state is LinkState.OFFLINE and self._clocks.monotonic() >= self._retry_at_s

    def reach(self) -> None:
        """Connect and find every object. Writes nothing. Raises :class:`DeviceError` and :class:`ConfigError`."""
        self.controller.client.connect()
        self.controller.bind()
        self._identity.bind()
        self.is_reached = True

    def survey(self, recovered: Iterable[Receipt] = ()) -> list[Problem]:
        """Look at everything that we are going to take; the problems are things that somebody else has.

        ``recovered`` is what became of what earlier runs had left. Raises :class:`DeviceUnreachable` where some of
        that is still in use.
        """
        self._claims = claims_of(self.controller, take_occupied=self._take_occupied)
        outputs = (bound.ref for bound in self.controller.outputs)
        refs = dict.fromkeys((*(claim.ref for claim in self._claims), *outputs))
        self._surveyed = self.controller.client.survey(refs)
        self._identity.recognise(self._surveyed)
        self._refuse_blindness()
        self._yielding.look(self.controller.plan.bound, self._surveyed, self._clocks.monotonic())
        self.in_use = InUse(self.device)
        try:
            self._ledger.refuse_claimed(*self._new_entries())
        except ConfigError as error:
            return list(error.problems)  # our own other process: that it is in use goes without saying
        except StateError as error:
            raise DeviceUnreachable(self.device, str(error)) from None
        self.in_use = InUse.among(self.device, self._new_claims(), self._surveyed)
        self.in_use.refuse_leftovers(recovered)
        return self.in_use.problems

    def announce(self) -> None:
        """Say what will be taken although it is in use."""
        for line in self.in_use.listed:
            log.warning("%s; taken all the same, and put back as it is at the end", line)

    def take(self) -> None:
        """Enter everything in the ledger, isolate outputs, set the clock, and start coupling.

        The first frame does the writing.
        """
        clocks: list[TakenClock] = self.clock.new_entries() if self.clock is not None else []
        self._ledger.take(*self._new_entries(), *clocks)
        with self.calls.writing():
            self._isolation.establish(self._clocks.monotonic())
            if self.clock is not None:
                self.clock.start()
        self.controller.plan.found_forced = forced_before(self._taken())
        written = (bound.ref for bound in self.controller.plan.bound)
        self.controller.plan.forget({ref for ref in written if self._ledger.has_sent(self.device, ref)})
        self.state = LinkState.COUPLING
        self._coupled_at_s = self._clocks.monotonic() + self._couple_s

    def return_to_service(self) -> None:
        """Try an absent controller: check it, take it, couple it. Its failure is noted, not raised.

        Objects are found by name again. What was taken of others is given back first; and all of it, where the
        controller answers but does not fit the configs any more.
        """
        try:
            self.reach()
            self._give_back(self._strangers())
            self._doubt.judge(self.survey(self._recover([self.device])), self._clocks.monotonic())
            self.announce()
            self.take()
        except ConfigError as error:
            self._give_back(self._taken())
            self.lost(error)
        except (DeviceError, StateError) as error:
            self.lost(error)
        else:
            log.info("%s: reached; coupling", self.device)

    def lost(self, error: DeviceError | ConfigError | StateError) -> None:
        """Mark the controller as absent and put off the next attempt.

        Said once, not at every attempt; and again when the reason is of another kind, as somebody may have to act.
        Nothing is said of calls that were cut because the run ends.
        """
        kind = DeviceUnreachable if isinstance(error, DeviceUnreachable) else type(error)
        if not self.calls.is_cut and (self.state is not LinkState.OFFLINE or self._reason is not kind):
            log.warning("%s is %s", self.device, _told(error))
        self.state, self.is_reached, self._reason = LinkState.OFFLINE, False, kind
        self._retry_at_s = self._clocks.monotonic() + _delay_s(error, self._failures)
        self._failures += 1

    def settled_client(self) -> ECYDeviceClient:
        """The client to give back with, when the controller has nothing of ours in hand any more.

        Raises :class:`DeviceError` where a call was cut and the controller still does not answer.
        """
        if self.calls.is_unsettled:
            self.controller.client.connect()
            self.calls.wait_until_settled()
        return self.controller.client

    def exchange(self, frame: Frame) -> dict[Target, Sample]:
        """One batch: what the frame changed, and after it the outputs. Raises :class:`DeviceError`."""
        self._make_sure()
        glance, writes = self._glance(), self._prepare(frame)
        return self._exchange(writes, glance) if writes or any(glance) or self.controller.reads else {}

    def write(self, frame: Frame) -> dict[Target, Sample]:
        """The first half of an exchange. Raises :class:`DeviceError`."""
        self._make_sure()
        writes = self._prepare(frame)
        if writes:
            with self.calls.writing():
                results = self.controller.client.write_values_from_endpoints(writes)
            self._confirm(results)
        return {}

    def read(self) -> dict[Target, Sample]:
        """The second half of an exchange. Raises :class:`DeviceError`."""
        return self._exchange((), self._glance())

    def doubt(self) -> None:
        """Look at objects and slots before the next write, and at the clock soon: for a while nobody has."""
        self._is_in_doubt = True
        if self.clock is not None:
            self.clock.doubt()

    def keep_clock(self, frame_s: float, shown_s: float) -> None:
        """Look at the controller's clock, and set it when it is too far off (:meth:`ClockKeeper.keep`)."""
        if self.clock is not None:
            with self.calls.writing():
                self.clock.keep(frame_s, shown_s)

    def _make_sure(self) -> None:
        """Before anything is written: are the objects still ours? Costs a round trip where there is a reason to ask."""
        if self._is_in_doubt:
            self._looked_at(self.controller.plan.bound, self._clocks.monotonic())
            self._is_in_doubt = False
        self._identity.verify()

    def _exchange(self, writes: Sequence[Write], glance: Glance) -> dict[Target, Sample]:
        reads = self.controller.reads
        refs = list(dict.fromkeys([*reads.values(), *glance.inputs]))
        with self.calls.writing() if writes else nullcontext():
            exchange = self.controller.client.exchange(writes, refs, self._identity.next(), glance.slots)
        self._identity.compare(exchange.names)
        self._confirm(exchange.writes)
        self._yielding.notice(self.controller.plan.bound, glance, exchange, self._clocks.monotonic())
        self._look_at_effects()
        return self._counted({target: exchange.samples[ref] for target, ref in reads.items()})

    def _glance(self) -> Glance:
        """What to read along, to see what became of what we wrote."""
        return self._yielding.glance(self.controller.plan.bound, self._clocks.monotonic())

    def _prepare(self, frame: Frame) -> list[Write]:
        self.controller.plan.update(frame.targets)
        now_s = self._clocks.monotonic()
        writes = [
            *self._isolation.due(now_s),
            *self.controller.plan.due(now_s),
            *self._heartbeats.due(self.controller.heartbeats, now_s),
        ]
        held_back = {bound.ref for bound in self.controller.plan.bound if self._yielding.holds_back(bound.target)}
        writes = [write for write in writes if write.ref not in held_back]
        values = {
            write.ref: write.value
            for write in writes
            if write.value is not None and write.kind is not WriteKind.OUT_OF_SERVICE
        }
        self._ledger.sent_all(self.device, values)
        return writes

    def _confirm(self, results: Iterable[WriteResult]) -> None:
        results = tuple(results)
        self.controller.plan.confirm(results, self._clocks.monotonic())
        self._isolation.confirm(results, self._clocks.monotonic())
        self.written += sum(result.error is None for result in results)
        errors = [result.error for result in results if result.error is not None]
        if errors and len(errors) == len(results) and not isinstance(errors[0], ObjectError):
            raise errors[0]
        self._identity.suspect(results, ())
        for result in results:
            self._tell_once(result)

    def _tell_once(self, result: WriteResult) -> None:
        ref = result.write.ref
        if result.error is None and result.write.kind is not WriteKind.OUT_OF_SERVICE:
            self._refused.discard(ref)
        elif result.error is not None and ref not in self._refused:
            self._refused.add(ref)
            log.warning("%s refused a write to %s (%s): %s", self.device, ref, self._name(ref), result.error.what)

    def _name(self, ref: ObjectRef) -> str:
        return next((claim.name for claim in self._claims if claim.ref == ref), "not in any config")

    def _look_at_effects(self) -> None:
        """One more batch every refresh time: does what we write win?"""
        if self.state is not LinkState.ONLINE:
            return
        written, now_s = self.controller.plan.bound, self._clocks.monotonic()
        if self._effects.is_due(now_s):
            states = self._looked_at(written, now_s)
            self._effects.look([bound for bound in written if not self._yielding.holds_back(bound.target)], states)

    def _looked_at(self, written: Sequence[BoundPoint], now_s: float) -> Mapping[ObjectRef, ObjectState]:
        states = self.controller.client.survey([bound.ref for bound in (*written, *self.controller.outputs)])
        self._identity.recognise(states)
        self._yielding.look(written, states, now_s)
        return states

    def _counted(self, samples: dict[Target, Sample]) -> dict[Target, Sample]:
        self._identity.suspect((), samples.values())
        if self.state is LinkState.COUPLING and self._clocks.monotonic() >= self._coupled_at_s:
            self.state, self._failures = LinkState.ONLINE, 0
        return samples if self.state is LinkState.ONLINE else {}

    def _refuse_blindness(self) -> None:
        """Nothing is taken of which we do not know what was there before."""
        states = self._surveyed
        unseen = [claim.name for claim in self._claims if _is_unseen(states[claim.ref])]
        if unseen:
            raise DeviceUnreachable(self.device, f"it does not tell the state of {', '.join(unseen)}")

    def _taken(self) -> list[TakenObject]:
        entries = self._ledger.open_entries
        return [entry for entry in entries if entry.device == self.device and not isinstance(entry, TakenClock)]

    def _strangers(self) -> list[TakenObject]:
        """What we took of objects that are not, or no longer, the ones that the configs name."""
        wanted = {(claim.ref, claim.name) for claim in claims_of(self.controller)}
        return [entry for entry in self._taken() if (entry.ref, entry.name) not in wanted]

    def _give_back(self, entries: Sequence[TakenObject]) -> None:
        with self.calls.writing():
            receipts = give_back(self.device, self.controller.client, self._ledger, entries)
        for receipt in receipts:
            log.warning("given back during the run: %s", receipt)

    def _new_entries(self) -> list[TakenObject]:
        return [claim.entry(self.device, self._surveyed[claim.ref]) for claim in self._new_claims()]

    def _new_claims(self) -> list[Claim]:
        return [
            claim
            for claim in self._claims
            if not self._ledger.holds(self.device, claim.ref)
            and not self._yielding.is_yielded(Target(self.device, claim.ref.object_type, claim.name))
        ]


def _is_unseen(state: ObjectState) -> bool:
    return state.is_partial or state.present_value.quality is Quality.MISSING


def _told(error: DeviceError | ConfigError | StateError) -> str:
    """Where a controller stands that cannot be had, and why."""
    if isinstance(error, ConfigError):
        return f"left alone: {'; '.join(map(str, error.problems))}"
    return f"offline: {getattr(error, 'what', error)}"


def _delay_s(error: BridgeError, failures: int) -> float:
    """How long to leave a controller alone that has failed so many times before."""
    if isinstance(error, DeviceRefused):
        return _REFUSED_BACKOFF_S
    asked_s = error.retry_after_s if isinstance(error, DeviceUnreachable) else 0.0
    return max(min(asked_s, _LONGEST_REQUEST_S), _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
