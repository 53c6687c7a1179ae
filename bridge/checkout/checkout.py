"""A checkout: the points of the configs are tried on one session, judged, and everything is given back.

``trying/`` shows and commands, ``judging/`` says what that means, ``stimuli/`` is what is shown. Clocks are left alone:
nothing here depends on the time of day.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bridge.checkout.coverage import EVERYTHING, CheckoutParts, not_tested
from bridge.checkout.judging import judge_arrival, judge_command, judge_inputs
from bridge.checkout.response import Progress, Responses
from bridge.checkout.results import CheckoutResult, PointFinding, PointVerdict, Proof, TriedPoint
from bridge.checkout.stimuli import CodedBuilding
from bridge.checkout.trying import PointPlace, TriedBench, try_inputs, try_outputs
from bridge.device_loop import DeviceLoop
from bridge.ending import Ending
from bridge.first_contact import Confirm, always
from bridge.session import Session
from bridge.timing.model_time import ModelTime
from clients.making import simulation_client
from equipment.equipment_manager import EquipmentManager
from ledger import Ledger, Outcome, Receipt
from utils.clocks import Clocks
from utils.errors import SimulationAborted, SimulationError
from utils.handoff import Closed
from utils.home import CALLED
from utils.pacing import Pacer
from utils.settings import Settings
from utils.state_folder import StateFolder
from utils.values import ObjectLimits, Target

log = logging.getLogger(__name__)


_LOST = "the building was lost before this could be told"


def _to_nobody(_news: PointFinding | Progress) -> None:
    """Nobody listens."""


class Checkout:
    """One checkout. :meth:`execute` blocks; the other methods are for other threads."""

    def __init__(
        self,
        settings: Settings,
        manager: EquipmentManager,
        state: StateFolder,
        *,
        parts: CheckoutParts = EVERYTHING,
        confirm: Confirm = always,
        tell: Callable[[PointFinding | Progress], None] = _to_nobody,
        clocks: Clocks | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """``tell`` is told of every finding and of every step of the way, in the thread that executes."""
        self.confirm = confirm
        self._parts, self._tell = parts, tell
        self._clocks = clocks or Clocks()
        self._ending = Ending()
        for controller in manager.controllers:
            controller.tolerate_units()
        settings = checkout_settings(settings)
        self.building = CodedBuilding(simulation_client(settings, state.tests))
        time = ModelTime(settings, self._clocks)
        self._session = Session(settings, manager, state, time, self.building, clocks=self._clocks, ledger=ledger)
        for link in self._session.links:
            link.leave_what_is_in_use()
        self._pacer = Pacer(0.0, self._clocks)
        self._devices = self._device_loop(settings.settle_time_s)
        self._bench = TriedBench(self._session, self._devices)
        self._found: dict[tuple[str, str], list[PointFinding]] = {}
        self._lost = ""
        """Why the simulation could not be looked at to the end."""
        self._began = self._now()
        self._ended = self._began

    def execute(self) -> CheckoutResult:
        """Connect, check, take, try and give back.

        Raises :class:`utils.errors.BridgeError` for what ended it. Whatever ends it, everything taken has been given
        back by then, or is still in the ledger. A stop on request is not an error: the result says how far it came.
        """
        with self._ending as ending:
            ending.later("noting the time", self._note_the_end)
            self._session.promise_end(ending, self.building.resume)  # so that its test can be stopped
            ending.later("ending what is under way", self._end_exchange)
            try:
                self._session.connect(lambda contacts: self.confirm(contacts))
                self._try_controllers()
                self._try_building()
            except (Closed, SimulationAborted):
                log.info("stopping on request")
        return self.result()

    def request_stop(self) -> None:
        """End it soon, from any thread."""
        self._session.stop.set()
        self._devices.close()
        self.building.abort()

    @property
    def was_stopped(self) -> bool:
        """Whether somebody has asked it to end."""
        return self._session.stop.is_set()

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What became of everything that was taken."""
        return tuple(self._session.receipts)

    @property
    def left(self) -> int:
        """Things that are not given back."""
        return self._session.left

    @property
    def left_alone(self) -> int:
        """Values that are left where the checkout has written, as they are somebody else's by all that is known."""
        return sum(receipt.outcome is Outcome.LEFT_ALONE for receipt in self.receipts)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What went wrong, at the end and before, in words."""
        return (*([self._lost] if self._lost else []), *self._ending.told)

    def result(self) -> CheckoutResult:
        """As far as it came."""
        session = self._session
        return CheckoutResult(
            self._began,
            self._ended,
            session.client.testcase,
            tuple(_controllers_in_words(self._bench.places)),
            not_tested(self._bench.places, session.settings, self._parts, self._lost, was_stopped=self.was_stopped),
            tuple(self._tried(place) for place in self._bench.places),
            _given_back(session.receipts, session.left),
        )

    def _try_controllers(self) -> None:
        """The controllers' side, and at once given back: nothing stays taken while the simulation is looked at."""
        bench = self._bench
        before = bench.look(bench.places)
        limits = bench.limits(bench.outputs)
        self._session.take()
        with self._devices.answering():
            if self._parts.inputs:
                self._keep(judge_inputs(try_inputs(bench, self.building, before)))
            if self._parts.outputs:
                self._try_outputs(limits)
        self._end_exchange()
        self._session.give_back()

    def _try_outputs(self, limits: Mapping[Target, ObjectLimits]) -> None:
        self._keep(map(judge_command, try_outputs(self._bench, limits)))
        metadata = self._session.metadata
        for place in self._bench.outputs:
            known, told = limits.get(place.target, ObjectLimits()), metadata.get(place.point.bop_point)
            self._keep([judge_arrival(place.equipment.name, place.point, place.target, known, told)])

    def _try_building(self) -> None:
        """The simulation alone; that it is lost takes nothing from what the controllers showed, and is no pass."""
        session = self._session
        if not self._parts.response or session.stop.is_set():
            return
        responses = Responses(
            self.building.behind,
            session.metadata,
            session.equipments,
            session.stop,
            tell=self._tell,
            clocks=self._clocks,
        )
        try:
            self._keep(responses.findings())
        except SimulationError as error:
            self._lost = str(error)
            self._keep(
                PointFinding(
                    place.equipment.name, place.point.ecy_point, Proof.RESPONSE, PointVerdict.NOT_TESTED, _LOST
                )
                for place in self._bench.places
            )

    def _keep(self, findings: Iterable[PointFinding]) -> None:
        for finding in findings:
            self._found.setdefault((finding.equipment, finding.point), []).append(finding)
            self._tell(finding)

    def _tried(self, place: PointPlace) -> TriedPoint:
        point, ref = place.point, place.ref
        told = self._session.metadata.get(point.bop_point)
        return TriedPoint(
            place.equipment.name,
            point.ecy_point,
            f"{ref or point.object_type} {point.ecy_point}",
            point.bop_point,
            point.device_unit,
            point.unit or (told.unit if told is not None else None),
            point.config.scale if point.object_type.is_analog else None,
            point.config.offset if point.object_type.is_analog else None,
            place.is_input,
            tuple(self._found.get((place.equipment.name, point.ecy_point), ())),
        )

    def _device_loop(self, settle_s: float | None) -> DeviceLoop:
        session = self._session
        return DeviceLoop(
            *(session.links, self._pacer, settle_s, session.pool, session.stop, threading.Event(), self._clocks)
        )

    def _end_exchange(self) -> None:
        self._session.is_giving_back = True
        self._devices.close()
        self._devices.wait_for_tasks()

    def _note_the_end(self) -> None:
        self._ended = self._now()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clocks.wall()).astimezone()


def checkout_settings(settings: Settings) -> Settings:
    """As fast as the controllers, without a coupling, and their clocks left alone."""
    return settings.model_copy(update={"time_scale": 0.0, "couple_time_s": 0.0, "timezone": None})


def _controllers_in_words(places: Sequence[PointPlace]) -> Iterator[str]:
    """Each controller once, with the equipments on it."""
    for device, link in {place.link.device: place.link for place in places}.items():
        names = dict.fromkeys(place.equipment.name for place in places if place.link is link)
        plate = link.nameplate
        model = plate.model or plate.name or "a controller"
        software = plate.application_version or plate.firmware
        yield f"{', '.join(names)}: {model} at {device}{f', software {software}' if software else ''}"


def _given_back(receipts: Sequence[Receipt], left: int) -> str:
    if not receipts:
        return "Nothing was taken from any controller."
    counts = Counter(receipt.outcome.value for receipt in receipts)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    if left:
        return f"{left} things may still be taken; {CALLED} release gives them back. {told}."
    if counts[Outcome.LEFT_ALONE.value]:
        return f"Where this checkout has written, values stand that are no more its own: look at them. {told}."
    return f"Nothing is left in any controller: {told}."
