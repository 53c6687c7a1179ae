"""Reading, writing and releasing the points of one controller (ecy-rest-api §7, §8, §12)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from clients.ecy.batch import BatchReply, BatchRequest, BatchSender, is_missing
from clients.ecy.commands import WRITE_MULTIPLE, Route, may_be_unsupported, request_for
from clients.ecy.session import EcySession
from clients.ecy.survey import PRESENT_VALUE, STATUS_FLAGS, FlagsTold, selected, selection, survey
from clients.ecy.wire import (
    has_error_text,
    is_in_fault,
    name_of,
    object_url,
    priority_array_of,
    sample_of,
    says,
    words_of,
)
from utils.bacnet import slot_of
from utils.errors import DeviceError, ObjectError
from utils.values import (
    Exchange,
    ObjectRef,
    ObjectType,
    PriorityArray,
    Quality,
    Sample,
    Write,
    WriteKind,
    WriteResult,
)

_SETTLE_S = 6.0  # reads right after writes may be up to 5 s old (ecy-rest-api §16, §17 row 29)
_SETTLE_POLL_S = 0.25


@dataclass(frozen=True, slots=True)
class _Outcome:
    write: Write
    error: DeviceError | None
    may_be_unsupported: bool = False


class PointAccess:
    """Values in and out of one controller.

    Remembers per object type which way of commanding a value worked, and which of releasing a slot.
    """

    def __init__(self, session: EcySession, batch: BatchSender) -> None:
        self.flags = FlagsTold()
        self._session = session
        self._batch = batch
        self._routes: dict[tuple[ObjectType, bool], Route] = {}

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """Write in order, then read, in one batch where nothing fails. Each item has its own outcome.

        Status flags come with the values where a survey has found that they can be had like that. Of firmware that
        does not answer so after all, values are asked for alone until the next survey.

        A command that the firmware takes in another form only is repeated in that form, and a present-value that was
        denied although its out-of-service had just been set is repeated once; the reads are then made again.
        """
        others = [
            *(_question(ref, "object-name") for ref in names),
            *(_question(ref, "priority-array") for ref in slots),
        ]
        outcomes, replies = self._run(writes, [*self._values(reads), *others])
        is_repeated = any(outcome.error for outcome in outcomes) and self._repeat(outcomes)
        if self.flags.are_selected and not all(map(selected, replies[: len(reads)])):
            self.flags.are_selected, is_repeated = False, True
        if is_repeated:
            _, replies = self._run((), [*self._values(reads), *others])
        told = iter(replies)
        return Exchange(
            tuple(WriteResult(outcome.write, outcome.error) for outcome in outcomes),
            {ref: _sample(ref, next(told)) for ref in reads},
            {ref: name for ref in names for name in _names(next(told))},
            {ref: _slots(ref, next(told)) for ref in slots},
        )

    def _values(self, reads: Sequence[ObjectRef]) -> list[BatchRequest]:
        if self.flags.are_selected:
            return [selection(ref, PRESENT_VALUE, STATUS_FLAGS) for ref in reads]
        return [_question(ref, PRESENT_VALUE) for ref in reads]

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        """Free a slot, in the form that worked last or in each in turn, and read the priority array to make sure.

        True means verified; False that the array cannot be read. Raises ObjectError when it did not take.
        """
        if ref.object_type.is_input:
            raise ObjectError(self._session.device, f"{ref} has no priority array")
        known = self._route(ref.object_type, is_release=True)
        routes = tuple(dict.fromkeys((known, Route.SET_VALUE_AT, Route.WRITE_MULTIPLE)))
        refusals = []
        for route in routes:
            (outcome,), _ = self._run([Write(ref, WriteKind.COMMAND, None, priority)], (), route)
            if outcome.error is not None:
                refusals.append(outcome.error)
                continue
            is_free = self._is_free(ref, priority)
            if is_free is not False:
                self._remember(outcome.write, route)
                return is_free is not None
        if len(refusals) == len(routes):
            raise refusals[0]
        self._await_free(ref, priority)
        return True

    def _route(self, object_type: ObjectType, *, is_release: bool) -> Route:
        """The way that is known to work; a release follows the way of the commands until it has its own."""
        commanded = self._routes.get((object_type, False), Route.SET_VALUE_AT)
        return self._routes.get((object_type, is_release), commanded)

    def _is_free(self, ref: ObjectRef, priority: int) -> bool | None:
        """Whether the slot is empty; None when the array cannot be read."""
        slots = survey(self._batch, [ref], self.flags)[ref].priority_array
        return None if slots is None else slot_of(slots, priority) is None

    def _await_free(self, ref: ObjectRef, priority: int) -> None:
        """Wait until stale reads have caught up with an accepted release. Raises ObjectError when they never do."""
        deadline = time.monotonic() + _SETTLE_S
        while time.monotonic() < deadline:
            self._session.funnel.wait(_SETTLE_POLL_S)
            if self._is_free(ref, priority):
                return
        raise ObjectError(self._session.device, f"{ref}: slot {priority} is still taken after its release")

    def _run(
        self, writes: Sequence[Write], questions: Sequence[BatchRequest], route: Route | None = None
    ) -> tuple[list[_Outcome], list[BatchReply]]:
        """Send one batch; without a route, each command goes the way that is known to work for its type."""
        attempts = [self._attempt(write, route or self._known_route(write)) for write in writes]
        requests = [attempt for attempt in attempts if isinstance(attempt, BatchRequest)]
        replies = iter(self._batch.send([*requests, *questions]))
        outcomes = [
            self._outcome(write, attempt, next(replies))
            if isinstance(attempt, BatchRequest)
            else _Outcome(write, attempt)
            for write, attempt in zip(writes, attempts, strict=True)
        ]
        return outcomes, list(replies)

    def _attempt(self, write: Write, route: Route) -> BatchRequest | ObjectError:
        try:
            return request_for(write, route)
        except ValueError as error:
            return ObjectError(self._session.device, f"{write.ref}: {error}")

    def _known_route(self, write: Write) -> Route:
        return self._route(write.ref.object_type, is_release=write.value is None)

    def _outcome(self, write: Write, request: BatchRequest, reply: BatchReply) -> _Outcome:
        if request.url == WRITE_MULTIPLE and reply.is_success and has_error_text(reply.body):
            words = words_of(reply.body)
            missing = says(words, "unknown-object")
            return _Outcome(write, ObjectError(self._session.device, f"{request.url}: {words}", missing=missing))
        return _Outcome(write, self._batch.error_of(request, reply), may_be_unsupported(write, reply))

    def _repeat(self, outcomes: list[_Outcome]) -> bool:
        """Repeat what another moment or another form may cure; says whether anything was repeated.

        A failure leaves the first error standing, as it says more; but a resource that is unknown may be a form that is
        unknown, and only another form tells that the object is not there (ecy-rest-api §17 row 20).
        """
        opened = {
            outcome.write.ref
            for outcome in outcomes
            if outcome.write.kind is WriteKind.OUT_OF_SERVICE and outcome.error is None
        }
        repeated = False
        for route in (None, Route.WRITE_MULTIPLE):
            numbers = [
                number
                for number, outcome in enumerate(outcomes)
                if outcome.error is not None and self._may_be_cured(outcome, route, opened)
            ]
            again, _ = self._run([outcomes[number].write for number in numbers], (), route)
            for number, outcome in zip(numbers, again, strict=True):
                if outcome.error is None:
                    self._remember(outcome.write, route)
                if outcome.error is None or _tells_of_no_object(outcome.error):
                    outcomes[number] = outcome
            repeated = repeated or bool(numbers)
        return repeated

    def _may_be_cured(self, outcome: _Outcome, route: Route | None, opened: set[ObjectRef]) -> bool:
        """Whether a failed write is worth repeating: at another moment (no route), or in the form of a route."""
        write = outcome.write
        if route is None:
            is_denied = outcome.error is not None and says(outcome.error.what, "write-access-denied")
            return write.kind is WriteKind.PRESENT_VALUE and write.ref in opened and is_denied
        return outcome.may_be_unsupported and route.comes_after(self._known_route(write))

    def _remember(self, write: Write, route: Route | None) -> None:
        if route is not None:
            self._routes[write.ref.object_type, write.value is None] = route


def _tells_of_no_object(error: DeviceError) -> bool:
    return isinstance(error, ObjectError) and error.missing


def _question(ref: ObjectRef, property_name: str) -> BatchRequest:
    return BatchRequest("GET", f"{object_url(ref)}/{property_name}")


def _names(reply: BatchReply) -> list[str | None]:
    """The name that was told; [None] for an object that does not exist; nothing where the controller does not say."""
    if is_missing(reply):
        return [None]
    name = name_of(reply.body) if reply.is_success else None
    return [] if name is None else [name]


def _slots(ref: ObjectRef, reply: BatchReply) -> PriorityArray | None:
    return priority_array_of(reply.body, ref.object_type) if reply.is_success else None


def _sample(ref: ObjectRef, reply: BatchReply) -> Sample:
    if not reply.is_success:
        return Sample(None, Quality.MISSING, words_of(reply.body))
    told = selected(reply)
    if told is None:
        return sample_of(reply.body, ref.object_type)
    sample = sample_of(told[PRESENT_VALUE], ref.object_type)
    if sample.quality is Quality.GOOD and is_in_fault(told.get(STATUS_FLAGS)):
        return Sample(None, Quality.BAD, f"the controller reports a fault (value {sample.value})")
    return sample
