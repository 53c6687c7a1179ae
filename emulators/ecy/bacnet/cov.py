"""Subscriptions to changes of value: who wants to know, and what is worth telling (ASHRAE 135, clauses 13.1, 13.14).

Changes arrive in the thread that made them; everything else here happens in the loop. A change of an object that
nobody has subscribed costs one look-up.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bacpypes3.apdu import (
    ConfirmedCOVNotificationRequest,
    ErrorRejectAbortNack,
    SimpleAckPDU,
    UnconfirmedCOVNotificationRequest,
)
from bacpypes3.basetypes import (
    COVSubscription,
    ObjectPropertyReference,
    PropertyIdentifier,
    PropertyValue,
    Recipient,
    RecipientProcess,
)
from bacpypes3.errors import MissingRequiredParameter, ParameterOutOfRange

from emulators.ecy.bacnet.device_rows import Device
from emulators.ecy.bacnet.object_rows import identifier_of, present_value, ref_of, status_flags
from emulators.ecy.bacnet.reading import Directory
from emulators.ecy.bacnet.wire.errors import COV_SUBSCRIPTION_FAILED, LIFETIME_OUT_OF_RANGE, NO_SPACE
from emulators.ecy.bacnet.wire.units import increment_of
from emulators.ecy.bacnet.wire.values import Element, Encoded, Request
from emulators.ecy.objects.database import Change, ObjectDatabase
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.refusals import UNKNOWN_OBJECT, Refusal
from utils.values import ObjectRef

_IN_FLIGHT_PER_CLIENT = 8
_UNSIGNED32 = 0xFFFFFFFF
Send = Callable[[Any], Awaitable[Any]]
Key = tuple[Any, int, ObjectRef]


@dataclass(slots=True)
class CovSubscriber:
    """One client's wish to be told of one object. ``ends_s`` is monotonic time; None is for ever.

    ``told`` is what the client has been told last; ``is_sending`` whether a confirmed notification is on its way.
    """

    client: Element
    process: int
    ref: ObjectRef
    confirmed: bool
    ends_s: float | None
    told: BacnetObject | None = None
    is_sending: bool = False

    def has_ended(self, now_s: float) -> bool:
        """Whether its lifetime is over."""
        return self.ends_s is not None and self.ends_s <= now_s

    def wants(self, target: BacnetObject) -> bool:
        """Whether the object differs enough from what the client knows."""
        old = self.told
        if old is None or old.out_of_service != target.out_of_service or old.is_faulty != target.is_faulty:
            return True
        if not target.ref.object_type.is_analog:
            return old.present_value != target.present_value
        difference = abs(target.present_value - old.present_value)
        return difference > 0 and difference >= increment_of(target)


class Subscriptions:
    """The subscriptions of one controller. ``send`` sends a request and, if it is confirmed, waits for its end."""

    def __init__(self, device: Device, directory: Directory, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self._device = device
        self._directory = directory
        self._database: ObjectDatabase = device.controller.objects
        self._monotonic = device.controller.settings.monotonic
        self._limit = device.controller.profile.bacnet.cov_subscriptions
        self._send = send
        self._loop = loop
        self._gate = threading.Lock()
        self._is_open = True
        self._known: dict[Key, CovSubscriber] = {}
        self._watched: dict[ObjectRef, list[CovSubscriber]] = {}
        self._reboots = device.controller.reboots
        self._turns: defaultdict[Any, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_IN_FLIGHT_PER_CLIENT))
        self._tasks: set[asyncio.Task[None]] = set()
        self._database.subscribe(self._changed)

    def close(self) -> None:
        """Listen to the database no longer, from any thread."""
        self._database.unsubscribe(self._changed)
        with self._gate:
            self._is_open = False

    def subscribe(self, request: Request) -> SimpleAckPDU:
        """Carry out a SubscribeCOV: begin, renew or, without its two options, end.

        What does not exist may be given up. Raises Refusal, and RejectException for parameters that do not fit.
        """
        self._forget_what_has_ended()
        if request.subscriberProcessIdentifier > _UNSIGNED32:
            raise ParameterOutOfRange("subscriber process identifier")
        is_end = request.issueConfirmedNotifications is None and request.lifetime is None
        ref = ref_of(request.monitoredObjectIdentifier)
        key = None if ref is None else (request.pduSource, int(request.subscriberProcessIdentifier), ref)
        if key is not None and is_end:
            self._known.pop(key, None)
        elif key is not None:
            self._begin(key, _confirmed(request), _lifetime_s(request))
        elif not is_end:
            is_device = self._directory.is_device(request.monitoredObjectIdentifier)
            raise Refusal(COV_SUBSCRIPTION_FAILED if is_device else UNKNOWN_OBJECT)
        self._watch()
        return SimpleAckPDU(context=request)

    def listed(self) -> tuple[Element, ...]:
        """What ``active-cov-subscriptions`` tells."""
        self._forget_what_has_ended()
        return tuple(self._listed(one) for one in self._known.values())

    def _begin(self, key: Key, confirmed: bool, lifetime_s: int) -> None:
        client, process, ref = key
        self._database.get(ref)
        if key not in self._known and len(self._known) >= self._limit:
            raise Refusal(NO_SPACE, f"{self._limit} subscriptions")
        ends_s = self._monotonic() + lifetime_s if lifetime_s else None
        self._known[key] = CovSubscriber(client, process, ref, confirmed, ends_s)
        self._loop.call_soon(self._tell, ref)

    def _watch(self) -> None:
        watched: defaultdict[ObjectRef, list[CovSubscriber]] = defaultdict(list)
        for one in self._known.values():
            watched[one.ref].append(one)
        self._watched = dict(watched)

    def _forget_what_has_ended(self) -> None:
        """Drop what a reboot has made the controller forget, and what has outlived its lifetime."""
        now_s, reboots = self._monotonic(), self._device.controller.reboots
        rebooted, self._reboots = reboots != self._reboots, reboots
        self._known = {key: one for key, one in self._known.items() if not (rebooted or one.has_ended(now_s))}
        self._watch()

    def _changed(self, change: Change) -> None:
        after = change.new
        if after is None or after.ref not in self._watched:
            return
        with self._gate:
            if self._is_open:
                self._loop.call_soon_threadsafe(self._tell, after.ref)

    def _tell(self, ref: ObjectRef) -> None:
        if self._reboots != self._device.controller.reboots:
            self._forget_what_has_ended()
        if not self._database.has(ref):
            return
        target, now_s = self._database.get(ref), self._monotonic()
        for one in self._watched.get(ref, ()):
            if not one.is_sending and not one.has_ended(now_s) and one.wants(target):
                self._notify(one, target)

    def _notify(self, one: CovSubscriber, target: BacnetObject) -> None:
        one.told = target
        one.is_sending = one.confirmed
        task = self._loop.create_task(self._deliver(one, target))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, one: CovSubscriber, target: BacnetObject) -> None:
        """Send it. What has changed again while a confirmed one was on its way is told afterwards."""
        if not one.confirmed:
            await self._send(self._notification(UnconfirmedCOVNotificationRequest(), one, target))
            return
        try:
            async with self._turns[one.client]:
                await self._send(self._notification(ConfirmedCOVNotificationRequest(), one, target))
        except ErrorRejectAbortNack:
            pass  # a client that does not answer is told of the next change
        finally:
            one.is_sending = False
        self._tell(one.ref)

    def _notification(self, request: Request, one: CovSubscriber, target: BacnetObject) -> Request:
        request.pduDestination = one.client
        request.subscriberProcessIdentifier = one.process
        request.initiatingDeviceIdentifier = self._device.identifier
        request.monitoredObjectIdentifier = identifier_of(one.ref)
        request.timeRemaining = self._remaining_s(one)
        request.listOfValues = [
            PropertyValue(propertyIdentifier=PropertyIdentifier(name), value=Encoded((value,)))
            for name, value in (("present-value", present_value(target)), ("status-flags", status_flags(target)))
        ]
        return request

    def _remaining_s(self, one: CovSubscriber) -> int:
        return 0 if one.ends_s is None else max(1, int(one.ends_s - self._monotonic()))

    def _listed(self, one: CovSubscriber) -> COVSubscription:
        return COVSubscription(
            recipient=RecipientProcess(recipient=Recipient(address=one.client), processIdentifier=one.process),
            monitoredPropertyReference=ObjectPropertyReference(
                objectIdentifier=identifier_of(one.ref), propertyIdentifier=PropertyIdentifier("present-value")
            ),
            issueConfirmedNotifications=one.confirmed,
            timeRemaining=self._remaining_s(one),
        )


def _confirmed(request: Request) -> bool:
    if request.issueConfirmedNotifications is None:
        raise MissingRequiredParameter("issue confirmed notifications")
    return bool(request.issueConfirmedNotifications)


def _lifetime_s(request: Request) -> int:
    """Without a lifetime it is for ever, as with 0."""
    if (request.lifetime or 0) > _UNSIGNED32:
        raise Refusal(LIFETIME_OUT_OF_RANGE, f"{request.lifetime} s")
    return int(request.lifetime or 0)
