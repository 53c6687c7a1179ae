"""Subscriptions to changes of value: renewed before they lapse, and loud when they cannot be."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count

from bacpypes3.apdu import SubscribeCOVRequest
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier

from clients.bacnet.application import BenchApplication
from clients.bacnet.names import device_key, property_identifier
from clients.bacnet.reading import PropertyItem, Reader
from clients.bacnet.requests import Requester, deadline
from clients.bacnet.results import PRESENT_VALUE, BacnetReading, Untyped
from utils.errors import DeviceError
from utils.values import Quality

log = logging.getLogger(__name__)
_RENEW_AT = 0.5
_LEAST_WAIT_S = 1.0
_CLOSE_TIMEOUT_S = 4.0

Notify = Callable[[BacnetReading], None]


class Subscription:
    """One object of one device. ``notify`` gets each of its properties that is told, on the loop's thread."""

    def __init__(
        self, book: SubscriptionBook, address: Address, target: ObjectIdentifier, process_id: int, notify: Notify
    ) -> None:
        self._book = book
        self.address = address
        self.target = target
        self.process_id = process_id
        self.notify = notify
        self.renewal: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Unsubscribe; a device that does not answer forgets us by itself when the lifetime is over."""
        await self._book.close(self)


class SubscriptionBook:
    """All subscriptions of a stack. Used inside the loop only."""

    def __init__(self, application: BenchApplication, requester: Requester, reader: Reader) -> None:
        self._application = application
        self._requester = requester
        self._reader = reader
        self._process_ids = count(1)

    async def open(
        self,
        address: Address,
        target: ObjectIdentifier,
        notify: Notify,
        *,
        confirmed: bool,
        lifetime_s: int,
        timeout_s: float,
    ) -> Subscription:
        """Subscribe; the device tells the present state at once. Raises DeviceError."""
        subscription = Subscription(self, address, target, next(self._process_ids), notify)
        key = (address, subscription.process_id)
        # Before the request: the first notification may overtake its acknowledgement.
        self._application.subscriptions[key] = lambda apdu: self._heard(subscription, apdu)
        with ExitStack() as undo:
            undo.callback(self._application.subscriptions.pop, key)
            async with deadline(device_key(address), timeout_s):
                await self._reader.learn_unit(address, target)
            await self._subscribe(subscription, confirmed, lifetime_s, timeout_s)
            undo.pop_all()
        subscription.renewal = asyncio.create_task(self._renew(subscription, confirmed, lifetime_s, timeout_s))
        return subscription

    async def close(self, subscription: Subscription) -> None:
        """Stop listening, then say so to the device. Raises DeviceError."""
        if subscription.renewal is not None:
            subscription.renewal.cancel()
        if self._application.subscriptions.pop((subscription.address, subscription.process_id), None) is None:
            return
        async with deadline(device_key(subscription.address), _CLOSE_TIMEOUT_S):
            await self._requester.ask(subscription.address, _request(subscription), _words(subscription))

    async def _subscribe(self, subscription: Subscription, confirmed: bool, lifetime_s: int, timeout_s: float) -> None:
        request = _request(subscription)
        request.issueConfirmedNotifications = confirmed
        request.lifetime = lifetime_s
        async with deadline(device_key(subscription.address), timeout_s):
            await self._requester.ask(subscription.address, request, _words(subscription))

    async def _renew(self, subscription: Subscription, confirmed: bool, lifetime_s: int, timeout_s: float) -> None:
        """Renew at half of the lifetime, for ever; a device that fails to is reported once, and tried again."""
        is_lost = False
        while True:
            await asyncio.sleep(max(_LEAST_WAIT_S, lifetime_s * _RENEW_AT))
            try:
                await self._subscribe(subscription, confirmed, lifetime_s, timeout_s)
                is_lost = False
            except DeviceError as error:
                if not is_lost:
                    log.warning("%s: the subscription cannot be renewed", error)
                    subscription.notify(_lost(subscription, error))
                is_lost = True

    def _heard(self, subscription: Subscription, apdu: Untyped) -> None:
        if apdu.monitoredObjectIdentifier != subscription.target:
            return
        for told in apdu.listOfValues:
            item = PropertyItem(subscription.target, told.propertyIdentifier, told.propertyArrayIndex)
            subscription.notify(self._reader.reading(subscription.address, item, told.value))


def _request(subscription: Subscription) -> SubscribeCOVRequest:
    return SubscribeCOVRequest(
        subscriberProcessIdentifier=subscription.process_id, monitoredObjectIdentifier=subscription.target
    )


def _words(subscription: Subscription) -> str:
    return f"subscription to {subscription.target}"


def _lost(subscription: Subscription, error: DeviceError) -> BacnetReading:
    """What a subscriber is told when changes may pass unseen."""
    name = str(property_identifier(PRESENT_VALUE))
    where, what = str(subscription.address), str(subscription.target)
    return BacnetReading(where, what, name, None, None, None, Quality.MISSING, time.time(), error)
