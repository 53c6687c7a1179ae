"""One controller in a run: reached, claimed, coupled, on line; and what it is written and read.

A link is used by one thread at a time: the task that the device loop gave it to.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from enum import Enum

from bridge.link.absence import Absence, told
from bridge.link.calls import LinkCalls
from bridge.link.clock_keeper import ClockKeeper
from bridge.link.duties import Duties
from bridge.link.duty import Look
from bridge.link.in_use import STALE_S, Doubt, InUse, Recover
from bridge.link.slot_watch import Yielded
from bridge.link.taking import Taking
from clients.device_client import DeviceClient, Nameplate
from equipment.controller import Controller
from ledger import Ledger, Receipt, TakenClock
from utils.clocks import Clocks, ModelSeconds, MonotonicSeconds
from utils.errors import ConfigError, DeviceError, ObjectError, Problem, Problems
from utils.state_folder import StateError
from utils.values import (
    Exchange,
    Frame,
    ObjectRef,
    ObjectState,
    PointValue,
    Sample,
    Target,
    Write,
    WriteKind,
    WriteResult,
)

log = logging.getLogger(__name__)


class LinkState(Enum):
    """Where a controller stands."""

    CONNECTING = "connecting"
    """Before it is taken, or found to be absent, for the first time."""
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
        self.state = LinkState.CONNECTING
        self.is_reached = False
        """Whether the controller has answered and has every object that we want."""
        self.nameplate = Nameplate()
        """What the controller says that it is, once it was reached."""
        self.written = 0
        self.suppressed = 0
        """Points that were not written because nothing had changed."""
        self.calls = LinkCalls(controller.client)
        self.clock = clock
        """Keeps the controller's clock; None where clocks are left alone."""
        self._ledger = ledger
        self._couple_s = couple_s
        self._clocks = clocks
        self._recover = recover
        self.duties = Duties(controller, ledger, clocks)
        watch, hand = self.duties.watch, self.duties.hand
        self._taking = Taking(
            *(controller, ledger, watch.is_yielded, clocks), take_occupied=take_occupied, by_hand=hand.claims
        )
        self._doubt = Doubt(controller.address)
        self._refused: dict[ObjectRef, str] = {}
        self._absence = Absence()
        self._coupled_at_s = 0.0
        self._look_at_s = math.inf
        self._is_in_doubt = False

    @property
    def device(self) -> str:
        """The controller's address."""
        return self.controller.address

    @property
    def in_use(self) -> InUse:
        """What somebody uses of the things that we want, as the last look has shown it."""
        return self._taking.in_use

    @property
    def yielded(self) -> tuple[Yielded, ...]:
        """What has been left to somebody else in mid-run."""
        return self.duties.watch.yielded

    @property
    def refused(self) -> Mapping[ObjectRef, str]:
        """What the controller does not let us write, and why in its own words."""
        return self._refused

    @property
    def held(self) -> dict[Target, PointValue]:
        """What the controller holds of ours: confirmed, and taken over by nobody as far as we have seen."""
        held, others = self.controller.plan.held, self.duties.watch.left_alone
        return {target: value for target, value in held.items() if target not in others} if others else held

    @property
    def absence(self) -> str:
        """Why it is not there, in words; empty where it is."""
        return self._absence.words if self.state is LinkState.OFFLINE else ""

    @property
    def is_present(self) -> bool:
        """Whether it is shown what the building does."""
        return self.state in (LinkState.COUPLING, LinkState.ONLINE)

    @property
    def is_due(self) -> bool:
        """Whether an absent controller should be tried again."""
        return self.state is LinkState.OFFLINE and self._absence.is_over(self._clocks.monotonic())

    def reach(self) -> None:
        """Connect and find every object. Writes nothing. Raises :class:`DeviceError` and :class:`ConfigError`."""
        self.controller.client.connect()
        problems = Problems()
        with problems.collecting():
            self.controller.bind()
        problems.add(self.clock.problems() if self.clock is not None else ())
        problems.refuse()
        self.duties.bind()
        with suppress(DeviceError):  # nothing depends on it
            self.nameplate = self.controller.client.get_nameplate()
        self.is_reached = True

    def survey(self, recovered: Iterable[Receipt] = ()) -> list[Problem]:
        """Look at everything that we are going to take; the problems are things that somebody else has.

        ``recovered`` is what became of what earlier runs had left. Raises :class:`DeviceUnreachable` where some of
        that is still in use.
        """
        self.duties.recognise(self._taking.look(), self._clocks.monotonic())
        return self._taking.judge(recovered)

    def announce(self) -> None:
        """Say what will be taken although it is in use."""
        self._taking.announce()

    def leave_what_is_in_use(self) -> None:
        """From now on points that somebody uses are left to them, as those are that somebody takes in mid-run."""
        self._taking.leaves_in_use = True

    def take(self) -> None:
        """Enter everything in the ledger, isolate outputs, set the clock, and start coupling.

        The first frame does the writing.
        """
        for claim, state in self._taking.left:
            self.duties.watch.leave(claim, state)
        clocks: list[TakenClock] = self.clock.new_entries() if self.clock is not None else []
        self._taking.enter(clocks)
        with self.calls.writing():
            self.duties.isolation.establish(self._clocks.monotonic())
            if self.clock is not None:
                self.clock.start()
        self._taking.begin_plan()
        self.state = LinkState.COUPLING
        self._coupled_at_s = self._clocks.monotonic() + self._couple_s

    def couple_again(self) -> None:
        """The building begins anew: show it to the controller before it may command, with its clock set.

        What was taken stays so. Raises :class:`DeviceError`.
        """
        if self.clock is not None:
            with self.calls.writing():
                self.clock.restart()
        self.state = LinkState.COUPLING
        self._coupled_at_s = self._clocks.monotonic() + self._couple_s

    def return_to_service(self) -> None:
        """Try an absent controller: check it, take it, couple it. Its failure is noted, not raised.

        Objects are found by name again. What was taken of others is given back first; and all of it, where the
        controller answers but does not fit the configs any more.
        """
        try:
            self.reach()
            with self.calls.writing():
                self._taking.give_back(self._taking.strangers)
            self._doubt.judge(self.survey(self._recover([self.device])), self._clocks.monotonic())
            self.announce()
            self.take()
        except ConfigError as error:
            with self.calls.writing():
                self._taking.give_back(self._taking.taken)
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
        is_news = self._absence.begin(error, self._clocks.monotonic()) or self.state is not LinkState.OFFLINE
        if is_news and not self.calls.is_cut:
            log.warning("%s is %s", self.device, told(error))
        if self.is_present and not self.calls.is_cut:
            self.duties.holds.tell_all(f"{self.device} is {told(error)}; it is held again when that is back")
        self.state, self.is_reached = LinkState.OFFLINE, False

    def settled_client(self) -> DeviceClient:
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
        look = self._look()  # before the writes: what is written for the first time is not read along
        writes = self._writes(frame)
        return self._read(writes, look) if writes or look.reads or look.slots else self._counted({})

    def write(self, frame: Frame) -> dict[Target, Sample]:
        """The first half of an exchange. Raises :class:`DeviceError`."""
        self._make_sure()
        writes = self._writes(frame)
        if writes:
            self._hear(self._exchanged(writes, Look()))
        return {}

    def read(self) -> dict[Target, Sample]:
        """The second half of an exchange. Raises :class:`DeviceError`."""
        return self._read((), self._look())

    def doubt(self) -> None:
        """Look at objects and slots before the next write, and at the clock soon: for a while nobody has."""
        self._is_in_doubt = True
        if self.clock is not None:
            self.clock.doubt()

    def keep_clock(self, frame_s: ModelSeconds, shown_s: MonotonicSeconds) -> None:
        """Look at the controller's clock, and set it when it is too far off (:meth:`ClockKeeper.keep`)."""
        if self.clock is not None:
            with self.calls.writing():
                self.clock.keep(frame_s, shown_s)

    def _make_sure(self) -> None:
        """Before anything is written: are the objects still ours? Costs a round trip where there is a reason to ask."""
        if self._is_in_doubt:
            self.duties.recognise(self._surveyed(), self._clocks.monotonic())
            self._is_in_doubt = False
        self.duties.make_sure(self._clocks.monotonic())

    def _look(self) -> Look:
        """What all duties want to read along, and the outputs."""
        now_s = self._clocks.monotonic()
        outputs = Look(reads=tuple(self.controller.reads.values()))
        return Look.together([outputs, self.duties.look(now_s)])

    def _writes(self, frame: Frame) -> list[Write]:
        """What all duties want to write, noted in the ledger before it is sent."""
        plan, now_s = self.controller.plan, self._clocks.monotonic()
        plan.update(self.duties.holds.over(frame.targets, plan))
        writes = self.duties.writes(now_s)
        about = {write.ref for write in writes}
        self.suppressed += sum(bound.ref not in about for bound in plan.bound)
        values = {write.ref: write.value for write in writes if write.value is not None and write.kind.is_value}
        self._ledger.sent_all(self.device, values)
        return writes

    def _read(self, writes: Sequence[Write], look: Look) -> dict[Target, Sample]:
        exchange = self._exchanged(writes, look)
        self._hear(exchange)
        now_s = self._clocks.monotonic()
        if self.state is LinkState.COUPLING and now_s >= self._coupled_at_s and self.controller.shows_at_once:
            self._look_at_everything(again_in_s=STALE_S)
        elif self.state is LinkState.ONLINE and now_s >= self._look_at_s:
            self._look_at_everything(again_in_s=self.controller.refresh_time_s)
        return self._counted({target: exchange.samples[ref] for target, ref in self.controller.reads.items()})

    def _exchanged(self, writes: Sequence[Write], look: Look) -> Exchange:
        with self.calls.writing() if writes else nullcontext():
            return self.controller.client.exchange(writes, look.reads, look.names, look.slots)

    def _hear(self, exchange: Exchange) -> None:
        """Let every duty hear of it. Raises :class:`DeviceError` where nothing at all was accepted."""
        self.duties.hear(exchange, self._clocks.monotonic())
        errors = [result.error for result in exchange.writes if result.error is not None]
        self.written += len(exchange.writes) - len(errors)
        if errors and len(errors) == len(exchange.writes) and not isinstance(errors[0], ObjectError):
            raise errors[0]
        for result in exchange.writes:
            self._tell_once(result)

    def _tell_once(self, result: WriteResult) -> None:
        ref = result.write.ref
        if result.write.kind is WriteKind.RELIABILITY:
            return  # its own duty tells what that means
        if result.error is None and result.write.kind is not WriteKind.OUT_OF_SERVICE:
            self._refused.pop(ref, None)
        elif result.error is not None and ref not in self._refused:
            self._refused[ref] = result.error.what
            name = self._taking.name_of(ref)
            is_command = result.write.kind is WriteKind.COMMAND
            why = result.error.what if is_command else f"{result.error.what}; it cannot be forced"
            log.warning("%s refused a write to %s (%s): %s", self.device, ref, name, why)

    def _look_at_everything(self, again_in_s: float) -> None:
        """A batch of its own: do the objects stand as we left them, and does what we write win?

        Every refresh time; of a controller that shows at once what it is written also at the end of the coupling and
        soon after, which proves each object.
        """
        now_s = self._clocks.monotonic()
        self._look_at_s = now_s + min(again_in_s, self.controller.refresh_time_s)
        self.duties.see(self._surveyed(), now_s)

    def _surveyed(self) -> Mapping[ObjectRef, ObjectState]:
        controller = self.controller
        points = [bound.ref for bound in (*controller.plan.bound, *controller.outputs)]
        return controller.client.survey([*points, *(one.ref for one in controller.set_points)])

    def _counted(self, samples: Mapping[Target, Sample]) -> dict[Target, Sample]:
        now_s = self._clocks.monotonic()
        if self.state is LinkState.COUPLING and now_s >= self._coupled_at_s:
            self.state, self._absence = LinkState.ONLINE, Absence()
            if not self.controller.shows_at_once:
                self._look_at_s = now_s + self.controller.refresh_time_s
        return dict(samples) if self.state is LinkState.ONLINE else {}
